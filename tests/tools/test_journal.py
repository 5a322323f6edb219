import sqlite3
import threading
from pathlib import Path

import pytest
from made import made_action

from edge_agent.home.conventions.types import Command
from edge_agent.home.types import Device
from edge_agent.tools import outcomes
from edge_agent.tools.journal import Journal, JournalError
from edge_agent.tools.journal_schema import MIGRATIONS, SCHEMA_VERSION
from edge_agent.tools.types import Action, Call, Refusal, Request

Home = dict[str, Device]


def turn_on(home: Home, device: str) -> Action:
    return made_action(Request("turn_on", home[device], {}))


def test_states_are_kept_in_order_and_a_dropped_turn_is_not(tmp_path):
    with Journal(tmp_path / "journal") as journal:
        for state in ("listening", "thinking", "idle"):
            journal.note_state(state)
        journal.drop_turn(journal.begin_turn("voice", ""))
        kept = journal.states()
        assert [state for _, state in kept] == ["listening", "thinking", "idle"]
        assert journal.states(since=kept[2][0]) == kept[2:]
        assert journal.turns() == ()


def test_a_turn_is_read_back_as_it_was_written(tmp_path: Path, home: Home) -> None:
    action = turn_on(home, "lamp")
    calls = [Call("turn_on", {"device": "lamp"}), Call("dance", {"how": {"fast": True}})]
    ended = (
        outcomes.not_done(action, "offline", "it is offline"),
        outcomes.refused(calls[1], None, Refusal("unknown_tool", "There is no tool 'dance'.")),
    )
    with Journal(tmp_path / "deep" / "er" / "journal.db") as journal:
        turn_id = journal.begin_turn("voice", "")
        journal.decide(turn_id, calls, heard="turn on the light and dance")
        journal.store(turn_id, [action], sending=True)
        journal.acknowledge(action.id)
        journal.conclude(turn_id, ended)
        journal.end_turn(turn_id, "I could not.")
    with Journal(tmp_path / "deep" / "er" / "journal.db") as journal:
        (turn,) = journal.turns()
    assert (turn.id, turn.source, turn.reply) == (turn_id, "voice", "I could not.")
    assert turn.asked == "turn on the light and dance"
    assert turn.calls == (
        {"tool": "turn_on", "arguments": {"device": "lamp"}},
        {"tool": "dance", "arguments": {"how": {"fast": True}}},
    )
    assert turn.outcomes == tuple(outcome.as_json() for outcome in ended)
    (stored,) = turn.actions
    assert (stored.id, stored.tool, stored.device_id) == (action.id, "turn_on", "lamp")
    assert stored.commands == (Command("home/lamp/set", '{"state": "ON"}'),)
    assert (stored.confirmed_by, stored.told_on) == ({"state": "ON"}, ("home/lamp",))
    assert stored.sent_at is not None
    assert stored.expires_at == action.expires_at > stored.created_at
    assert turn.interrupted == ()
    times = (turn.began_at, turn.decided_at, stored.published_at, turn.ended_at)
    assert list(times) == sorted(times)


def test_a_turn_that_stopped_in_the_middle_shows_what_is_open(home: Home) -> None:
    with Journal(":memory:") as journal:
        turn_id = journal.begin_turn("text", "turn on the light")
        journal.decide(turn_id, [Call("turn_on", {"device": "lamp"})])
        action = turn_on(home, "lamp")
        journal.store(turn_id, [action], sending=False)
        (turn,) = journal.turns()
    assert turn.asked == "turn on the light"
    assert [it.id for it in turn.interrupted] == [action.id]
    assert turn.interrupted[0].published_at is None
    assert (turn.reply, turn.ended_at, turn.outcomes) == (None, None, ())


def test_turns_are_found_by_time_and_device(home: Home) -> None:
    with Journal(":memory:") as journal:
        for device in ("lamp", "fan", "lamp"):
            turn_id = journal.begin_turn("text", device)
            journal.store(turn_id, [turn_on(home, device)], sending=True)
        refused_id = journal.begin_turn("text", "lock the lamp")
        call = Call("lock", {"device": "lamp"})
        refusal = outcomes.refused(call, home["lamp"], Refusal("cannot", "No."))
        journal.conclude(refused_id, [refusal])
        every = journal.turns()
        assert [turn.asked for turn in every] == ["lamp", "fan", "lamp", "lock the lamp"]
        assert [turn.asked for turn in journal.turns(device="fan")] == ["fan"]
        assert len(journal.turns(device="lamp")) == 3
        assert journal.turns(since=every[2].began_at) == every[2:]
        assert journal.turns(at_most=2) == every[2:]
        assert journal.turns(device="door") == ()


def test_threads_and_another_process_may_write_at_once(tmp_path: Path, home: Home) -> None:
    path = tmp_path / "journal.db"
    with Journal(path) as one, Journal(path) as other:

        def work(journal: Journal) -> None:
            for _ in range(10):
                turn_id = journal.begin_turn("text", "x")
                journal.store(turn_id, [turn_on(home, "lamp")], sending=True)
                journal.end_turn(turn_id, "y")

        threads = [threading.Thread(target=work, args=(it,)) for it in (one, one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        turns = one.turns()
    assert len(turns) == 30
    assert all(turn.reply == "y" and len(turn.actions) == 1 for turn in turns)


def test_only_actions_wait_for_the_disk(tmp_path: Path, home: Home) -> None:
    with Journal(tmp_path / "journal.db") as journal:
        database = journal._database
        turn_id = journal.begin_turn("text", "x")
        assert database.execute("PRAGMA synchronous").fetchone()[0] == 1
        journal.store(turn_id, [turn_on(home, "lamp")], sending=True)
        assert database.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert database.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.db") as journal:
        journal.begin_turn("text", "x")
        files = list(tmp_path.iterdir())
        assert {path.name for path in files} >= {"journal.db", "journal.db-wal"}
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_a_failed_step_leaves_nothing_behind(home: Home) -> None:
    with Journal(":memory:") as journal:
        turn_id = journal.begin_turn("text", "x")
        action = turn_on(home, "lamp")
        with pytest.raises(JournalError, match="cannot be written"):
            journal.store(turn_id, [action, action], sending=True)
        (turn,) = journal.turns()
        assert turn.actions == ()
        journal.store(turn_id, [action], sending=True)


def test_a_journal_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    Journal(path).close()
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(JournalError, match="written by a newer edge-agent: update this one"):
        Journal(path)


def test_what_is_no_journal_is_told(tmp_path: Path) -> None:
    garbage = tmp_path / "journal.db"
    garbage.write_bytes(b"this is no database" * 1000)
    blocked = tmp_path / "file"
    blocked.touch()
    for path in (garbage, tmp_path, blocked / "journal.db"):
        with pytest.raises(JournalError) as caught:
            Journal(path)
        assert str(path) in str(caught.value)
    assert garbage.read_bytes() == b"this is no database" * 1000


def test_a_journal_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with sqlite3.connect(path) as old:
        MIGRATIONS[0](old)
        old.execute("INSERT INTO turns (id, source, asked, began_at) VALUES ('t', 'text', 'x', 1)")
        for name, published_at in (("done", 3), ("open", None)):
            old.execute(
                "INSERT INTO actions VALUES (?, 't', 'turn_on', 'lamp', '{}', 'home/lamp/set',"
                ' \'{"state": "ON"}\', 2, 12, ?)',
                (name, published_at),
            )
        old.execute("INSERT INTO outcomes VALUES ('t', 0, 'done', 'lamp', 'confirmed', '{}', 4)")
        old.execute("PRAGMA user_version = 1")
    for _ in range(2):
        with Journal(path) as journal:
            (turn,) = journal.turns()
            assert turn.request == ""
            assert [it.id for it in turn.actions] == ["done", "open"]
            assert turn.actions[0].commands == (Command("home/lamp/set", '{"state": "ON"}'),)
            assert (turn.actions[0].sent_at, turn.actions[0].published_at) == (2, 3)
            assert [it.id for it in turn.interrupted] == ["open"]


def test_old_turns_are_forgotten_with_all_that_belongs_to_them(tmp_path: Path, home: Home) -> None:
    path = tmp_path / "journal.db"
    with Journal(path) as journal:
        for asked in ("old", "new"):
            turn_id = journal.begin_turn("text", asked)
            journal.store(turn_id, [turn_on(home, "lamp")], sending=True)
        journal._database.execute("UPDATE turns SET began_at = 1000 WHERE asked = 'old'")
    with Journal(path, keep_s=3600) as journal:
        journal.begin_turn("text", "newest")
        assert [turn.asked for turn in journal.turns()] == ["new", "newest"]
        assert journal._database.execute("SELECT count(*) FROM actions").fetchone()[0] == 1
