"""A name that sounds like what was heard is taken rather than one that sounds quite unlike it."""

import pytest

from edge_agent.home.groups import groups_of
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model.types import ToolCall
from edge_agent.tools.types import Call
from edge_agent.understanding.meaning import calls_meant
from edge_agent.understanding.names import names_for
from edge_agent.understanding.sounding import likeness, renamed_by_sound

ON_OFF = frozenset({Capability.ON_OFF})
HOME = (
    Device("ceiling", "ballroom ceiling light", "ballroom", Kind.LIGHT, ON_OFF),
    Device("desk", "desk light", "study", Kind.LIGHT, ON_OFF),
    Device("router", "workbench router", "shed", Kind.SWITCH, ON_OFF),
    Device(
        "blind", "ballroom roller blind", "ballroom", Kind.COVER, frozenset({Capability.POSITION})
    ),
)
NAMES = names_for(HOME, groups_of(HOME))


def renamed(tool: str, device: str, heard: str, *taken: str) -> object:
    call = renamed_by_sound(ToolCall(tool, {"device": device}), NAMES, heard, taken)
    assert call.name == tool
    return call.arguments["device"]


@pytest.mark.parametrize(
    ("heard", "chosen", "meant"),
    [
        ("turn on the barn ceiling light", "all lights", "ballroom ceiling light"),
        ("turn off my workshop bench router", "desk light", "workbench router"),
        ("turn off the work bench router", "everything", "workbench router"),
    ],
)
def test_what_sounds_more_like_it_is_meant(heard: str, chosen: str, meant: str) -> None:
    assert renamed("turn_off", chosen, heard) == meant


@pytest.mark.parametrize(
    ("tool", "heard", "chosen"),
    [
        ("turn_off", "turn off the desk light", "desk light"),
        ("turn_off", "turn off all the lights", "all lights"),
        ("turn_off", "", "desk light"),
        ("turn_off", "so dark in here", "desk light"),
        # The blind cannot be switched on, so it is not what was meant.
        ("turn_on", "turn on the ballroom roller blind", "ballroom ceiling light"),
    ],
)
def test_the_model_is_believed_where_nothing_else_is_clearer(
    tool: str, heard: str, chosen: str
) -> None:
    assert renamed(tool, chosen, heard) == chosen


def test_what_another_call_is_about_is_not_taken_twice() -> None:
    heard = "barn ceiling light and the desk light off"
    assert renamed("turn_off", "all lights", heard, "ballroom ceiling light") == "desk light"


def test_a_bound_only_hastens_what_is_found() -> None:
    words = ["turn", "on", "the", "barn", "ceiling", "light"]
    exact = likeness("ballroom ceiling light", words)
    assert likeness("ballroom ceiling light", words, exact - 0.01) == exact
    assert likeness("ballroom ceiling light", words, exact + 0.01) <= exact + 0.01


def test_only_what_a_model_wrote_down_is_corrected() -> None:
    wrong = ToolCall("turn_off", {"device": "workbench router"})
    heard = "turn off the barn ceiling light"
    spoken = calls_meant([wrong], NAMES, heard, in_own_words=False)
    typed = calls_meant([wrong], NAMES, "switch the red thing off", in_own_words=True)
    assert spoken == (Call("turn_off", {"device": "ceiling"}),)
    assert typed == (Call("turn_off", {"device": "router"}),)
