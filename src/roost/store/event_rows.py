"""The `events` table inside a transaction."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

import structlog
from sqlalchemy import BigInteger, bindparam, case, exists, func, select, update

from roost.model.activities import Posted
from roost.model.events import EVENT_TYPES, KINDS, TURN_EVENT_TYPES, Event, TurnEvent
from roost.model.ids import ConversationId, UserId
from roost.model.turns import Claim
from roost.ports import EventRow, Filed, PendingEvents, QuarantinedEvent
from roost.store import encoding
from roost.store.statements import Command, Parameters, Query, Session, fixed
from roost.store.tables import events, outbox

_log = structlog.stdlib.get_logger("roost.store")

_FILED = frozenset({"pending", "done", "ignored"})
_SETTLED = frozenset({"done", "ignored", "quarantined"})

_REQUEUED = "requeued"
"""Why an event is pending that a person has given to the bot again."""

_THIS = (
    events.c.account_id == bindparam("account"),
    events.c.kind == bindparam("of_kind"),
    events.c.event_key == bindparam("key"),
)

UNFILED = Query[tuple[str, str, str, bytes, str, int, int | None]](
    select(
        events.c.account_id,
        events.c.event_key,
        events.c.kind,
        events.c.payload,
        events.c.trace_id,
        events.c.received_at,
        events.c.is_history,
    )
    .where(
        events.c.state == fixed("new"),
        # Other kinds are a newer version's, whose processes file them.
        events.c.kind.in_([fixed(kind) for kind in EVENT_TYPES]),
    )
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

PENDING = Query[tuple[str, str, str, str, int, bytes, str, str]](
    select(
        events.c.account_id,
        events.c.conversation_id,
        events.c.kind,
        events.c.event_key,
        events.c.attempts,
        events.c.payload,
        events.c.trace_id,
        events.c.reason,
    )
    # A kind of a newer version's may have been filed since the conversation was claimed.
    .where(*_PENDING_HERE, events.c.kind.in_([fixed(kind) for kind in TURN_EVENT_TYPES]))
    .order_by(events.c.position, events.c.event_key)
    .limit(bindparam("limit"))
)

PENDING_KEYS = Query[tuple[str, str]](
    select(events.c.kind, events.c.event_key).where(*_PENDING_HERE)
)

COUNT_ATTEMPT = Command(update(events).where(*_THIS).values(attempts=events.c.attempts + fixed(1)))

DISCOUNT_ATTEMPT = Command(
    update(events)
    .where(*_THIS, events.c.state == fixed("pending"), events.c.attempts > fixed(0))
    .values(attempts=events.c.attempts - fixed(1))
)

REQUEUE = Command(
    update(events)
    .where(*_THIS, events.c.state == fixed("quarantined"))
    .values(
        # What could not be read was never filed, and no turn has tried it.
        state=case((events.c.attempts == fixed(0), fixed("new")), else_=fixed("pending")),
        reason=fixed(_REQUEUED),
        attempts=fixed(0),
    )
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


UNLINKED_POSTS = Query[tuple[bytes]](
    select(events.c.payload)
    .where(
        events.c.account_id == bindparam("account"),
        events.c.kind == fixed("posted"),
        events.c.position > bindparam("after", type_=BigInteger),
        # Of a Post that was erased nothing is left to read.
        func.length(events.c.payload) > fixed(0),
        ~exists().where(
            outbox.c.account_id == events.c.account_id,
            outbox.c.message_id == events.c.event_key,
        ),
    )
    .order_by(events.c.position)
)


class _Pending(NamedTuple):
    """A row of `PENDING` without its place."""

    kind: str
    key: str
    attempts: int
    payload: bytes
    trace_id: str
    reason: str


class StoredEvents:
    """`roost.ports.EventRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def unfiled(self, limit: int) -> Sequence[EventRow]:
        """Give events nobody has filed yet, oldest receipt first, then by position.

        One transaction at a time is given any, so that events are filed in order; the others are
        given none and need not wait. Those of a kind that this version does not know are left to
        one that does, and what cannot be read is set aside.
        """
        if not await self._session.may_file():
            return []
        rows = await self._session.rows(UNFILED, {"limit": limit})
        found: list[EventRow] = []
        for account_id, key, kind, payload, trace_id, received_at, is_history in rows:
            try:
                event = encoding.decode_event(kind, payload)
            except encoding.UNREADABLE as error:
                await self._set_aside((account_id, kind, key), "new", error)
            else:
                at = encoding.moment(received_at)
                found.append(EventRow(event, trace_id, at, is_history=bool(is_history)))
        return found

    async def file(self, event: Event, *, state: str, reason: str = "") -> None:
        """Move an unfiled event to `pending`, `done` or `ignored`; one already filed stays.

        Raises:
            ValueError: No such state, or `pending` for an event that no turn would ever take up.
        """
        await self.file_all([Filed(event, state, reason)])

    async def file_all(self, filed: Sequence[Filed]) -> None:
        """Do what `file` does, for many events at once; errors as there, and then for none."""
        await self._session.run_each(MOVE, [_move(one) for one in filed])

    async def pending(
        self, account_id: UserId, conversation_id: ConversationId, limit: int
    ) -> PendingEvents:
        """Give pending events by position, and the attempt about to begin: 0 without events.

        One that was tried before is given by itself; so is whatever comes before it.
        """
        here = account_id, conversation_id
        return (await self.pending_in([here], limit))[here]

    async def pending_in(
        self, places: Sequence[tuple[UserId, ConversationId]], limit: int
    ) -> Mapping[tuple[UserId, ConversationId], PendingEvents]:
        """Do what `pending` does, for many conversations at once; none of them twice."""
        rows = await self._session.rows_each(
            PENDING,
            [
                {"account": account_id, "conversation": conversation_id, "limit": limit}
                for account_id, conversation_id in places
            ],
        )
        found: dict[tuple[str, str], list[_Pending]] = {}
        for account_id, conversation_id, kind, key, attempts, payload, trace_id, reason in rows:
            row = _Pending(kind, key, attempts, payload, trace_id, reason)
            found.setdefault((account_id, conversation_id), []).append(row)
        chosen = {place: _to_try(here) for place, here in found.items()}
        await self._session.run_each(
            COUNT_ATTEMPT,
            [
                {"account": account_id, "of_kind": row.kind, "key": row.key}
                for (account_id, _), here in chosen.items()
                for row in here
            ],
        )
        text = encoding.storable_text
        return {
            (account_id, conversation_id): await self._pending(
                account_id,
                chosen.get((text(account_id), text(conversation_id)), []),
                limit=limit,
                n_found=len(found.get((text(account_id), text(conversation_id)), [])),
            )
            for account_id, conversation_id in places
        }

    async def _pending(
        self, account_id: UserId, rows: Sequence[_Pending], *, limit: int, n_found: int
    ) -> PendingEvents:
        events: list[TurnEvent] = []
        for row in rows:
            try:
                events.append(encoding.decode_turn_event(row.kind, row.payload))
            except encoding.UNREADABLE as error:
                await self._set_aside((account_id, row.kind, row.key), "pending", error)
        if not events:
            return PendingEvents((), 0, "", has_more=n_found > len(rows))
        return PendingEvents(
            tuple(events),
            attempt=1 + rows[0].attempts,
            trace_id=rows[-1].trace_id,
            has_more=n_found > len(rows) or n_found == limit,
            requeued=tuple(row.key for row in rows if row.reason == _REQUEUED),
        )

    async def _set_aside(self, which: tuple[str, str, str], state: str, error: Exception) -> None:
        """Quarantine what cannot be read: a newer version may have written it otherwise."""
        account_id, kind, key = which
        _log.error("event cannot be read", account=account_id, kind=kind, reason=str(error))
        await self._session.run(
            MOVE,
            {
                "account": account_id,
                "of_kind": kind,
                "key": key,
                "old_state": state,
                "new_state": "quarantined",
                "why": f"this version cannot read it: {error}",
            },
        )

    async def unlinked_posts(self, account_id: UserId, *, after: int) -> Sequence[Posted]:
        """Give the account's own Posts above a position that no outbox entry is linked to."""
        rows = await self._session.rows(UNLINKED_POSTS, {"account": account_id, "after": after})
        found = [encoding.decode_event("posted", payload) for (payload,) in rows]
        return [one for one in found if isinstance(one, Posted)]

    async def settle(self, events: Sequence[TurnEvent], *, state: str, reason: str) -> None:
        """Mark events that are still pending `done`, `ignored` or `quarantined`.

        Those that are no longer pending stay as they are.

        Raises:
            ValueError: No such state.
        """
        _check_settled(state)
        await self.settle_all([Filed(event, state, reason) for event in events])

    async def settle_all(self, settled: Sequence[Filed]) -> None:
        """Do what `settle` does, for events of many turns at once; errors as there."""
        await self._session.run_each(MOVE, [_settle(one) for one in settled])

    async def discount(self, events: Sequence[TurnEvent]) -> None:
        """Take back the last attempt of events that are still pending: nobody has seen them."""
        await self._session.run_each(DISCOUNT_ATTEMPT, [_key(event) for event in events])

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
        claimed = {(KINDS[type(event)], event.event_key) for event in turn.events}
        await self.leave_all_to_agents(
            turn.account_id, turn.conversation_id, reason=reason, but=claimed
        )

    async def leave_all_to_agents(
        self,
        account_id: UserId,
        conversation_id: ConversationId,
        *,
        reason: str,
        but: Container[tuple[str, str]] = (),
    ) -> None:
        """Mark `done` whatever a conversation's bot was still to see, but some kinds and keys."""
        rows = await self._session.rows(
            PENDING_KEYS, {"account": account_id, "conversation": conversation_id}
        )
        change: Parameters = {"old_state": "pending", "new_state": "done", "why": reason}
        await self._session.run_each(
            MOVE,
            [
                {"account": account_id, "of_kind": kind, "key": key, **change}
                for kind, key in rows
                if (kind, key) not in but
            ],
        )


def _to_try(rows: Sequence[_Pending]) -> Sequence[_Pending]:
    """Choose those of a turn: none beside one that was tried before."""
    tried = next((n for n, row in enumerate(rows) if row.attempts), len(rows))
    return rows[: max(tried, 1)]


def _move(filed: Filed) -> Parameters:
    kind, state = KINDS[type(filed.event)], filed.state
    if state not in _FILED or (state == "pending" and kind not in TURN_EVENT_TYPES):
        raise ValueError(f"{kind} cannot be filed as {state!r}")
    change: Parameters = {"old_state": "new", "new_state": state, "why": filed.reason}
    return {**_key(filed.event), **change}


def _check_settled(state: str) -> None:
    if state not in _SETTLED:
        raise ValueError(f"events cannot be settled as {state!r}")


def _settle(settled: Filed) -> Parameters:
    _check_settled(settled.state)
    change: Parameters = {
        "old_state": "pending",
        "new_state": settled.state,
        "why": settled.reason,
    }
    return {**_key(settled.event), **change}


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
