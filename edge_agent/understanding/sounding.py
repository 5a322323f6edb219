"""Which thing was named, by the sound of what a model heard.

A small model writes down "turn off the barn ceiling light" where somebody said "ballroom", and may
then choose any device. The name that sounds most like those words is a better guess than one that
sounds like nothing in them.
"""

from collections.abc import Container, Iterator
from dataclasses import replace
from difflib import SequenceMatcher

from edge_agent.model.types import ToolCall
from edge_agent.tools.contract import TOOL_BY_NAME
from edge_agent.tools.spoken_words import words_in
from edge_agent.understanding.names import Names, able

_MARGIN = 0.1
"""How much more alike another name has to be. On 300 requests with names of known and of new words,
spoken by voices that the small model never heard, 0.02 to 0.15 did equally well."""
_LEAST = 0.6
"""How alike it has to be at least, of 1."""

_SPOKEN_OF = 0.75
"""How alike what was just spoken of counts at least: "it" sounds like no name."""


def renamed_by_sound(
    call: ToolCall,
    names: Names,
    heard: str,
    taken: Container[str] = (),
    spoken_of: Container[str] = (),
) -> ToolCall:
    """Return `call` with the name that was most likely said, its own unless another is clearer.

    `names` are all that the model could have chosen, `taken` those that its other calls are about.
    What was just `spoken_of` need not be said again.
    """
    tool, chosen = TOOL_BY_NAME.get(call.name), call.arguments.get("device")
    words = words_in(heard)
    if tool is None or not isinstance(chosen, str) or chosen not in names or not words:
        return call
    least = _SPOKEN_OF if chosen in spoken_of else 0.0
    best, most = chosen, max(_LEAST, max(least, likeness(chosen, words)) + _MARGIN)
    for name, thing in names.items():
        if name not in taken and able(tool, thing):
            alike = likeness(name, words, most)
            if alike > most:
                best, most = name, alike
    return replace(call, arguments={**call.arguments, "device": best})


def likeness(name: str, words: list[str], above: float = 0.0) -> float:
    """Return how alike `name` is to the most alike run of `words`, 0 to 1.

    Where that cannot be more than `above`, something not larger is returned, sooner.
    """
    matcher, best = SequenceMatcher(None, autojunk=False), above
    matcher.set_seq2(name.casefold())
    for run in _runs(words, len(name.split())):
        matcher.set_seq1(run)
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            best = max(best, matcher.ratio())
    return best


def _runs(words: list[str], length: int) -> Iterator[str]:
    """Give all runs of about `length` words: a name may be heard as one word more or fewer."""
    for size in range(max(1, length - 1), min(length + 1, len(words)) + 1):
        for start in range(len(words) - size + 1):
            yield " ".join(words[start : start + size])
