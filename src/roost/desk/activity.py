"""What came in and what became of it, for admins: a list, and one event's whole line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from litestar import Controller, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, PathParameter, QueryParameter, SkipValidation

from roost.desk import cursors, tracing, wire_activity
from roost.desk.access import Policy
from roost.desk.parts import DeskParts, Parts, Somebody
from roost.desk.problems import CONFLICT, UNPROCESSABLE, FieldError, Refused, not_found
from roost.desk.replies import Key
from roost.desk.tracing import Facts
from roost.engine import quarantine
from roost.model.budgets import Purpose
from roost.model.events import EVENT_TYPES
from roost.model.ids import ConversationId, UserId
from roost.ports import QuarantinedEvent, Tx
from roost.ports.activity import (
    NOBODYS,
    ActivityKey,
    Answer,
    EventRecord,
    Happening,
    Neighbour,
    Rejection,
    RepeatedDelivery,
    Status,
    StoredEvent,
    Wanted,
)
from roost.ports.remarks import Remark, RemarkKind, RequestKey

NOBODYS_PATH = "-"
"""Stands in a path for the account of events that belong to none."""

SAME_TURN_WITHIN = timedelta(seconds=30)
"""Messages further apart do not share a turn: none takes longer, unless it is told to."""

_NEIGHBOURS, _REMARKS = 20, 20
_OF_THE_BOT = frozenset({RemarkKind.HANDED_OFF, RemarkKind.RESOLVED})

OutboxId = Annotated[int, PathParameter(ge=1, le=(1 << 63) - 1)]
Name = Annotated[str, PathParameter(max_length=200)]


async def _wanted(
    parts: Parts,
    account: Annotated[str | None, QueryParameter(max_length=19)] = None,
    kind: Annotated[str, QueryParameter(max_length=40)] = "",
    status: FromQuery[Status | None] = None,
) -> Wanted:
    known = [UserId(one.account_id) for one in parts.accounts]
    if account is not None and account not in known:
        raise not_found("such account")
    if kind and kind not in EVENT_TYPES:
        wrong = FieldError("kind", f"{kind!r} is not one of {', '.join(EVENT_TYPES)}")
        raise Refused(UNPROCESSABLE, "invalid", "The request is not right.", errors=[wrong])
    accounts = [*known, NOBODYS] if account is None else [UserId(account)]
    apps = await parts.connections.apps_of(accounts)
    return Wanted(accounts, apps, kind, status)


class ActivityController(Controller):
    """Everything that came in."""

    path = "/api/activity"
    tags: Sequence[str] | None = ("activity",)

    @get("", policy=Policy.ADMIN, dependencies={"wanted": Provide(_wanted)})
    async def page(
        self,
        *,
        parts: Parts,
        wanted: NamedDependency[SkipValidation[Wanted]],
        after: Annotated[str | None, QueryParameter(max_length=600)] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=100)] = 50,
    ) -> wire_activity.Happenings:
        """List what came in, the latest first: events, deliveries that were duplicates, refusals.

        `account`, `kind` and `status` choose; duplicates and refusals have no kind. `after` takes
        what the last part gave.
        """
        key = cursors.read(after, ActivityKey, field="after")
        found = await parts.store.activity.page(wanted, after=key, limit=limit)
        return wire_activity.Happenings(
            happenings=[_shown(one) for one in found.happenings], after=cursors.write(found.after)
        )

    @get("/events/{owner:str}/{kind:str}/{key:str}", policy=Policy.ADMIN)
    async def event(self, parts: Parts, owner: Name, kind: Name, key: Name) -> wire_activity.Trace:
        """Give an event, the bytes that told of it, and its whole line.

        `owner` is the account's id, `-` for an event that belongs to none of ours.
        """
        return await _of_event(parts, await _find(parts, owner, kind, key))

    @get("/outgoing/{owner:str}/{outbox_id:int}", policy=Policy.ADMIN)
    async def outgoing(
        self, parts: Parts, owner: FromPath[str], outbox_id: OutboxId
    ) -> wire_activity.Trace:
        """Give the line of a message of ours, from what led to it on where something did."""
        answer = await parts.store.activity.answer(_account(owner), outbox_id)
        if answer is None:
            raise not_found("such message")
        return await _of_answer(parts, _account(owner), answer)

    @post(
        "/events/{owner:str}/{kind:str}/{key:str}/reprocess", policy=Policy.ADMIN, status_code=200
    )
    async def reprocess(
        self,
        *,
        parts: Parts,
        person: Somebody,
        owner: Name,
        kind: Name,
        key: Name,
        request_key: Key,
    ) -> wire_activity.Trace:
        """Give the bot a quarantined event once more, with all its attempts."""
        event = (await _find(parts, owner, kind, key)).event
        fingerprint = f"reprocess {kind} {key}"
        asked = RequestKey(event.account_id, person.person_id, request_key, fingerprint)
        now = parts.clock.now()

        async def unit(tx: Tx) -> str:
            known = await tx.requests.begin(asked, at=now)
            if known is not None:
                return "" if known.fingerprint == fingerprint else "the key was used for another"
            return await quarantine.requeue(tx, _set_aside(event), at=now)

        if why := await parts.store.transact(unit):
            raise Refused(CONFLICT, "not_possible", f"{why[:1].upper()}{why[1:]}.")
        parts.on_requeued()
        return await _of_event(parts, await _find(parts, owner, kind, key))


def _set_aside(event: StoredEvent) -> QuarantinedEvent:
    return QuarantinedEvent(
        event.account_id,
        event.kind,
        event.event_key,
        event.conversation_id,
        event.attempts,
        event.reason,
        event.received_at,
    )


async def _facts(
    parts: DeskParts,
    record: EventRecord | None,
    answers: Sequence[Answer],
    *,
    remarks: Sequence[Remark] = (),
    turn_of: Neighbour | None = None,
) -> Facts:
    """Add the time, and what X allows where something waits to be sent."""
    now, resumes_at = parts.clock.now(), None
    waiting = [one for one in answers if one.state in {"queued", "sending"}]
    if waiting and parts.limits_sends:
        account = waiting[0].account_id
        window = await parts.store.composing.sends(account)
        if window is not None and window.room(Purpose.BOT, now) == 0:
            resumes_at = max(window.ends_at, window.shut_until)
    return Facts(record, answers, remarks, turn_of, now, resumes_at)


def _account(owner: str) -> UserId:
    return NOBODYS if owner == NOBODYS_PATH else UserId(owner)


async def _find(parts: DeskParts, owner: str, kind: str, key: str) -> EventRecord:
    record = await parts.store.activity.event(_account(owner), kind, key)
    if record is None:
        raise not_found("such event")
    return record


async def _of_event(parts: DeskParts, record: EventRecord) -> wire_activity.Trace:
    """Put an event's line together; that of a message of ours begins with what led to it."""
    event, activity = record.event, parts.store.activity
    if event.kind == "message_sent":
        answer = await activity.answer_sent(event.account_id, event.event_key)
        sent = [] if answer is None else [answer]
        facts = await _facts(parts, record, sent)
        return _trace(record, facts)
    found = await _answered(parts, record)
    remarks = await _remarks(parts, record, found)
    facts = await _facts(parts, record, found.answers, remarks=remarks, turn_of=found.turn_of)
    return _trace(record, facts)


async def _of_answer(parts: DeskParts, account: UserId, answer: Answer) -> wire_activity.Trace:
    key = await parts.store.activity.origin(account, answer.conversation_id, answer.trace_id)
    if key is not None:
        return await _of_event(parts, await _find(parts, account, "message_received", key))
    facts = await _facts(parts, None, [answer])
    return wire_activity.Trace(
        account_id=account,
        conversation_id=answer.conversation_id,
        event=None,
        trace_id=answer.trace_id,
        attempts=0,
        delivery=None,
        steps=tracing.steps(facts),
        messages=[_message(answer)],
        answered_with="",
        cause=tracing.cause(facts),
        can_reprocess=False,
    )


@dataclass(frozen=True, slots=True)
class _Answered:
    """What a turn decided, and the last message of that turn where it is not the event itself."""

    answers: Sequence[Answer]
    turn_of: Neighbour | None
    next_one: Neighbour | None


async def _answered(parts: DeskParts, record: EventRecord) -> _Answered:
    """Find what an event's turn decided; a turn of several messages goes by its last one."""
    activity, event = parts.store.activity, record.event
    own = await activity.answers(event.account_id, record.trace_id)
    if not event.conversation_id:
        return _Answered(own, None, None)
    until = event.received_at + SAME_TURN_WITHIN
    behind = await activity.next_received(record, until=until, limit=_NEIGHBOURS)
    following = behind[0] if behind else None
    if own or event.status is not Status.PROCESSED or event.reason:
        return _Answered(own, None, following)
    for other in behind:
        answers = await activity.answers(event.account_id, other.trace_id)
        if answers:
            return _Answered(answers, other, other)
    return _Answered((), None, following)


async def _remarks(parts: DeskParts, record: EventRecord, found: _Answered) -> Sequence[Remark]:
    """Give what the bot did in the event's turn beside answering."""
    event = record.event
    if event.status is not Status.PROCESSED or not event.conversation_id or event.reason:
        return ()
    following = None if found.turn_of is not None else found.next_one
    until = None if following is None else following.received_at
    remarks = await parts.store.activity.remarks(record, until=until, limit=_REMARKS)
    return [one for one in remarks if one.person_id is None and one.kind in _OF_THE_BOT][:1]


def _trace(record: EventRecord, facts: Facts) -> wire_activity.Trace:
    event = record.event
    return wire_activity.Trace(
        account_id=event.account_id,
        conversation_id=event.conversation_id,
        event=_shown(event),
        trace_id=record.trace_id,
        attempts=event.attempts,
        delivery=_told(record),
        steps=tracing.steps(facts),
        messages=[_message(one) for one in facts.answers],
        answered_with="" if facts.answered_with is None else facts.answered_with.event_key,
        cause=tracing.cause(facts),
        can_reprocess=event.status is Status.QUARANTINED,
    )


def _told(record: EventRecord) -> wire_activity.Told | None:
    delivery = record.delivery
    if delivery is None:
        return None
    return wire_activity.Told(
        delivery_id=delivery.delivery_id,
        app=delivery.app_key,
        source=delivery.source,
        n_bytes=len(delivery.body),
        text=delivery.body.decode("utf-8", "backslashreplace"),
    )


def _message(answer: Answer) -> wire_activity.Sent:
    return wire_activity.Sent(
        outbox_id=str(answer.outbox_id),
        text=answer.text,
        state=answer.state,
        person_id=answer.person_id,
        message_id=answer.message_id or "",
    )


def _shown(one: Happening) -> wire_activity.Happening:
    match one:
        case Rejection():
            return wire_activity.Happening(
                what="rejection",
                at=one.last_at,
                app=one.app_key,
                status=Status.REJECTED,
                reason=one.reason,
                n=one.n,
                cause=tracing.rejected(one),
            )
        case RepeatedDelivery():
            return wire_activity.Happening(
                what="delivery",
                at=one.received_at,
                account_id=one.account_id,
                key=one.delivery_id,
                status=Status.DUPLICATE,
                dialect=one.dialect,
            )
        case _:
            return wire_activity.Happening(
                what="event",
                at=one.received_at,
                account_id=one.account_id,
                kind=one.kind,
                key=one.event_key,
                conversation_id=ConversationId(one.conversation_id),
                status=one.status,
                reason=one.reason,
                dialect=one.dialect,
                attempts=one.attempts,
            )
