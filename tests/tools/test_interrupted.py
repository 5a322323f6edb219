"""What is told of actions whose process was killed."""

import os
import subprocess
import sys
from pathlib import Path

from made import made_action

from edge_agent.home.types import Device
from edge_agent.tools.interrupted import report_interrupted
from edge_agent.tools.journal import Journal
from edge_agent.tools.process_identity import is_alive, this_process
from edge_agent.tools.types import Request


class NoHome:
    devices = ()


def stored(journal: Journal, home: dict[str, Device], *, sending: bool) -> None:
    turn_id = journal.begin_turn("text", "turn on the lamp")
    journal.store(turn_id, [made_action(Request("turn_on", home["lamp"], {}))], sending=sending)


def test_each_is_reported_once(tmp_path: Path, home: dict[str, Device]) -> None:
    path = tmp_path / "journal.db"
    with Journal(path) as journal:
        journal._owner = "1:before the last boot"
        stored(journal, home, sending=True)
        stored(journal, home, sending=False)
        journal._owner = this_process()
        stored(journal, home, sending=True)
        told = report_interrupted(journal, NoHome())
        assert [outcome.reason for outcome in told] == ["interrupted", "expired"]
        assert told[0].words == (
            "I was interrupted when I was to turn on the lamp, and do not know whether it happened."
        )
        assert report_interrupted(journal, NoHome()) == ()
        turns = journal.turns()
    assert [len(turn.interrupted) for turn in turns] == [0, 0, 1]
    assert [turn.outcomes[0]["reason"] for turn in turns[:2]] == ["interrupted", "expired"]


def test_a_process_is_known_until_it_ends() -> None:
    assert is_alive(this_process())
    assert not is_alive(f"{os.getpid()}:1")
    assert not is_alive("")
    program = "from edge_agent.tools.process_identity import this_process; print(this_process())"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ":" in ended.stdout
    assert not is_alive(ended.stdout.strip())
