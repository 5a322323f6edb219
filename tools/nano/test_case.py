"""One request of the test, as `test.json` holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge_agent.home.types import State
from edge_agent.model.types import ToolCall

NamedCall = Mapping[str, Any]
"""A call as JSON: `tool`, and `arguments` that name the device."""


@dataclass(frozen=True)
class Case:
    """What is said to a home, and the calls that it asks for.

    `voice` is empty where it is typed. `words` says whether the words of the names are `known` or
    `new`, `sentence` whether training has such a sentence (`plain`) or not (`new`). A case that is
    of no such sort counts for a `row` of its own. It may come after an `earlier` request (`said`,
    `calls`), to devices that are in some state (`states`, by name). Under `noise` it is the clip of
    another case (`clip_of`).
    """

    id: str
    home: int
    words: str
    sentence: str
    text: str
    voice: str
    calls: list[NamedCall]
    row: str = ""
    earlier: Mapping[str, Any] | None = None
    states: Mapping[str, State] = field(default_factory=dict)
    noise: str = ""
    clip_of: str = ""


def named_calls(calls: tuple[ToolCall, ...]) -> list[NamedCall]:
    """Write calls down as JSON holds them."""
    return [{"tool": call.name, "arguments": dict(call.arguments)} for call in calls]
