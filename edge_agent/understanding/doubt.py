"""What a person meant: what the model chose, something else, or one of several things as likely.

A model always chooses something. What was said is evidence: how much of each name is in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from edge_agent.home.types import UNKNOWN_AREA, Device
from edge_agent.tools.spoken_words import words_in
from edge_agent.understanding.names import Named

_SAYING_NOTHING = frozenset({
    "the", "a", "an", "my", "our", "your", "in", "on", "off", "of", "at", "by", "to", "for",
    "and", "or", "with",
})  # fmt: skip
_ALL = frozenset({"all"})


@dataclass(frozen=True)
class _Evidence:
    """Which words of a thing's name and area were said.

    `complete` tells that a name of it was said in full, `named` that more was said than its area.
    """

    said: frozenset[str]
    complete: bool
    named: bool

    def outweighs(self, other: "_Evidence") -> bool:
        """Tell whether this is meant rather than the other, by what was said."""
        if self.said == other.said:
            return self.complete and not other.complete
        more = self.named and self.said > other.said
        return more and (self.complete or not other.complete)


def things_meant(
    chosen: Named, others: Iterable[Named], said: str, *, in_own_words: bool
) -> tuple[Named, ...]:
    """Return what may be meant, where a model chose one thing and could have chosen `others`.

    One thing is certain enough: the chosen one, or another that was said in full where that one
    was not. Of several, a person has to say which. Words that were not written by the person, but
    by a model that heard them, only tell apart what has the same name.
    """
    unlike = tuple(dict.fromkeys(it for it in others if it != chosen))
    if not in_own_words:
        unlike = tuple(it for it in unlike if _same_name(it, chosen))
    spoken = telling_words(said)
    mine = _evidence(chosen, spoken)
    weighed = [(it, _evidence(it, spoken)) for it in unlike]
    better = [(it, found) for it, found in weighed if found.outweighs(mine)]
    best = [(it, e) for it, e in better if not any(other.outweighs(e) for _, other in better)]
    best = [pair for pair in best if pair[1].complete] or best
    if len(best) > 1 or (best and best[0][1].complete):
        return tuple(it for it, _ in best)
    like = [it for it, found in weighed if found == mine and mine.named]
    return (chosen, *like, *(it for it, _ in best))


def telling_words(text: str) -> frozenset[str]:
    """Return the words of `text` that tell one thing from another."""
    return frozenset(words_in(text)) - _SAYING_NOTHING


def words_of(thing: Named) -> frozenset[str]:
    """Return the words that a thing goes by: those of its names, and of its area."""
    return _area(thing).union(*_names(thing))


def _evidence(thing: Named, spoken: frozenset[str]) -> _Evidence:
    area = _area(thing)
    found = (_by_name(name, area, spoken) for name in _names(thing))
    return max(found, key=lambda it: (it.complete, len(it.said)))


def _by_name(name: frozenset[str], area: frozenset[str], spoken: frozenset[str]) -> _Evidence:
    said = spoken & (name | area)
    complete = bool(name) and name <= spoken
    return _Evidence(said, complete, complete or bool(said - area))


def _names(thing: Named) -> tuple[frozenset[str], ...]:
    names = thing.names if isinstance(thing, Device) else (thing.name,)
    return tuple(telling_words(name) for name in names)


def _area(thing: Named) -> frozenset[str]:
    """Return the words that may be said besides a name: "all the lights in the kitchen"."""
    if thing.area in {"", UNKNOWN_AREA}:
        return frozenset()
    return telling_words(thing.area) | (frozenset() if isinstance(thing, Device) else _ALL)


def _same_name(one: Named, other: Named) -> bool:
    return one.name.casefold().split() == other.name.casefold().split()
