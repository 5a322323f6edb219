"""What is asked for by comparison, reckoned from how the device is."""

import pytest

from edge_agent.tools.types import Call
from edge_agent.understanding.relative import in_relation

DIMMED = {"state": "ON", "brightness": 40}


def level(tool, said, state, given=77):
    argument = "celsius" if tool == "set_temperature" else "percent"
    call = in_relation(Call(tool, {"device": "x", argument: given}), said, state)
    assert (call.tool, call.arguments["device"]) == (tool, "x")
    return call.arguments[argument]


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        ("make it brighter", 65), ("make it a bit brighter", 50), ("much brighter", 90),
        ("Dimmer!", 15), ("dim it slightly", 30), ("way dimmer please", 5),
        ("turn it down", 15), ("turn it up a little", 50), ("not so bright", 15),
        ("it's too bright", 15), ("too dark in here", 65), ("that is too dim", 65),
        ("a bit more", 50), ("a little less", 30), ("less bright", 15),
        ("turn it up a bit more", 50), ("it's still a bit dim", 50), ("not bright enough", 65),
        ("that isn't dim enough yet", 15), ("still pretty bright", 15), ("bit bright", 30),
    ],
)  # fmt: skip
def test_a_light_is_made_brighter_or_dimmer_than_it_is(said, percent):
    assert level("set_brightness", said, DIMMED) == percent


@pytest.mark.parametrize(
    "said",
    [
        "make it 77 percent", "dim it to seventy seven", "a bit dimmer, say half", "as bright as",
        "brighter, no, dimmer", "all the way up", "set the lamp", "as dim as possible", "",
    ],
)  # fmt: skip
def test_a_level_that_was_named_or_is_not_clear_stands(said):
    assert level("set_brightness", said, DIMMED) == 77


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        ("open it a bit more", 50), ("don't open it quite so far", 15), ("close it a bit", 30),
        ("not open as far as that", 15), ("it's not open enough", 65), ("wider", 65),
    ],
)  # fmt: skip
def test_a_cover_is_opened_wider_or_less(said, percent):
    assert level("set_position", said, {"position": 40}) == percent


def test_the_step_may_be_named():
    assert level("set_brightness", "dim it by 10 percent", DIMMED) == 30
    assert level("set_brightness", "twenty five percent brighter", DIMMED) == 65
    assert level("set_volume", "louder by twenty", {"volume": 30}) == 50
    assert (
        level("set_temperature", "make it three degrees warmer", {"target_temperature": 20}) == 23
    )
    assert level("set_temperature", "a degree cooler", {"target_temperature": 20}) == 19
    assert level("set_brightness", "make the lamp by the window brighter", DIMMED) == 65


def test_the_device_s_name_is_no_level():
    call = Call("set_brightness", {"device": "x", "percent": 77})
    names = ("lamp 2", "lower lamp")
    for said in ("make Lamp 2 brighter", "turn the lower lamp up"):
        assert in_relation(call, said, DIMMED, names).arguments["percent"] == 65
        assert in_relation(call, said, DIMMED).arguments["percent"] != 65
    assert in_relation(call, "lamp 2 to 77 percent", DIMMED, names) == call


def test_each_tool_has_words_of_its_own():
    assert level("set_volume", "louder", {"volume": 30}) == 55
    assert level("set_volume", "it's too loud", {"volume": 30}) == 5
    assert level("set_speed", "faster", {"state": "ON", "speed": 50}) == 75
    assert level("set_temperature", "a bit warmer", {"target_temperature": 20.5}) == 21.5
    assert level("set_temperature", "it is too cold", {"target_temperature": 34}) == 35
    assert level("set_position", "close it a bit more", {"position": 5}) == 0
    assert level("set_brightness", "louder", DIMMED) == 77


def test_what_is_off_has_no_level_and_what_is_unknown_is_left_to_the_model():
    off = {"state": "OFF", "brightness": 80}
    assert level("set_brightness", "brighter", off) == 25
    assert level("set_brightness", "dimmer", off) == 0
    assert level("set_brightness", "dimmer", {"state": "ON", "brightness": 3}) == 3
    assert level("set_brightness", "brighter", {"state": "ON"}) == 77
    assert level("set_volume", "louder", {}) == 77


def test_a_call_without_a_level_stays_as_it_is():
    call = Call("turn_on", {"device": "x"})
    assert in_relation(call, "brighter", DIMMED) is call
