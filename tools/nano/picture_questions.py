"""What people ask about a picture or a clip, with the answer: questions, and conditions."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from edge_agent.model.media_places import time_stamp
from tools.nano.numbers import in_words
from tools.nano.picture_claims import (
    ON,
    Claim,
    Subject,
    claim,
    fact_of,
    how_many,
    lamps_that_are,
    listed,
    name_of,
    said_of_lamps,
    sentence,
    state_of,
    subjects,
)
from tools.nano.scene_words import OFF, describe
from tools.nano.scenes import (
    COLORS,
    LABELS,
    THINGS_AT_MOST,
    Display,
    Door,
    Gauge,
    Lamp,
    Lamps,
    Nothing,
    Room,
    Scene,
    SceneKind,
    Things,
    draw_color,
    draw_scene,
    kind_of,
)
from tools.nano.sentences import Sentences

NOTHING_KNOWN = "I see nothing that I know."
NOTHING_CHANGED = "Nothing changed."
NEVER = "That did not happen."

_Drawn = TypeVar("_Drawn")

_ABSENT, _OTHER_LABEL = 0.12, 0.6
_OF_CLIPS = {"when": 45, "what happened": 25, "at first": 8, "at last": 12, "at a time": 10}
_ASKED_AS = {
    SceneKind.LAMPS: "lamps",
    SceneKind.LABELLED_LAMPS: "lamps",
    SceneKind.GAUGE: "gauge",
    SceneKind.BAR: "gauge",
    SceneKind.DISPLAY: "display",
    SceneKind.DOOR: "door",
    SceneKind.ROOM: "room",
    SceneKind.THINGS: "things",
}


@dataclass(frozen=True)
class Question:
    """What is asked, and the one right answer.

    `thought` is what has to be found out for it first: a decoder this small cannot read off a fact
    and compare it in one step. It puts down what is there, `the left lamp is off`, and what was
    asked for in the same words, `asked off`; numbers it compares sign by sign. Empty where the fact
    is the answer. Where something is to be done unless it is so, it is `asked not off`.
    """

    said: str
    answer: str
    thought: str = ""


@dataclass(frozen=True)
class Condition:
    """When to do something: `said` has a place `{do}` for what; `otherwise` is the answer.

    `thought` is as in `Question`.
    """

    said: str
    holds: bool
    otherwise: str
    thought: str


@dataclass(frozen=True)
class ClipScene:
    """Scenes in the order of time, in whole seconds; at most one thing changes, at most once."""

    frames: tuple[tuple[int, Scene], ...]
    about: int
    changed_at: int | None

    @property
    def first(self) -> Scene:
        """Return how it was at first."""
        return self.frames[0][1]

    @property
    def last(self) -> Scene:
        """Return how it was in the end."""
        return self.frames[-1][1]


def ask(
    scene: Scene, wordings: Sentences, chance: random.Random, *, whether: float = 0.5
) -> Question:
    """Ask something about a scene; now and then about what it does not show.

    Of one thing it is asked in a share of `whether` if a claim about it holds.
    """
    if chance.random() < 0.1:
        return _ask_what_is_seen(scene, wordings, chance)
    if isinstance(scene, Nothing) or chance.random() < _ABSENT:
        other = _another(scene, chance)
        asked = _ask_of(other, wordings, chance, whether, by_label=True)
        return replace(asked, answer=_not_seen(other), thought=asked.thought and _none_of(other))
    return _ask_of(scene, wordings, chance, whether)


def make_condition(
    scene: Scene, wordings: Sentences, chance: random.Random, *, unless: float = 0.12
) -> Condition:
    """Make something depend on what a scene shows, or does not show.

    A share `unless` is to be done where it is not so.
    """
    absent = isinstance(scene, Nothing) or chance.random() < _ABSENT
    about = _another(scene, chance) if absent else scene
    found = _claim_about(about, wordings, chance, by_label=absent)
    negated = not absent and chance.random() < unless
    said = chance.choice(wordings["unless" if negated else "conditional"])
    said = said.replace("{said}", found.said)
    if absent:
        return Condition(said, holds=False, otherwise=_not_seen(about), thought=_none_of(about))
    word = "Yes" if negated else "No"
    thought = _compared(found, unless=negated)
    return Condition(said, found.holds != negated, f"{word}, {found.fact}.", thought)


def draw_clip(
    kind: SceneKind, frames: int, chance: random.Random, *, step: int = 1, change: float = 0.85
) -> ClipScene:
    """Draw a clip of scenes of that kind, `step` seconds apart; a share `change` has a change."""
    before = draw_scene(kind, chance)
    about = chance.randrange(len(before.lamps)) if isinstance(before, Lamps) else 0
    after = _changed(before, about, chance)
    at = chance.randrange(1, frames) if chance.random() < change else None
    shown = [after if at is not None and number >= at else before for number in range(frames)]
    stamped = tuple((number * step, scene) for number, scene in enumerate(shown))
    return ClipScene(stamped, about, None if at is None else at * step)


def ask_of_clip(clip: ClipScene, wordings: Sentences, chance: random.Random) -> Question:
    """Ask something about a clip."""
    form = chance.choices(list(_OF_CLIPS), list(_OF_CLIPS.values()))[0]
    said = chance.choice(wordings[form])
    if form == "what happened":
        return Question(said, _happened(clip), _course(clip, _states))
    subject = subjects(clip.last, wordings, chance)[clip.about]
    if form == "when":
        return _ask_when(clip, said, subject, chance)
    seconds, scene = chance.choice(clip.frames)
    scene = {"at first": clip.first, "at last": clip.last}.get(form, scene)
    then = subjects(scene, wordings, chance)[clip.about]
    said = said.format(S=subject.called, t=time_stamp(seconds))
    answer = sentence(then.fact if form == "at last" else then.past)
    return Question(said, answer, _course_of_one(clip))


def _ask_of(
    scene: Scene,
    wordings: Sentences,
    chance: random.Random,
    whether: float,
    *,
    by_label: bool = False,
) -> Question:
    if isinstance(scene, Lamps) and len(scene.lamps) > 1 and chance.random() < 0.3:
        return _ask_of_all_lamps(scene, wordings, chance)
    if chance.random() < whether:
        found = _claim_about(scene, wordings, chance, by_label=by_label)
        said = chance.choice(wordings["whether"]).format(said=found.said, asked=found.asked)
        answer = f"{'Yes' if found.holds else 'No'}, {found.fact}."
        return Question(said, answer, _compared(found))
    subject = chance.choice(subjects(scene, wordings, chance, by_label=by_label))
    sort = scene.sort if isinstance(scene, Things) else ""
    said = chance.choice(wordings[f"what {_asked_as(scene)}"])
    return Question(said.format(S=subject.called, v=sort), sentence(subject.fact))


def _ask_of_all_lamps(scene: Lamps, wordings: Sentences, chance: random.Random) -> Question:
    value = chance.choice((*COLORS, ON, OFF, *(lamp.color or OFF for lamp in scene.lamps)))
    found = lamps_that_are(scene, value)
    which = chance.random() < 0.6
    said = chance.choice(wordings["which lamp" if which else "how many lamps"])
    said = said.format(v=said_of_lamps(value, chance))
    thought = f"{describe(scene)}. asked {value}."
    if not found:
        return Question(said, "None of the lamps.", thought)
    many = f"{in_words(len(found))} lamp{'s' if len(found) > 1 else ''}"
    return Question(said, sentence(listed(found) if which else many), thought)


def _ask_what_is_seen(scene: Scene, wordings: Sentences, chance: random.Random) -> Question:
    facts = [subject.fact for subject in subjects(scene, wordings, chance)]
    answer = sentence(", ".join(facts)) if facts else NOTHING_KNOWN
    return Question(chance.choice(wordings["what is seen"]), answer)


def _claim_about(
    scene: Scene, wordings: Sentences, chance: random.Random, *, by_label: bool
) -> Claim:
    found = subjects(scene, wordings, chance, by_label=by_label)
    about = chance.randrange(len(found))
    return claim(scene, about, found[about].called, chance)


def _another(scene: Scene, chance: random.Random) -> Scene:
    """Draw a scene of a thing that this one does not show; any picture may show a room."""
    if isinstance(scene, Lamps) and scene.lamps[0].label and chance.random() < _OTHER_LABEL:
        shown = {lamp.label for lamp in scene.lamps}
        return Lamps((Lamp(None, chance.choice([it for it in LABELS if it not in shown])),))
    kinds = [kind for kind in _ASKED_AS if _ASKED_AS[kind] not in ("room", _asked_as(scene))]
    other = draw_scene(chance.choice(kinds), chance)
    return Lamps(other.lamps[:1]) if isinstance(other, Lamps) else other


def _asked_as(scene: Scene) -> str:
    return _ASKED_AS.get(kind_of(scene), "")


def _not_seen(scene: Scene) -> str:
    return f"I see {_none_of(scene)}"


def _none_of(scene: Scene) -> str:
    return f"no {name_of(scene, 0).removeprefix('the ')}."


def _compared(found: Claim, *, unless: bool = False) -> str:
    """Put the fact beside what was claimed; `unless`: beside what it is not to be."""
    asked = f"not {found.state}" if unless else found.state
    return f"{found.fact}. asked {asked}. {found.steps}".rstrip()


def _course(clip: ClipScene, told: Callable[[Scene], str]) -> str:
    """Tell frame by frame how it was: "00:00 off. 00:01 off. 00:02 red since 00:02. 00:03 red.".

    Every frame is told by itself: to say "as before" it would have to be compared at once. The time
    stands behind what is new too: a decoder finds what follows on a word more easily than what
    stands before it.
    """
    before, parts = "", []
    for at, scene in clip.frames:
        state, stamp = told(scene), time_stamp(at)
        since = f" since {stamp}" if before not in ("", state) else ""
        parts.append(f"{stamp} {state}{since}.")
        before = state
    return " ".join(parts)


def _course_of_one(clip: ClipScene) -> str:
    """Tell frame by frame how the thing was that the clip is about."""
    return _course(clip, lambda scene: state_of(scene, clip.about))


def _states(scene: Scene) -> str:
    """Return the states of all things: `off, red` for two lamps."""
    return ", ".join(state_of(scene, about) for about in range(how_many(scene)))


def _changed(scene: Scene, about: int, chance: random.Random) -> Scene:
    """Return `scene` with another state of the thing `about`."""
    match scene:
        case Lamps(lamps):
            lamp = _other_than(
                lamps[about], lambda: replace(lamps[about], color=draw_color(chance))
            )
            return replace(scene, lamps=(*lamps[:about], lamp, *lamps[about + 1 :]))
        case Things(sort=sort):
            return _other_than(scene, lambda: Things(chance.randint(1, THINGS_AT_MOST), sort))
        case Nothing():
            return scene
    return _other_than(scene, lambda: draw_scene(kind_of(scene), chance))


def _other_than(thing: _Drawn, draw: Callable[[], _Drawn]) -> _Drawn:
    """Draw until it is not `thing`."""
    while (drawn := draw()) == thing:
        pass
    return drawn


def _turned(scene: Scene, about: int) -> tuple[str, str]:
    """Return what the thing `about` of a scene did to become as it is: `open`, `opened`."""
    match scene:
        case Lamps(lamps):
            state = lamps[about].color
            return (f"turn {state}", f"turned {state}") if state else ("go off", "went off")
        case Door(is_open):
            return ("open", "opened") if is_open else ("close", "closed")
        case Room(lit):
            return ("get lit", "got lit") if lit else ("get dark", "got dark")
        case Gauge(percent):
            return f"go to {percent} percent", f"went to {percent} percent"
        case Display(digits):
            return f"change to {digits}", f"changed to {digits}"
        case _:
            return "change", "changed"


def _ask_when(clip: ClipScene, said: str, subject: Subject, chance: random.Random) -> Question:
    """Ask when the thing became as it is in the end, or for what never happened."""
    happened = clip.changed_at is not None and chance.random() < 0.85
    scene = clip.last if happened else _changed(clip.last, clip.about, chance)
    turn, turned = _turned(scene, clip.about)
    if clip.changed_at is not None and turn == _turned(clip.last, clip.about)[0]:
        happened = True
    answer = f"At {time_stamp(clip.changed_at)}." if happened and clip.changed_at else NEVER
    asked = "another" if isinstance(scene, Things) else state_of(scene, clip.about)
    thought = f"{_course_of_one(clip)} asked {asked}."
    return Question(said.format(S=subject.called, turn=turn, turned=turned), answer, thought)


def _happened(clip: ClipScene) -> str:
    if clip.changed_at is None:
        return NOTHING_CHANGED
    at = time_stamp(clip.changed_at)
    if isinstance(clip.last, Things):
        return sentence(f"{fact_of(clip.last, clip.about)} since {at}")
    name, (_, turned) = name_of(clip.last, clip.about), _turned(clip.last, clip.about)
    return sentence(f"{name} {turned} at {at}")
