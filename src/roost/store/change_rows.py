"""The `changes` table: written inside a transaction, read by live pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select

from roost.store import encoding
from roost.store.statements import Command, Query, Session, fixed
from roost.store.tables import changes, feed


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """A place in the change feed.

    Attributes:
        feed_epoch: Names the database. A reader that comes with another one must start afresh.
        xid: The transaction's number; always 0 in SQLite.
        seq: Rises in commit order; 0 is before the first change. Numbers are never used twice, but
            some are missing where a transaction was undone.
    """

    feed_epoch: str
    xid: int
    seq: int


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the feed.

    Attributes:
        seq: As in `FeedPosition`.
        account_id: Whose.
        kind: What changed, for example `message`.
        conversation_id: Where; `""` where in no conversation.
        ref: What exactly, in the kind's own terms; `""` for nothing more to say.
        at: When, by the service's clock.
    """

    seq: int
    account_id: str
    kind: str
    conversation_id: str
    ref: str
    at: datetime


APPEND = Command(
    insert(changes).values(
        {
            **{
                name: bindparam(name)
                for name in ("account_id", "kind", "conversation_id", "ref", "at")
            },
            "xid": fixed(0),
        }
    )
)

AFTER = Query[tuple[int, str, str, str, str, int]](
    select(
        changes.c.seq,
        changes.c.account_id,
        changes.c.kind,
        changes.c.conversation_id,
        changes.c.ref,
        changes.c.at,
    )
    .where(changes.c.seq > bindparam("after"))
    .order_by(changes.c.seq)
    .limit(bindparam("limit"))
)

POSITION = Query[tuple[str, int]](
    select(
        feed.c.feed_epoch,
        func.coalesce(select(func.max(changes.c.seq)).scalar_subquery(), fixed(0)),
    )
)


class StoredChanges:
    """`roost.ports.ChangeRows` on any database with one writer."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def append(
        self, account_id: str, kind: str, *, conversation_id: str, ref: str, at: datetime
    ) -> None:
        """Add one change; visible to readers only after the transaction commits."""
        await self._session.run(
            APPEND,
            {
                "account_id": account_id,
                "kind": kind,
                "conversation_id": conversation_id,
                "ref": ref,
                "at": encoding.milliseconds(at),
            },
        )


def change_of(row: tuple[int, str, str, str, str, int]) -> Change:
    """Read a row of `AFTER`."""
    seq, account_id, kind, conversation_id, ref, at = row
    return Change(seq, account_id, kind, conversation_id, ref, encoding.moment(at))
