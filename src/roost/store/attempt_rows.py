"""The table `attempts`, in which every process counts who tries to get in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Index,
    Table,
    bindparam,
    delete,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from roost.ports.attempts import Shut
from roost.store import encoding
from roost.store.columns import metadata, text_column, whole
from roost.store.statements import Command, Query, Session, fixed

attempts = Table(
    "attempts",
    metadata,
    text_column("name", primary_key=True),
    whole("n"),
    whole("opens_at"),
    whole("at"),
    Index("attempts_latest", "at", "name"),
)
"""Attempts since the last success, by a name that tells nothing, when the last one was, and from
when on another one is let through. Times are those of the wall."""

_THIS = attempts.c.name == bindparam("name")
_now = bindparam("now", type_=BigInteger)

_new = insert(attempts).values(name=bindparam("name"), n=fixed(1), opens_at=fixed(0), at=_now)
BEGIN = Query[tuple[int]](
    _new.on_conflict_do_update(
        index_elements=[attempts.c.name],
        set_={"n": attempts.c.n + fixed(1), "at": _new.excluded.at},
        where=attempts.c.opens_at <= _new.excluded.at,
    ).returning(attempts.c.n)
)
OPENS_AT = Query[tuple[int]](select(attempts.c.opens_at).where(_THIS))
SHUT = Command(update(attempts).where(_THIS).values(opens_at=bindparam("until", type_=BigInteger)))
FORGET = Command(delete(attempts).where(_THIS))

_latest = attempts.alias("latest")
_last_kept = (
    select(_latest.c.at, _latest.c.name)
    .order_by(_latest.c.at.desc(), _latest.c.name.desc())
    .limit(literal_column("1", BigInteger))
    .offset(bindparam("most", type_=BigInteger))
)
KEEP = Command(
    delete(attempts).where(
        or_(
            attempts.c.at < bindparam("since", type_=BigInteger),
            tuple_(attempts.c.at, attempts.c.name) <= _last_kept.scalar_subquery(),
        )
    )
)


class StoredAttempts:
    """`roost.ports.attempts.AttemptRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def begin(self, name: str, *, at: datetime) -> int | Shut:
        """Count an attempt, unless the name is shut: how many there were, or until when it is."""
        now = encoding.milliseconds(at)
        counted = await self._session.rows(BEGIN, {"name": name, "now": now})
        if counted:
            return counted[0][0]
        ((until,),) = await self._session.rows(OPENS_AT, {"name": name})
        return Shut(encoding.moment(until))

    async def shut(self, name: str, *, until: datetime) -> None:
        """Let no further attempt through before a time."""
        at = encoding.milliseconds_not_before(until)
        await self._session.run(SHUT, {"name": name, "until": at})

    async def forget(self, name: str) -> None:
        """Forget every attempt under a name."""
        await self._session.run(FORGET, {"name": name})

    async def keep(self, *, most: int, since: datetime) -> None:
        """Forget names last tried before a time, and of the others all but the latest `most`."""
        await self._session.run(KEEP, {"most": most, "since": encoding.milliseconds(since)})
