"""Which requests go on from the one before, and what that is written down as."""

import pytest

from edge_agent.home.groups import groups_of
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model.types import ToolCall
from edge_agent.tools.types import Choice
from edge_agent.understanding.meaning import calls_meant
from edge_agent.understanding.names import names_for
from edge_agent.understanding.reference import as_said, refers_back

LIGHT = frozenset({Capability.ON_OFF, Capability.BRIGHTNESS})
HOME = (
    Device("hob", "Hob Light", "kitchen", Kind.LIGHT, LIGHT, aliases=("cooker lamp",)),
    Device("sink", "Sink Light", "kitchen", Kind.LIGHT, LIGHT),
    Device("desk1", "desk lamp", "study", Kind.LIGHT, LIGHT),
    Device("desk2", "desk lamp", "office", Kind.LIGHT, LIGHT),
)
NAMES = names_for(HOME, groups_of(HOME))


@pytest.mark.parametrize(
    "said",
    [
        "make it dimmer", "turn that off", "and the sink light", "Same for the sink light",
        "the sink light too", "a bit brighter", "Now off.", "no, the other one", "undo",
    ],
)  # fmt: skip
def test_it_goes_on_from_the_one_before(said):
    assert refers_back(said, NAMES.values())


@pytest.mark.parametrize(
    "said", ["turn on the sink light", "lights in the kitchen off", "study lamp to 40", "", "  "]
)
def test_it_stands_alone(said):
    assert not refers_back(said, NAMES.values())


def test_what_was_meant_is_written_down_as_the_model_would_say_it():
    for name in ("hob light", "study desk lamp", "kitchen lights"):
        call = ToolCall("set_brightness", {"device": name, "percent": 30})
        meant = calls_meant([call], NAMES, name, in_own_words=True)
        assert as_said(meant, NAMES) == (call,)
    (alias,) = calls_meant(
        [ToolCall("turn_on", {"device": "cooker lamp"})], NAMES, "", in_own_words=True
    )
    assert as_said([alias], NAMES) == (ToolCall("turn_on", {"device": "hob light"}),)


def test_tools_without_a_device_keep_their_arguments_and_open_questions_are_left_out():
    own = ToolCall("feed_cat", {"grams": 20})
    lamp = ToolCall("turn_on", {"device": "study desk lamp"})
    meant = calls_meant([own, lamp], NAMES, "the desk lamp", in_own_words=True)
    assert isinstance(meant[1].choice, Choice)
    assert as_said(meant, NAMES) == (own,)


def test_what_was_just_spoken_of_is_meant_where_several_may_be():
    lamp = ToolCall("turn_off", {"device": "study desk lamp"})
    said = "turn off the desk lamp"
    (asked,) = calls_meant([lamp], NAMES, said, in_own_words=True)
    (known,) = calls_meant([lamp], NAMES, said, in_own_words=True, spoken_of={"office desk lamp"})
    assert asked.choice
    assert known.arguments == {"device": "desk2"}
    (clear,) = calls_meant(
        [lamp], NAMES, "turn off the study desk lamp", in_own_words=True, spoken_of={"sink light"}
    )
    assert clear.arguments == {"device": "desk1"}


def test_what_was_spoken_of_is_not_renamed_for_sounding_otherwise():
    names = names_for(HOME)
    hob = ToolCall("turn_off", {"device": "hob light"})

    def meant(heard, *spoken_of):
        (call,) = calls_meant([hob], names, heard, in_own_words=False, spoken_of=spoken_of)
        return call.arguments["device"]

    assert meant("turn the ink light off again") == "sink"
    assert meant("turn the sin ligt off again") == "sink"
    assert meant("turn the sin ligt off again", "hob light") == "sink"
    assert meant("now turn off the sing life", "hob light") == "hob"
