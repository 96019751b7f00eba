"""The ledger checker can fail: every invariant is broken once on purpose."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from roost.model.budgets import Limit
from roost.model.ids import UserId
from roost.model.messages import OutboundMessage
from roost.store import encoding, schema
from roost.testing import ledger, ledger_trace

LOG = [
    {
        "n": 1,
        "kind": "message",
        "message_id": "10",
        "sender_id": "2",
        "recipient_id": "1",
        "app_id": "x",
        "text": "hi",
    },
    {"n": 2, "kind": "attempt", "event_id": "10", "for_user_id": "1", "status": 200},
    {
        "n": 3,
        "kind": "message",
        "message_id": "20",
        "sender_id": "1",
        "recipient_id": "2",
        "app_id": "a",
        "text": "re: hi",
    },
    {"n": 4, "kind": "attempt", "event_id": "20", "for_user_id": "1", "status": 200},
]


EVENT_COLUMNS = (
    "account_id, kind, event_key, channel, dialect, conversation_id, position, delivery_id,"
    " trace_id, received_at, state, reason, attempts, payload"
)


def event(account: str, kind: str, key: str) -> str:
    """Write the SQL of one handled event."""
    return (
        f"INSERT INTO events ({EVENT_COLUMNS}) VALUES ('{account}','{kind}','{key}','dm','v1',"
        f"'1-2',{key},'d','t',0,'done','',1,'')"
    )


OTHER = encoding.encode(OutboundMessage("re: ho"))[1].hex()
BODY = encoding.encode(OutboundMessage("re: hi"))[1].hex()

SECOND_ANSWER = (
    "INSERT INTO outbox (account_id, outbox_id, conversation_id, recipient_id, state, body,"
    " attempts, baseline, attempted_at, reason, trace_id, created_at)"
    f" VALUES ('1',2,'1-2','2','dead',x'{BODY}',1,10,0,'refused','t',0)"
)

OVERTAKEN = (
    "INSERT INTO outbox (account_id, outbox_id, conversation_id, recipient_id, state, body,"
    " attempts, due_at, baseline, attempted_at, message_id, reason, trace_id, created_at, held_by)"
    " SELECT account_id, 0, conversation_id, recipient_id, state, body, attempts,"
    " due_at, baseline, attempted_at, '30', reason, trace_id, created_at, held_by FROM outbox"
)

CONVERSATION = (
    "INSERT INTO conversations (account_id, conversation_id, channel, customer_id,"
    " customer_screen_name, customer_name, control, control_reason, controller_id, epoch, fence,"
    " lease_until, ready_since, last_at, last_position, unread, preview, held_by) VALUES"
    " ('1','1-2','dm','2','','','bot','',NULL,0,0,NULL,NULL,0,0,0,'',NULL)"
)

WAITING = CONVERSATION.replace("0,0,NULL,NULL,", "0,0,NULL,1,")
PENDING = "UPDATE events SET state = 'pending' WHERE event_key = '10'"

WITH_PEOPLE = "DELETE FROM outbox; UPDATE events SET reason = 'controlled by queue'"
LEFT_TO_PEOPLE = CONVERSATION.replace("'bot'", "'queue'")

SOUND = [
    (
        "INSERT INTO deliveries (account_id, delivery_id, app_key, dialect, trace_id, received_at,"
        " is_duplicate, body) VALUES ('1','d','main','v1','t',0,0,x'')"
    ),
    event("1", "message_received", "10"),
    event("1", "message_sent", "20"),
    "INSERT INTO messages VALUES ('1','10','1-2',10,'in','hi','',0,'',NULL)",
    "INSERT INTO messages VALUES ('1','20','1-2',20,'out','ho','',0,'a',1)",
    (
        "INSERT INTO outbox (account_id, outbox_id, conversation_id, recipient_id, state, body,"
        " attempts, due_at, baseline, attempted_at, message_id, reason, trace_id, created_at)"
        f" VALUES ('1',1,'1-2','2','sent',x'{BODY}',1,0,10,0,'20','','t',0)"
    ),
]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "roost.db"
    schema.upgrade(path)
    return path


def broken(database: Path, *changes: str, left_to_people: str = "") -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        for sql in (*SOUND, *changes):
            connection.executescript(sql)
        connection.commit()
    log = b"".join(json.dumps(line).encode() + b"\n" for line in LOG)
    truth = ledger.read(
        log,
        account_id=UserId("1"),
        app_id="a",
        answer="re: {}".format,
        left_to_people=left_to_people.split(),
    )
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
        (f"{WAITING}; {PENDING}", {"L3"}),
        (f"{CONVERSATION}; {PENDING}", {"L3", "L10"}),
        (PENDING, {"L3", "L10"}),
        ("UPDATE events SET state = 'new' WHERE event_key = '20'", {"L3"}),
        (event("9", "message_received", "10"), {"L1", "L3"}),
        ("UPDATE messages SET position = 30 WHERE message_id = '10'", {"L4"}),
        ("UPDATE outbox SET message_id = '77'", {"L6", "L7"}),
        ("UPDATE outbox SET message_id = '10'", {"L6", "L7"}),
        ("UPDATE outbox SET recipient_id = '3'", {"L3", "L6"}),
        (f"UPDATE outbox SET body = x'{OTHER}'", {"L3", "L6"}),
        (SECOND_ANSWER, {"L3"}),
        (OVERTAKEN, {"L3", "L4", "L6"}),
        ("DELETE FROM outbox", {"L3", "L7"}),
        ("DELETE FROM outbox; UPDATE events SET reason = 'handed off'", {"L3", "L7"}),
        ("DELETE FROM outbox; UPDATE events SET reason = 'history'", {"L3", "L7"}),
        (LEFT_TO_PEOPLE, {"L3"}),
        ("UPDATE outbox SET state = 'uncertain', message_id = NULL", {"L7", "L8"}),
        ("UPDATE events SET state = 'lost' WHERE event_key = '10'", {"L10"}),
        ("UPDATE events SET state = 'quarantined' WHERE event_key = '10'", {"L10"}),
        ("DELETE FROM deliveries", {"L10"}),
        ("INSERT INTO messages VALUES ('1','30','1-2',30,'in','?','',0,'',NULL)", {"L2"}),
    ],
)
def test_each_invariant_is_broken_by_what_it_is_about(
    database: Path, change: str, numbers: set[str]
) -> None:
    assert broken(database, change) == numbers
    assert numbers <= set(ledger.INVARIANTS)


@pytest.mark.parametrize(
    ("silent", "left_to_people", "numbers"),
    [
        (WITH_PEOPLE, "2", {"L7"}),
        (WITH_PEOPLE, "3", {"L3", "L7"}),
        ("DELETE FROM outbox", "2", {"L3", "L7"}),  # what the bot has handled is owed all the same
    ],
)
def test_a_customer_who_is_rightly_with_people_need_not_be_answered(
    silent: str, left_to_people: str, numbers: set[str], database: Path
) -> None:
    assert broken(database, LEFT_TO_PEOPLE, silent, left_to_people=left_to_people) == numbers


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


def refusal(at: int) -> dict[str, object]:
    """Write the log line of a call that X refused until second 100."""
    return call(at) | {"status": 429, "resets_at": 100}


def call(at: int) -> dict[str, object]:
    """Write the log line of a call, at a time in seconds."""
    at_ms = str(at * 1_000)
    line = {"n": 1, "kind": "request", "route": "r", "user_id": "1", "status": 200}
    return line | {"at": at_ms, "received_at": at_ms}


@pytest.mark.parametrize(
    ("lines", "n_early"),
    [
        ([refusal(10), call(100)], 0),
        ([refusal(10), call(50), call(100)], 1),
        ([refusal(10), call(11)], 0),  # in flight already
        ([refusal(10), call(50) | {"route": "other"}], 0),
        ([refusal(10), call(50) | {"user_id": "2"}], 0),
        ([call(5), refusal(10), refusal(60), call(99)], 2),
    ],
)
def test_a_call_before_its_window_opens_is_found(
    lines: list[dict[str, object]], n_early: int, database: Path
) -> None:
    log = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    truth = ledger.read(log, account_id=UserId("1"), app_id="a")
    found = [fault.split(":")[0] for fault in ledger.broken(truth, database)]
    assert found == ["L9"] * n_early


@pytest.mark.parametrize(
    ("seconds", "n_beyond"),
    [([0, 1, 2], 0), ([0, 1, 2, 3], 1), ([0, 1, 2, 60], 0), ([0, 59, 60, 61, 62, 119], 1)],
)
def test_more_calls_in_a_window_than_x_allows_are_found(
    seconds: list[int], n_beyond: int, database: Path
) -> None:
    log = b"".join(json.dumps(call(at)).encode() + b"\n" for at in seconds)
    truth = replace(
        ledger.read(log, account_id=UserId("1"), app_id="a"),
        limits={"r": Limit(3, timedelta(seconds=60))},
    )
    found = [fault.split(":")[0] for fault in ledger.broken(truth, database)]
    assert found == ["L9"] * n_beyond


CLAIM = "UPDATE conversations SET fence = {}, lease_until = 9"
EVENT = event("1", "message_received", "10").replace("'done'", "'pending'")
SETTLE = "UPDATE events SET state = 'done'"
END = "UPDATE conversations SET lease_until = NULL"


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([CLAIM.format(1), SECOND_ANSWER, SETTLE, END, CLAIM.format(2), END], ""),
        ([CLAIM.format(1), CLAIM.format(2)], "claimed under fence 2 while 1 had the lease"),
        ([CLAIM.format(2), END, CLAIM.format(1)], "the fence went from 2 to 1"),
        ([CLAIM.format(1), END, SECOND_ANSWER, SETTLE], ""),  # nobody has claimed since
        ([CLAIM.format(1), SETTLE, END, SECOND_ANSWER], "effect under fence 1 after its events"),
        ([CLAIM.format(1), SETTLE, SECOND_ANSWER], "effect under fence 1 after its events"),
    ],
)
def test_turns_that_overlap_are_found_in_the_trace(
    steps: list[str], said: str, database: Path
) -> None:
    with closing(sqlite3.connect(database)) as connection:
        for sql in (*ledger_trace.SQLITE, CONVERSATION, EVENT, *steps):
            connection.execute(sql)
        connection.commit()
    truth = ledger.read(b"", account_id=UserId("1"), app_id="a")
    found = [fault for fault in ledger.broken(truth, database) if fault.startswith("L5")]
    assert len(found) == bool(said), found
    assert said in "".join(found)
