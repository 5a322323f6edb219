"""Which thing "the other one" is."""

import pytest

from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model.types import ToolCall
from edge_agent.understanding.names import names_for
from edge_agent.understanding.other_one import about_the_other

SWITCH = frozenset({Capability.ON_OFF})
HALL, DESK = (Device(n, n, "den", Kind.LIGHT, SWITCH, ("old one",) * (n == "desk lamp"))
              for n in ("hall lamp", "desk lamp"))  # fmt: skip
FAN = Device("fan", "fan", "den", Kind.FAN, SWITCH)
SCENE = Device("tea", "tea time", "den", Kind.SCENE, frozenset())
NAMES = names_for((HALL, DESK, FAN, SCENE))


def call(name: str, tool: str = "turn_on") -> ToolCall:
    return ToolCall(tool, {"device": name})


@pytest.mark.parametrize(
    "said", ["and the other one please", "now the other", "Turn the other one off as well!"]
)
@pytest.mark.parametrize("tool", ["turn_on", "turn_off"])
def test_the_other_of_two_is_meant(said, tool):
    found = about_the_other((call("hall lamp", tool),), (call("hall lamp"),), said, NAMES)
    assert found == (call("desk lamp", tool),)


@pytest.mark.parametrize(
    ("calls", "earlier", "said"),
    [
        ((call("hall lamp"),), (call("hall lamp"),), "once more"),
        ((call("hall lamp"),), (call("hall lamp"),), "the other day it was the hall lamp"),
        ((call("desk lamp"),), (call("hall lamp"),), "the other one"),
        ((call("hall lamp"),), (call("hall lamp"),), "not the fan, the other one"),
        ((call("fan"),), (call("fan"),), "the other one"),
        ((call("tea time", "activate"),), (call("tea time", "activate"),), "the other one"),
        ((call("hall lamp"), call("fan")), (call("hall lamp"),), "the other one"),
        ((call("hall lamp"),), (call("hall lamp"), call("fan")), "the other one"),
        ((), (call("hall lamp"),), "the other one"),
        ((call("hall lamp", "feed"),), (call("hall lamp", "feed"),), "the other one"),
    ],
)
def test_what_may_be_right_stays(calls, earlier, said):
    assert about_the_other(calls, earlier, said, NAMES) == calls


def test_of_three_it_is_not_known_which():
    third = Device("3", "bed lamp", "den", Kind.LIGHT, SWITCH)
    calls = (call("hall lamp"),)
    assert about_the_other(calls, calls, "the other one", names_for((HALL, DESK, third))) == calls
