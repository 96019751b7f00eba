"""What the core needs from the world, as Protocols written for whoever implements them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from roost.model.events import Event, MessageReceived, MessageSent
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import OutboxEntry
from roost.model.turns import Claim, Progress, Turn

T = TypeVar("T")

PROBES = (
    "intake.verified",  # signature right, nothing stored
    "intake.committed",  # stored, 200 not yet sent
    "intake.answered",  # 200 sent, not yet claimed
    "turn.claimed",  # claimed, decider not yet asked
    "turn.decided",  # decided, nothing committed
    "turn.committed",  # decisions committed, nothing sent
    "outbox.sending",  # `sending` committed, not one byte written
    "outbox.sent",  # X has answered, outcome not yet recorded
    "outbox.recorded",  # outcome recorded
)
"""Every named point of the line at which a crash is tried."""


class Clock(Protocol):
    """Time as people see it."""

    def now(self) -> datetime:
        """Give the time now, aware and in UTC."""
        ...


class Probe(Protocol):
    """Marks steps of the line. Does nothing in production."""

    def at(self, name: str) -> None:
        """Mark that the step has been reached. `name` is one of `PROBES`."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """One HTTP POST from X, verified.

    Attributes:
        delivery_id: Ours; sorts by time of receipt.
        app_key: The app whose webhook it came to.
        account_id: Whom it is for; `""` where it names nobody.
        trace_id: 32 hexadecimal digits; follows the delivery through the system.
        received_at: By the service's clock.
        body: The bytes as received.
        events: What they say, each element of each array.
    """

    delivery_id: str
    app_key: str
    account_id: UserId
    trace_id: str
    received_at: datetime
    body: bytes
    events: tuple[Event, ...]


class Inbox(Protocol):
    """Durable queue of what came in."""

    async def put(self, delivery: Delivery) -> int:
        """Store a delivery and its events; on return they survive a power cut.

        Safe to call twice: an event whose account, kind and key are known is not stored again.
        Many calls in flight share one commit.

        Returns:
            How many of the events were new.

        Raises:
            StoreUnavailable: Nothing was stored.
        """
        ...


@dataclass(frozen=True, slots=True)
class EventRow:
    """A stored event that has not been filed into its conversation yet."""

    event: Event
    trace_id: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class PendingEvents:
    """What a turn is made of.

    Attributes:
        events: By position.
        attempt: The highest attempt among them, the one about to begin included.
        trace_id: Of the delivery that brought the last of them; `""` where there are none.
    """

    events: tuple[MessageReceived, ...]
    attempt: int
    trace_id: str


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """What a claim needs to know of a conversation."""

    account_id: UserId
    conversation_id: ConversationId
    customer_id: UserId
    customer_screen_name: str
    customer_name: str
    bot: str
    epoch: int
    fence: int


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of ours that X told us about and that no outbox row is linked to."""

    message_id: MessageId
    position: int
    text: str
    source_app_id: str


class EventRows(Protocol):
    """The `events` table inside a transaction. States: new → pending → done, or set aside."""

    async def unfiled(self, limit: int) -> Sequence[EventRow]:
        """Give events nobody has filed yet, oldest receipt first."""
        ...

    async def file(self, event: Event, *, state: str, reason: str = "") -> None:
        """Move an unfiled event to `pending`, `done` or `ignored`, with the reason."""
        ...

    async def pending(
        self, account_id: UserId, conversation_id: ConversationId, limit: int
    ) -> PendingEvents:
        """Give a conversation's pending messages by position, and the attempt about to begin.

        Counts the attempt on each of them, so that an attempt that kills the process counts.
        """
        ...

    async def settle(self, events: Sequence[MessageReceived], *, state: str, reason: str) -> None:
        """Mark pending messages `done` or `quarantined`, and say why."""
        ...


class ConversationRows(Protocol):
    """The `conversations` table inside a transaction."""

    async def touch(self, event: MessageReceived | MessageSent) -> str:
        """Create or freshen the event's conversation; return who controls it."""
        ...

    async def make_ready(
        self, account_id: UserId, conversation_id: ConversationId, waiting_since: datetime
    ) -> None:
        """Queue a conversation for a turn; an older `waiting_since` stays."""
        ...

    async def claim_ready(self, limit: int, *, lease: timedelta) -> Sequence[ConversationRow]:
        """Lease the longest-waiting ready conversations that nobody leases.

        Raises each one's fence, takes it off the ready queue, and takes no conversation twice.
        """
        ...

    async def guard(self, claim: Claim) -> bool:
        """Hold the claim's conversation for this transaction.

        Returns:
            Whether the ownership is still the one the claim was made under.

        Raises:
            StaleClaim: Somebody else has claimed it since.
        """
        ...

    async def release(self, claim: Claim, *, waiting_since: datetime | None) -> None:
        """End the claim's lease; ready again where something still waits."""
        ...

    async def hand_off(self, claim: Claim, *, reason: str) -> None:
        """Give control to the agents' queue and raise the epoch."""
        ...

    async def hand_back(self, account_id: UserId, conversation_id: ConversationId) -> bool:
        """Give control to the bot and raise the epoch; whether the conversation exists."""
        ...

    async def take_over_leases(self) -> int:
        """End every lease of a process that is gone. Only the sole owner may call it."""
        ...


class MessageRows(Protocol):
    """The `messages` table inside a transaction: the transcript, ordered by position."""

    async def put(self, event: MessageReceived | MessageSent) -> None:
        """Store a message; one already known by its id stays as it is."""
        ...

    async def put_sent(self, entry: OutboxEntry, message_id: MessageId, at: datetime) -> None:
        """Store a message X took from our outbox; known already if its echo came first."""
        ...

    async def unlinked(self, entry: OutboxEntry) -> Sequence[SentMessage]:
        """Give our own messages above the entry's baseline that no outbox row is linked to."""
        ...


class OutboxRows(Protocol):
    """The `outbox` table inside a transaction.

    States: queued → sending → sent | dead | uncertain; uncertain → sent | queued; sending → queued
    where nothing was sent. At most one entry of a conversation is past `queued` and unfinished.
    """

    async def put(
        self, claim: Claim, message: OutboundMessage, *, trace_id: str, at: datetime
    ) -> None:
        """Queue a message behind the others of its conversation."""
        ...

    async def start_due(self, limit: int, *, now: datetime) -> Sequence[OutboxEntry]:
        """Move the first due entry of up to `limit` conversations to `sending`."""
        ...

    async def finish(self, entry: OutboxEntry, message_id: MessageId) -> None:
        """Mark an entry `sent` under X's id."""
        ...

    async def postpone(self, entry: OutboxEntry, when: datetime, *, reason: str) -> None:
        """Put an entry that X does not have back to `queued`, due at `when`."""
        ...

    async def suspect(self, entry: OutboxEntry, *, reason: str) -> None:
        """Mark an entry `uncertain`."""
        ...

    async def bury(self, entry: OutboxEntry, *, reason: str) -> None:
        """Mark an entry `dead`."""
        ...

    async def uncertain(self, conversation: tuple[str, str] | None = None) -> Sequence[OutboxEntry]:
        """Give the entries to reconcile, of one conversation or of all."""
        ...

    async def suspect_interrupted(self) -> int:
        """Mark every `sending` entry of a process that is gone `uncertain`."""
        ...


class ChangeRows(Protocol):
    """The change feed inside a transaction; what live pages follow."""

    async def append(
        self, account_id: UserId, kind: str, *, conversation_id: str, ref: str, at: datetime
    ) -> None:
        """Add one change; visible to readers only after the transaction commits."""
        ...


class Tx(Protocol):
    """One transaction: all of it happens or nothing does."""

    @property
    def events(self) -> EventRows:
        """Stored events."""
        ...

    @property
    def conversations(self) -> ConversationRows:
        """Conversations, their control and leases."""
        ...

    @property
    def messages(self) -> MessageRows:
        """The transcript."""
        ...

    @property
    def outbox(self) -> OutboxRows:
        """Messages on their way out."""
        ...

    @property
    def changes(self) -> ChangeRows:
        """The change feed."""
        ...


Unit = Callable[[Tx], Awaitable[T]]
"""The body of a transaction. May be run again, so it only touches its `Tx`."""


class Store(Protocol):
    """Durable state. One contract suite runs on every adapter."""

    @property
    def inbox(self) -> Inbox:
        """Where intake puts deliveries."""
        ...

    async def transact(self, unit: Unit[T], *, is_durable: bool = True) -> T:
        """Run a unit in one transaction and return its result once it is committed.

        Args:
            unit: Touches only the `Tx` it is given: no network, no foreign code, no sleeping.
            is_durable: Whether the commit must survive a power cut before this returns. Without
                it the commit survives a killed process and is never torn from later ones.

        Raises:
            StoreUnavailable: Nothing was committed.
        """
        ...


class Gateway(Protocol):
    """The way out to X."""

    async def send(self, entry: OutboxEntry) -> MessageId:
        """Send one message; X's id for it.

        Raises:
            RateLimited: Nothing was sent; see `resets_at`.
            RejectedByX: Nothing was sent; repeating is pointless.
            SendUncertain: X may have it.
            XApiUnavailable: Nothing was sent; repeating is safe.
        """
        ...

    async def sent_since(self, entry: OutboxEntry) -> Sequence[MessageSent]:
        """List what the entry's account wrote to its recipient above the entry's baseline.

        Raises:
            SendError: X did not answer; nothing is known.
        """
        ...


class Decider(Protocol):
    """Decides turns: a bot's process, or a test's function."""

    def decide(self, turn: Turn) -> AsyncGenerator[Progress]:
        """Hand over what should happen, piece by piece.

        The caller commits each `Progress` before it resumes the generator. The last one is
        `final`. The generator may be closed at any point.

        Raises:
            DeciderLost: The process behind it is gone; the turn is to be redone.
            HandlerFailed: The decider's own code raised; redoing it would raise again.
        """
        ...
