"""A scene in words: what the eyes write down of a picture, and the decoder reads in its place.

The words are few and always in the same order: `left lamp red, right lamp off`, `gauge 70 percent`,
`display 21.5`, `door open`, `room dark`, `three boxes`. A lamp with a label says it after its
place: `left lamp boiler red`.
"""

import re

from tools.nano.numbers import in_words
from tools.nano.scenes import (
    PERCENT_STEP,
    Display,
    Door,
    Gauge,
    Lamp,
    Lamps,
    Nothing,
    Room,
    Scene,
    Things,
)

_PERCENT = re.compile(r"(\d+) percent")

OFF = "off"
BETWEEN_LAMPS = ", "
NOTHING = "nothing"

_BETWEEN_THE_ENDS = {2: (), 3: ("middle",), 4: ("second", "third")}


def describe(scene: Scene) -> str:
    """Return a scene in words."""
    match scene:
        case Lamps(lamps):
            named = zip(places(scene), lamps, strict=True)
            words = BETWEEN_LAMPS.join(_lamp_words(place, lamp) for place, lamp in named)
        case Gauge(percent, bar):
            words = f"{'bar' if bar else 'gauge'} {percent} percent"
        case Display(digits):
            words = f"display {digits}"
        case Door(is_open):
            words = f"door {'open' if is_open else 'closed'}"
        case Room(lit):
            words = f"room {'lit' if lit else 'dark'}"
        case Things(count, sort):
            words = counted(count, sort)
        case Nothing():
            words = NOTHING
    return words


def near_enough(said: str) -> frozenset[str]:
    """Return what is as good as `said`: a percentage may be off by one step."""
    percents = [int(found) for found in _PERCENT.findall(said)]
    others = {percent + step for percent in percents for step in (-PERCENT_STEP, PERCENT_STEP)}
    return frozenset({said, *(_PERCENT.sub(f"{other} percent", said) for other in others)})


def places(lamps: Lamps) -> tuple[str, ...]:
    """Return what tells each of the lamps from the others."""
    return place_names(len(lamps.lamps), upright=lamps.upright)


def place_names(count: int, *, upright: bool) -> tuple[str, ...]:
    """Return what tells so many lamps from each other: `left`, `right`; for one alone, ""."""
    if count == 1:
        return ("",)
    first, last = ("top", "bottom") if upright else ("left", "right")
    return (first, *_BETWEEN_THE_ENDS[count], last)


def counted(count: int, sort: str) -> str:
    """Return how many things of a sort there are: `three boxes`, `one box`."""
    return f"{in_words(count)} {sort if count != 1 else one_of(sort)}"


def one_of(sort: str) -> str:
    """Return the word for one thing of a sort."""
    return sort.removesuffix("es") if sort == "boxes" else sort.removesuffix("s")


def _lamp_words(place: str, lamp: Lamp) -> str:
    words = (place, "lamp", lamp.label, lamp.color or OFF)
    return " ".join(word for word in words if word)
