"""The ledger checker can fail: every invariant is broken once on purpose."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from roost.model.ids import UserId
from roost.store import schema
from roost.testing import ledger

LOG = [
    {
        "n": 1,
        "kind": "message",
        "message_id": "10",
        "sender_id": "2",
        "recipient_id": "1",
        "app_id": "x",
    },
    {"n": 2, "kind": "attempt", "event_id": "10", "for_user_id": "1", "status": 200},
    {
        "n": 3,
        "kind": "message",
        "message_id": "20",
        "sender_id": "1",
        "recipient_id": "2",
        "app_id": "a",
    },
    {"n": 4, "kind": "attempt", "event_id": "20", "for_user_id": "1", "status": 200},
]


def event(account: str, kind: str, key: str) -> str:
    """Write the SQL of one handled event."""
    return (
        f"INSERT INTO events VALUES ('{account}','{kind}','{key}','dm','v1','1-2',{key},"
        "'d','t',0,'done','',1,'')"
    )


SOUND = [
    event("1", "message_received", "10"),
    event("1", "message_sent", "20"),
    "INSERT INTO messages VALUES ('1','10','1-2',10,'in','hi','',0,'',NULL)",
    "INSERT INTO messages VALUES ('1','20','1-2',20,'out','ho','',0,'a',1)",
    (
        "INSERT INTO outbox (account_id, outbox_id, conversation_id, recipient_id, state, body,"
        " attempts, due_at, baseline, attempted_at, message_id, reason, trace_id, created_at)"
        " VALUES ('1',1,'1-2','2','sent','',1,0,10,0,'20','','t',0)"
    ),
]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "roost.db"
    schema.upgrade(path)
    return path


def broken(database: Path, *changes: str) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        for sql in (*SOUND, *changes):
            connection.execute(sql)
        connection.commit()
    truth = ledger.read(b"".join(map(line_of, LOG)), account_id=UserId("1"), app_id="a")
    return {fault.split(":")[0] for fault in ledger.broken(truth, database)}


def test_what_is_sound_is_found_sound(database: Path) -> None:
    assert broken(database) == set()


@pytest.mark.parametrize(
    ("change", "numbers"),
    [
        ("DELETE FROM events WHERE event_key = '10'", {"L1"}),
        (
            "UPDATE events SET kind = 'message_twice', event_key = '20' WHERE event_key = '10'",
            {"L1"},
        ),
        ("DELETE FROM messages WHERE message_id = '10'", {"L2"}),
        ("UPDATE events SET state = 'pending' WHERE event_key = '10'", {"L3"}),
        ("UPDATE events SET state = 'new' WHERE event_key = '20'", {"L3"}),
        (event("9", "message_received", "10"), {"L1", "L3"}),
        ("UPDATE messages SET position = 30 WHERE message_id = '10'", {"L4"}),
        ("UPDATE outbox SET message_id = '77'", {"L6", "L7"}),
        ("UPDATE outbox SET message_id = '10'", {"L6", "L7"}),
        ("UPDATE outbox SET recipient_id = '3'", {"L6"}),
        ("DELETE FROM outbox", {"L7"}),
        ("UPDATE outbox SET state = 'uncertain', message_id = NULL", {"L7", "L8"}),
        ("UPDATE events SET state = 'lost' WHERE event_key = '10'", {"L10"}),
    ],
)
def test_each_invariant_is_broken_by_what_it_is_about(
    database: Path, change: str, numbers: set[str]
) -> None:
    assert broken(database, change) == numbers
    assert numbers <= set(ledger.INVARIANTS)


async def test_it_is_found_in_postgresql_too(dsn: str) -> None:
    truth = ledger.read(b"".join(map(line_of, LOG)), account_id=UserId("1"), app_id="a")
    assert {fault[:2] for fault in await ledger.broken_in_postgresql(truth, dsn)} == {
        "L1",
        "L2",
        "L7",
    }

    await run(dsn, *SOUND)
    assert await ledger.broken_in_postgresql(truth, dsn) == []

    await run(dsn, "UPDATE events SET state = 'new'", "UPDATE outbox SET recipient_id = '3'")
    faults = await ledger.broken_in_postgresql(truth, dsn)
    assert [fault.split(":")[0] for fault in faults] == ["L3", "L3", "L6"]


async def run(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def line_of(line: dict[str, object]) -> bytes:
    return json.dumps(line).encode() + b"\n"


def test_a_damaged_file_is_found(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        for sql in SOUND:
            connection.execute(sql)
        connection.commit()
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute("UPDATE sqlite_master SET rootpage = 2 WHERE name = 'messages'")
        connection.commit()
    truth = ledger.read(b"", account_id=UserId("1"), app_id="a")
    with pytest.raises(sqlite3.DatabaseError):
        raise_if_silent(ledger.broken(truth, database))


def raise_if_silent(faults: list[str]) -> None:
    if any(fault.startswith("L14") for fault in faults):
        raise sqlite3.DatabaseError("found by the integrity check")
