"""How what was said ends, by what a model makes of it."""

import pytest

from edge_agent.model.types import ToolCall
from edge_agent.understanding.ending import Ending, ending_of


def on(name: str) -> ToolCall:
    return ToolCall("turn_on", {"device": name})


@pytest.mark.parametrize(
    ("heard", "calls", "ending"),
    [
        ("turn on the kitchen light", [on("kitchen light")], Ending.WHOLE),
        ("kitchen light on please", [on("Kitchen Light")], Ending.WHOLE),
        (
            "turn on the hall lamp and the kitchen light",
            [on("hall lamp"), on("kitchen light")],
            Ending.WHOLE,
        ),
        (
            "is the front door locked",
            [ToolCall("get_state", {"device": "front door"})],
            Ending.WHOLE,
        ),
        ("turn on the kitchen light and", [on("kitchen light")], Ending.UNFINISHED),
        ("turn on the", [on("kitchen light")], Ending.UNFINISHED),
        ("turn on the kitchen", [on("kitchen light")], Ending.UNFINISHED),
        ("turn on the kitch", [on("kitchen light")], Ending.UNFINISHED),
        ("how many cups are in a quart", [], Ending.UNFINISHED),
        ("turn on the big light", [on("kitchen light")], Ending.OPEN),
        ("turn the kitchen light", [on("kitchen light")], Ending.OPEN),
        ("turn on the kitchens light", [on("kitchen light")], Ending.OPEN),
        (
            "set the heater to twenty",
            [ToolCall("set_temperature", {"device": "heater", "celsius": 20})],
            Ending.OPEN,
        ),
        (
            "turn on the lamp and the light in the hall",
            [on("lamp"), on("hall light")],
            Ending.UNFINISHED,
        ),
        ("", [on("kitchen light")], Ending.OPEN),
        ("turn it on", [ToolCall("pump", {})], Ending.OPEN),
    ],
)
def test_how_a_request_ends(heard: str, calls: list[ToolCall], ending: Ending) -> None:
    assert ending_of(heard, calls) is ending
