"""Levels that are asked for by comparison: "make it dimmer", "a bit louder", "it's too warm".

A model sees no states and its tools take levels, so whatever number it chose gives way to the level
that the device has, some steps up or down. Where that is not known, the model's number stands.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from edge_agent.home.types import State
from edge_agent.home.wanted import OFF
from edge_agent.tools.spoken_words import words_in
from edge_agent.tools.types import Call
from edge_agent.understanding.number_words import ONES, TENS

_UP = frozenset({"up", "higher", "raise", "increase"})
_DOWN = frozenset({"down", "lower", "decrease", "reduce"})
_MORE, _LESS = frozenset({"more", "further"}), frozenset({"less"})
_TOO = frozenset({"too", "so", "less", "bit", "still", "rather", "awfully", "pretty"})
"""Words after which "bright" asks for less of it."""
_NOT = frozenset({
    "not", "don't", "isn't", "aren't", "doesn't", "hardly", "barely", "never", "nowhere", "won't",
})  # fmt: skip
_LITTLE = frozenset({"bit", "little", "slightly", "touch", "tad", "notch", "somewhat", "degree"})
_MUCH = frozenset({"much", "lot", "lots", "way"})
_NUMBERS = dict(zip(ONES, range(20), strict=True)) | dict(
    zip(TENS, range(20, 100, 10), strict=True)
)
_UNITS = frozenset({"percent", "degree", "degrees", "point", "points"})
_EXACT = frozenset({
    "half", "halfway", "quarter", "quarters", "third", "thirds", "max", "maximum", "min",
    "minimum", "full", "fully", "low", "lowest", "high", "highest", "medium", "middle",
    "completely", "possible", "hundred", *_NUMBERS,
}) - {"one"}  # fmt: skip
"""Words that name a level, besides digits."""


@dataclass(frozen=True)
class _Level:
    """What a tool sets: its `argument`, the `property` of the state, how far it goes.

    `steps` are those for "a bit", for no such word, and for "a lot". The words are those that ask
    for more and for less of it, and those that are said of too much and of too little.
    """

    argument: str
    property: str
    least: float
    most: float
    steps: tuple[float, float, float]
    up: frozenset[str]
    down: frozenset[str]
    much: frozenset[str] = frozenset()
    little: frozenset[str] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PERCENT = (10, 25, 50)
_LEVELS: Mapping[str, _Level] = {
    "set_brightness": _Level(
        "percent", "brightness", 5, 100, _PERCENT,
        _words("brighter brighten lighter"), _words("dimmer dim darker darken"),
        _words("bright light"), _words("dark dim gloomy"),
    ),
    "set_volume": _Level(
        "percent", "volume", 5, 100, _PERCENT,
        _words("louder"), _words("quieter softer"), _words("loud"), _words("quiet soft"),
    ),
    "set_speed": _Level(
        "percent", "speed", 5, 100, _PERCENT,
        _words("faster quicker stronger quickly"), _words("slower weaker gentler slowly"),
        _words("fast strong windy"), _words("slow weak"),
    ),
    "set_temperature": _Level(
        "celsius", "target_temperature", 5, 35, (1, 2, 4),
        _words("warmer hotter"), _words("cooler colder"),
        _words("warm hot"), _words("cold cool chilly"),
    ),
    "set_position": _Level(
        "percent", "position", 0, 100, _PERCENT,
        _words("open opened wider"), _words("close closed shut"), _words("open"), _words("closed"),
    ),
}  # fmt: skip


def in_relation(call: Call, said: str, state: State, names: Iterable[str] = ()) -> Call:
    """Return `call` with the level that `said` asks for, of a device that is in `state`.

    What is in its `names` is no level: "lamp 2", "the lower light".
    The call stays as it is where a level was named, where nothing was compared, or where the device
    has not told how it is.
    """
    level = _LEVELS.get(call.tool)
    if level is None:
        return call
    words = _words_but(names, said)
    step = _step_named(level, words)
    if step is None and _names_a_level(words):
        return call
    direction, now = _direction(level, words), _now(level, state)
    if direction == 0 or now is None:
        return call
    wanted = now + direction * (_step(level, words) if step is None else step)
    wanted = min(max(wanted, min(level.least, now)), level.most)
    number = round(wanted) if level.argument == "percent" else round(wanted, 1)
    return replace(call, arguments={**call.arguments, level.argument: number})


def _words_but(names: Iterable[str], said: str) -> list[str]:
    words = f" {' '.join(words_in(said))} "
    for name in names:
        words = words.replace(f" {' '.join(words_in(name))} ", " it ")
    return words.split()


def _names_a_level(words: list[str]) -> bool:
    digits = any(character.isdigit() for word in words for character in word)
    return digits or not _EXACT.isdisjoint(words) or "all the way" in " ".join(words)


def _step_named(level: _Level, words: list[str]) -> float | None:
    """Return by how much, where that was said: "by ten percent", "two degrees warmer"."""
    compared = level.up | level.down | _MORE | _LESS
    for place in range(len(words)):
        number = _number(words[place : place + 2])
        if number is None:
            continue
        rest = [it for it in words[place + 1 : place + 4] if it not in _UNITS]
        rest = rest[1:] if rest and rest[0] in _NUMBERS else rest
        if words[place - 1 : place] == ["by"] or (rest and rest[0] in compared):
            return number
    return None


def _number(words: list[str]) -> float | None:
    """Return the number that `words` begin with."""
    first, *others = words
    if first.isdecimal():
        return float(first)
    number = _NUMBERS.get(first)
    if first in TENS and others and others[0] in ONES[1:10]:
        number = _NUMBERS[first] + _NUMBERS[others[0]]
    return None if number is None else float(number)


def _direction(level: _Level, words: list[str]) -> int:
    """Return 1 for more, -1 for less, and 0 where neither or both are asked for."""
    denied = not _NOT.isdisjoint(words)
    much = _complained_of(level.much, words, denied=denied)
    little = _complained_of(level.little, words, denied=denied)
    if much or little:
        return much - little
    if level.property == "position" and {("not", "open"), ("don't", "open")} & {*pairwise(words)}:
        return -1  # "don't open it so far"
    for up, down in ((level.up, level.down), (_UP, _DOWN), (_MORE, _LESS)):
        more, less = not up.isdisjoint(words), not down.isdisjoint(words)
        if more or less:
            return int(more) - int(less)
    return 0


def _complained_of(qualities: frozenset[str], words: list[str], *, denied: bool) -> int:
    """Return -1 where there is too much of a quality, 1 where there is not enough of it, else 0."""
    pairs = list(pairwise(words))
    too = any(one in _TOO and two in qualities for one, two in pairs)
    lacking = denied and any(one in qualities and two == "enough" for one, two in pairs)
    return 1 if lacking else -int(too)


def _step(level: _Level, words: list[str]) -> float:
    little, usual, much = level.steps
    if not _LITTLE.isdisjoint(words):
        return little
    return usual if _MUCH.isdisjoint(words) else much


def _now(level: _Level, state: State) -> float | None:
    """Return the level that a device has; a light or a fan that is off has none."""
    if level.property in {"brightness", "speed"} and state.get("state") == OFF:
        return 0
    now = state.get(level.property)
    return float(now) if isinstance(now, int | float) else None
