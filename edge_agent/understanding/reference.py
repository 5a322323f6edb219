"""Requests that refer to the one before: "make it dimmer", "and the hall lamp too", "now off"."""

from collections.abc import Iterable

from edge_agent.model.types import ToolCall
from edge_agent.tools.spoken_words import words_in
from edge_agent.tools.types import Call
from edge_agent.understanding.doubt import words_of
from edge_agent.understanding.names import Named, Names, names_of, one_line

_REFERRING = frozenset({
    "it", "it's", "its", "that", "that's", "this", "them", "those", "these", "they", "one", "ones",
    "other", "others", "both", "same", "again", "too", "also", "likewise", "instead", "undo",
})  # fmt: skip
_GOING_ON = frozenset({"and", "but", "now", "then", "no", "or"})
"""Words that a request begins with which goes on from another."""


def refers_back(said: str, things: Iterable[Named]) -> bool:
    """Tell whether `said` may speak of what was asked before: it says so, or names no thing."""
    words = words_in(said)
    if not words:
        return False
    if words[0] in _GOING_ON or says_it(words):
        return True
    return all(words_of(thing).isdisjoint(words) for thing in things)


def says_it(words: Iterable[str]) -> bool:
    """Tell whether one of `words`, in lower case, stands for what was spoken of: "it", "others"."""
    return not _REFERRING.isdisjoint(words)


def as_said(calls: Iterable[Call], names: Names) -> tuple[ToolCall, ...]:
    """Return `calls` with the names that the model can say: the way back from `calls_meant`.

    The members of a group become the group again. What is not decided yet is left out.
    """
    said: list[ToolCall] = []
    for call in calls:
        name = _name_of(call, names)
        about = {} if name is None else {"device": name}
        named = ToolCall(call.tool, {**call.arguments, **about})
        if call.choice is None and named not in said:
            said.append(named)
    return tuple(said)


def _name_of(call: Call, names: Names) -> str | None:
    if call.group is not None:
        return one_line(call.group.name)
    known = names_of(str(call.arguments.get("device", "")), names)
    own = [name for name in known if name == one_line(names[name].name)]
    return next(iter((*own, *known)), None)
