"""Which part of a request for several things was left out."""

import pytest

from edge_agent.home.groups import groups_of
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model.types import ToolCall
from edge_agent.understanding.left_out import LeftOut, left_out
from edge_agent.understanding.names import names_for

SWITCH = frozenset({Capability.ON_OFF})
HOME = (
    Device("1", "hall lamp", "hall", Kind.LIGHT, SWITCH),
    Device("2", "hall lamp fan", "hall", Kind.FAN, SWITCH),
    Device("3", "film club", "den", Kind.SCENE, frozenset()),
    Device("4", "gate", "yard", Kind.LOCK, frozenset({Capability.LOCK})),
    Device("5", "den lamp", "den", Kind.LIGHT, SWITCH),
)
NAMES = names_for(HOME, groups_of(HOME))


def call(name: str, tool: str = "turn_on") -> ToolCall:
    return ToolCall(tool, {"device": name})


@pytest.mark.parametrize(
    ("said", "calls", "found"),
    [
        (
            "unlock the gate and film club on",
            [call("gate", "unlock")],
            LeftOut("film club on", "film club", 1),
        ),
        (
            "Let's do film club and turn the hall lamp off",
            [call("hall lamp")],
            LeftOut("Let's do film club", "film club", 0),
        ),
        (
            "Is the hall lamp fan on? Lock the gate",
            [call("gate", "lock"), call("gate", "lock")],
            LeftOut("Is the hall lamp fan on", "hall lamp fan", 0),
        ),
        (
            "lock the gate, turn on the den lamp, and it is late, so hall lamp off",
            [call("gate", "lock"), call("hall lamp", "turn_off")],
            LeftOut("turn on the den lamp , and it is late", "den lamp", 1),
        ),
    ],
)
def test_a_part_with_a_name_of_its_own_was_left_out(said, calls, found):
    assert left_out(said, calls, NAMES) == found


@pytest.mark.parametrize(
    ("said", "calls"),
    [
        ("unlock the gate and turn on the film club", [call("gate"), call("film club")]),
        ("turn on the hall lamp and not the den lamp", [call("hall lamp")]),
        ("turn on the hall lamp and don't touch the den lamp", [call("hall lamp")]),
        ("turn on the hall lamp and the den lamp", [call("hall lamp")]),
        ("turn on the hall lamp by the den lamp", [call("hall lamp")]),
        ("turn on the hall lamp fan and wait", [call("hall lamp fan")]),
        ("turn on the lamp and dim the den lamp", [call("hall lamp")]),
        ("turn all lights off and dim the den lamp", [call("all lights")]),
        ("gate open, hall lamp on, den lamp on", [call("gate")]),
        ("turn on the den lamp", []),
        ("", [call("gate")]),
    ],
)
def test_nothing_else_was_left_out(said, calls):
    assert left_out(said, calls, NAMES) is None
