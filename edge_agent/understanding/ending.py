"""Whether what somebody has said so far is a whole request, by what a model makes of it.

Silence alone cannot tell an end from a hesitation. What the model heard can, at times: a name that
breaks off in its middle goes on, and one that was said in full, with all that its tool needs, is
likely the end.
"""

from collections.abc import Sequence
from enum import Enum

from edge_agent.model.types import ToolCall
from edge_agent.tools.spoken_words import holds_run, words_in

_GOES_ON_AFTER = frozenset({
    "a", "an", "and", "at", "by", "for", "from", "in", "my", "of", "or", "our", "set", "switch",
    "the", "then", "to", "turn", "with", "your",
})  # fmt: skip
_SWITCHES = {"turn_on": "on", "turn_off": "off"}
_SHORTEST_PIECE = 3
"""Letters of a name that are enough to be its beginning."""


class Ending(Enum):
    """How what was said ends."""

    WHOLE = "a whole request"
    OPEN = "perhaps a whole request"
    UNFINISHED = "there is more to come, or nothing was asked"


def ending_of(heard: str, calls: Sequence[ToolCall]) -> Ending:
    """Return how what was `heard` ends, of which a model made `calls`.

    A model that does not write down what it hears leaves it open. So does a value, since numbers
    go on: "twenty ... one".
    """
    said = words_in(heard)
    if not calls:
        return Ending.UNFINISHED
    if not said:
        return Ending.OPEN
    names = [words_in(str(call.arguments.get("device", ""))) for call in calls]
    if said[-1] in _GOES_ON_AFTER or any(_breaks_off_in(name, said) for name in names):
        return Ending.UNFINISHED
    pairs = zip(calls, names, strict=True)
    return Ending.WHOLE if all(_is_whole(*pair, said) for pair in pairs) else Ending.OPEN


def _is_whole(call: ToolCall, name: Sequence[str], said: Sequence[str]) -> bool:
    """Tell whether all was said that a call is made of."""
    switch = _SWITCHES.get(call.name)
    return (
        call.arguments.keys() == {"device"}
        and holds_run(said, name)
        and (switch is None or switch in said)
    )


def _breaks_off_in(name: Sequence[str], said: Sequence[str]) -> bool:
    """Tell whether what was said ends in the middle of a name, or of a word of it."""
    if holds_run(said, name):
        return False
    whole, text = " ".join(name), f" {' '.join(said)}"
    return any(text.endswith(f" {whole[:end]}") for end in range(_SHORTEST_PIECE, len(whole)))
