"""What undoes what, given how things were before."""

import pytest
from made import made_action

from edge_agent.home.types import Device
from edge_agent.tools import outcomes
from edge_agent.tools.journal import Journal
from edge_agent.tools.types import Request
from edge_agent.tools.undo import SOURCE, opposite, turn_to_undo

Home = dict[str, Device]
OFF, ON = {"state": "OFF"}, {"state": "ON"}


def done(journal: Journal, home: Home, tool: str, device: str, before: dict, **given) -> str:
    """Journal a turn that was confirmed."""
    turn_id = journal.begin_turn("text", tool)
    action = made_action(Request(tool, home[device], given), before)
    journal.store(turn_id, [action], sending=True)
    journal.conclude(turn_id, [outcomes.sent(action, 1.0)])
    return turn_id


@pytest.mark.parametrize(
    ("tool", "device", "given", "before", "back"),
    [
        ("turn_on", "lamp", {}, OFF, ("turn_off", {})),
        ("turn_on", "lamp", {}, {}, ("turn_off", {})),
        ("turn_on", "lamp", {}, ON, None),
        ("turn_off", "lamp", {}, ON, ("turn_on", {})),
        (
            "set_brightness", "lamp", {"percent": 40}, ON | {"brightness": 79.6},
            ("set_brightness", {"percent": 80}),
        ),
        ("set_brightness", "lamp", {"percent": 40}, OFF | {"brightness": 80}, ("turn_off", {})),
        ("set_brightness", "lamp", {"percent": 40}, {}, None),
        (
            "set_color", "lamp", {"color": "red"}, ON | {"color": "#0000ff"},
            ("set_color", {"color": "blue"}),
        ),
        ("set_color", "lamp", {"color": "red"}, ON | {"color": "#123456"}, None),
        ("open", "blinds", {}, {"position": 0}, ("close", {})),
        ("open", "blinds", {}, {"position": 30}, ("set_position", {"percent": 30})),
        ("close", "blinds", {}, {}, ("open", {})),
        ("set_position", "blinds", {"percent": 10}, {}, None),
        ("lock", "door", {}, {"lock": "UNLOCKED"}, ("unlock", {})),
        ("lock", "door", {}, {"lock": "LOCKED"}, None),
        ("unlock", "door", {}, {"lock": "LOCKED"}, ("lock", {})),
        (
            "set_temperature", "heating", {"celsius": 23}, {"target_temperature": 20.5},
            ("set_temperature", {"celsius": 20.5}),
        ),
        ("set_volume", "radio", {"percent": 90}, {"volume": 30}, ("set_volume", {"percent": 30})),
        ("play", "radio", {}, {"playback": "PAUSED"}, ("pause", {})),
        ("activate", "movie", {}, {}, None),
    ],
)  # fmt: skip
def test_back_to_how_it_was(home, tool, device, given, before, back) -> None:  # noqa: PLR0917
    with Journal(":memory:") as journal:
        done(journal, home, tool, device, before, **given)
        (turn,) = journal.turns()
    call = opposite(turn.actions[0])
    if back is None:
        assert call is None
    else:
        assert (call.tool, call.arguments) == (back[0], {"device": device, **back[1]})


def test_each_turn_is_undone_once_the_latest_first(home: Home) -> None:
    with Journal(":memory:") as journal:
        assert turn_to_undo(journal.turns()) is None
        first, second = (done(journal, home, "turn_on", name, OFF) for name in ("lamp", "fan"))
        journal.begin_turn("text", "what is the weather")
        assert turn_to_undo(journal.turns()).id == second
        asked = journal.begin_turn(SOURCE, second)
        assert turn_to_undo(journal.turns()).id == second
        action = made_action(Request("turn_off", home["fan"], {}))
        journal.store(asked, [action], sending=True)
        journal.conclude(asked, [outcomes.sent(action, 1.0)])
        assert turn_to_undo(journal.turns()).id == first
