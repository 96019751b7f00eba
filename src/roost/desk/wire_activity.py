"""What the API says of what came in and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from roost.ports.activity import Status

What = Literal["event", "delivery", "rejection"]
StepName = Literal["received", "verified", "stored", "turn", "decided", "outbox", "sent", "echo"]
StepState = Literal["done", "waiting", "failed", "skipped"]
CauseCode = Literal[
    "wrong_secret",
    "refused_unread",
    "waiting",
    "agent_has_it",
    "queue_has_it",
    "resolved",
    "handler_failed",
    "ignored",
    "history",
    "bot_silent",
    "rate_limited",
    "uncertain",
    "refused_by_x",
    "given_up",
    "held_back",
]


class Cause(Struct, frozen=True, kw_only=True):
    """Why the customer has no answer.

    Attributes:
        code: Which of the known causes.
        detail: What was noted when it happened; may be empty.
        until: When it ends by itself; `None` where that is not known.
    """

    code: CauseCode
    detail: str = ""
    until: datetime | None = None


class Happening(Struct, frozen=True, kw_only=True):
    """Something that came in, as the list shows it.

    Attributes:
        what: An event; a delivery that brought nothing new; or requests refused unread.
        at: When it came in.
        account_id: Whose; `""` where that is not known.
        app: Key of the app, for what was refused; otherwise `""`.
        kind: An event's kind; otherwise `""`.
        key: The event's key, or the delivery's id; `""` for what was refused.
        conversation_id: `""` where it belongs to none.
        status: What became of it.
        reason: Why; may be empty.
        dialect: Which of X's wire forms told of it, for example `v1`; `""` where none did, and for
            what was refused.
        attempts: How often a turn was begun with an event; 0 where none was.
        n: How many requests; 1 for everything but what was refused.
        cause: What is wrong, where something is.
    """

    what: What
    at: datetime
    account_id: str = ""
    app: str = ""
    kind: str = ""
    key: str = ""
    conversation_id: str = ""
    status: Status
    reason: str = ""
    dialect: str = ""
    attempts: int = 0
    n: int = 1
    cause: Cause | None = None


class Happenings(Struct, frozen=True, kw_only=True):
    """Part of the list, the latest first.

    Attributes:
        happenings: The part.
        after: To be given to get the next part; `None` on the last one.
    """

    happenings: Sequence[Happening]
    after: str | None


class Step(Struct, frozen=True, kw_only=True):
    """One step of the line from X to the bot and back.

    Attributes:
        step: Which.
        state: `done`; `waiting` for its turn; `failed`; or `skipped`, and nothing comes of it.
        at: When; `None` where it has not happened, or no time of its own is kept of it.
        detail: What was noted; may be empty.
        outbox_id: Our number of the message it is of; `""` where it is of none.
    """

    step: StepName
    state: StepState
    at: datetime | None = None
    detail: str = ""
    outbox_id: str = ""


class Told(Struct, frozen=True, kw_only=True):
    """The delivery that brought an event.

    Attributes:
        delivery_id: Ours.
        app: Key of the app whose webhook it came by.
        source: `webhook`, or what was read to find it.
        n_bytes: How long its body is.
        text: Its body as it was received; bytes that are no UTF-8 written in hexadecimal.
    """

    delivery_id: str
    app: str
    source: str
    n_bytes: int
    text: str


class Sent(Struct, frozen=True, kw_only=True):
    """A message that was decided on.

    Attributes:
        outbox_id: Our number of it.
        text: What it says.
        state: Of the outbox.
        person_id: Which of our people wrote it; `None` for a bot.
        message_id: X's id; `""` until it is known.
    """

    outbox_id: str
    text: str
    state: str
    person_id: str | None
    message_id: str


class Trace(Struct, frozen=True, kw_only=True):
    """Something that came in, or a message of ours, and its whole line.

    Attributes:
        account_id: Whose.
        conversation_id: Where; `""` for nowhere.
        event: The event; `None` for a message of ours that no event led to.
        trace_id: Names the line in the log.
        attempts: How often a turn was begun with the event.
        delivery: What brought the event; `None` for a timer, and where there is no event.
        steps: In their order, those of each message of ours one after the other.
        messages: What was decided to be sent.
        answered_with: Key of a later message of the customer, in whose turn this one was handled;
            `""` where it had its own.
        cause: Why the customer has no answer; `None` where they have one, or none is due.
        can_reprocess: Whether the bot may be given it once more.
    """

    account_id: str
    conversation_id: str
    event: Happening | None
    trace_id: str
    attempts: int
    delivery: Told | None
    steps: Sequence[Step]
    messages: Sequence[Sent]
    answered_with: str
    cause: Cause | None
    can_reprocess: bool
