"""The trace of fences: what the database saw of claims, effects and ends, written by triggers.

The application knows nothing of it. Each row is part of the transaction it tells of, so a commit
that never was leaves none, and within a conversation the rows are in the order of commits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from roost.testing.ledger_database import Database, typed

_CLAIM = """
INSERT INTO ledger_trace (account_id, conversation_id, what, fence, before, leased)
VALUES (NEW.account_id, NEW.conversation_id, 'claim', NEW.fence, OLD.fence,
        CASE WHEN OLD.lease_until IS NULL THEN 0 ELSE 1 END);
"""
_UNDER_LEASE = """
INSERT INTO ledger_trace (account_id, conversation_id, what, fence, before, leased)
SELECT account_id, conversation_id, '?', fence, fence,
       CASE WHEN lease_until IS NULL THEN 0 ELSE 1 END
FROM conversations
WHERE account_id = NEW.account_id AND conversation_id = NEW.conversation_id;
"""
_WATCHED = (
    ("claim", "UPDATE ON conversations", "OLD.fence <> NEW.fence", _CLAIM),
    ("effect", "INSERT ON outbox", "1 = 1", _UNDER_LEASE.replace("?", "effect")),
    (
        "settle",
        "UPDATE ON events",
        "OLD.state = 'pending' AND NEW.state IN ('done', 'quarantined')",
        _UNDER_LEASE.replace("?", "settle"),
    ),
)


def _in_sqlite(name: str, when: str, condition: str, action: str) -> str:
    return f"CREATE TRIGGER ledger_{name} AFTER {when} WHEN {condition} BEGIN {action} END"


def _in_postgresql(name: str, when: str, condition: str, action: str) -> str:
    return (
        f"CREATE FUNCTION ledger_{name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {action} RETURN NULL; END $$;"
        f" CREATE TRIGGER ledger_{name} AFTER {when} FOR EACH ROW WHEN ({condition})"
        f" EXECUTE FUNCTION ledger_{name}()"
    )


SQLITE = (
    (
        "CREATE TABLE ledger_trace (seq INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT,"
        " conversation_id TEXT, what TEXT, fence INTEGER, before INTEGER, leased INTEGER)"
    ),
    *(_in_sqlite(*watched) for watched in _WATCHED),
)
"""Statements that let a migrated SQLite file keep the trace."""

POSTGRESQL = (
    (
        "CREATE TABLE ledger_trace (seq BIGSERIAL PRIMARY KEY, account_id TEXT,"
        " conversation_id TEXT, what TEXT, fence BIGINT, before BIGINT, leased BIGINT)"
    ),
    *(_in_postgresql(*watched) for watched in _WATCHED),
)
"""Statements that let a migrated PostgreSQL database keep the trace."""


class Step(msgspec.Struct, frozen=True, array_like=True):
    """One row of the trace.

    Attributes:
        account_id: Whose conversation.
        conversation_id: Which.
        what: `claim`, `effect` (a message was queued) or `settle` (an event was ended).
        fence: The conversation's fence then.
        before: Its fence before a claim.
        leased: 1 where it was leased; of a claim, before the claim.
    """

    account_id: str
    conversation_id: str
    what: str
    fence: int
    before: int
    leased: int


def overlaps(database: Database) -> Iterator[str]:
    """Say where turns overlapped or a stale fence was honoured; nothing where there is no trace."""
    if "ledger_trace" not in database.tables():
        return
    traced = (
        "SELECT account_id, conversation_id, what, fence, before, leased FROM ledger_trace"
        " ORDER BY account_id, conversation_id, seq"
    )
    steps = typed(database, traced, Step)
    for (_, conversation), group in groupby(
        steps, key=lambda step: (step.account_id, step.conversation_id)
    ):
        for fault in faults_in(list(group)):
            yield f"{conversation}: {fault}"


def faults_in(steps: Sequence[Step]) -> Iterator[str]:
    """Judge one conversation's steps, in order.

    A turn whose lease has ended may still be committed while nobody else has claimed: only a claim
    raises the fence. After that its effects come under a fence whose events are settled already.
    """
    settled = -1
    for step in steps:
        match step.what:
            case "claim" if step.fence <= step.before:
                yield f"the fence went from {step.before} to {step.fence}"
            case "claim" if step.leased:
                yield f"claimed under fence {step.fence} while {step.before} had the lease"
            case "effect" if step.fence == settled:
                yield f"effect under fence {step.fence} after its events were settled"
            case "settle":
                settled = step.fence
            case _:
                pass
