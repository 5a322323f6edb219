"""What can be said of a scene: facts, and claims about them that hold or do not."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tools.nano.numbers import in_words
from tools.nano.scene_words import OFF, counted, places
from tools.nano.scenes import (
    COLORS,
    LABELS,
    PERCENT_STEP,
    THINGS_AT_MOST,
    Display,
    Door,
    Gauge,
    Lamps,
    Nothing,
    Room,
    Scene,
    Things,
)
from tools.nano.sentences import Sentences
from tools.nano.sign_by_sign import sign_by_sign

ON = "on"
_SAID_OF_LAMPS = {ON: ("on", "on", "lit"), OFF: ("off", "off", "out")}
_ABOVE, _BELOW = ("over", "above", "higher than"), ("under", "below", "lower than")
_OPPOSITE = {"open": "closed", "closed": "open", "lit": "dark", "dark": "lit"}
_TRUE = 0.5
_BY_LABEL, _BY_OWNER, _ON_OR_OFF, _COMPARED = 0.8, 0.4, 0.35, 0.4


@dataclass(frozen=True)
class Subject:
    """One thing of a scene: how it is called, `the left light`, and the `fact` about it.

    A fact is part of a sentence, `the left lamp is red`; `past` is the same of an earlier picture.
    """

    called: str
    fact: str
    past: str


@dataclass(frozen=True)
class Claim:
    """A claim as it is `said`, `the lamp is red`, and `asked`, `is the lamp red`.

    `state` is the claimed one as a fact has it: `off` where people say that a lamp is out. `steps`
    compare the two where they are numbers.
    """

    said: str
    asked: str
    state: str
    holds: bool
    fact: str
    steps: str = ""


def subjects(
    scene: Scene, wordings: Sentences, chance: random.Random, *, by_label: bool = False
) -> tuple[Subject, ...]:
    """Return the things of a scene, each called by one of its names; `by_label` if it has one.

    A single lamp without a label may be called by what it might belong to, "the pump light"; not
    so `by_label`, where such a name is that of a label.
    """
    if isinstance(scene, Nothing):
        return ()
    return tuple(
        Subject(
            _called(scene, about, wordings, chance, by_label=by_label),
            fact_of(scene, about),
            fact_of(scene, about, past=True),
        )
        for about in range(how_many(scene))
    )


def how_many(scene: Scene) -> int:
    """Return how many things of a scene can be spoken of: each lamp is one, all else is one."""
    return len(scene.lamps) if isinstance(scene, Lamps) else 1


def name_of(scene: Scene, about: int) -> str:
    """Return how the thing `about` of a scene is called in answers: `the left lamp`."""
    match scene:
        case Lamps(lamps):
            name = lamps[about].label or places(scene)[about]
            return f"the {name} lamp" if name else "the lamp"
        case Gauge(bar=bar):
            return "the bar" if bar else "the gauge"
        case Things(sort=sort):
            return f"the {sort}"
        case Nothing():
            raise ValueError("a picture that shows nothing has no thing to name")
        case Display() | Door() | Room():
            return f"the {type(scene).__name__.lower()}"


def fact_of(scene: Scene, about: int, *, past: bool = False) -> str:
    """Return what is to be seen of the thing `about`: `the left lamp is red`, or `was red`."""
    if isinstance(scene, Things):
        be = {1: ("is", "was")}.get(scene.count, ("are", "were"))[past]
        return f"there {be} {counted(scene.count, scene.sort)}"
    name = name_of(scene, about)
    if isinstance(scene, Display):
        return f"{name} {'showed' if past else 'shows'} {scene.digits}"
    return f"{name} {'was' if past else 'is'} {state_of(scene, about)}"


def state_of(scene: Scene, about: int) -> str:
    """Return the state of the thing `about` alone: `red`, `at 70 percent`, `21.5`, `three`."""
    match scene:
        case Lamps(lamps):
            return lamps[about].color or OFF
        case Gauge(percent):
            return f"at {percent} percent"
        case Door(is_open):
            return "open" if is_open else "closed"
        case Room(lit):
            return "lit" if lit else "dark"
        case Display(digits):
            return digits
        case Things(count):
            return in_words(count)
        case _:
            raise ValueError(f"{scene} has no state to name")


def claim(scene: Scene, about: int, called: str, chance: random.Random) -> Claim:
    """Draw a claim about the thing `about` of a scene, `called` so; about every second one holds.

    Raises `ValueError` for a picture that shows nothing.
    """
    fact = fact_of(scene, about)
    match scene:
        case Things(count, sort):
            return _of_count(count, sort, fact, chance)
        case Display(digits):
            shown = digits if chance.random() < _TRUE else _other_digits(digits, chance)
            claimed = f"{called} shows {shown}", f"does {called} show {shown}"
            steps = sign_by_sign(digits, shown)
            return Claim(*claimed, shown, shown == digits, fact, steps)
        case Gauge(percent):
            said, state, holds, steps = _claimed_of_percent(percent, chance)
            return Claim(f"{called} is {said}", f"is {called} {said}", state, holds, fact, steps)
        case Lamps(lamps):
            said, state, holds = _claimed_of_lamp(lamps[about].color or OFF, chance)
        case _:
            holds = chance.random() < _TRUE
            state = state_of(scene, about)
            said = state = state if holds else _OPPOSITE[state]
    return Claim(f"{called} is {said}", f"is {called} {said}", state, holds, fact)


def lamps_that_are(scene: Lamps, value: str) -> tuple[str, ...]:
    """Return the names of the lamps that are of a colour, on, or off."""
    return tuple(
        name_of(scene, index)
        for index, lamp in enumerate(scene.lamps)
        if value == (lamp.color or OFF) or (value == ON and lamp.color)
    )


def listed(names: Sequence[str]) -> str:
    """Join names: `a`, `a and b`, `a, b and c`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def sentence(fact: str) -> str:
    """Make a sentence of a fact."""
    return f"{fact[:1].upper()}{fact[1:]}."


def said_of_lamps(value: str, chance: random.Random) -> str:
    """Return a word by which people mean that state of a lamp."""
    return chance.choice(_SAID_OF_LAMPS.get(value, (value,)))


def _called(
    scene: Scene, about: int, wordings: Sentences, chance: random.Random, *, by_label: bool
) -> str:
    match scene:
        case Lamps(lamps):
            label = lamps[about].label
            labelled = label and (by_label or chance.random() < _BY_LABEL)
            name = label if labelled else places(scene)[about]
            if not name and not label and chance.random() < _BY_OWNER:
                owner = chance.choice(LABELS)
                name = "" if by_label else owner
            return f"the {name} {chance.choice(wordings['noun lamp'])}".replace("  ", " ")
        case Gauge(bar=bar):
            return f"the {chance.choice(wordings['noun bar' if bar else 'noun gauge'])}"
        case Display():
            return f"the {chance.choice(wordings['noun display'])}"
        case _:
            return name_of(scene, about)


def _claimed_of_lamp(value: str, chance: random.Random) -> tuple[str, str, bool]:
    holds = chance.random() < _TRUE
    if chance.random() < _ON_OR_OFF:
        claimed = ON if (value != OFF) == holds else OFF
    else:
        claimed = value if holds else chance.choice([color for color in COLORS if color != value])
    return said_of_lamps(claimed, chance), claimed, holds


def _claimed_of_percent(percent: int, chance: random.Random) -> tuple[str, str, bool, str]:
    if chance.random() < 0.25:
        other = chance.choice((percent, PERCENT_STEP * chance.randint(0, 20)))
        state = f"at {other} percent"
        return state, state, other == percent, _percents_compared(percent, other)
    bound = chance.choice((*range(10, 100, 10), 25, 75))
    above = chance.random() < 0.5
    words = _ABOVE if above else _BELOW
    said, state = (f"{word} {bound} percent" for word in (chance.choice(words), words[0]))
    holds = percent > bound if above else percent < bound
    return said, state, holds, _percents_compared(percent, bound)


def _percents_compared(there: int, claimed: int) -> str:
    return sign_by_sign(f"{there:03d}", f"{claimed:03d}")


def _of_count(count: int, sort: str, fact: str, chance: random.Random) -> Claim:
    if chance.random() < _COMPARED:
        bound = chance.randint(1, THINGS_AT_MOST - 1)
        more = chance.random() < _TRUE
        state = f"{'more' if more else 'fewer'} than {in_words(bound)}"
        there = f"{state} {sort}"
        holds = count > bound if more else count < bound
        return Claim(f"there are {there}", f"are there {there}", state, holds, fact)
    other = count if chance.random() < _TRUE else chance.randint(1, THINGS_AT_MOST)
    be, there = ("is" if other == 1 else "are"), counted(other, sort)
    state = in_words(other)
    return Claim(f"there {be} {there}", f"{be} there {there}", state, other == count, fact)


def _other_digits(digits: str, chance: random.Random) -> str:
    """Change one of the digits."""
    place = chance.choice([at for at, sign in enumerate(digits) if sign.isdigit()])
    other = chance.choice([digit for digit in "0123456789" if digit != digits[place]])
    return digits[:place] + other + digits[place + 1 :]
