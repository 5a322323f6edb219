"""What was meant, by what was said and what the model chose."""

import pytest

from edge_agent.home.groups import groups_of
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.understanding.doubt import things_meant
from edge_agent.understanding.names import names_for

ON_OFF = frozenset({Capability.ON_OFF})


def lamp(id_: str, name: str, area: str, *aliases: str) -> Device:
    return Device(id_, name, area, Kind.LIGHT, ON_OFF, aliases)


HOME = (
    lamp("study lamp", "Desk lamp", "study"),
    lamp("office lamp", "Desk lamp", "office"),
    lamp("bed", "bedside lamp", "bedroom", "reading light"),
    lamp("hob", "hob light", "kitchen"),
    lamp("counter", "counter light", "kitchen"),
    Device("fan", "fan", "bedroom", Kind.FAN, ON_OFF),
    Device("big fan", "big fan", "loft", Kind.FAN, ON_OFF),
)
THINGS = {
    **{device.id: device for device in HOME},
    **{group.name: group for group in groups_of(HOME)},
}


def meant(said: str, chosen: str, *, in_own_words: bool = True) -> set[str]:
    others = names_for(HOME, groups_of(HOME)).values()
    found = things_meant(THINGS[chosen], others, said, in_own_words=in_own_words)
    return {name for name, thing in THINGS.items() if thing in found}


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ("turn on the study desk lamp", "study lamp"),
        ("the desk lamp in the office, please", "office lamp"),
        ("turn on the fan", "fan"),
        ("turn on the big fan", "big fan"),
        ("turn on the reading light", "bed"),
        ("all the lights in the kitchen off", "kitchen lights"),
        ("everything off in the kitchen", "everything in the kitchen"),
        ("it is too dark in here", "hob"),
        ("brighten the kitchen up", "hob"),
    ],
)
def test_what_was_said_is_done(said: str, chosen: str) -> None:
    assert meant(said, chosen) == {chosen}


@pytest.mark.parametrize(
    ("said", "chosen", "better"),
    [
        ("turn off all the lights", "kitchen lights", "all lights"),
        ("all the lights in the kitchen off", "all lights", "kitchen lights"),
        ("turn everything off", "everything in the kitchen", "everything"),
        ("turn on the office desk lamp", "study lamp", "office lamp"),
        ("turn on the big fan", "fan", "big fan"),
        ("turn on the reading light", "hob", "bed"),
        ("hob light on", "kitchen lights", "hob"),
    ],
)
def test_what_was_said_in_full_is_meant_rather(said: str, chosen: str, better: str) -> None:
    assert meant(said, chosen) == {better}


@pytest.mark.parametrize(
    ("said", "chosen", "rivals"),
    [
        ("turn on the desk lamp", "study lamp", {"study lamp", "office lamp"}),
        ("turn on the desk lamp", "fan", {"study lamp", "office lamp"}),
        ("turn on the kitchen light", "hob", {"hob", "counter"}),
        ("turn on the kitchen light", "kitchen lights", {"hob", "counter"}),
        ("turn on the lights", "kitchen lights", {"kitchen lights", "all lights"}),
        ("the lamp on", "bed", {"bed", "study lamp", "office lamp"}),
    ],
)
def test_what_could_be_several_is_several(said: str, chosen: str, rivals: set[str]) -> None:
    assert meant(said, chosen) == rivals


def test_words_that_were_heard_only_tell_apart_what_has_the_same_name() -> None:
    assert meant("turn on the lamp", "bed", in_own_words=False) == {"bed"}
    assert meant("all lights off", "kitchen lights", in_own_words=False) == {"kitchen lights"}
    twins = {"study lamp", "office lamp"}
    assert meant("turn on the desk lamp", "study lamp", in_own_words=False) == twins
    assert meant("the study desk lamp", "study lamp", in_own_words=False) == {"study lamp"}
    assert meant("the study desk lamp", "office lamp", in_own_words=False) == {"study lamp"}


def test_a_model_that_writes_nothing_down_is_believed() -> None:
    assert meant("", "study lamp", in_own_words=False) == {"study lamp"}


def test_what_was_said_in_full_goes_before_what_was_said_in_part():
    assert meant("the hob light and the bedside", "big fan") == {"hob"}
