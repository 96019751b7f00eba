"""What admins look into, on any database: read beside transactions; rejections written in them."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from roost.model.events import EVENT_TYPES
from roost.model.ids import ConversationId, UserId
from roost.model.people import PersonId
from roost.ports.activity import (
    REJECTIONS_KEPT,
    ActivityKey,
    ActivityPage,
    Answer,
    Delivered,
    EventRecord,
    Happening,
    Neighbour,
    Rejection,
    RepeatedDelivery,
    Status,
    StoredEvent,
    Wanted,
)
from roost.ports.remarks import Remark, RemarkKind
from roost.store import activity_statements as sql
from roost.store import encoding
from roost.store.activity_statements import AnswerRow, EventRow, RecordRow
from roost.store.statements import Parameters, Query, Reading, Session

ANSWERS_AT_ONCE = 100
"""Most messages of one turn that are shown."""

_HIGHEST = 2**63 - 1
_REPEATED, _REJECTED = "delivery", "rejection"
_STATUSES = {
    "done": Status.PROCESSED,
    "ignored": Status.IGNORED,
    "quarantined": Status.QUARANTINED,
}
"""By an event's state; any other waits."""

_LISTS: dict[Status | None, Sequence[Query[EventRow]]] = {
    None: (sql.ALL,),
    Status.WAITING: (sql.NEW, sql.PENDING, sql.HELD),
    Status.PROCESSED: (sql.DONE,),
    Status.IGNORED: (sql.IGNORED,),
    Status.LATE: (sql.LATE,),
    Status.QUARANTINED: (sql.QUARANTINED,),
    Status.DUPLICATE: (),
    Status.REJECTED: (),
}

Keyed = tuple[ActivityKey, Happening]


class StoredRejections:
    """`roost.ports.activity.RejectionRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, rejection: Rejection) -> None:
        """Count rejections; those of a minute before are added to. Old ones are forgotten."""
        first, last = map(encoding.milliseconds, (rejection.first_at, rejection.last_at))
        await self._session.run(
            sql.COUNT_REJECTIONS,
            {
                "app_key": rejection.app_key,
                "reason": rejection.reason,
                "minute": first // 60_000,
                "n": rejection.n,
                "first_at": first,
                "last_at": last,
            },
        )
        oldest = encoding.milliseconds(rejection.last_at - REJECTIONS_KEPT)
        await self._session.run(sql.FORGET_REJECTIONS, {"app": rejection.app_key, "before": oldest})


class StoredActivity:
    """`roost.ports.activity.ActivityLookup` on any database."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def page(self, wanted: Wanted, *, after: ActivityKey | None, limit: int) -> ActivityPage:
        """Give up to `limit` happenings: some of each account and kind, merged."""
        parts = await self._events(wanted, after, limit + 1)
        if wanted.status in {None, Status.DUPLICATE} and not wanted.kind:
            parts += [await self._repeated(one, after, limit + 1) for one in wanted.accounts]
        if wanted.status in {None, Status.REJECTED} and not wanted.kind:
            parts += [await self._rejected(one, after, limit + 1) for one in wanted.apps]
        merged = heapq.merge(*parts, key=_order, reverse=True)
        found = list(islice(merged, limit + 1))
        shown = found[:limit]
        following = shown[-1][0] if len(found) > limit else None
        return ActivityPage([one for _, one in shown], following)

    async def _events(
        self, wanted: Wanted, after: ActivityKey | None, limit: int
    ) -> list[list[Keyed]]:
        kinds = [wanted.kind] if wanted.kind else list(EVENT_TYPES)
        parts: list[list[Keyed]] = []
        for account in wanted.accounts:
            for kind in kinds:
                bound = _bound(kind, account, after)
                for query in _LISTS[wanted.status]:
                    rows = await self._reading.rows(
                        query, {"account": account, "of_kind": kind, "limit": limit, **bound}
                    )
                    parts.append([_keyed_event(row) for row in rows])
        return parts

    async def _repeated(
        self, account: UserId, after: ActivityKey | None, limit: int
    ) -> list[Keyed]:
        rows = await self._reading.rows(
            sql.REPEATED,
            {"account": account, "limit": limit, **_bound(_REPEATED, account, after)},
        )
        return [
            (
                ActivityKey(at, _REPEATED, account_id, delivery_id),
                RepeatedDelivery(UserId(account_id), delivery_id, dialect, encoding.moment(at)),
            )
            for account_id, delivery_id, dialect, at in rows
        ]

    async def _rejected(self, app: str, after: ActivityKey | None, limit: int) -> list[Keyed]:
        rows = await self._reading.rows(
            sql.REJECTED, {"app": app, "limit": limit, **_bound(_REJECTED, app, after)}
        )
        return [
            (
                ActivityKey(first, _REJECTED, app_key, reason),
                Rejection(app_key, reason, n, encoding.moment(first), encoding.moment(last)),
            )
            for app_key, reason, n, first, last in rows
        ]

    async def event(self, account_id: UserId, kind: str, event_key: str) -> EventRecord | None:
        """Give an event with what brought it; `None` where there is none."""
        rows = await self._reading.rows(
            sql.RECORD, {"account": account_id, "of_kind": kind, "key": event_key}
        )
        return _record(rows[0]) if rows else None

    async def answers(self, account_id: UserId, trace_id: str) -> Sequence[Answer]:
        """Give what was decided on for a trace, in the order of sending."""
        rows = await self._reading.rows(
            sql.ANSWERS, {"account": account_id, "trace": trace_id, "limit": ANSWERS_AT_ONCE}
        )
        return [_answer(row) for row in rows]

    async def answer(self, account_id: UserId, outbox_id: int) -> Answer | None:
        """Give one message of the outbox; `None` where there is none."""
        rows = await self._reading.rows(sql.ANSWER, {"account": account_id, "entry": outbox_id})
        return _answer(rows[0]) if rows else None

    async def answer_sent(self, account_id: UserId, message_id: str) -> Answer | None:
        """Give the message of the outbox that X calls `message_id`; `None` where there is none."""
        rows = await self._reading.rows(
            sql.ANSWER_SENT, {"account": account_id, "message": message_id}
        )
        return _answer(rows[0]) if rows else None

    async def origin(
        self, account_id: UserId, conversation_id: ConversationId, trace_id: str
    ) -> str | None:
        """Give the key of the customer's message that a trace is of; `None` where there is none."""
        rows = await self._reading.rows(
            sql.ORIGIN,
            {"account": account_id, "conversation": conversation_id, "trace": trace_id},
        )
        return rows[0][0] if rows else None

    async def next_received(
        self, record: EventRecord, *, until: datetime, limit: int
    ) -> Sequence[Neighbour]:
        """Give the customer's messages behind an event in its conversation, nearest first."""
        rows = await self._reading.rows(
            sql.NEXT_RECEIVED,
            {
                **_place(record),
                "position": record.position,
                "until": encoding.milliseconds(until),
                "limit": limit,
            },
        )
        return [Neighbour(key, trace, encoding.moment(at)) for key, trace, at in rows]

    async def remarks(
        self, record: EventRecord, *, until: datetime | None, limit: int
    ) -> Sequence[Remark]:
        """Give what was done in an event's conversation from its receipt on, oldest first."""
        event = record.event
        rows = await self._reading.rows(
            sql.REMARKS,
            {
                **_place(record),
                "since": encoding.milliseconds(event.received_at),
                "until": _HIGHEST if until is None else encoding.milliseconds(until),
                "limit": limit,
            },
        )
        return [
            Remark(
                event.account_id,
                event.conversation_id,
                RemarkKind(kind),
                PersonId(person) if person else None,
                text,
                encoding.moment(at),
            )
            for kind, person, text, at in rows
        ]

    async def last_received(self, account_id: UserId) -> datetime | None:
        """Say when an account's last event came in; `None` if none ever did."""
        found = [
            at
            for kind in EVENT_TYPES
            for (at,) in await self._reading.rows(
                sql.LAST_RECEIVED, {"account": account_id, "of_kind": kind}
            )
            if at is not None
        ]
        return encoding.moment(max(found)) if found else None


def _order(one: Keyed) -> tuple[int, str, str, str]:
    key = one[0]
    return key.at, key.kind, key.owner, key.key


def _bound(kind: str, owner: str, after: ActivityKey | None) -> Parameters:
    """Say where a source's part of the page begins: with what is below `number`, `last`.

    Happenings of one millisecond are in the order of their kinds and owners, so the last of the
    page before lies in front of, inside or behind those of this source.
    """
    if after is None:
        return {"number": _HIGHEST, "last": ""}
    here, there = (kind, owner), (after.kind, after.owner)
    if here == there:
        return {"number": after.at, "last": after.key}
    return {"number": after.at + (here < there), "last": ""}


def _status(state: str, reason: str) -> Status:
    if reason.startswith("late"):
        return Status.LATE
    return _STATUSES.get(state, Status.WAITING)


def _event(row: EventRow) -> StoredEvent:
    account, kind, key, conversation, state, reason, attempts, dialect, received_at = row
    return StoredEvent(
        account_id=UserId(account),
        kind=kind,
        event_key=key,
        conversation_id=ConversationId(conversation),
        status=_status(state, reason),
        reason=reason,
        attempts=attempts,
        dialect=dialect,
        received_at=encoding.moment(received_at),
    )


def _keyed_event(row: EventRow) -> Keyed:
    account, kind, key, *_, received_at = row
    return ActivityKey(received_at, kind, account, key), _event(row)


def _record(row: RecordRow) -> EventRecord:
    trace, position, is_history, delivery_id, app_key, source, body, received_at = row[9:]
    delivery = None
    if delivery_id is not None and received_at is not None:
        delivery = Delivered(
            delivery_id, app_key or "", source or "", body or b"", encoding.moment(received_at)
        )
    return EventRecord(_event(row[:9]), trace, position, delivery, bool(is_history))


def _answer(row: AnswerRow) -> Answer:
    due_at, attempted_at, message_id, sent_at, echoed_at, person = row[9:]
    return Answer(
        account_id=UserId(row[0]),
        outbox_id=row[1],
        conversation_id=ConversationId(row[2]),
        trace_id=row[3],
        text=encoding.decode_outbound(row[4]).text,
        state=row[5],
        reason=row[6],
        attempts=row[7],
        created_at=encoding.moment(row[8]),
        due_at=_moment(due_at),
        attempted_at=_moment(attempted_at or None),
        message_id=message_id,
        sent_at=_moment(sent_at),
        echoed_at=_moment(echoed_at),
        person_id=PersonId(person) if person else None,
    )


def _moment(at: int | None) -> datetime | None:
    return None if at is None else encoding.moment(at)


def _place(record: EventRecord) -> Parameters:
    return {
        "account": record.event.account_id,
        "conversation": record.event.conversation_id,
    }
