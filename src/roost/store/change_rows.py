"""The `changes` table: written inside a transaction, read by live pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, bindparam, insert, literal_column, select, true, tuple_

from roost.store import encoding
from roost.store.columns import XID
from roost.store.expressions import FIRST_OPEN_TRANSACTION, THIS_TRANSACTION
from roost.store.statements import Command, Query, Session
from roost.store.tables import changes, feed


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """A place in the change feed.

    Attributes:
        feed_epoch: Names the database. A reader that comes with another one must start afresh.
        xid: The transaction's number; always 0 in SQLite.
        seq: Rises within a transaction. Numbers are never used twice, but some are missing where
            a transaction was undone. With `xid` 0, 0 is before the first change.
    """

    feed_epoch: str
    xid: int
    seq: int


@dataclass(frozen=True, slots=True)
class Resync:
    """The answer to a reader that has followed another database, such as one since restored.

    Attributes:
        position: From where to follow, once everything has been read afresh.
    """

    position: FeedPosition


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the feed.

    Attributes:
        position: Its place, after which the reader goes on.
        account_id: Whose.
        kind: What changed, for example `message`.
        conversation_id: Where; `""` where in no conversation.
        ref: What exactly, in the kind's own terms; `""` for nothing more to say.
        at: When, by the service's clock.
    """

    position: FeedPosition
    account_id: str
    kind: str
    conversation_id: str
    ref: str
    at: datetime


APPEND = Command(
    insert(changes)
    .values(
        {
            **{
                name: bindparam(name)
                for name in ("account_id", "kind", "conversation_id", "ref", "at")
            },
            "xid": THIS_TRANSACTION,
        }
    )
    .inline()
)

_is_final = changes.c.xid < FIRST_OPEN_TRANSACTION
"""Numbers are not handed out in the order of commits. Nothing can yet come in before these."""

AFTER = Query[tuple[str, int, int, str, str, str, str, int]](
    select(
        feed.c.feed_epoch,
        changes.c.xid,
        changes.c.seq,
        changes.c.account_id,
        changes.c.kind,
        changes.c.conversation_id,
        changes.c.ref,
        changes.c.at,
    )
    .join_from(changes, feed, feed.c.feed_epoch == bindparam("feed_epoch"))
    .where(
        tuple_(changes.c.xid, changes.c.seq)
        > tuple_(bindparam("xid", type_=XID), bindparam("seq", type_=BigInteger)),
        _is_final,
    )
    .order_by(changes.c.xid, changes.c.seq)
    .limit(bindparam("limit"))
)

_last = (
    select(changes.c.xid, changes.c.seq)
    .where(_is_final)
    .order_by(changes.c.xid.desc(), changes.c.seq.desc())
    .limit(literal_column("1", BigInteger))
    .subquery("last")
)

POSITION = Query[tuple[str, int | None, int | None]](
    select(feed.c.feed_epoch, _last.c.xid, _last.c.seq).join_from(feed, _last, true(), isouter=True)
)


class StoredChanges:
    """`roost.ports.ChangeRows` on any database."""

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


def change_of(row: tuple[str, int, int, str, str, str, str, int]) -> Change:
    """Read a row of `AFTER`."""
    feed_epoch, xid, seq, account_id, kind, conversation_id, ref, at = row
    position = FeedPosition(feed_epoch, xid, seq)
    return Change(position, account_id, kind, conversation_id, ref, encoding.moment(at))


def position_of(row: tuple[str, int | None, int | None]) -> FeedPosition:
    """Read the row of `POSITION`."""
    feed_epoch, xid, seq = row
    return FeedPosition(feed_epoch, xid or 0, seq or 0)
