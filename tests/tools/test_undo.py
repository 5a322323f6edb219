"""What undoes what, given how things were before."""

import pytest
from made import made_action

from edge_agent.home.types import Device
from edge_agent.tools import outcomes
from edge_agent.tools.journal import Journal
from edge_agent.tools.types import Request
from edge_agent.tools.undo import SOURCE, opposite, request_to_undo, ways_back

Home = dict[str, Device]
OFF, ON = {"state": "OFF"}, {"state": "ON"}


def done(journal: Journal, home: Home, tool: str, device: str, before: dict, **given) -> str:
    """Journal a turn that was confirmed."""
    turn_id = journal.begin_turn("text", tool, given.pop("request", ""))
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


def to_undo(journal: Journal) -> list[str]:
    return [turn.id for turn in request_to_undo(journal.turns())]


def undone(journal: Journal, home: Home, turn_id: str, tool: str, device: str) -> None:
    """Journal that a turn was undone."""
    undoing = journal.begin_turn(SOURCE, turn_id)
    action = made_action(Request(tool, home[device], {}))
    journal.store(undoing, [action], sending=True)
    journal.conclude(undoing, [outcomes.sent(action, 1.0)])


def test_each_turn_is_undone_once_the_latest_first(home: Home) -> None:
    with Journal(":memory:") as journal:
        assert to_undo(journal) == []
        first, second = (done(journal, home, "turn_on", name, OFF) for name in ("lamp", "fan"))
        journal.begin_turn("text", "what is the weather")
        assert to_undo(journal) == [second]
        journal.begin_turn(SOURCE, second)
        assert to_undo(journal) == [second]
        undone(journal, home, second, "turn_off", "fan")
        assert to_undo(journal) == [first]


def test_turns_of_one_request_are_undone_together(home: Home) -> None:
    with Journal(":memory:") as journal:
        before = done(journal, home, "turn_on", "lamp", OFF, request="one")
        early = done(journal, home, "turn_on", "fan", OFF, request="two")
        between = done(journal, home, "lock", "door", {"lock": "UNLOCKED"})
        again = done(journal, home, "turn_on", "fan", ON, request="two")
        assert to_undo(journal) == [early, again]
        undone(journal, home, again, "turn_off", "fan")
        assert to_undo(journal) == [between]
        undone(journal, home, between, "unlock", "door")
        assert to_undo(journal) == [before]


@pytest.mark.parametrize(
    ("steps", "back"),
    [
        (
            [("turn_on", "fan", OFF, {}), ("turn_on", "fan", ON, {}), ("turn_on", "lamp", OFF, {})],
            [("turn_off", "lamp"), ("turn_off", "fan")],
        ),
        ([("turn_on", "fan", OFF, {}), ("turn_off", "fan", ON, {})], [("turn_off", "fan")]),
        ([("turn_on", "fan", ON, {}), ("turn_off", "fan", ON, {})], [("turn_on", "fan")]),
        (
            [
                ("turn_on", "lamp", OFF, {}),
                ("set_brightness", "lamp", ON | {"brightness": 80}, {"percent": 40}),
            ],
            [("turn_off", "lamp")],
        ),
        (
            [
                ("set_brightness", "lamp", OFF, {"percent": 40}),
                ("set_color", "lamp", OFF, {"color": "red"}),
            ],
            [("turn_off", "lamp")],
        ),
        (
            [("open", "blinds", {"position": 0}, {}), ("open", "blinds", {"position": 60}, {})],
            [("close", "blinds")],
        ),
        (
            [
                ("set_volume", "radio", {"volume": 30}, {"percent": 90}),
                ("play", "radio", {"playback": "PAUSED"}, {}),
            ],
            [("pause", "radio"), ("set_volume", "radio")],
        ),
    ],
)  # fmt: skip
def test_a_request_is_taken_back_to_how_it_was_at_first(home: Home, steps, back) -> None:
    with Journal(":memory:") as journal:
        for tool, device, before, given in steps:
            done(journal, home, tool, device, before, request="one", **given)
        calls = ways_back(request_to_undo(journal.turns()))
    assert [(call.tool, call.arguments["device"]) for call in calls] == back
