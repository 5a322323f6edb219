import json
from pathlib import Path

import pytest

from edge_agent.home.conventions import plain
from edge_agent.home.types import Capability, Device, Kind

PAGE = Path(__file__).parents[2] / "docs" / "plain-topics.md"
LAMP = Device("lamp", "lamp", "hall", Kind.LIGHT, frozenset({Capability.ON_OFF}))


def test_a_command_is_the_wanted_state_as_json() -> None:
    order = plain.Plain([LAMP]).order("plain:lamp", {"state": "ON", "brightness": 40})
    (command,) = order.commands
    assert command.topic == "home/lamp/set"
    assert json.loads(command.payload) == {"state": "ON", "brightness": 40}


def test_topics_are_those_of_the_page() -> None:
    for topic in (
        plain.command_topic("ID"),
        plain.state_topic("ID"),
        plain.availability_topic("ID"),
    ):
        assert f"| `{topic}` |" in PAGE.read_text()


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (b'{"state": "ON", "brightness": 40}', {"state": "ON", "brightness": 40}),
        (b'{"open": false, "t": -1.5}', {"open": False, "t": -1.5}),
        (b'{"a": null, "b": [1], "c": {"d": 1}, "e": 1}', {"e": 1}),
        (b'{"a": NaN, "b": Infinity, "c": 1e999, "d": 1}', {"d": 1}),
        (b'{"a": ' + b"9" * 400 + b', "d": 1}', {"d": 1}),
        (b'{"a": "\\u001b[31m", "b\\n": 1, "d": 1}', {"d": 1}),
        (b'{"a": "' + b"x" * 129 + b'", "d": 1}', {"d": 1}),
        (b"{}", {}),
        (b"", None),
        (b"ON", None),
        (b"[1]", None),
        (b'"ON"', None),
        (b"\xff\xfe", None),
        (b"[" * 50_000, None),
        (b'{"a": ' + b"9" * 5_000 + b"}", None),
        (b'{"a": "' + b"x" * 70_000 + b'"}', None),
    ],
)
def test_only_what_can_be_shown_is_read_from_a_state(payload: bytes, state: dict | None) -> None:
    assert plain.read_state(payload) == state
