"""The tables `voices`, `drafts` and `canned_replies`: written in transactions, looked up beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from roost.model.budgets import SEND, Window
from roost.model.ids import UserId
from roost.model.people import PersonId
from roost.ports.composing import CannedReply, DraftKey, Voice
from roost.store import encoding
from roost.store.composing_tables import canned_replies, drafts, voices
from roost.store.statements import Command, Parameters, Query, Reading, Session
from roost.store.tables import budgets

_new_voice = insert(voices)
PUT_VOICE = Command(
    _new_voice.on_conflict_do_update(
        index_elements=[voices.c.account_id, voices.c.person_id],
        set_={"profile_id": _new_voice.excluded.profile_id, "name": _new_voice.excluded.name},
    )
)
DROP_VOICE = Command(
    delete(voices).where(
        voices.c.account_id == bindparam("account"), voices.c.person_id == bindparam("person")
    )
)
DROP_PROFILE = Command(
    delete(voices).where(
        voices.c.account_id == bindparam("account"), voices.c.profile_id == bindparam("profile")
    )
)
VOICES = Query[tuple[str, str, str]](
    select(voices.c.person_id, voices.c.profile_id, voices.c.name).where(
        voices.c.account_id == bindparam("account")
    )
)

_DRAFT = (
    drafts.c.account_id == bindparam("account"),
    drafts.c.conversation_id == bindparam("conversation"),
    drafts.c.person_id == bindparam("person"),
)
_new_draft = insert(drafts)
PUT_DRAFT = Command(
    _new_draft.on_conflict_do_update(
        index_elements=[drafts.c.account_id, drafts.c.conversation_id, drafts.c.person_id],
        set_={"content": _new_draft.excluded.content, "at": _new_draft.excluded.at},
    )
)
DROP_DRAFT = Command(delete(drafts).where(*_DRAFT))
_AS_READ = drafts.c.content == bindparam("as_read", type_=LargeBinary)
PUT_DRAFT_OVER = Command(
    update(drafts)
    .where(*_DRAFT, _AS_READ)
    .values(content=bindparam("content"), at=bindparam("at", type_=BigInteger))
)
DROP_DRAFT_AS = Command(delete(drafts).where(*_DRAFT, _AS_READ))
DRAFT = Query[tuple[bytes]](select(drafts.c.content).where(*_DRAFT))

_CANNED = (
    canned_replies.c.account_id == bindparam("account"),
    canned_replies.c.canned_id == bindparam("canned"),
)
_same_name = canned_replies.alias("same_name")
NAME_TAKEN = Query[tuple[str]](
    select(_same_name.c.canned_id).where(
        _same_name.c.account_id == bindparam("account"),
        _same_name.c.name == bindparam("wanted"),
        _same_name.c.canned_id != bindparam("canned"),
    )
)
_new_canned = insert(canned_replies)
PUT_CANNED = Command(
    _new_canned.on_conflict_do_update(
        index_elements=[canned_replies.c.account_id, canned_replies.c.canned_id],
        set_={name: _new_canned.excluded[name] for name in ("name", "text", "at")},
    )
)
DROP_CANNED = Command(delete(canned_replies).where(*_CANNED))
CANNED = Query[tuple[str, str, str]](
    select(canned_replies.c.canned_id, canned_replies.c.name, canned_replies.c.text)
    .where(canned_replies.c.account_id == bindparam("account"))
    .order_by(canned_replies.c.name)
)

SENDS = Query[tuple[int, int, int, int]](
    select(budgets.c.most, budgets.c.used, budgets.c.ends_at, budgets.c.shut_until).where(
        budgets.c.account_id == bindparam("account"), budgets.c.route == bindparam("of_route")
    )
)


class StoredComposing:
    """`roost.ports.composing.ComposingRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put_voice(self, account_id: UserId, person_id: PersonId, voice: Voice) -> None:
        """Have a person speak under a profile from now on."""
        await self._session.run(
            PUT_VOICE,
            {
                "account_id": account_id,
                "person_id": person_id,
                "profile_id": voice.profile_id,
                "name": voice.name,
            },
        )

    async def drop_voice(self, account_id: UserId, person_id: PersonId) -> None:
        """Have a person sign what they write instead; nothing where they do."""
        await self._session.run(DROP_VOICE, {"account": account_id, "person": person_id})

    async def drop_profile(self, account_id: UserId, profile_id: str) -> None:
        """Have everybody who speaks under a profile sign instead; nothing where nobody does."""
        await self._session.run(DROP_PROFILE, {"account": account_id, "profile": profile_id})

    async def put_draft(self, key: DraftKey, content: bytes, *, at: datetime) -> None:
        """Keep what is written so far in place of what was kept before."""
        await self._session.run(
            PUT_DRAFT,
            {
                "account_id": key.account_id,
                "conversation_id": key.conversation_id,
                "person_id": key.person_id,
                "content": content,
                "at": encoding.milliseconds(at),
            },
        )

    async def drop_draft(self, key: DraftKey) -> None:
        """Forget what was written; nothing where there is none."""
        await self._session.run(DROP_DRAFT, _parameters(key))

    async def replace_draft(
        self, key: DraftKey, as_read: bytes, content: bytes | None, *, at: datetime
    ) -> None:
        """Keep something else, or, with `None`, nothing, unless the draft was changed meanwhile."""
        where = {**_parameters(key), "as_read": as_read}
        if content is None:
            await self._session.run(DROP_DRAFT_AS, where)
            return
        new = {"content": content, "at": encoding.milliseconds(at)}
        await self._session.run(PUT_DRAFT_OVER, {**where, **new})

    async def put_canned(self, account_id: UserId, canned: CannedReply, *, at: datetime) -> bool:
        """Store a canned reply, or replace the one with its id; false where the name is taken.

        Of two transactions that give one name at the same time, the database refuses the second.
        """
        wanted: Parameters = {
            "account": account_id,
            "wanted": canned.name,
            "canned": canned.canned_id,
        }
        if await self._session.rows(NAME_TAKEN, wanted):
            return False
        await self._session.run(
            PUT_CANNED,
            {
                "account_id": account_id,
                "canned_id": canned.canned_id,
                "name": canned.name,
                "text": canned.text,
                "at": encoding.milliseconds(at),
            },
        )
        return True

    async def drop_canned(self, account_id: UserId, canned_id: str) -> bool:
        """Remove a canned reply; false where there is none."""
        gone = await self._session.run(DROP_CANNED, {"account": account_id, "canned": canned_id})
        return bool(gone)


class StoredComposingLookup:
    """`roost.ports.composing.ComposingLookup` on any database."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def voices(self, account_id: UserId) -> Mapping[PersonId, Voice]:
        """Give everybody's profile who has one."""
        rows = await self._reading.rows(VOICES, {"account": account_id})
        return {PersonId(person): Voice(profile, name) for person, profile, name in rows}

    async def draft(self, key: DraftKey) -> bytes | None:
        """Give what was written; `None` where nothing is kept."""
        rows = await self._reading.rows(DRAFT, _parameters(key))
        return rows[0][0] if rows else None

    async def canned(self, account_id: UserId) -> Sequence[CannedReply]:
        """Give an account's canned replies, by name."""
        rows = await self._reading.rows(CANNED, {"account": account_id})
        return [CannedReply(*row) for row in rows]

    async def sends(self, account_id: UserId) -> Window | None:
        """Give the window of what may be sent; `None` where nothing was sent yet."""
        rows = await self._reading.rows(SENDS, {"account": account_id, "of_route": SEND})
        if not rows:
            return None
        most, used, ends_at, shut_until = rows[0]
        return Window(most, used, encoding.moment(ends_at), encoding.moment(shut_until))


def _parameters(key: DraftKey) -> Parameters:
    return {
        "account": key.account_id,
        "conversation": key.conversation_id,
        "person": key.person_id,
    }
