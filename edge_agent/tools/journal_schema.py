"""The tables of the journal, and how older files become newer ones.

`MIGRATIONS[n]` leads from version n to n + 1. A new file takes all of them, as an old one does, so
that both end with the same tables.
"""

import sqlite3
from collections.abc import Callable

_FIRST = """
CREATE TABLE turns (
    id         TEXT PRIMARY KEY,
    source     TEXT NOT NULL,               -- text, voice, mqtt
    asked      TEXT NOT NULL,               -- the request, or the words that were heard
    calls      TEXT,                        -- JSON: what the model decided
    reply      TEXT,                        -- what the person was told
    began_at   REAL NOT NULL,               -- seconds since 1970, here and below
    decided_at REAL,
    ended_at   REAL
) STRICT;
CREATE INDEX turns_by_time ON turns (began_at);
CREATE TABLE actions (
    id           TEXT PRIMARY KEY,
    turn_id      TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    tool         TEXT NOT NULL,
    device_id    TEXT NOT NULL,
    arguments    TEXT NOT NULL,             -- JSON
    topic        TEXT NOT NULL,
    payload      TEXT NOT NULL,
    created_at   REAL NOT NULL,             -- stored, and not yet published
    expires_at   REAL NOT NULL,
    published_at REAL                       -- acknowledged by the broker
) STRICT;
CREATE INDEX actions_by_turn ON actions (turn_id);
CREATE TABLE outcomes (
    turn_id   TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    position  INTEGER NOT NULL,             -- which of the turn's calls
    action_id TEXT,                         -- NULL where it did not come to an action
    device_id TEXT,
    status    TEXT NOT NULL,
    outcome   TEXT NOT NULL,                -- JSON: edge_agent.tools.types.Outcome
    ended_at  REAL NOT NULL,
    PRIMARY KEY (turn_id, position)
) STRICT;
"""

_SEVERAL_COMMANDS = """
CREATE TABLE new_actions (
    id           TEXT PRIMARY KEY,
    turn_id      TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    tool         TEXT NOT NULL,
    device_id    TEXT NOT NULL,
    arguments    TEXT NOT NULL,             -- JSON
    commands     TEXT NOT NULL,             -- JSON: topic, payload and QoS of each, in order
    confirmed_by TEXT NOT NULL,             -- JSON: what the device says once it has obeyed
    told_on      TEXT NOT NULL,             -- JSON: the topics on which it says so
    before       TEXT NOT NULL,             -- JSON: how the device was
    created_at   REAL NOT NULL,             -- stored
    expires_at   REAL NOT NULL,
    sent_at      REAL,                      -- from here on it may have reached the broker
    published_at REAL                       -- acknowledged by the broker
) STRICT;
INSERT INTO new_actions
    SELECT id, turn_id, tool, device_id, arguments,
           json_array(json_object('topic', topic, 'payload', payload, 'qos', 1)),
           '{}', '[]', '{}', created_at, expires_at, created_at, published_at
    FROM actions ORDER BY rowid;
DROP TABLE actions;
ALTER TABLE new_actions RENAME TO actions;
CREATE INDEX actions_by_turn ON actions (turn_id);
CREATE INDEX actions_by_device ON actions (device_id, created_at);
CREATE INDEX outcomes_by_action ON outcomes (action_id);
"""

_OWNERS = """
ALTER TABLE actions ADD COLUMN owner TEXT NOT NULL DEFAULT ''
"""
"""`owner` is the process that stored the action: without an outcome and without its process, it was
interrupted."""

_STATES = """
CREATE TABLE states (
    at    REAL NOT NULL,                    -- seconds since 1970
    state TEXT NOT NULL                     -- what the agent has done since then
) STRICT;
CREATE INDEX states_by_time ON states (at)
"""

_REMEMBERED = """
CREATE TABLE remembered (
    name  TEXT PRIMARY KEY,                 -- what holds also after the next start
    value TEXT NOT NULL
) STRICT
"""

_REQUESTS = """
ALTER TABLE turns ADD COLUMN request TEXT NOT NULL DEFAULT ''
"""
"""`request` is what the turns of one request have in common; "" where a turn is all of it."""


def _run(script: str) -> Callable[[sqlite3.Connection], None]:
    def migrate(database: sqlite3.Connection) -> None:
        for statement in script.split(";\n"):
            database.execute(statement)

    return migrate


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _run(_FIRST),
    _run(_SEVERAL_COMMANDS),
    _run(_OWNERS),
    _run(_STATES),
    _run(_REMEMBERED),
    _run(_REQUESTS),
)
SCHEMA_VERSION = len(MIGRATIONS)
