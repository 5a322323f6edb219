"""What a tool of one's own is, and what a call to it comes to."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from edge_agent.home.conventions.home_assistant.templates import TemplateRefusedError, render
from edge_agent.home.types import Device, Kind
from edge_agent.tools.own.arguments import wrong_argument
from edge_agent.tools.types import Call, OwnRequest, Refusal, Request


class OwnToolError(Exception):
    """A tool of one's own is not right: one sentence with the file and the line, or the package."""


@dataclass(frozen=True)
class Publication:
    """A message to publish: topic and payload are templates of the arguments."""

    topic: str
    payload: str
    qos: int = 2


@dataclass(frozen=True)
class ConfirmedBy:
    """What confirms it: a topic, and a template over `value` and `value_json` that says `True`."""

    topic: str
    when: str
    within_s: float = 5.0


@dataclass(frozen=True)
class OwnTool:
    """A tool by name, JSON schema of its arguments by name, what it does, and its risk.

    Tools with the same `about` act on the same thing: a reply that wants two of them is refused.
    """

    name: str
    description: str
    arguments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    publish: tuple[Publication, ...] = ()
    confirmed_by: ConfirmedBy | None = None
    says: str = ""
    done: str = ""
    risk: str = "ask"
    about: str = ""
    run: Callable[..., object] | None = None

    @property
    def device(self) -> Device:
        """Return what stands for the thing that it acts on."""
        name = self.about or self.name
        return Device(f"own-{name}", name.replace("_", " "), "home", Kind.TOOL, frozenset())

    def parameters(self) -> dict[str, Any]:
        """Return the JSON schema of all its arguments."""
        properties = {name: dict(schema) for name, schema in self.arguments.items()}
        return {"type": "object", "properties": properties, "required": list(properties)}

    def declaration(self) -> dict[str, Any]:
        """Return name, description and parameters, as the model is told of them."""
        return {
            "name": self.name,
            "description": self.description,
            "parameters": self.parameters(),
        }

    def request(self, call: Call) -> Request | Refusal:
        """Return what `call` asks for, or why it cannot be asked."""
        wrong = wrong_argument(self.name, self.arguments, call.arguments)
        if wrong is not None:
            return wrong
        given = dict(call.arguments)
        try:
            says = render(self.says, given) if self.says else self.name.replace("_", " ")
            done = render(self.done, given)
        except TemplateRefusedError as error:
            return Refusal("bad_template", f"The tool {self.name} is not right: {error}.")
        confirm_s = self.confirmed_by.within_s if self.confirmed_by else 5.0
        run = self.run
        python = None if run is None else lambda: str(run(**given))
        own = OwnRequest(says, done, self.risk, confirm_s, python)
        return Request(self.name, self.device, given, own)


def wish_of(request: Request) -> dict[str, str]:
    """Return what a request wants, as a state that no other request of the thing has."""
    return {"call": json.dumps([request.tool, dict(request.arguments)], sort_keys=True)}
