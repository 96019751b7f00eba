"""The `changes` table: written inside a transaction, read by live pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, bindparam, insert, literal_column, select, true, tuple_, update

from roost.model.ids import UserId
from roost.ports import NewChange
from roost.ports.changes import Change, FeedPosition, Resync
from roost.store import encoding
from roost.store.arrays import Values, given, insert_many
from roost.store.columns import XID
from roost.store.expressions import FIRST_OPEN_TRANSACTION, THIS_TRANSACTION
from roost.store.statements import Command, Query, Session
from roost.store.tables import changes, feed

__all__ = ["Change", "FeedPosition", "Resync", "StoredChanges", "change_of", "position_of"]


_VALUES: Values = {
    **given("account_id", "kind", "conversation_id", "ref", "at"),
    "xid": THIS_TRANSACTION,
}
APPEND = Command(
    insert(changes).values(_VALUES).inline(), arrays=insert_many(changes, _VALUES).inline()
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


BEAT = Command(update(feed).values(beats=feed.c.beats + literal_column("1", BigInteger)))
"""Changes something, so that a commit has to be written."""


class StoredChanges:
    """`roost.ports.ChangeRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def append(
        self, account_id: str, kind: str, *, conversation_id: str, ref: str, at: datetime
    ) -> None:
        """Add one change; visible to readers only after the transaction commits."""
        await self.append_all([NewChange(UserId(account_id), kind, conversation_id, ref, at)])

    async def append_all(self, changes: Sequence[NewChange]) -> None:
        """Add changes, in this order."""
        await self._session.run_each(
            APPEND,
            [
                {
                    "account_id": one.account_id,
                    "kind": one.kind,
                    "conversation_id": one.conversation_id,
                    "ref": one.ref,
                    "at": encoding.milliseconds(one.at),
                }
                for one in changes
            ],
        )

    async def beat(self) -> None:
        """Change what means nothing, so that the commit shows what the disk takes."""
        await self._session.run(BEAT, {})


def change_of(row: tuple[str, int, int, str, str, str, str, int]) -> Change:
    """Read a row of `AFTER`."""
    feed_epoch, xid, seq, account_id, kind, conversation_id, ref, at = row
    position = FeedPosition(feed_epoch, xid, seq)
    return Change(position, account_id, kind, conversation_id, ref, encoding.moment(at))


def position_of(row: tuple[str, int | None, int | None]) -> FeedPosition:
    """Read the row of `POSITION`."""
    feed_epoch, xid, seq = row
    return FeedPosition(feed_epoch, xid or 0, seq or 0)
