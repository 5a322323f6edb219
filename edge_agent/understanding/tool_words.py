"""Which of the tools that people declared a request speaks of, by the words that both have.

A small model reads declarations badly: of 150 requests for tools that it never met, three in a
home, it took the right tool for 62. The words that a request shares with the name, description and
arguments of a tool point to the right one in 142 of these.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from edge_agent.model.types import ToolCall, ToolDeclaration
from edge_agent.tools.spoken_words import words_in
from edge_agent.understanding.mention import is_about_nothing_said
from edge_agent.understanding.names import Names

_SAYING_NOTHING = frozenset({
    "a", "all", "an", "and", "any", "are", "as", "at", "be", "bit", "by", "can", "could", "do",
    "does", "down", "for", "from", "get", "give", "go", "have", "how", "i", "if", "in", "into",
    "is", "it", "its", "just", "let's", "like", "make", "me", "my", "need", "now", "of", "off",
    "on", "one", "or", "our", "out", "please", "put", "run", "set", "some", "start", "take", "that",
    "the", "this", "to", "turn", "up", "us", "use", "want", "was", "we", "were", "what", "when",
    "will", "with", "would", "you", "your",
})  # fmt: skip
_ENDINGS = re.compile("(ing|ies|es|ed|s|e)$")
_STEM = 3
"""Letters that are left of a word at least when its ending is taken off."""
_AGAINST_THE_HOUSE = 2
"""How many words a tool has to share with what was said, to be meant rather than a device."""


def tool_spoken_of(
    said: str, calls: Sequence[ToolCall], names: Names, tools: Sequence[ToolDeclaration]
) -> str | None:
    """Return the name of the tool of `tools` that is meant rather than the only one of `calls`.

    That is where nothing that was `said` speaks of what was called, while more of it speaks of one
    of the tools than of any other. None leaves it at the call.
    """
    if len(calls) != 1 or not tools:
        return None
    (call,) = calls
    own = any(tool.name == call.name for tool in tools)
    if not own and not is_about_nothing_said(said, call, names):
        return None
    words = _stems(words_in(said))
    shared = {tool.name: len(words & _stems(_words_of(tool))) for tool in tools}
    most = max(shared.values())
    meant = [name for name, count in shared.items() if count == most]
    wrong = shared[call.name] == 0 < most if own else most >= _AGAINST_THE_HOUSE
    return meant[0] if wrong and len(meant) == 1 else None


def _words_of(tool: ToolDeclaration) -> Iterator[str]:
    yield from words_in(tool.name.replace("_", " "))
    yield from words_in(tool.description)
    for name, schema in tool.parameters.get("properties", {}).items():
        yield from words_in(name.replace("_", " "))
        yield from words_in(str(schema.get("description", "")))
        for value in schema.get("enum", ()):
            yield from words_in(str(value).replace("_", " "))


def _stems(words: Iterable[str]) -> frozenset[str]:
    """Return the beginnings of the words that tell something: "roses" and "rose" have one."""
    telling = (word for word in words if word not in _SAYING_NOTHING)
    return frozenset(
        _ENDINGS.sub("", word) if len(_ENDINGS.sub("", word)) >= _STEM else word for word in telling
    )
