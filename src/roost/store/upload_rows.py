"""The `uploads` table, and what is done with it inside a transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Table,
    and_,
    bindparam,
    case,
    func,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from roost.model.budgets import LONGEST_WINDOW
from roost.model.ids import UserId
from roost.model.uploads import Upload, Uploaded
from roost.store import encoding
from roost.store.columns import counted, further_text, metadata, text_column, whole
from roost.store.expressions import is_abandoned
from roost.store.statements import Command, Query, Session, fixed

uploads = Table(
    "uploads",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("digest", primary_key=True),
    further_text("media_id"),
    whole("good_until"),
    counted("tries"),
    whole("next_at"),
    further_text("refusal"),
    Column("held_by", BigInteger),
)
"""What X has of files that bots' messages carry. X forgets them after a day."""

_THIS = (uploads.c.account_id == bindparam("account"), uploads.c.digest == bindparam("of"))
_now = bindparam("now", type_=BigInteger)
_next = bindparam("next", type_=BigInteger)

FIND = Query[tuple[str, int, int, int, str]](
    select(
        uploads.c.media_id,
        uploads.c.good_until,
        uploads.c.tries,
        uploads.c.next_at,
        uploads.c.refusal,
    ).where(*_THIS)
)

_new = insert(uploads).values(
    account_id=bindparam("account"),
    digest=bindparam("of"),
    media_id=fixed(""),
    good_until=fixed(0),
    tries=fixed(1),
    next_at=_next,
    refusal=fixed(""),
    held_by=func.coalesce(bindparam("holder", type_=BigInteger), fixed(0)),
)
TAKE = Command(
    _new.on_conflict_do_update(
        index_elements=[uploads.c.account_id, uploads.c.digest],
        set_={
            "tries": uploads.c.tries + fixed(1),
            "next_at": _new.excluded.next_at,
            "refusal": fixed(""),
            "held_by": _new.excluded.held_by,
        },
        where=and_(
            or_(
                uploads.c.next_at <= _now,
                uploads.c.next_at > bindparam("no_wait", type_=BigInteger),
            ),
            uploads.c.good_until <= _now,
        ),
    )
)

FINISH = Command(
    update(uploads)
    .where(*_THIS)
    .values(
        media_id=bindparam("at_x"),
        good_until=bindparam("until", type_=BigInteger),
        tries=fixed(0),
        next_at=fixed(0),
        refusal=fixed(""),
        held_by=null(),
    )
)

POSTPONE = Command(
    update(uploads)
    .where(*_THIS)
    .values(
        next_at=_next,
        refusal=bindparam("why"),
        tries=case((bindparam("why") != fixed(""), fixed(0)), else_=uploads.c.tries),
        held_by=null(),
    )
)

FORGET = Command(
    update(uploads)
    .where(uploads.c.account_id == bindparam("account"), uploads.c.media_id == bindparam("at_x"))
    .values(good_until=fixed(0))
)

PARDON = Command(
    update(uploads)
    .where(uploads.c.account_id == bindparam("account"), uploads.c.refusal != fixed(""))
    .values(next_at=fixed(0), refusal=fixed(""))
)

RELEASE_ABANDONED = Command(
    update(uploads)
    .where(uploads.c.held_by.is_not(None), is_abandoned(uploads.c.held_by))
    .values(next_at=fixed(0), held_by=null())
)


class StoredUploads:
    """`roost.ports.UploadRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def find(self, account_id: UserId, digest: str) -> Upload | None:
        """Give how far a file's upload is; `None` where it was never begun."""
        rows = await self._session.rows(FIND, {"account": account_id, "of": digest})
        for media_id, good_until, tries, next_at, refusal in rows:
            good, again = encoding.moment(good_until), encoding.moment(next_at)
            return Upload(media_id, good, tries, again, refusal)
        return None

    async def take(
        self, account_id: UserId, digest: str, *, now: datetime, until: datetime
    ) -> bool:
        """Take the upload of a file for this process; false where somebody else may be at it."""
        taken = await self._session.run(
            TAKE,
            {
                "account": account_id,
                "of": digest,
                "now": encoding.milliseconds(now),
                "no_wait": encoding.milliseconds(now + LONGEST_WINDOW),
                "next": encoding.milliseconds_not_before(until),
                "holder": self._session.holder,
            },
        )
        return bool(taken)

    async def finish(
        self, account_id: UserId, digest: str, uploaded: Uploaded, *, at: datetime
    ) -> None:
        """Note what X has, from `at` on."""
        await self._session.run(
            FINISH,
            {
                "account": account_id,
                "of": digest,
                "at_x": uploaded.media_id,
                "until": encoding.milliseconds(at + uploaded.good_for),
            },
        )

    async def postpone(
        self, account_id: UserId, digest: str, until: datetime, *, refusal: str = ""
    ) -> None:
        """Let nobody begin an upload before then; with a refusal, the next counts from 1."""
        await self._session.run(
            POSTPONE,
            {
                "account": account_id,
                "of": digest,
                "next": encoding.milliseconds_not_before(until),
                "why": refusal,
            },
        )

    async def forget(self, account_id: UserId, media_id: str) -> None:
        """Forget what X says it does not have, or does not take any more."""
        await self._session.run(FORGET, {"account": account_id, "at_x": media_id})

    async def pardon(self, account_id: UserId) -> None:
        """Let files of an account that were given up be uploaded again at once."""
        await self._session.run(PARDON, {"account": account_id})

    async def release_abandoned(self) -> int:
        """Let uploads that a process now gone has taken be begun at once; how many."""
        return await self._session.run(RELEASE_ABANDONED, {"holder": self._session.holder})
