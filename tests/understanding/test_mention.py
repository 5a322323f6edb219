"""Whether a request speaks of the thing that a model chose for it."""

import pytest

from edge_agent.home.groups import groups_of
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model.types import ToolCall
from edge_agent.understanding.mention import speaks_of
from edge_agent.understanding.names import names_for

HOME = (
    Device("down", "Martin's downlights", "hall", Kind.LIGHT, frozenset({Capability.ON_OFF})),
    Device("hob", "hob light", "kitchen", Kind.LIGHT, frozenset({Capability.ON_OFF})),
    Device("shed", "hall lock", "hall", Kind.LOCK, frozenset({Capability.LOCK})),
    Device("back", "back door", "hall", Kind.LOCK, frozenset({Capability.LOCK})),
    Device("heat", "radiator", "study", Kind.CLIMATE, frozenset({Capability.TEMPERATURE})),
    Device("tv", "screen", "den", Kind.MEDIA_PLAYER, frozenset({Capability.ON_OFF}), ("the box",)),
)
NAMES = names_for(HOME, groups_of(HOME))


def spoken_of(said: str, tool: str, name: str, before: tuple[str, ...] = ()) -> bool:
    return speaks_of(said, ToolCall(tool, {"device": name}), name, NAMES[name], before)


@pytest.mark.parametrize(
    ("said", "tool", "name"),
    [
        ("turn on the downlights", "turn_on", "martin's downlights"),
        ("turn on the down lights", "turn_on", "martin's downlights"),
        ("the kitchen is too gloomy, do something please", "turn_on", "hob light"),
        ("it is so dark in here, could you help", "turn_on", "martin's downlights"),
        ("put the telly on", "turn_on", "screen"),
        ("switch the box off", "turn_off", "screen"),
        ("set the temperature to 20 degrees", "set_temperature", "radiator"),
        ("turn everything off please", "turn_off", "everything"),
        ("shut the whole house down", "turn_off", "everything"),
        ("turn all of it off", "turn_off", "everything"),
        ("all lamps off please", "turn_off", "all lights"),
        ("is the door locked", "get_state", "back door"),
        ("turn off the rediator", "turn_off", "radiator"),
    ],
)
def test_a_name_its_sound_a_place_and_a_word_for_its_sort_speak_of_it(said, tool, name):
    assert spoken_of(said, tool, name)


@pytest.mark.parametrize(
    ("said", "tool", "name"),
    [
        ("turn off the treadmill", "turn_off", "everything"),
        ("switch the karaoke box on", "turn_on", "martin's downlights"),
        ("please lock the shed", "lock", "hall lock"),
        ("what is the date today", "get_state", "radiator"),
        ("is there a discount on all curtains", "turn_on", "all lights"),
        ("set the incubator to 30 degrees", "set_temperature", "radiator"),
        ("turn it off", "turn_off", "screen"),
    ],
)
def test_what_says_nothing_of_it_does_not_speak_of_it(said, tool, name):
    assert not spoken_of(said, tool, name)


def test_it_is_what_was_spoken_of_before() -> None:
    assert spoken_of("turn it off", "turn_off", "screen", before=("radiator",))
    assert spoken_of("try 20 percent, would you please", "turn_off", "screen", before=("screen",))
    assert not spoken_of("turn off the treadmill", "turn_off", "screen", before=("radiator",))


@pytest.mark.parametrize("said", ["", "mach bitte die Glotze an", "apaga la tele"])
def test_what_is_not_english_is_not_judged(said: str) -> None:
    assert spoken_of(said, "turn_on", "screen")
