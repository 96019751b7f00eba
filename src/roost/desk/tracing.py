"""From what is stored of an event to its line, and to why nobody answered. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from roost.desk.wire_activity import Cause, CauseCode, Step, StepState
from roost.model.events import TURN_EVENT_TYPES
from roost.ports.activity import Answer, EventRecord, Neighbour, Rejection, Status, StoredEvent
from roost.ports.remarks import Remark

RATE_LIMIT = "rate limit used up"
"""As the engine notes it of a message that X takes no more of until its window opens."""

_ANSWERED_KINDS = frozenset({"message_received", "timer_fired"})
_UNWANTED = "no handler"
_CONTROLLED = "controlled by "
_WITHHELD = "withheld"
_OWNERS: dict[str, CauseCode] = {
    "agent": "agent_has_it",
    "queue": "queue_has_it",
    "nobody": "resolved",
}
_LEFT: dict[str, CauseCode] = {
    "taken over by an agent": "agent_has_it",
    "handed off": "queue_has_it",
    "resolved": "resolved",
}
"""By the reason of events that a bot was still to see, or was just seeing, when it lost them."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one event, or of one message of ours that no event led to.

    Attributes:
        record: The event; `None` for such a message.
        answers: What was decided to be sent.
        remarks: What the bot did beside, up to the customer's next message.
        answered_with: The later message in whose turn the event was handled.
        now: As people see the time.
        sends_resume_at: When X allows the bot's messages again; `None` where it does now.
    """

    record: EventRecord | None
    answers: Sequence[Answer]
    remarks: Sequence[Remark]
    answered_with: Neighbour | None
    now: datetime
    sends_resume_at: datetime | None = None


def rejected(rejection: Rejection) -> Cause:
    """Say what is wrong where requests were refused unread."""
    if "signature" in rejection.reason:
        return Cause(code="wrong_secret", detail=rejection.reason)
    return Cause(code="refused_unread", detail=rejection.reason)


def cause(facts: Facts) -> Cause | None:
    """Say why the customer has no answer; `None` where they have one, or none is due."""
    event = None if facts.record is None else facts.record.event
    if event is not None and event.status is Status.QUARANTINED:
        return Cause(code="handler_failed", detail=event.reason)
    if facts.answers:
        return next(filter(None, (_unsent(one, facts) for one in facts.answers)), None)
    if facts.record is None or event is None or event.kind not in _ANSWERED_KINDS:
        return None
    return _silence(facts, event)


def _silence(facts: Facts, event: StoredEvent) -> Cause:
    """Say why nothing was even decided to be sent; the first that fits is it."""
    if event.reason.startswith(_CONTROLLED):
        owner = event.reason.removeprefix(_CONTROLLED)
        return Cause(code=_OWNERS.get(owner, "agent_has_it"), detail=event.reason)
    if facts.remarks:
        return Cause(code="queue_has_it", detail=facts.remarks[0].text)
    if (code := _left(event.reason)) is not None:
        return Cause(code=code, detail=event.reason)
    is_history = facts.record is not None and facts.record.is_history
    known: Sequence[tuple[bool, CauseCode]] = (
        (event.status is Status.WAITING, "waiting"),
        (_WITHHELD in event.reason, "agent_has_it"),
        (is_history, "history"),
        (event.status is Status.IGNORED or event.reason == "late", "ignored"),
        (True, "bot_silent"),
    )
    fits: CauseCode = next(code for applies, code in known if applies)
    return Cause(code=fits, detail=event.reason)


def _left(reason: str) -> CauseCode | None:
    return _LEFT.get(reason.removeprefix("late: "))


def _unsent(answer: Answer, facts: Facts) -> Cause | None:
    match answer.state:
        case "queued" | "sending":
            return _delayed(answer, facts)
        case "uncertain" | "parked":
            return Cause(code="uncertain", detail=answer.reason)
        case "dead":
            return Cause(code="refused_by_x", detail=answer.reason)
        case "dropped":
            is_withheld = answer.reason.startswith(_WITHHELD)
            return Cause(code="agent_has_it" if is_withheld else "given_up", detail=answer.reason)
        case _:
            return None


def _delayed(answer: Answer, facts: Facts) -> Cause:
    due_at, resumes_at = answer.due_at, facts.sends_resume_at
    until = due_at if due_at is not None and due_at > facts.now else None
    if answer.reason == RATE_LIMIT or resumes_at is not None:
        times = [one for one in (until, resumes_at) if one is not None]
        return Cause(code="rate_limited", detail=answer.reason, until=max(times, default=None))
    return Cause(code="held_back", detail=answer.reason, until=until)


def steps(facts: Facts) -> Sequence[Step]:
    """Give the whole line."""
    found = [] if facts.record is None else [*_arrival(facts.record), *_turn(facts)]
    for answer in facts.answers:
        found += _departure(answer)
    return found


def _arrival(record: EventRecord) -> list[Step]:
    delivery, received_at = record.delivery, record.event.received_at
    if delivery is None:
        return [Step(step="stored", state="done", at=received_at, detail="a timer of ours")]
    if delivery.source != "webhook":
        return [
            Step(step="received", state="done", at=delivery.received_at, detail=delivery.source),
            Step(step="verified", state="skipped", detail="read from X, not delivered by it"),
            Step(step="stored", state="done", at=received_at),
        ]
    return [
        Step(step="received", state="done", at=delivery.received_at),
        Step(step="verified", state="done", at=delivery.received_at),
        Step(step="stored", state="done", at=received_at),
    ]


_UNDECIDED: dict[Status, StepState] = {
    Status.IGNORED: "skipped",
    Status.WAITING: "waiting",
    Status.QUARANTINED: "failed",
}
"""By an event's status, how its turn is where nothing was decided in it."""


def _turn(facts: Facts) -> list[Step]:
    record = facts.record
    if record is None or record.event.kind not in TURN_EVENT_TYPES:
        return []
    event = record.event
    is_unasked = event.reason == _UNWANTED or event.reason.startswith(_CONTROLLED)
    has_none = is_unasked or record.is_history
    state = "skipped" if has_none else _UNDECIDED.get(event.status, "done")
    if state != "done":
        return [Step(step="turn", state=state, detail=event.reason)]
    return [
        Step(step="turn", state="done", at=_decided_at(facts), detail=event.reason),
        _decisions(facts),
    ]


def _decided_at(facts: Facts) -> datetime | None:
    times = [one.created_at for one in facts.answers] + [one.at for one in facts.remarks]
    return min(times, default=None)


def _decisions(facts: Facts) -> Step:
    made = ["message"] * len(facts.answers) + [one.kind.value for one in facts.remarks]
    if not made:
        why = "" if facts.record is None else facts.record.event.reason
        is_lost = _WITHHELD in why or _left(why) is not None
        return Step(step="decided", state="skipped", detail=why if is_lost else "nothing")
    counted = ", ".join(f"{made.count(one)} {one}" for one in dict.fromkeys(made))
    return Step(step="decided", state="done", at=_decided_at(facts), detail=counted)


_SENDING: dict[str, StepState] = {
    "sent": "done",
    "dead": "failed",
    "dropped": "skipped",
    "uncertain": "failed",
    "parked": "failed",
}
"""Of an entry's states; in any other it waits to be sent."""


def _departure(answer: Answer) -> list[Step]:
    name = str(answer.outbox_id)
    state = _SENDING.get(answer.state, "waiting")
    found = [
        Step(step="outbox", state="done", at=answer.created_at, outbox_id=name),
        Step(
            step="sent",
            state=state,
            at=answer.sent_at or answer.attempted_at,
            detail=_send_detail(answer),
            outbox_id=name,
        ),
    ]
    if answer.echoed_at is not None:
        found.append(Step(step="echo", state="done", at=answer.echoed_at, outbox_id=name))
    elif state in {"done", "waiting"}:
        found.append(Step(step="echo", state="waiting", outbox_id=name))
    return found


def _send_detail(answer: Answer) -> str:
    said = [answer.reason]
    if answer.attempts > 1:
        said.append(f"tried {answer.attempts} times")
    if answer.message_id and answer.state == "sent":
        said.append(f"message {answer.message_id}")
    return "; ".join(filter(None, said))
