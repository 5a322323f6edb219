"""Which of people's own tools a request speaks of."""

import pytest

from edge_agent.home.types import Capability, Device, Kind
from edge_agent.model.types import ToolCall, ToolDeclaration
from edge_agent.understanding.names import names_for
from edge_agent.understanding.tool_words import tool_spoken_of


def tool(name: str, description: str, **properties: dict[str, object]) -> ToolDeclaration:
    return ToolDeclaration(name, description, {"type": "object", "properties": properties})


NAMES = names_for([Device("l", "hall lamp", "hall", Kind.LIGHT, frozenset({Capability.ON_OFF}))])
TOOLS = (
    tool("water_roses", "Water the roses for some minutes", minutes={"type": "integer"}),
    tool("feed_cat", "Give the cat its food", kind={"type": "string", "enum": ["fish", "dry"]}),
    tool("open_pool_cover", "Uncover the swimming pool"),
)
FEED, WATER = (ToolCall(name, {}) for name in ("feed_cat", "water_roses"))
LAMP = ToolCall("turn_on", {"device": "hall lamp"})


@pytest.mark.parametrize(
    ("said", "called", "meant"),
    [
        ("the roses look thirsty", FEED, "water_roses"),
        ("each rose could do with ten minutes", FEED, "water_roses"),
        ("something dry for her please", WATER, "feed_cat"),
        ("I would like a swim in the pool", FEED, "open_pool_cover"),
        ("give the cat some fish", LAMP, "feed_cat"),
    ],
)
def test_the_tool_whose_words_are_said_is_meant(said, called, meant):
    assert tool_spoken_of(said, [called], NAMES, TOOLS) == meant


@pytest.mark.parametrize(
    ("said", "calls"),
    [
        ("the roses look thirsty", [WATER]),
        ("she wants her food by the roses", [FEED]),
        ("it is time for you to start now", [FEED]),
        ("fish in the pool", [WATER]),
        ("the cat wants the hall lamp on for its food", [LAMP]),
        ("the fish please", [LAMP]),
        ("the roses look thirsty", [FEED, LAMP]),
        ("the roses look thirsty", []),
        ("", [FEED]),
    ],
)
def test_a_call_that_may_be_right_stands(said, calls):
    assert tool_spoken_of(said, calls, NAMES, TOOLS) is None


def test_without_own_tools_there_is_no_other():
    assert tool_spoken_of("the roses look thirsty", [LAMP], NAMES, ()) is None
