"""What is read back from the journal."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_agent.home.conventions.types import Command
from edge_agent.home.types import State


@dataclass(frozen=True)
class StoredAction:
    """An action as the journal knows it. Times are seconds since 1970 (`time.time`).

    `sent_at` is None if it certainly never left, `published_at` if no broker acknowledged it.
    """

    id: str
    turn_id: str
    tool: str
    device_id: str
    arguments: Mapping[str, Any]
    commands: tuple[Command, ...]
    confirmed_by: State
    told_on: tuple[str, ...]
    before: State
    created_at: float
    expires_at: float
    sent_at: float | None
    published_at: float | None
    owner: str


@dataclass(frozen=True)
class Turn:
    """One turn, as far as it came. Times are seconds since 1970 (`time.time`).

    `outcomes` are as `Outcome.as_json` gave them, in the order of `calls`; `interrupted` are the
    actions that were stored and never had an outcome. `request` is as `Journal.begin_turn` took it.
    """

    id: str
    source: str
    asked: str
    calls: tuple[Mapping[str, Any], ...]
    reply: str | None
    began_at: float
    decided_at: float | None
    ended_at: float | None
    request: str
    outcomes: tuple[Mapping[str, Any], ...]
    actions: tuple[StoredAction, ...]
    interrupted: tuple[StoredAction, ...]


def read_turn(database: sqlite3.Connection, row: sqlite3.Row) -> Turn:
    """Return the turn of a row of `turns`, with all that belongs to it."""
    outcomes = database.execute(
        "SELECT action_id, outcome FROM outcomes WHERE turn_id = ? ORDER BY position",
        (row["id"],),
    ).fetchall()
    actions = tuple(
        read_action(action)
        for action in database.execute(
            "SELECT * FROM actions WHERE turn_id = ? ORDER BY rowid", (row["id"],)
        )
    )
    ended = {outcome["action_id"] for outcome in outcomes}
    return Turn(
        **{**dict(row), "calls": tuple(json.loads(row["calls"] or "[]"))},
        outcomes=tuple(json.loads(outcome["outcome"]) for outcome in outcomes),
        actions=actions,
        interrupted=tuple(action for action in actions if action.id not in ended),
    )


def read_action(row: sqlite3.Row) -> StoredAction:
    """Return the action of a row of `actions`."""
    read = {
        "arguments": json.loads(row["arguments"]),
        "commands": tuple(Command(**command) for command in json.loads(row["commands"])),
        "confirmed_by": json.loads(row["confirmed_by"]),
        "told_on": tuple(json.loads(row["told_on"])),
        "before": json.loads(row["before"]),
    }
    return StoredAction(**{**dict(row), **read})
