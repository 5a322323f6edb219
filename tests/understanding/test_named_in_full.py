"""Which thing is named in full, while the model called another."""

import pytest

from edge_agent.home.groups import groups_of
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model.types import ToolCall
from edge_agent.understanding.named_in_full import named_in_full
from edge_agent.understanding.names import names_for

SWITCH = frozenset({Capability.ON_OFF})
HOME = (
    Device("1", "hall lamp", "hall", Kind.LIGHT, SWITCH),
    Device("2", "hall lamp fan", "hall", Kind.FAN, SWITCH),
    Device("3", "film club", "den", Kind.SCENE, frozenset()),
)
NAMES = names_for(HOME, groups_of(HOME))


def call(name: str, tool: str = "turn_on") -> ToolCall:
    return ToolCall(tool, {"device": name})


@pytest.mark.parametrize(
    ("said", "calls", "meant"),
    [
        ("Start my film club!", [call("everything")], "film club"),
        ("we would all love the film club tonight please", [call("hall lamp")], "film club"),
        ("film club", [], "film club"),
        ("switch to the film club please", [], "film club"),
        ("it's time for film club", [], "film club"),
        ("turn on the hall lamp fan", [call("film club", "activate")], "hall lamp fan"),
    ],
)
def test_what_was_said_in_full_is_meant(said, calls, meant):
    assert named_in_full(said, calls, NAMES) == meant


@pytest.mark.parametrize(
    ("said", "calls"),
    [
        ("start the film club", [call("film club", "activate")]),
        ("the film club and the lamp", [call("hall lamp")]),
        ("my film club meets on friday", []),
        ("turn on the hall lamp", []),
        ("start the film", [call("everything")]),
        ("start the film club", [call("everything"), call("hall lamp")]),
        ("start the treadmill", [call("everything")]),
        ("", []),
    ],
)
def test_a_reply_that_may_be_right_stands(said, calls):
    assert named_in_full(said, calls, NAMES) is None
