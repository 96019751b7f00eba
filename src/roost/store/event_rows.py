"""The `events` table inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update

from roost.model.events import KINDS, TURN_EVENT_TYPES, Event, TurnEvent
from roost.model.ids import ConversationId, UserId
from roost.model.turns import Claim
from roost.ports import EventRow, PendingEvents, QuarantinedEvent
from roost.store import encoding
from roost.store.statements import Command, Parameters, Query, Session, fixed
from roost.store.tables import events

_FILED = frozenset({"pending", "done", "ignored"})
_SETTLED = frozenset({"done", "ignored", "quarantined"})

_THIS = (
    events.c.account_id == bindparam("account"),
    events.c.kind == bindparam("of_kind"),
    events.c.event_key == bindparam("key"),
)

UNFILED = Query[tuple[str, bytes, str, int, int | None]](
    select(
        events.c.kind,
        events.c.payload,
        events.c.trace_id,
        events.c.received_at,
        events.c.is_history,
    )
    .where(events.c.state == fixed("new"))
    .order_by(events.c.received_at, events.c.position)
    .limit(bindparam("limit"))
)

MOVE = Command(
    update(events)
    .where(*_THIS, events.c.state == bindparam("old_state"))
    .values(state=bindparam("new_state"), reason=bindparam("why"))
)

_PENDING_HERE = (
    events.c.account_id == bindparam("account"),
    events.c.conversation_id == bindparam("conversation"),
    events.c.state == fixed("pending"),
)

PENDING = Query[tuple[str, str, int, bytes, str]](
    select(
        events.c.kind,
        events.c.event_key,
        events.c.attempts,
        events.c.payload,
        events.c.trace_id,
    )
    .where(*_PENDING_HERE)
    .order_by(events.c.position, events.c.event_key)
    .limit(bindparam("limit"))
)

PENDING_KEYS = Query[tuple[str, str]](
    select(events.c.kind, events.c.event_key).where(*_PENDING_HERE)
)

LEAVE = Command(
    update(events).where(*_PENDING_HERE).values(state=fixed("done"), reason=bindparam("why"))
)

COUNT_ATTEMPT = Command(update(events).where(*_THIS).values(attempts=events.c.attempts + fixed(1)))


REQUEUE = Command(
    update(events)
    .where(*_THIS, events.c.state == fixed("quarantined"))
    .values(state=fixed("pending"), reason=fixed(""), attempts=fixed(0))
)

_quarantined = select(
    events.c.account_id,
    events.c.kind,
    events.c.event_key,
    events.c.conversation_id,
    events.c.attempts,
    events.c.reason,
    events.c.received_at,
).where(
    # As the index of what is set aside has it, and then what is wanted of that.
    events.c.state.in_([fixed("ignored"), fixed("quarantined")]),
    events.c.state == fixed("quarantined"),
)

QUARANTINED = Query[tuple[str, str, str, str, int, str, int]](
    _quarantined.order_by(events.c.received_at.desc(), events.c.event_key).limit(bindparam("limit"))
)

QUARANTINED_AS = Query[tuple[str, str, str, str, int, str, int]](
    _quarantined.where(events.c.event_key == bindparam("key"))
)


class StoredEvents:
    """`roost.ports.EventRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def unfiled(self, limit: int) -> Sequence[EventRow]:
        """Give events nobody has filed yet, oldest receipt first, then by position.

        One transaction at a time is given any, so that events are filed in order; the others are
        given none and need not wait.
        """
        if not await self._session.may_file():
            return []
        rows = await self._session.rows(UNFILED, {"limit": limit})
        return [
            EventRow(
                encoding.decode_event(kind, payload),
                trace_id,
                encoding.moment(received_at),
                is_history=bool(is_history),
            )
            for kind, payload, trace_id, received_at, is_history in rows
        ]

    async def file(self, event: Event, *, state: str, reason: str = "") -> None:
        """Move an unfiled event to `pending`, `done` or `ignored`; one already filed stays.

        Raises:
            ValueError: No such state, or `pending` for an event that no turn would ever take up.
        """
        kind = KINDS[type(event)]
        if state not in _FILED or (state == "pending" and kind not in TURN_EVENT_TYPES):
            raise ValueError(f"{kind} cannot be filed as {state!r}")
        await self._session.run(
            MOVE, {**_key(event), "old_state": "new", "new_state": state, "why": reason}
        )

    async def pending(
        self, account_id: UserId, conversation_id: ConversationId, limit: int
    ) -> PendingEvents:
        """Give pending events by position, and the attempt about to begin: 0 without events."""
        rows = await self._session.rows(
            PENDING, {"account": account_id, "conversation": conversation_id, "limit": limit}
        )
        if not rows:
            return PendingEvents((), 0, "")
        await self._session.run_each(
            COUNT_ATTEMPT,
            [{"account": account_id, "of_kind": kind, "key": key} for kind, key, *_ in rows],
        )
        pending = tuple(
            encoding.decode_turn_event(kind, payload) for kind, _, _, payload, _ in rows
        )
        attempt = 1 + max(attempts for _, _, attempts, _, _ in rows)
        return PendingEvents(pending, attempt, trace_id=rows[-1][4])

    async def settle(self, events: Sequence[TurnEvent], *, state: str, reason: str) -> None:
        """Mark events that are still pending `done`, `ignored` or `quarantined`.

        Those that are no longer pending stay as they are.

        Raises:
            ValueError: No such state.
        """
        if state not in _SETTLED:
            raise ValueError(f"events cannot be settled as {state!r}")
        change: Parameters = {"old_state": "pending", "new_state": state, "why": reason}
        await self._session.run_each(MOVE, [{**_key(event), **change} for event in events])

    async def requeue(self, event: QuarantinedEvent) -> bool:
        """Make a quarantined event pending, as if never tried; whether it was quarantined."""
        n_rows = await self._session.run(
            REQUEUE,
            {"account": event.account_id, "of_kind": event.kind, "key": event.event_key},
        )
        return bool(n_rows)

    async def leave_to_agents(self, claim: Claim, *, reason: str) -> None:
        """Mark `done` what came in behind the claim's turn; its own events are settled by name."""
        turn = claim.turn
        rows = await self._session.rows(
            PENDING_KEYS, {"account": turn.account_id, "conversation": turn.conversation_id}
        )
        claimed = {(KINDS[type(event)], event.event_key) for event in turn.events}
        change: Parameters = {"old_state": "pending", "new_state": "done", "why": reason}
        await self._session.run_each(
            MOVE,
            [
                {"account": turn.account_id, "of_kind": kind, "key": key, **change}
                for kind, key in rows
                if (kind, key) not in claimed
            ],
        )

    async def leave_all_to_agents(
        self, account_id: UserId, conversation_id: ConversationId, *, reason: str
    ) -> None:
        """Mark `done` whatever is pending in a conversation."""
        await self._session.run(
            LEAVE, {"account": account_id, "conversation": conversation_id, "why": reason}
        )


def quarantined_of(row: tuple[str, str, str, str, int, str, int]) -> QuarantinedEvent:
    """Read a row of `QUARANTINED`."""
    account_id, kind, event_key, conversation_id, attempts, reason, received_at = row
    return QuarantinedEvent(
        UserId(account_id),
        kind,
        event_key,
        ConversationId(conversation_id),
        attempts,
        reason,
        encoding.moment(received_at),
    )


def _key(event: Event) -> Parameters:
    return {
        "account": event.account_id,
        "of_kind": KINDS[type(event)],
        "key": event.event_key,
    }
