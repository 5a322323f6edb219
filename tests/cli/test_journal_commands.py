"""`why`, `log` and `undo` after a turn with the small model and a home on a real broker."""

import json
from contextlib import contextmanager

import pytest

from edge_agent.agent import Asked
from edge_agent.assembly import assembled
from edge_agent.bus.client import Bus
from edge_agent.cli.turns import moment_of
from edge_agent.configuration import load_configuration
from edge_agent.home.home_file import load_home
from edge_agent.home.simulated import SimulatedHome
from edge_agent.tools.types import Status

HOME = """devices:
- {id: lamp, name: kitchen light, area: kitchen, kind: light, can: [on_off, brightness]}
- {id: fan, name: bedroom fan, area: bedroom, kind: fan, can: [on_off]}
- {id: door, name: front door, area: hall, kind: lock, can: [lock]}
"""


@contextmanager
def home_and_settings(edge_agent, mosquitto):
    (edge_agent.folder / "home.yaml").write_text(HOME)
    (edge_agent.folder / "agent.yaml").write_text(
        f"broker: mqtt://{mosquitto.address}\nhome: home.yaml\njournal: journal.db\n"
    )
    devices = load_home(edge_agent.folder / "home.yaml").devices
    with SimulatedHome(mosquitto.address, devices), Bus.connect(mosquitto.address) as watcher:
        commands = []
        watcher.subscribe("home/+/set", lambda m: commands.append((m.topic, m.payload)))
        yield commands


def test_a_turn_is_explained_listed_and_undone(edge_agent, mosquitto):
    settings = ("-c", "agent.yaml")
    with home_and_settings(edge_agent, mosquitto) as commands:
        assert edge_agent("ask", "turn on the kitchen light", *settings).returncode == 0
        why = edge_agent("why", *settings).stdout
        back = edge_agent("undo", *settings)
        again = edge_agent("undo", *settings)
        log = edge_agent("log", "--since", "1h", "--json", *settings).stdout
        last = json.loads(
            edge_agent("why", "--device", "Kitchen light", "--json", *settings).stdout
        )
        other = edge_agent("why", "--device", "front door", *settings)
    for line in (
        "heard  “turn on the kitchen light”",
        "decided  turn_on  device: lamp",
        "checked  kitchen light: allowed",
        'published  home/lamp/set  {"state": "ON"}',
        "confirmed  on home/lamp, after ",
        "answered  “The kitchen light is on.”",
    ):
        assert line in why
    assert (back.returncode, back.stdout) == (0, "The kitchen light is off.\n")
    assert (again.returncode, again.stderr) == (3, "edge-agent: There is nothing to undo.\n")
    assert commands == [
        ("home/lamp/set", b'{"state": "ON"}'),
        ("home/lamp/set", b'{"state": "OFF"}'),
    ]
    first, second = (json.loads(line) for line in log.splitlines())
    assert (first["source"], second["source"]) == ("text", "undo")
    assert second["asked"] == first["id"]
    assert last["id"] == second["id"]
    assert last["outcomes"][0]["status"] == "confirmed"
    assert other.returncode == 3


def test_who_went_on_after_an_early_act_has_all_of_it_undone(edge_agent, mosquitto):
    """Each part was done when it was said: two turns, and one request."""
    with home_and_settings(edge_agent, mosquitto) as commands:
        with assembled(
            load_configuration(edge_agent.folder / "agent.yaml"), lambda _: None
        ) as parts:
            for said in (
                "turn on the bedroom fan",
                "turn on the bedroom fan and the kitchen light",
            ):
                answer = parts.agent.answer(Asked("voice", said, request="one"))
                assert {it.status for it in answer.outcomes} == {Status.CONFIRMED}
            assert [call.arguments["device"] for call in answer.calls] == ["fan", "lamp"]
        back = edge_agent("undo", "-c", "agent.yaml")
        again = edge_agent("undo", "-c", "agent.yaml")
    assert back.returncode == 0
    off = b'{"state": "OFF"}'
    assert sorted(commands[-2:]) == [("home/fan/set", off), ("home/lamp/set", off)]
    assert (again.returncode, again.stderr) == (3, "edge-agent: There is nothing to undo.\n")


def test_undoing_a_lock_asks(edge_agent, mosquitto):
    settings = ("-c", "agent.yaml")
    with home_and_settings(edge_agent, mosquitto) as commands:
        with Bus.connect(mosquitto.address) as bus:
            bus.publish("home/door", '{"lock": "UNLOCKED"}', retain=True)
        assert edge_agent("ask", "lock the front door", *settings).returncode == 0
        back = edge_agent("undo", *settings)
        log = edge_agent("log", *settings).stdout
    assert (back.returncode, back.stdout) == (3, "Shall I unlock the front door?\n")
    assert [topic for topic, _ in commands] == ["home/door/set"]
    assert "“lock the front door”  The front door is locked." in log


def test_a_moment_that_is_none_is_told(edge_agent):
    ended = edge_agent("log", "--since", "yesterday")
    assert ended.returncode == 2
    assert "write 30m, 2h, 3d or 2w ago" in ended.stderr


@pytest.mark.parametrize(
    ("text", "seconds"), [("30m", 1800), ("1.5h", 5400), ("2d", 172_800), ("1w", 604_800)]
)
def test_how_long_ago(text: str, seconds: float) -> None:
    assert moment_of(text, 1_000_000) == 1_000_000 - seconds
