"""What came in and what became of it, as admins look at it. Sees what is committed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from roost.model.ids import ConversationId, UserId
from roost.model.people import PersonId
from roost.ports.remarks import Remark

NOBODYS = UserId("")
"""The account of events that belong to none of ours."""

REJECTIONS_KEPT = timedelta(days=7)
"""How long it is remembered that a delivery was refused."""


class Status(StrEnum):
    """What became of something that came in.

    `waiting` is not dealt with yet; `processed` is done; `ignored` was set aside for good, for a
    reason; `late` came in after a later message had been handled; `quarantined` failed and waits
    to be tried again; `duplicate` brought nothing new; `rejected` was refused unread.
    """

    WAITING = "waiting"
    PROCESSED = "processed"
    IGNORED = "ignored"
    LATE = "late"
    QUARANTINED = "quarantined"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event, without what it carries.

    Attributes:
        account_id: Our account; `""` for none.
        kind: As in `roost.model.events.EVENT_TYPES`.
        event_key: Unique with the two before.
        conversation_id: `""` where it belongs to none.
        status: What became of it.
        reason: Why; may be empty.
        attempts: How often a turn was begun with it.
        dialect: Which of X's wire forms told of it, for example `v1`; `""` for what is ours.
        received_at: When it came in, by the service's clock.
    """

    account_id: UserId
    kind: str
    event_key: str
    conversation_id: ConversationId
    status: Status
    reason: str
    attempts: int
    dialect: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class RepeatedDelivery:
    """A delivery that brought nothing new; its body is not kept.

    Attributes:
        account_id: Our account.
        delivery_id: Ours.
        dialect: Which of X's wire forms it is in, for example `v1`.
        received_at: When it came in.
    """

    account_id: UserId
    delivery_id: str
    dialect: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Rejection:
    """Requests refused unread within one minute, for one reason. Whose they were nobody can say.

    Attributes:
        app_key: The app whose webhook it was.
        reason: Why, for example `signature does not fit`.
        n: How many; at least 1.
        first_at: When the first one came.
        last_at: When the last one did.
    """

    app_key: str
    reason: str
    n: int
    first_at: datetime
    last_at: datetime


Happening = StoredEvent | RepeatedDelivery | Rejection
"""What a list of activity holds."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which happenings are listed.

    Attributes:
        accounts: Theirs only; `NOBODYS` is one.
        apps: Rejections of their webhooks.
        kind: One kind of event; `""` for all, and for what has none.
        status: `None` for any.
    """

    accounts: Sequence[UserId]
    apps: Sequence[str]
    kind: str = ""
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class ActivityKey:
    """The last happening of a page, after which the next one begins.

    Attributes:
        at: When it came in, milliseconds; what the list is ordered by first, the latest first.
        kind: Second; not that of an event alone.
        owner: Third: the account, or the app.
        key: Fourth.
    """

    at: int
    kind: str
    owner: str
    key: str


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """Part of a list, the latest first.

    Attributes:
        happenings: The part.
        after: Where the next one begins; `None` on the last.
    """

    happenings: Sequence[Happening]
    after: ActivityKey | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """The delivery that brought an event.

    Attributes:
        delivery_id: Ours.
        app_key: Whose webhook.
        source: `webhook`, or what was read to find it.
        body: The bytes as they were received.
        received_at: Stamped once its signature was found right.
    """

    delivery_id: str
    app_key: str
    source: str
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An event and how it came in.

    Attributes:
        event: The event.
        trace_id: Follows it through the system.
        position: Its sort key.
        delivery: What brought it; `None` for a timer, which is ours.
        is_history: Whether it was fetched to complete a transcript, and is nothing new.
    """

    event: StoredEvent
    trace_id: str
    position: int
    delivery: Delivered | None
    is_history: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A message that was decided on, and how far it has come.

    Attributes:
        account_id: Our account.
        outbox_id: Our number of it.
        conversation_id: Where.
        trace_id: Of what it answers.
        text: What it says.
        state: Of the outbox: `queued`, `sending`, `uncertain`, `parked`, `dead`, `dropped`, `sent`.
        reason: Why it is not sent; may be empty.
        attempts: How often it was tried.
        created_at: When it was decided.
        due_at: Before when it is not tried; `None` where it waits behind another, or for nothing.
        attempted_at: When it was tried last; `None` if never.
        message_id: X's; `None` until it is known.
        sent_at: When, by X's clock; `None` until it is known.
        echoed_at: When X told of it; `None` until it has.
        person_id: Who wrote it; `None` for a bot.
    """

    account_id: UserId
    outbox_id: int
    conversation_id: ConversationId
    trace_id: str
    text: str
    state: str
    reason: str
    attempts: int
    created_at: datetime
    due_at: datetime | None
    attempted_at: datetime | None
    message_id: str | None
    sent_at: datetime | None
    echoed_at: datetime | None
    person_id: PersonId | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A message of the customer that came after another one.

    Attributes:
        event_key: Its event's, which is of the kind `message_received`.
        trace_id: Its event's.
        received_at: When it came in.
    """

    event_key: str
    trace_id: str
    received_at: datetime


class RejectionRows(Protocol):
    """The table `rejections` inside a transaction."""

    async def put(self, rejection: Rejection) -> None:
        """Count rejections; those of a minute before are added to. Old ones are forgotten."""
        ...


class ActivityLookup(Protocol):
    """What admins look into."""

    async def page(self, wanted: Wanted, *, after: ActivityKey | None, limit: int) -> ActivityPage:
        """Give up to `limit` happenings, the latest first."""
        ...

    async def event(self, account_id: UserId, kind: str, event_key: str) -> EventRecord | None:
        """Give an event with what brought it; `None` where there is none."""
        ...

    async def answers(self, account_id: UserId, trace_id: str) -> Sequence[Answer]:
        """Give what was decided on for a trace, in the order of sending."""
        ...

    async def answer(self, account_id: UserId, outbox_id: int) -> Answer | None:
        """Give one message of the outbox; `None` where there is none."""
        ...

    async def answer_sent(self, account_id: UserId, message_id: str) -> Answer | None:
        """Give the message of the outbox that X calls `message_id`; `None` where there is none."""
        ...

    async def origin(
        self, account_id: UserId, conversation_id: ConversationId, trace_id: str
    ) -> str | None:
        """Give the key of the customer's message that a trace is of; `None` where there is none."""
        ...

    async def next_received(
        self, record: EventRecord, *, until: datetime, limit: int
    ) -> Sequence[Neighbour]:
        """Give the customer's messages behind an event in its conversation, nearest first."""
        ...

    async def remarks(
        self, record: EventRecord, *, until: datetime | None, limit: int
    ) -> Sequence[Remark]:
        """Give what was done in an event's conversation from its receipt on, oldest first."""
        ...

    async def last_received(self, account_id: UserId) -> datetime | None:
        """Say when an account's last event came in; `None` if none ever did."""
        ...
