"""The model's conversation about the home: primed once, and anew when the home has others in it."""

import logging
from collections.abc import Callable
from itertools import chain

from edge_agent.home.groups import MOST_GROUPS, Areas, groups_of
from edge_agent.home.types import Device, Kind
from edge_agent.model.engine import Engine
from edge_agent.model.errors import ModelError
from edge_agent.model.session import Session
from edge_agent.model.types import ToolDeclaration
from edge_agent.system_prompt import SystemPrompt, build_system_prompt
from edge_agent.understanding.names import Names

_log = logging.getLogger(__name__)

_MOST_OF_CONTEXT = 0.75
"""How much of the context the home may take, so that a request and its reply have room."""
_FEWER = 0.75
"""What share of the devices is tried next when they do not fit."""

Devices = tuple[Device, ...]


class HomeConversation:
    """Keeps a session of the model that begins with the devices that there are.

    States come and go without a change. A device that appears, vanishes or gets another name or
    function has the session primed anew, between two turns. One thread at a time: it owns the
    model.
    """

    def __init__(
        self,
        engine: Engine,
        devices: Callable[[], Devices],
        more_tools: tuple[ToolDeclaration, ...] = (),
        areas: Areas | None = None,
    ) -> None:
        """Prime the model with what `devices` returns, and `more_tools` than theirs.

        `areas` are those that go by another name. Raises `ModelError` if nothing fits.
        """
        self._areas = areas
        self._engine = engine
        self._more_tools = more_tools
        self._devices = devices
        self._known = devices()
        self._prompt, self._session = self._primed(self._known)

    @property
    def names(self) -> Names:
        """Return what is meant by each name that the model can say."""
        return self._prompt.names

    @property
    def more_tools(self) -> tuple[ToolDeclaration, ...]:
        """Return the tools that are there besides those of the devices."""
        return self._more_tools

    def session(self) -> Session:
        """Return the session for the next turn, primed anew if the home has changed."""
        devices = self._devices()
        if devices is not self._known:
            self._known = devices
            prompt = self._described(devices, devices)
            if (prompt.text, prompt.tools) != (self._prompt.text, self._prompt.tools):
                self._prompt, self._session = self._primed(devices)
            else:
                self._prompt = prompt
        return self._session

    def _described(self, chosen: Devices, devices: Devices) -> SystemPrompt:
        """Describe `chosen`, and no more groups than that, though of all `devices`."""
        groups = groups_of(devices, self._areas, at_most=min(MOST_GROUPS, len(chosen)))
        return build_system_prompt(chosen, groups=groups)

    def _primed(self, devices: Devices) -> tuple[SystemPrompt, Session]:
        """Prime a session with `devices`, or with those that have room, sensors the last."""
        chosen = devices
        while True:
            prompt = self._described(chosen, devices)
            try:
                session = self._engine.session(prompt.text, prompt.tools + self._more_tools)
                if session.prefix_tokens <= _MOST_OF_CONTEXT * self._engine.context:
                    break
            except ModelError:
                if len(chosen) <= 1:
                    raise
            if len(chosen) <= 1:
                break
            chosen = _most_useful(devices)[: int(_FEWER * len(chosen))]
        if len(chosen) < len(devices):
            _log.warning(
                "The model's context has room for %d of %d devices: name those that matter in a"
                " home file, or give it more with `context`.",
                len(chosen),
                len(devices),
            )
        return prompt, session


def _most_useful(devices: Devices) -> Devices:
    driven = (device for device in devices if device.kind is not Kind.SENSOR)
    sensors = (device for device in devices if device.kind is Kind.SENSOR)
    return tuple(chain(driven, sensors))
