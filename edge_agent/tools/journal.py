"""The journal: what was asked, decided, published and confirmed, in SQLite.

Every step is written before the next is taken, so whatever moment a SIGKILL picks, no command was
ever published that the journal does not know of. Actions are forced onto the disk before they are
published, so that this holds for a power cut too; what comes after them is not waited for, and a
power cut may take it. An action without an outcome is one that was interrupted.
"""

import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from edge_agent.tools.journal_records import StoredAction, Turn, read_action, read_turn
from edge_agent.tools.journal_schema import MIGRATIONS, SCHEMA_VERSION
from edge_agent.tools.process_identity import is_alive, this_process
from edge_agent.tools.types import Action, Call, Outcome

_BUSY_TIMEOUT_S = 5.0
_FORGET_EVERY_S = 3600.0


class JournalError(Exception):
    """The journal cannot be opened or written: one sentence with the file and what to do."""


class Journal:
    """One SQLite file in WAL mode. Threads of this process share it; so may other processes."""

    def __init__(self, path: Path | str, keep_s: float | None = None) -> None:
        """Open or make the journal at `path` (`:memory:` for one that is not kept).

        Turns older than `keep_s` (seconds) are forgotten, now and as new ones come.
        """
        self._path = path
        self._owner = this_process()
        self._keep_s = keep_s
        self._forgot_at = 0.0
        self._lock = threading.Lock()
        try:
            if path != ":memory:":
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                Path(path).touch(mode=0o600)  # what people say is nobody else's business
            self._database = sqlite3.connect(
                path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            self._prepare()
        except (sqlite3.Error, OSError) as error:
            raise JournalError(
                f"The journal {path} cannot be opened ({error}): move it away or mend its folder."
            ) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def __enter__(self) -> Self:
        """Return the journal itself: it is open already."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def begin_turn(self, source: str, asked: str, request: str = "") -> str:
        """Write down that somebody asked something; return the turn's id.

        Turns of the same `request`, if it has a name, are what one person asked for in one go.
        """
        turn_id = str(uuid.uuid4())
        self._forget_old()
        with self._writing() as database:
            database.execute(
                "INSERT INTO turns (id, source, asked, began_at, request) VALUES (?, ?, ?, ?, ?)",
                (turn_id, source, asked, time.time(), request),
            )
        return turn_id

    def _forget_old(self) -> None:
        now = time.time()
        if self._keep_s is None or now - self._forgot_at < _FORGET_EVERY_S:
            return
        self._forgot_at = now
        with self._writing() as database:
            database.execute("DELETE FROM turns WHERE began_at < ?", (now - self._keep_s,))
            database.execute("DELETE FROM states WHERE at < ?", (now - self._keep_s,))

    def decide(self, turn_id: str, calls: Sequence[Call], heard: str | None = None) -> None:
        """Write down the calls that the model made of it, and the words that it heard."""
        decided = json.dumps([{"tool": c.tool, "arguments": dict(c.arguments)} for c in calls])
        with self._writing() as database:
            database.execute(
                "UPDATE turns SET calls = ?, decided_at = ?, asked = coalesce(?, asked) "
                "WHERE id = ?",
                (decided, time.time(), heard, turn_id),
            )

    def store(self, turn_id: str, actions: Iterable[Action], *, sending: bool) -> None:
        """Write down actions that are about to be published.

        With `sending` they are handed to the broker right after, so that from here on nobody can
        tell whether they have left; without, they wait for one, and `sending` comes before.
        """
        sent_at = time.time() if sending else None
        rows = [
            (
                action.id,
                turn_id,
                action.request.tool,
                action.request.device.id,
                json.dumps(dict(action.request.arguments)),
                json.dumps([vars(command) for command in action.order.commands]),
                json.dumps(dict(action.order.confirmed_by)),
                json.dumps(action.order.told_on),
                json.dumps(dict(action.before)),
                action.created_at,
                action.expires_at,
                sent_at,
                self._owner,
            )
            for action in actions
        ]
        with self._writing(durably=True) as database:
            database.executemany(
                "INSERT INTO actions (id, turn_id, tool, device_id, arguments, commands,"
                " confirmed_by, told_on, before, created_at, expires_at, sent_at, owner)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def sending(self, action_id: str) -> None:
        """Write down that an action which waited for a broker is handed to it now."""
        with self._writing(durably=True) as database:
            database.execute(
                "UPDATE actions SET sent_at = ? WHERE id = ?", (time.time(), action_id)
            )

    def acknowledge(self, action_id: str) -> None:
        """Write down that the broker has an action."""
        with self._writing() as database:
            database.execute(
                "UPDATE actions SET published_at = ? WHERE id = ?", (time.time(), action_id)
            )

    def conclude(self, turn_id: str, outcomes: Sequence[Outcome]) -> None:
        """Write down how each of the turn's calls ended."""
        rows = [
            (
                turn_id,
                position,
                outcome.action_id,
                outcome.device_id,
                outcome.status.value,
                json.dumps(outcome.as_json()),
                time.time(),
            )
            for position, outcome in enumerate(outcomes)
        ]
        with self._writing() as database:
            database.executemany("INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def abandoned(self) -> tuple[StoredAction, ...]:
        """Return the actions without an outcome whose process is there no more, oldest first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT * FROM actions WHERE id NOT IN"
                " (SELECT action_id FROM outcomes WHERE action_id IS NOT NULL) ORDER BY created_at"
            ).fetchall()
        actions = (read_action(row) for row in rows)
        return tuple(it for it in actions if it.owner != self._owner and not is_alive(it.owner))

    def conclude_abandoned(self, action: StoredAction, outcome: Outcome) -> bool:
        """Write down how an abandoned action ended; return False if somebody else just has."""
        with self._writing() as database:
            known = database.execute("SELECT 1 FROM outcomes WHERE action_id = ?", (action.id,))
            if known.fetchone():
                return False
            database.execute(
                "INSERT INTO outcomes SELECT ?, coalesce(max(position), -1) + 1, ?, ?, ?, ?, ?"
                " FROM outcomes WHERE turn_id = ?",
                (
                    action.turn_id,
                    action.id,
                    action.device_id,
                    outcome.status.value,
                    json.dumps(outcome.as_json()),
                    time.time(),
                    action.turn_id,
                ),
            )
        return True

    def end_turn(self, turn_id: str, reply: str) -> None:
        """Write down what the person was told: the turn is over."""
        with self._writing() as database:
            database.execute(
                "UPDATE turns SET reply = ?, ended_at = ? WHERE id = ?",
                (reply, time.time(), turn_id),
            )

    def drop_turn(self, turn_id: str) -> None:
        """Forget a turn of which nothing was done: it was asked anew."""
        with self._writing() as database:
            database.execute("DELETE FROM turns WHERE id = ?", (turn_id,))

    def note_state(self, state: str) -> None:
        """Write down what the agent does from now on."""
        with self._writing() as database:
            database.execute("INSERT INTO states VALUES (?, ?)", (time.time(), state))

    def remember(self, name: str, value: str) -> None:
        """Keep something that is to hold also after the next start."""
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", (name, value))

    def remembered(self, name: str) -> str | None:
        """Return what was kept under that name."""
        with self._lock:
            row = self._database.execute(
                "SELECT value FROM remembered WHERE name = ?", (name,)
            ).fetchone()
        return None if row is None else str(row["value"])

    def states(self, *, since: float = 0.0) -> tuple[tuple[float, str], ...]:
        """Return what the agent did since a moment (`time.time`), and when that began."""
        with self._lock:
            rows = self._database.execute(
                "SELECT at, state FROM states WHERE at >= ? ORDER BY rowid", (since,)
            ).fetchall()
        return tuple((row["at"], row["state"]) for row in rows)

    def turns(
        self, *, since: float = 0.0, device: str | None = None, at_most: int = 100
    ) -> tuple[Turn, ...]:
        """Return the latest turns since a moment (`time.time`), oldest first.

        With `device`, only turns that had an action or an outcome for the device of that id or
        name.
        """
        with self._lock:
            rows = self._database.execute(
                "SELECT * FROM turns WHERE began_at >= :since AND (:device IS NULL"
                " OR id IN (SELECT turn_id FROM actions WHERE device_id = :device)"
                " OR id IN (SELECT turn_id FROM outcomes WHERE device_id = :device"
                " OR json_extract(outcome, '$.device_name') = :device COLLATE NOCASE))"
                " ORDER BY began_at DESC, rowid DESC LIMIT :most",
                {"since": since, "device": device, "most": at_most},
            ).fetchall()
            return tuple(read_turn(self._database, row) for row in reversed(rows))

    def _prepare(self) -> None:
        database = self._database
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA journal_mode = WAL")
        with self._writing():
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA_VERSION:
                raise JournalError(
                    f"The journal {self._path} was written by a newer edge-agent: update this one."
                )
            for migrate in MIGRATIONS[version:]:
                migrate(database)
            database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        database.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def _writing(self, *, durably: bool = False) -> Iterator[sqlite3.Connection]:
        """Hold the file for one transaction: all of it is kept, or nothing.

        In WAL mode `NORMAL` outlives the process, and only `FULL` waits for the disk, which on an
        SD card takes tens of milliseconds.
        """
        with self._lock:
            try:
                self._database.execute(f"PRAGMA synchronous = {'FULL' if durably else 'NORMAL'}")
                self._database.execute("BEGIN IMMEDIATE")
                with self._database:
                    yield self._database
            except sqlite3.Error as error:
                raise JournalError(
                    f"The journal {self._path} cannot be written ({error}): "
                    "make room or mend its folder."
                ) from error
