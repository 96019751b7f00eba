"""The ledger: what X knows against what the database knows, at rest, after whatever happened.

It sees only the simulator's truth log and the database, never the application. Each invariant
has its number; `broken` tells which do not hold, and of what.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import asyncpg
import msgspec

from roost.model.ids import ConversationId, UserId, conversation_between

INVARIANTS = {
    "L1": "every delivery X saw acknowledged is stored exactly once",
    "L2": "every message that exists at X is in the transcript exactly once",
    "L3": "no event is left waiting, and none was handled twice",
    "L4": "the transcript is in X's order",
    "L6": "every sent message is at X once, under its id, to the right person",
    "L7": "every message X has from our app belongs to exactly one outbox entry",
    "L8": "no send is left in doubt",
    "L10": "every accepted event is in exactly one known state",
    "L14": "the database file is sound (SQLite)",
}
"""What must hold at rest, by number."""

_SUCCESS = range(200, 300)
_STATES = {"new", "pending", "done", "ignored", "quarantined"}


class Line(msgspec.Struct, frozen=True):
    """One line of the simulator's truth log, as far as it is read here."""

    n: int
    kind: str
    event_id: str = ""
    for_user_id: str | None = None
    status: int | None = None
    message_id: str = ""
    sender_id: str = ""
    recipient_id: str = ""
    app_id: str = ""


@dataclass(frozen=True, slots=True)
class Truth:
    """What the simulator says.

    Attributes:
        lines: Its log, oldest first.
        account_id: Our account.
        app_id: Our app.
    """

    lines: Sequence[Line]
    account_id: UserId
    app_id: str

    @property
    def messages(self) -> list[Line]:
        """Messages that exist between our account and anybody."""
        ours = self.account_id
        return [
            line
            for line in self.lines
            if line.kind == "message" and ours in {line.sender_id, line.recipient_id}
        ]

    @property
    def acknowledged(self) -> set[str]:
        """Message ids whose delivery to our account was answered 2xx at least once."""
        return {
            line.event_id
            for line in self.lines
            if line.kind == "attempt"
            and line.event_id
            and line.for_user_id == self.account_id
            and line.status in _SUCCESS
        }


def read(log: bytes, *, account_id: UserId, app_id: str) -> Truth:
    """Read the simulator's log, newline-delimited JSON."""
    lines = [msgspec.json.decode(row, type=Line) for row in log.splitlines()]
    return Truth(lines, account_id, app_id)


def broken(truth: Truth, database: Path) -> list[str]:
    """Name every invariant that does not hold; empty where all do.

    Args:
        truth: What X knows.
        database: The application's SQLite file; only read.

    Returns:
        One line each, beginning with the invariant's number.
    """
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        known = Known(*(connection.execute(sql).fetchall() for sql in _QUERIES))
        return [*faults(truth, known), *_l14(connection)]


async def broken_in_postgresql(truth: Truth, dsn: str) -> list[str]:
    """Name every invariant that does not hold in a PostgreSQL database; as `broken`."""
    connection = await asyncpg.connect(dsn)
    try:
        tables = [cast("Rows", await connection.fetch(sql)) for sql in _QUERIES]
    finally:
        await connection.close()
    return faults(truth, Known(*tables))


Rows = Sequence[Sequence[str | int | None]]

_QUERIES = (
    "SELECT kind, event_key, state FROM events",
    "SELECT conversation_id, message_id FROM messages ORDER BY position",
    "SELECT outbox_id, state, message_id, recipient_id FROM outbox",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the application's database says.

    Attributes:
        events: Kind, key and state of each.
        messages: Conversation and id of each, in the order of the transcript.
        outbox: Number, state, message id and recipient of each entry.
    """

    events: Rows
    messages: Rows
    outbox: Rows


def faults(truth: Truth, known: Known) -> list[str]:
    """Name every invariant that does not hold between what X and what the database knows."""
    checks = (_l1, _l2, _l3, _l4, _l6, _l7, _l8, _l10)
    return [fault for check in checks for fault in check(truth, known)]


def _l1(truth: Truth, known: Known) -> Iterator[str]:
    stored = Counter(key for kind, key, _ in known.events if str(kind).startswith("message_"))
    for message_id in truth.acknowledged:
        if stored[message_id] != 1:
            yield f"L1: message {message_id} was acknowledged, stored {stored[message_id]} times"


def _l2(truth: Truth, known: Known) -> Iterator[str]:
    stored = Counter(message_id for _, message_id in known.messages)
    for line in truth.messages:
        if stored[line.message_id] != 1:
            yield f"L2: message {line.message_id} is in the transcript {stored[line.message_id]}x"


def _l3(truth: Truth, known: Known) -> Iterator[str]:
    del truth
    for kind, key, state in known.events:
        if state in {"new", "pending"}:
            yield f"L3: {kind} {key} is left {state}"
    for (kind, key), n in Counter((kind, key) for kind, key, _ in known.events).items():
        if n > 1:
            yield f"L3: {kind} {key} is stored {n} times"


def _l4(truth: Truth, known: Known) -> Iterator[str]:
    for conversation_id, theirs in _by_conversation(truth).items():
        ours = [message_id for of, message_id in known.messages if of == conversation_id]
        if ours != [one for one in theirs if one in set(ours)]:
            yield f"L4: the transcript of {conversation_id} is not in X's order"


def _l6(truth: Truth, known: Known) -> Iterator[str]:
    at_x = {line.message_id: line for line in truth.messages}
    for outbox_id, message_id, recipient_id in _sent(known):
        line = at_x.get(str(message_id))
        if line is None or line.sender_id != truth.account_id:
            yield f"L6: entry {outbox_id} was sent as {message_id}, which X does not have"
        elif line.recipient_id != recipient_id:
            yield f"L6: entry {outbox_id} went to {line.recipient_id} instead of {recipient_id}"


def _l7(truth: Truth, known: Known) -> Iterator[str]:
    linked = Counter(message_id for _, message_id, _ in _sent(known))
    for line in truth.messages:
        is_ours = (line.sender_id, line.app_id) == (truth.account_id, truth.app_id)
        if is_ours and linked[line.message_id] != 1:
            n = linked[line.message_id]
            yield f"L7: X has {line.message_id} from us, {n} outbox entries know of it"


def _l8(truth: Truth, known: Known) -> Iterator[str]:
    del truth
    for outbox_id, state, _, _ in known.outbox:
        if state in {"queued", "sending", "uncertain"}:
            yield f"L8: entry {outbox_id} is left {state}"


def _l10(truth: Truth, known: Known) -> Iterator[str]:
    del truth
    for state in {str(state) for _, _, state in known.events} - _STATES:
        yield f"L10: there is no state {state}"


def _l14(connection: sqlite3.Connection) -> Iterator[str]:
    for (said,) in connection.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield f"L14: {said}"
    for row in connection.execute("PRAGMA foreign_key_check"):
        yield f"L14: a reference leads nowhere: {row}"


def _sent(known: Known) -> Rows:
    return [(n, message, to) for n, state, message, to in known.outbox if state == "sent"]


def _by_conversation(truth: Truth) -> dict[ConversationId, list[str]]:
    found: dict[ConversationId, list[str]] = {}
    for line in sorted(truth.messages, key=lambda line: int(line.message_id)):
        others: Iterable[str] = {line.sender_id, line.recipient_id} - {truth.account_id}
        for other in others:
            conversation = conversation_between(truth.account_id, UserId(other))
            found.setdefault(conversation, []).append(line.message_id)
    return found
