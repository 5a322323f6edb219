"""Which part of a request for several things a model left out.

A small model that is asked for two things in one sentence does one of them, now and then: "unlock
the gate and film screen on". The other stands there by its full name, in a part of its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge_agent.model.types import ToolCall
from edge_agent.tools.spoken_words import places_of_run, words_in
from edge_agent.understanding.names import Named, Names, devices_of

_PARTS = re.compile(r"[\w']+|[,.;?!]")
_BETWEEN = frozenset({"and", "then", "plus", "also", ",", ".", ";", "?", "!"})
_NO_REQUEST = frozenset({
    "not", "never", "no", "without", "except", "but", "leave", "only", "rather", "instead",
    "unless", "if", "until", "because", "when", "while",
})  # fmt: skip
"""Words by which a thing may be named though nothing is asked of it: "and not the fan"."""
_SAYS_NOTHING = frozenset({"the", "my", "our", "a", "an", "both", "please", "now", "as", "well"})


@dataclass(frozen=True)
class LeftOut:
    """The `words` of a part that nothing was called for, about the thing of that `name`.

    What it asks for belongs before the calls from number `place` on.
    """

    words: str
    name: str
    place: int


@dataclass(frozen=True)
class _Said:
    name: str
    start: int
    stop: int


def left_out(said: str, calls: Sequence[ToolCall], names: Names) -> LeftOut | None:
    """Return the part of what was `said` that none of `calls` is for; None where there is none.

    That is one that names one thing in full, with words of its own, while the calls are for others
    which are named in full too.
    """
    parts = _PARTS.findall(said)
    spoken = [part.casefold() for part in parts]
    if not calls or _BETWEEN.isdisjoint(spoken):
        return None
    called = {str(call.arguments.get("device")) for call in calls}
    found = list(_names_in(spoken, names))
    others = [it for it in found if it.name in called]
    missing = [it for it in found if it.name not in called]
    if len(missing) != 1 or {it.name for it in others} != called:
        return None
    (it,) = missing
    if any(_share_a_device(names[it.name], names[other.name]) for other in others):
        return None
    before = [other for other in others if other.start < it.start]
    after = [other for other in others if other.start > it.start]
    start = _border(spoken, max(o.stop for o in before), it.start) if before else -1
    stop = _border(spoken, it.stop, min(o.start for o in after)) if after else len(spoken)
    if start is None or stop is None:
        return None
    around = {*spoken[start + 1 : it.start], *spoken[it.stop : stop]}
    if around <= _SAYS_NOTHING or any(_refuses(word) for word in around):
        return None
    place = len({other.name for other in before})
    return LeftOut(" ".join(parts[start + 1 : stop]), it.name, place)


def _border(spoken: Sequence[str], start: int, stop: int) -> int | None:
    """Return the last place of a word or sign between two parts; None where there is none."""
    places = [at for at in range(start, stop) if spoken[at] in _BETWEEN]
    return places[-1] if places else None


def _names_in(spoken: Sequence[str], names: Names) -> Iterator[_Said]:
    """Give the names that stand among what was spoken, none inside a longer one."""
    taken: set[int] = set()
    runs = {name: words_in(name) for name in names}
    for name, run in sorted(runs.items(), key=lambda it: -len(it[1])):
        for start in places_of_run(spoken, run):
            stop = start + len(run)
            if taken.isdisjoint(range(start, stop)):
                taken.update(range(start, stop))
                yield _Said(name, start, stop)


def _share_a_device(one: Named, other: Named) -> bool:
    return not {*devices_of(one)}.isdisjoint(devices_of(other))


def _refuses(word: str) -> bool:
    return word in _NO_REQUEST or word.endswith("n't")
