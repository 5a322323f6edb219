"""SIGKILL between any two steps of a turn: what the journal and the bus then agree on."""

import os
import queue
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import edge_agent
from edge_agent.bus.client import Bus
from edge_agent.bus.types import Message
from edge_agent.home.simulated import SimulatedHome
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.tools.journal import Journal, Turn

LAMP = Device("lamp", "lamp", "hall", Kind.LIGHT, frozenset({Capability.ON_OFF}))
PROGRAM = Path(__file__).with_name("interrupted_turn.py")
KILLS = 8


@contextmanager
def taking_turns(port: int, journal: Path, stop_at: str) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        [sys.executable, PROGRAM, str(port), str(journal), stop_at],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(edge_agent.__file__).parents[1])},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def commands_until_now(bus: Bus, seen: "queue.Queue[Message]") -> list[Message]:
    bus.publish("that/is", "all")
    commands = []
    while (message := seen.get(timeout=20)).topic != "that/is":
        if message.topic == "home/lamp/set":
            commands.append(message)
    return commands


def only_turn(path: Path) -> Turn:
    with Journal(path) as journal:
        (turn,) = journal.turns()
    return turn


@pytest.mark.parametrize(
    ("stop_at", "decided", "stored", "published", "acknowledged", "concluded", "ended"),
    [
        ("after begin_turn", False, False, False, False, False, False),
        ("after decide", True, False, False, False, False, False),
        ("before store", True, False, False, False, False, False),
        ("after store", True, True, False, False, False, False),
        ("before acknowledge", True, True, True, False, False, False),
        ("after acknowledge", True, True, True, True, False, False),
        ("before conclude", True, True, True, True, False, False),
        ("after conclude", True, True, True, True, True, False),
        ("after end_turn", True, True, True, True, True, True),
    ],
)
def test_killed_at_a_step(  # noqa: PLR0917 - a row of the table
    mosquitto,
    tmp_path: Path,
    stop_at: str,
    decided: bool,
    stored: bool,
    published: bool,
    acknowledged: bool,
    concluded: bool,
    ended: bool,
) -> None:
    path = tmp_path / "journal.db"
    with SimulatedHome(mosquitto.address, [LAMP]), Bus.connect(mosquitto.address) as watcher:
        seen: queue.Queue[Message] = queue.Queue()
        watcher.subscribe("#", seen.put)
        with taking_turns(mosquitto.port, path, stop_at) as process:
            assert process.stdout.readline() == f"{stop_at}\n"
        commands = commands_until_now(watcher, seen)
    turn = only_turn(path)
    assert bool(turn.calls) is decided
    assert bool(turn.actions) is stored
    assert [message.identity for message in commands] == [
        action.id for action in turn.actions if published
    ]
    assert any(action.published_at for action in turn.actions) is acknowledged
    assert bool(turn.outcomes) is concluded
    assert bool(turn.interrupted) is (stored and not concluded)
    assert (turn.reply is not None) is ended


def test_killed_at_any_moment(mosquitto, tmp_path: Path) -> None:
    """Nothing was published that the journal does not know of, and nothing was published twice."""
    path = tmp_path / "journal.db"
    chance = random.Random(2026)
    with (
        SimulatedHome(mosquitto.address, [LAMP], delay_s={"lamp": 0.002}),
        Bus.connect(mosquitto.address) as watcher,
    ):
        seen: queue.Queue[Message] = queue.Queue()
        watcher.subscribe("#", seen.put)
        for _ in range(KILLS):
            with taking_turns(mosquitto.port, path, "never") as process:
                assert process.stdout.readline() == "turn over\n"
                threading.Event().wait(chance.uniform(0, 0.05))
        commands = commands_until_now(watcher, seen)
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with Journal(path) as journal:
        turns = journal.turns(at_most=100_000)
    actions = {action.id: action for turn in turns for action in turn.actions}
    identities = [message.identity for message in commands]
    assert len(identities) == len(set(identities)) >= KILLS
    assert set(identities) <= set(actions)
    acknowledged = {action.id for action in actions.values() if action.published_at is not None}
    assert acknowledged <= set(identities)
    interrupted = [action.id for turn in turns for action in turn.interrupted]
    assert len(interrupted) <= KILLS
    assert set(actions) - set(identities) <= set(interrupted)
    assert all(turn.outcomes for turn in turns if turn.reply is not None)
