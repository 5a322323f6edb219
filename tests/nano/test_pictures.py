"""What is asked of a picture has one answer, and that is to be seen in it."""

import random

import pytest

from tools.nano.picture_questions import (
    NEVER,
    ClipScene,
    ask,
    ask_of_clip,
    draw_clip,
    make_condition,
)
from tools.nano.picture_wordings import held_out_wordings, training_wordings
from tools.nano.scene_words import describe, near_enough
from tools.nano.scenes import (
    Display,
    Door,
    Gauge,
    Lamp,
    Lamps,
    Room,
    SceneKind,
    Things,
    draw_scene,
    kind_of,
)

SEEN = [kind for kind in SceneKind if kind is not SceneKind.NOTHING]
FEW_WORDINGS = {heading: lines[:4] for heading, lines in training_wordings().items()}
"""The plainest, so that each comes up where things are drawn often."""


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (Lamps((Lamp("red"),)), "lamp red"),
        (
            Lamps((Lamp("red", "boiler"), Lamp(None, "pump"))),
            "left lamp boiler red, right lamp pump off",
        ),
        (
            Lamps((Lamp(None), Lamp("blue"), Lamp("white")), upright=True),
            "top lamp off, middle lamp blue, bottom lamp white",
        ),
        (Gauge(70), "gauge 70 percent"),
        (Gauge(5, bar=True), "bar 5 percent"),
        (Display("21.5"), "display 21.5"),
        (Door(is_open=True), "door open"),
        (Room(lit=False), "room dark"),
        (Things(3, "boxes"), "three boxes"),
        (Things(1, "bottles"), "one bottle"),
    ],
)
def test_a_scene_in_words(scene, words):
    assert describe(scene) == words


def test_a_gauge_may_be_read_off_by_one_step():
    right = {f"gauge {percent} percent" for percent in (65, 70, 75)}
    assert near_enough("gauge 70 percent") == right
    assert near_enough("display 70") == {"display 70"}


def test_every_kind_is_drawn_in_many_ways_and_no_two_are_told_alike():
    chance = random.Random(1)
    for kind in SEEN:
        drawn = {draw_scene(kind, chance) for _ in range(300)}
        assert {kind_of(scene) for scene in drawn} == {kind}
        assert len({describe(scene) for scene in drawn}) == len(drawn) > 1


def test_held_out_wordings_have_the_same_headings_and_none_of_the_lines():
    trained, held_out = training_wordings(), held_out_wordings()
    assert trained.keys() == held_out.keys()
    for heading in trained:
        if not heading.startswith("noun"):
            assert set(trained[heading]).isdisjoint(held_out[heading])


@pytest.mark.parametrize("kind", SceneKind)
def test_a_question_is_whole_and_its_answer_says_what_is_there(kind):
    chance = random.Random(2)
    for wordings in (training_wordings(), held_out_wordings()):
        for _ in range(400):
            scene = draw_scene(kind, chance)
            asked = ask(scene, wordings, chance)
            assert "{" not in asked.said + asked.answer
            if isinstance(scene, Display) and "display" in asked.answer.removeprefix("I see no"):
                assert scene.digits in asked.answer


def test_yes_and_no_go_with_what_the_lamp_shows():
    chance, red = random.Random(3), Lamps((Lamp("red"),))
    answers = {}
    for _ in range(4000):
        asked = ask(red, FEW_WORDINGS, chance)
        answers.setdefault(asked.said, set()).add(asked.answer)
    assert answers["is the lamp red"] == {"Yes, the lamp is red."}
    assert answers["is the lamp on"] == {"Yes, the lamp is red."}
    assert answers["is the lamp green"] == {"No, the lamp is red."}
    assert answers["is the lamp off"] == {"No, the lamp is red."}
    assert answers["is the door open"] == {"I see no door."}


def test_a_condition_holds_only_where_it_is_to_be_seen():
    chance, found, thoughts = random.Random(4), {}, {}
    for _ in range(60_000):
        condition = make_condition(Gauge(40), FEW_WORDINGS, chance)
        found[condition.said] = condition.holds, condition.otherwise
        thoughts[condition.said] = condition.thought
    assert found["if the gauge is at 40 percent, {do}"][0]
    assert found["if the gauge is above 30 percent, {do}"][0]
    assert found["if the gauge is above 50 percent, {do}"] == (
        False,
        "No, the gauge is at 40 percent.",
    )
    assert found["{do} unless the gauge is over 30 percent"] == (
        False,
        "Yes, the gauge is at 40 percent.",
    )
    assert thoughts["{do} unless the gauge is over 30 percent"].startswith(
        "the gauge is at 40 percent. asked not over 30 percent. "
    )
    assert found["{do} if the door is open"] == (False, "I see no door.")


@pytest.mark.parametrize("kind", SEEN)
def test_a_clip_changes_once_or_not_at_all(kind):
    chance = random.Random(5)
    for _ in range(200):
        clip = draw_clip(kind, 5, chance)
        seen = [describe(scene) for _, scene in clip.frames]
        changes = [at for at in range(1, 5) if seen[at] != seen[at - 1]]
        assert changes == ([] if clip.changed_at is None else [clip.changed_at])


def test_when_something_happened_is_the_time_of_the_first_frame_that_shows_it():
    off, red = Lamps((Lamp(None),)), Lamps((Lamp("red"),))
    clip = ClipScene(((0, off), (1, off), (2, red), (3, red)), 0, 2)
    chance, answers = random.Random(6), {}
    for _ in range(60_000):
        asked = ask_of_clip(clip, FEW_WORDINGS, chance)
        answers.setdefault(asked.said, set()).add(asked.answer)
    assert answers["when did the lamp turn red"] == {"At 00:02."}
    assert answers["when did the lamp turn blue"] == {NEVER}
    assert answers["what happened"] == {"The lamp turned red at 00:02."}
    assert answers["how was the lamp at 00:01"] == {"The lamp was off."}
    assert answers["how is the lamp now"] == {"The lamp is red."}


@pytest.mark.parametrize(
    ("scene", "said", "thought"),
    [
        (Lamps((Lamp("red"),)), "is the lamp out", "the lamp is red. asked off."),
        (Lamps((Lamp("red"),)), "is the lamp lit", "the lamp is red. asked on."),
        (Door(is_open=True), "is the door open", "the door is open. asked open."),
        (
            Gauge(40),
            "is the gauge higher than 50 percent",
            "the gauge is at 40 percent. asked over 50 percent. 0 0 same. 4 5 under.",
        ),
        (
            Things(2, "boxes"),
            "are there more than three boxes",
            "there are two boxes. asked more than three.",
        ),
        (
            Lamps((Lamp("red"), Lamp(None))),
            "which lamp is lit",
            "left lamp red, right lamp off. asked on.",
        ),
    ],
)
def test_what_is_there_and_what_was_asked_for_are_thought_in_the_same_words(scene, said, thought):
    chance = random.Random(7)
    drawn = (ask(scene, FEW_WORDINGS, chance) for _ in range(60_000))
    assert {asked.thought for asked in drawn if asked.said == said} == {thought}


def test_a_clip_is_thought_through_frame_by_frame():
    off, red = Lamps((Lamp(None), Lamp("blue"))), Lamps((Lamp("red"), Lamp("blue")))
    clip = ClipScene(((0, off), (1, off), (2, red), (3, red)), 0, 2)
    chance, thoughts = random.Random(8), {}
    for _ in range(20_000):
        asked = ask_of_clip(clip, FEW_WORDINGS, chance)
        thoughts.setdefault(asked.said, set()).add(asked.thought)
    course = "00:00 off. 00:01 off. 00:02 red since 00:02. 00:03 red."
    assert thoughts["how is the left lamp now"] == {course}
    assert thoughts["when did the left lamp turn blue"] == {f"{course} asked blue."}
    assert thoughts["what happened"] == {
        "00:00 off, blue. 00:01 off, blue. 00:02 red, blue since 00:02. 00:03 red, blue."
    }
