"""Which answers choose, and what."""

import pytest

from edge_agent.tools.choices import Choices
from edge_agent.tools.types import Call, Choice, Option

STUDY, OFFICE, ALL = (Call("turn_on", {"device": name}) for name in ("study", "office", "all"))
LAMPS = Choice(
    "The desk lamp in the study or the one in the office?",
    (
        Option(frozenset({"desk", "lamp", "study"}), (STUDY,)),
        Option(frozenset({"desk", "lamp", "office"}), (OFFICE,)),
    ),
)
LIGHTS = Choice(
    "The kitchen lights or all lights?",
    (
        Option(frozenset({"kitchen", "lights"}), (STUDY, OFFICE)),
        Option(frozenset({"all", "lights"}), (ALL,)),
    ),
)


@pytest.mark.parametrize(
    ("choice", "said", "chosen"),
    [
        (LAMPS, "the one in the office", (OFFICE,)),
        (LAMPS, "Study.", (STUDY,)),
        (LAMPS, "the study desk lamp, please", (STUDY,)),
        (LAMPS, "the second one", (OFFICE,)),
        (LAMPS, "the last", (OFFICE,)),
        (LAMPS, "both", (STUDY, OFFICE)),
        (LAMPS, "both of them", (STUDY, OFFICE)),
        (LIGHTS, "all", (ALL,)),
        (LIGHTS, "all lights", (ALL,)),
        (LIGHTS, "kitchen", (STUDY, OFFICE)),
        (LAMPS, "the desk lamp", ()),
        (LAMPS, "the third", ()),
        (LAMPS, "the first or the second", ()),
        (LAMPS, "turn on the office fan", ()),
        (LAMPS, "no", ()),
        (LAMPS, "yes", ()),
        (LAMPS, "", ()),
    ],
)
def test_an_answer_is_about_the_question(choice: Choice, said: str, chosen: tuple) -> None:
    choices = Choices()
    choices.ask("text", choice)
    assert choices.answered("text", said) == chosen


def test_it_comes_next_in_time_and_from_where_it_was_asked() -> None:
    now = [100.0]
    choices = Choices(lambda: now[0])
    assert choices.answered("text", "office") == ()
    choices.ask("text", LAMPS)
    assert choices.answered("voice", "office") == ()
    assert choices.answered("text", "what time is it") == ()
    assert choices.answered("text", "office") == ()
    choices.ask("text", LAMPS)
    now[0] += 20.1
    assert choices.answered("text", "office") == ()
    choices.ask("text", LAMPS)
    now[0] += 19.9
    assert choices.answered("text", "office") == (OFFICE,)
    assert choices.answered("text", "office") == ()
