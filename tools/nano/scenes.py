"""What a camera may show an agent: lamps, a gauge, digits, a door, a room, things to count."""

import random
from dataclasses import dataclass
from enum import StrEnum

COLORS = ("red", "green", "blue", "yellow", "white", "orange")
"""The colours of a lamp that is lit."""
LABELS = (
    "boiler", "pump", "heater", "alarm", "power", "fan", "water", "door", "gate", "oven",
    "charger", "motor",
)  # fmt: skip
"""What may be written beside a lamp."""
THINGS = ("boxes", "balls", "bottles", "cups", "books", "plants")
LAMPS_AT_MOST, THINGS_AT_MOST, DIGITS_AT_MOST = 4, 5, 4
PERCENT_STEP = 5


@dataclass(frozen=True)
class Lamp:
    """An indicator lamp: `color` is None where it is not lit, `label` empty where it has none."""

    color: str | None
    label: str = ""


@dataclass(frozen=True)
class Lamps:
    """One to four lamps, from left to right, or `upright` from top to bottom."""

    lamps: tuple[Lamp, ...]
    upright: bool = False


@dataclass(frozen=True)
class Gauge:
    """A dial with a needle, or a `bar` that is filled; `percent` from 0 to 100 in steps of 5."""

    percent: int
    bar: bool = False


@dataclass(frozen=True)
class Display:
    """Seven-segment digits, one to four, perhaps with a point or a colon: `21.5`, `07:30`."""

    digits: str


@dataclass(frozen=True)
class Door:
    """A door, open or closed."""

    is_open: bool


@dataclass(frozen=True)
class Room:
    """A whole room, lit or dark."""

    lit: bool


@dataclass(frozen=True)
class Things:
    """One to five things of one sort."""

    count: int
    sort: str


@dataclass(frozen=True)
class Nothing:
    """A picture of none of these."""


Scene = Lamps | Gauge | Display | Door | Room | Things | Nothing


class SceneKind(StrEnum):
    """The sorts of scenes that are drawn, and counted by in tests."""

    LAMPS = "lamps"
    LABELLED_LAMPS = "labelled lamps"
    GAUGE = "gauge"
    BAR = "level bar"
    DISPLAY = "display"
    DOOR = "door"
    ROOM = "room"
    THINGS = "things"
    NOTHING = "nothing"


def draw_scene(kind: SceneKind, chance: random.Random) -> Scene:
    """Draw a scene of that kind."""
    drawn: Scene
    match kind:
        case SceneKind.LAMPS | SceneKind.LABELLED_LAMPS:
            drawn = _draw_lamps(chance, labelled=kind is SceneKind.LABELLED_LAMPS)
        case SceneKind.GAUGE | SceneKind.BAR:
            percent = PERCENT_STEP * chance.randint(0, 100 // PERCENT_STEP)
            drawn = Gauge(percent, kind is SceneKind.BAR)
        case SceneKind.DISPLAY:
            drawn = Display(_draw_digits(chance))
        case SceneKind.DOOR:
            drawn = Door(chance.random() < 0.5)
        case SceneKind.ROOM:
            drawn = Room(chance.random() < 0.5)
        case SceneKind.THINGS:
            drawn = Things(chance.randint(1, THINGS_AT_MOST), chance.choice(THINGS))
        case SceneKind.NOTHING:
            drawn = Nothing()
    return drawn


def kind_of(scene: Scene) -> SceneKind:
    """Return the kind that a scene is of."""
    if isinstance(scene, Lamps):
        return SceneKind.LABELLED_LAMPS if scene.lamps[0].label else SceneKind.LAMPS
    if isinstance(scene, Gauge):
        return SceneKind.BAR if scene.bar else SceneKind.GAUGE
    return SceneKind(type(scene).__name__.lower())


def draw_color(chance: random.Random) -> str | None:
    """Draw the colour of a lamp, None for one that is not lit."""
    return None if chance.random() < 0.35 else chance.choice(COLORS)


def _draw_lamps(chance: random.Random, *, labelled: bool) -> Lamps:
    count = chance.choices(range(1, LAMPS_AT_MOST + 1), (35, 30, 20, 15))[0]
    labels = chance.sample(LABELS, count) if labelled else [""] * count
    lamps = tuple(Lamp(draw_color(chance), label) for label in labels)
    return Lamps(lamps, count > 1 and chance.random() < 0.3)


def _draw_digits(chance: random.Random) -> str:
    luck = chance.random()
    if luck < 0.15:
        return f"{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}"
    if luck < 0.6:
        whole = chance.choice((chance.randint(0, 9), chance.randint(10, 99)))
        places = chance.choice((1, 1, 1, 2))
        return f"{whole}.{chance.randrange(10**places):0{places}d}"
    length = chance.randint(1, DIGITS_AT_MOST)
    return str(chance.randint(10 ** (length - 1) if length > 1 else 0, 10**length - 1))
