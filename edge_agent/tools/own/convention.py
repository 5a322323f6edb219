"""How tools of one's own are driven and heard: like any convention, from templates."""

import json
from collections.abc import Iterable, Iterator

from edge_agent.bus.types import Message
from edge_agent.home.conventions.home_assistant.templates import (
    TemplateRefusedError,
    render,
    render_value,
)
from edge_agent.home.conventions.types import Command, Finding, Found, Order, Reported
from edge_agent.home.conventions.untrusted import text, topic
from edge_agent.home.types import Kind, State
from edge_agent.tools.own.types import OwnTool


class OwnTools:
    """Renders the messages of a call, and reads from its topic whether it was done.

    A thing is `own:NAME`; its state has the `call` that it was seen to be done.
    """

    name = "own"

    def __init__(self, tools: Iterable[OwnTool]) -> None:
        """Take tools that publish something."""
        self._tools = {tool.name: tool for tool in tools if tool.publish}
        self._asked: dict[str, str] = {}

    @property
    def filters(self) -> tuple[str, ...]:
        """Return the topics that confirm."""
        topics = (tool.confirmed_by.topic for tool in self._tools.values() if tool.confirmed_by)
        return tuple(dict.fromkeys(topics))

    def known(self) -> tuple[Finding, ...]:
        """Return what the tools act on, for the directory to begin with."""
        found = {tool.device.id: tool.device for tool in self._tools.values()}
        return tuple(
            Found(_key(device.id), device.name, device.area, Kind.TOOL, device.can)
            for device in found.values()
        )

    def read(self, message: Message) -> tuple[Finding, ...]:
        """Return which call the message confirms."""
        return tuple(self._read(message))

    def order(self, key: str, wanted: State) -> Order | None:
        """Return the messages of the call in `wanted`; None where a template comes to nothing."""
        call = wanted.get("call")
        tool, given = json.loads(call) if isinstance(call, str) else ("", {})
        found = self._tools.get(tool)
        if found is None or not isinstance(call, str) or _key(found.device.id) != key:
            return None
        commands = []
        for publication in found.publish:
            try:
                place = topic(render(publication.topic, given))
                payload = render(publication.payload, given)
            except TemplateRefusedError:
                return None
            if place is None:
                return None
            commands.append(Command(place, payload, publication.qos))
        if found.confirmed_by is None:
            return Order(tuple(commands))
        self._asked[tool] = call
        return Order(tuple(commands), dict(wanted), (found.confirmed_by.topic,))

    def _read(self, message: Message) -> Iterator[Finding]:
        payload = text(message.payload)
        for name, call in self._asked.items():
            tool = self._tools[name]
            if payload is None or tool.confirmed_by is None:
                continue
            if message.topic == tool.confirmed_by.topic and _holds(tool, call, payload):
                yield Reported(_key(tool.device.id), {"call": call})


def _holds(tool: OwnTool, call: str, payload: str) -> bool:
    _, given = json.loads(call)
    when = tool.confirmed_by.when if tool.confirmed_by else ""
    try:
        return render_value(when, payload, **given) == "True"
    except TemplateRefusedError:
        return False


def _key(device_id: str) -> str:
    return device_id.replace("own-", "own:", 1)
