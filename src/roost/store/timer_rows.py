"""The `timers` table inside a transaction."""

from __future__ import annotations

import secrets
from collections.abc import Container, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from roost.model.events import KINDS, TimerFired
from roost.model.ids import ConversationId, UserId, position_at
from roost.model.outbound import Addressee
from roost.store import encoding
from roost.store.dialog_tables import timers
from roost.store.event_rows import MOVE
from roost.store.statements import Command, Parameters, Query, Session, fixed
from roost.store.tables import conversations, events

_KEY = [timers.c.account_id, timers.c.conversation_id, timers.c.name]
_new = insert(timers)

SET = Command(
    _new.on_conflict_do_update(
        index_elements=_KEY,
        set_={name: _new.excluded[name] for name in ("event_key", "due_at", "data", "trace_id")},
    )
)

CANCEL = Command(
    delete(timers).where(
        timers.c.account_id == bindparam("account"),
        timers.c.conversation_id == bindparam("conversation"),
        timers.c.name == bindparam("timer"),
    )
)

DUE = Query[tuple[str, str, str, str, int, str, str]](
    select(*_KEY, timers.c.event_key, timers.c.due_at, timers.c.data, timers.c.trace_id)
    .where(timers.c.due_at <= bindparam("now"))
    .order_by(timers.c.due_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)

_FIRED_HERE = (
    events.c.account_id == bindparam("account"),
    events.c.conversation_id == bindparam("conversation"),
    events.c.kind == fixed(KINDS[TimerFired]),
)
_fired_here = select(events.c.event_key, events.c.payload, events.c.state)

FIRED = Query[tuple[str, bytes, str]](
    _fired_here.where(*_FIRED_HERE, events.c.state == fixed("pending"))
)

FIRED_JUST_NOW = Query[tuple[str, bytes, str]](
    _fired_here.where(*_FIRED_HERE, events.c.state == fixed("new"))
)
"""It walks over all that is unfiled, so it is for the few timers that are gone already."""

KEY_OF = Query[tuple[str]](
    select(timers.c.event_key).where(
        timers.c.account_id == bindparam("account"),
        timers.c.conversation_id == bindparam("conversation"),
        timers.c.name == bindparam("timer"),
    )
)

PUT_FIRED = Command(
    insert(events)
    .values(
        {
            **{
                name: bindparam(name)
                for name in (
                    "account_id",
                    "event_key",
                    "conversation_id",
                    "position",
                    "trace_id",
                    "received_at",
                    "payload",
                )
            },
            "kind": fixed(KINDS[TimerFired]),
            "channel": fixed("dm"),
            "dialect": fixed(""),
            "delivery_id": fixed(""),
            "state": fixed("new"),
            "reason": fixed(""),
            "attempts": fixed(0),
        }
    )
    .on_conflict_do_nothing()
)

SNOOZES_OVER = Query[tuple[str, str]](
    select(conversations.c.account_id, conversations.c.conversation_id)
    .where(
        conversations.c.snoozed_until.is_not(None),
        conversations.c.snoozed_until <= bindparam("now"),
    )
    .order_by(conversations.c.snoozed_until)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)

NEXT_DUE = Query[tuple[int | None]](select(func.min(timers.c.due_at)))


class StoredTimers:
    """`roost.ports.TimerRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def set(
        self, where: Addressee, name: str, *, due_at: datetime, data: str, trace_id: str
    ) -> None:
        """Set a timer of a conversation; one of the same name is replaced."""
        await self._session.run(
            SET,
            {
                "account_id": where.account_id,
                "conversation_id": where.conversation_id,
                "name": name,
                "event_key": secrets.token_hex(16),
                "due_at": encoding.milliseconds_not_before(due_at),
                "data": data,
                "trace_id": trace_id,
            },
        )

    async def is_replaced(self, fired: TimerFired) -> bool:
        """Tell whether a timer that has fired has been set again since."""
        rows = await self._session.rows(KEY_OF, _named(fired, fired.name))
        return bool(rows) and rows[0][0] != fired.event_key

    async def cancel(self, where: Addressee, name: str) -> bool:
        """Forget a timer; whether there was one."""
        n_rows = await self._session.run(CANCEL, _named(where, name))
        return bool(n_rows)

    async def overtake(
        self, where: Addressee, name: str, *, reason: str, sparing: Container[str] = ()
    ) -> None:
        """Keep from the bot that a timer has fired which it has cancelled, or set again, since.

        A firing that is filed later is looked at then, if the timer is set again by then.
        """
        here: Parameters = {"account": where.account_id, "conversation": where.conversation_id}
        rows = await self._session.rows(FIRED, here)
        if not await self._session.rows(KEY_OF, _named(where, name)):
            rows += await self._session.rows(FIRED_JUST_NOW, here)
        wanted = encoding.storable_text(name)
        change: Parameters = {
            "of_kind": KINDS[TimerFired],
            "new_state": "ignored",
            "why": reason,
        }
        await self._session.run_each(
            MOVE,
            [
                {"account": where.account_id, "key": key, "old_state": state, **change}
                for key, payload, state in rows
                if key not in sparing and _name_in(payload) == wanted
            ],
        )

    async def fire_due(self, limit: int, *, now: datetime) -> int:
        """Move due timers into unfiled events, the longest due first; how many there were."""
        at = encoding.milliseconds(now)
        rows = await self._session.rows(DUE, {"now": at, "limit": limit})
        await self._session.run_each(
            CANCEL,
            [
                {"account": account_id, "conversation": conversation_id, "timer": name}
                for account_id, conversation_id, name, *_ in rows
            ],
        )
        await self._session.run_each(PUT_FIRED, [_fired(row, at) for row in rows])
        return len(rows)

    async def snoozes_over(
        self, limit: int, *, now: datetime
    ) -> Sequence[tuple[UserId, ConversationId]]:
        """Give snoozed conversations of all accounts whose time has come, the longest due first."""
        due = {"now": encoding.milliseconds(now), "limit": limit}
        rows = await self._session.rows(SNOOZES_OVER, due)
        return [(UserId(account), ConversationId(conversation)) for account, conversation in rows]

    async def next_due(self) -> datetime | None:
        """Give the earliest time at which a timer is due; `None` without any."""
        ((due_at,),) = await self._session.rows(NEXT_DUE, {})
        return None if due_at is None else encoding.moment(due_at)


def _named(where: Addressee | TimerFired, name: str) -> Parameters:
    return {
        "account": where.account_id,
        "conversation": where.conversation_id,
        "timer": name,
    }


def _name_in(payload: bytes) -> str:
    try:
        event = encoding.decode_event(KINDS[TimerFired], payload)
    except encoding.UNREADABLE:
        return ""  # set aside when its turn comes
    return event.name if isinstance(event, TimerFired) else ""


def _fired(row: tuple[str, str, str, str, int, str, str], at: int) -> Parameters:
    account_id, conversation_id, name, event_key, due_at, data, trace_id = row
    due = encoding.moment(due_at)
    event, payload = encoding.encode(
        TimerFired(
            account_id=UserId(account_id),
            event_key=event_key,
            position=position_at(due),
            conversation_id=ConversationId(conversation_id),
            name=name,
            data=data,
            due_at=due,
            at=encoding.moment(at),
        )
    )
    return {
        "account_id": account_id,
        "event_key": event_key,
        "conversation_id": conversation_id,
        "position": event.position,
        "trace_id": trace_id,
        "received_at": at,
        "payload": payload,
    }
