"""A database that is older than what X has, inside a transaction."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import BigInteger, bindparam, case, delete, func, null, select, update

from roost.model.events import MessageReceived, MessageSent
from roost.model.ids import ConversationId, UserId
from roost.ports import LastSeen, Marked, SentMessage
from roost.ports.restoring import Sends
from roost.store import encoding
from roost.store.dialog_tables import timers
from roost.store.expressions import is_among
from roost.store.gap_tables import last_seen
from roost.store.held_statements import OPEN, RESTORED
from roost.store.message_rows import UNLINKED
from roost.store.outbox_rows import entry_of
from roost.store.outbox_statements import SENT
from roost.store.statements import Command, Query, Session, fixed
from roost.store.tables import accounts, apps, changes, events, feed, messages, outbox

NOT_HANDLED = "not handled when the backup was made: it may have been since"
"""Why an event was set aside when its database was restored."""

_NOT_HANDLED = (fixed("new"), fixed("pending"))
_OF_CUSTOMERS = fixed("message_received")

HELD = Query[tuple[str, bytes]](
    select(events.c.kind, events.c.payload)
    .where(events.c.account_id == bindparam("account"), events.c.state == fixed("held"))
    .order_by(events.c.position, events.c.event_key)
)

APP = Query[tuple[str]](
    select(apps.c.app_id)
    .select_from(accounts.join(apps, apps.c.app_key == accounts.c.app_key))
    .where(accounts.c.account_id == bindparam("account"))
)

NOTE_HISTORY = Command(
    update(events)
    .where(
        events.c.account_id == bindparam("account"),
        events.c.kind == _OF_CUSTOMERS,
        events.c.state == fixed("held"),
        is_among(events.c.event_key),
    )
    .values(is_history=fixed(1))
)

SEEN = Query[tuple[str, int, int, int]](
    select(
        last_seen.c.account_id, last_seen.c.connected_at, last_seen.c.ok_at, last_seen.c.swept_at
    ).order_by(last_seen.c.account_id)
)

# Nobody has a position in a feed that begins; and where PostgreSQL's numbers begin anew too, what
# is of before would come up once they have reached it.
EMPTY_FEED = Command(delete(changes))

BEGIN_FEED = Command(update(feed).values(feed_epoch=bindparam("epoch")))

_highest = (
    select(func.max(messages.c.position))
    .where(
        messages.c.account_id == outbox.c.account_id,
        messages.c.conversation_id == outbox.c.conversation_id,
    )
    .scalar_subquery()
)

DOUBT = Command(
    update(outbox)
    .where(outbox.c.state.in_(OPEN))
    .values(
        state=fixed("queued"),
        reason=fixed(RESTORED),
        due_at=null(),
        held_by=null(),
        attempted_at=bindparam("at", type_=BigInteger),
        # What was tried before the backup may have arrived since then too.
        baseline=case(
            (outbox.c.attempts == fixed(0), func.coalesce(_highest, fixed(0))),
            else_=outbox.c.baseline,
        ),
    )
)

_other = outbox.alias("other")
DOUBT_FIRST = Command(
    update(outbox)
    .where(
        outbox.c.state == fixed("queued"),
        outbox.c.reason == fixed(RESTORED),
        outbox.c.outbox_id
        == select(func.min(_other.c.outbox_id))
        .where(
            _other.c.account_id == outbox.c.account_id,
            _other.c.conversation_id == outbox.c.conversation_id,
            _other.c.state.in_(OPEN),
        )
        .scalar_subquery(),
    )
    .values(state=fixed("uncertain"))
)

HOLD = Command(
    update(events)
    .where(events.c.state.in_(_NOT_HANDLED), events.c.kind == _OF_CUSTOMERS)
    .values(state=fixed("held"))
)

SET_ASIDE = Command(
    update(events)
    .where(
        events.c.state.in_(_NOT_HANDLED),
        events.c.kind.not_in([_OF_CUSTOMERS, fixed("message_sent")]),
    )
    .values(state=fixed("quarantined"), reason=bindparam("why"))
)

DROP_TIMERS = Command(delete(timers).where(timers.c.due_at <= bindparam("at", type_=BigInteger)))


class StoredRestoring:
    """`roost.ports.RestoringRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def held(self, account_id: UserId) -> Sequence[MessageReceived | MessageSent]:
        """Give what passes have held back of an account, by position."""
        rows = await self._session.rows(HELD, {"account": account_id})
        found = [encoding.decode_event(kind, payload) for kind, payload in rows]
        return [one for one in found if isinstance(one, MessageReceived | MessageSent)]

    async def app_of(self, account_id: UserId) -> str:
        """Give X's id of an account's app; `""` where that is not known."""
        rows = await self._session.rows(APP, {"account": account_id})
        return rows[0][0] if rows else ""

    async def unlinked(
        self, account_id: UserId, conversation_id: ConversationId, *, after: int
    ) -> Sequence[SentMessage]:
        """Give our messages above a position, by position, that no outbox entry is linked to."""
        rows = await self._session.rows(
            UNLINKED, {"account": account_id, "conversation": conversation_id, "baseline": after}
        )
        return [
            SentMessage(position, encoding.decode_message(payload)) for position, payload in rows
        ]

    async def sends(
        self, account_id: UserId, conversation_id: ConversationId, message_ids: Collection[str]
    ) -> Sends:
        """Tell what the outbox knows of messages, and what it may have sent, at one moment."""
        # One statement: between two of them another process may store that it has sent one.
        rows = await self._session.rows(
            SENT,
            {
                "account": account_id,
                "conversation": conversation_id,
                "keys": _json(message_ids),
            },
        )
        known = frozenset(message_id for message_id, *_ in rows if message_id is not None)
        return Sends(known, [entry_of(row[1:]) for row in rows if row[0] is None])

    async def note_history(self, account_id: UserId, message_ids: Collection[str]) -> None:
        """Have messages that are held back filed as history, which wakes no bot."""
        await self._session.run(NOTE_HISTORY, {"account": account_id, "keys": _json(message_ids)})

    async def seen(self) -> Sequence[tuple[UserId, LastSeen]]:
        """Give every account that was ever connected, and what is known of it."""
        rows = await self._session.rows(SEEN, {})
        return [(UserId(one), LastSeen(*map(encoding.moment, times))) for one, *times in rows]

    async def mark(self, at: datetime) -> Marked:
        """Take nothing of what has not ended for granted, and begin a new change feed."""
        now = encoding.milliseconds(at)
        await self._session.run(EMPTY_FEED, {})
        await self._session.run(BEGIN_FEED, {"epoch": secrets.token_hex(8)})
        n_sends = await self._session.run(DOUBT, {"at": now})
        await self._session.run(DOUBT_FIRST, {})
        return Marked(
            n_sends,
            n_received=await self._session.run(HOLD, {}),
            n_set_aside=await self._session.run(SET_ASIDE, {"why": NOT_HANDLED}),
            n_timers=await self._session.run(DROP_TIMERS, {"at": now}),
        )


def _json(ids: Collection[str]) -> str:
    return msgspec.json.encode(sorted(ids)).decode()
