"""Events, conversations and their transcript, as a transaction sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from roost.model.activities import Posted
from roost.model.events import Event, MessageReceived, MessageSent, TurnEvent
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Message
from roost.model.outbound import OutboxEntry
from roost.model.people import PersonId
from roost.model.turns import Claim


@dataclass(frozen=True, slots=True)
class EventRow:
    """A stored event that has not been filed into its conversation yet.

    Attributes:
        event: What happened.
        trace_id: Of the delivery that brought it.
        received_at: When that came, or, if it was held back, when it was let go.
        is_history: See `Delivery`.
    """

    event: Event
    trace_id: str
    received_at: datetime
    is_history: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that its conversation hears of.

    Attributes:
        event: The message.
        is_history: See `Delivery`.
    """

    event: MessageReceived | MessageSent
    is_history: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """Where an event goes.

    Attributes:
        event: As it was given.
        state: `pending`, `done` or `ignored`; of one that was pending, `quarantined` too.
        reason: Why it is there.
    """

    event: Event
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QuarantinedEvent:
    """An event that was set aside.

    Attributes:
        account_id: Our account.
        kind: As in `roost.model.events.KINDS`.
        event_key: Unique with account and kind.
        conversation_id: Where.
        attempts: How often it was tried.
        reason: Why it was set aside.
        received_at: When it came in.
    """

    account_id: UserId
    kind: str
    event_key: str
    conversation_id: ConversationId
    attempts: int
    reason: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class PendingEvents:
    """What a turn is made of.

    Attributes:
        events: By position.
        attempt: The attempt of each of them, the one about to begin included. Above 1 there is
            one event alone, so that what one does to its turn harms no other.
        trace_id: Of the delivery that brought the last of them; `""` where there are none.
        has_more: Whether others may wait behind them.
        requeued: Keys of those that a person has given to the bot again.
    """

    events: tuple[TurnEvent, ...]
    attempt: int
    trace_id: str
    has_more: bool = False
    requeued: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """What a claim needs to know of a conversation.

    Attributes: as in the table; `handled_position` is 0 where nothing has been handled,
        `has_memories` says whether anything is remembered of it or its customer, `has_written`
        whether the customer has ever written in it.
    """

    account_id: UserId
    conversation_id: ConversationId
    customer_id: UserId
    customer_screen_name: str
    customer_name: str
    bot: str
    epoch: int
    fence: int
    has_dialogs: bool
    handled_position: int = 0
    has_memories: bool = False
    has_written: bool = True


@dataclass(frozen=True, slots=True)
class ControlRow:
    """Who has a conversation.

    Attributes:
        control: `bot`, `agent`, `queue` or `nobody`.
        controller_id: The agent; `None` unless `control` is `agent`.
        customer_id: Who writes to us.
        epoch: Raised with every change of control.
        fence: Raised with every claim.
        bot: The bot that serves the account; `""` where only people answer.
    """

    control: str
    controller_id: PersonId | None
    customer_id: UserId
    epoch: int
    fence: int
    bot: str


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of ours that X told us about and that no outbox row is linked to."""

    position: int
    message: Message


class EventRows(Protocol):
    """The `events` table inside a transaction.

    States: new → pending → done, or set aside. What a list brought may be `held` before it is new.
    """

    async def unfiled(self, limit: int) -> Sequence[EventRow]:
        """Give events nobody has filed yet, oldest receipt first."""
        ...

    async def file(self, event: Event, *, state: str, reason: str = "") -> None:
        """Move an unfiled event to `pending`, `done` or `ignored`, with the reason."""
        ...

    async def file_all(self, filed: Sequence[Filed]) -> None:
        """Do what `file` does, for many events at once."""
        ...

    async def pending(
        self, account_id: UserId, conversation_id: ConversationId, limit: int
    ) -> PendingEvents:
        """Give a conversation's pending events by position, and the attempt about to begin.

        Counts the attempt on each of them, so that an attempt that kills the process counts.
        """
        ...

    async def pending_in(
        self, places: Sequence[tuple[UserId, ConversationId]], limit: int
    ) -> Mapping[tuple[UserId, ConversationId], PendingEvents]:
        """Do what `pending` does, for many conversations at once; none of them twice."""
        ...

    async def unlinked_posts(self, account_id: UserId, *, after: int) -> Sequence[Posted]:
        """Give the account's own Posts above a position that no outbox entry is linked to."""
        ...

    async def settle(self, events: Sequence[TurnEvent], *, state: str, reason: str) -> None:
        """Mark pending events `done`, `ignored` or `quarantined`, and say why."""
        ...

    async def discount(self, events: Sequence[TurnEvent]) -> None:
        """Take back the last attempt of events that are still pending: nobody has seen them."""
        ...

    async def settle_all(self, settled: Sequence[Filed]) -> None:
        """Do what `settle` does, for events of many turns at once."""
        ...

    async def requeue(self, event: QuarantinedEvent) -> bool:
        """Make a quarantined event pending, as if never tried; whether it was quarantined."""
        ...


class ConversationRows(Protocol):
    """The `conversations` table inside a transaction."""

    async def touch(self, event: MessageReceived | MessageSent, *, is_history: bool = False) -> str:
        """Create or freshen the event's conversation; return who controls it.

        A message is unread unless it is history.
        """
        ...

    async def touch_all(self, arrivals: Sequence[Arrival]) -> Sequence[str]:
        """Do what `touch` does, for many messages in their order; say who has it after each."""
        ...

    async def control_of(self, account_id: UserId, conversation_id: ConversationId) -> str | None:
        """Hold a conversation and tell who controls it; `None` where it does not exist."""
        ...

    async def make_ready(self, waiting: Sequence[tuple[UserId, ConversationId, datetime]]) -> None:
        """Queue conversations for a turn, since when they wait; an older time stays."""
        ...

    async def claim_ready(
        self, limit: int, *, lease: timedelta, bots: frozenset[str] | None = None
    ) -> Sequence[ConversationRow]:
        """Lease the longest-waiting ready conversations that nobody leases.

        Raises each one's fence, takes it off the ready queue, and takes no conversation twice.

        Args:
            limit: Most conversations.
            lease: How long they are held.
            bots: Whose conversations; of any bot where it is `None`.
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

    async def renew(self, claim: Claim, *, lease: timedelta) -> bool:
        """Let the claim's lease last for another `lease` from now; whether it was still held."""
        ...

    async def release(
        self, claim: Claim, *, waiting_since: datetime | None, handled_to: int | None = None
    ) -> bool:
        """End the claim's lease; ready again where something still waits, and whether it is.

        Args:
            claim: Whose lease.
            waiting_since: Since when it waits; `None` where only what came in meanwhile does.
            handled_to: Position of the last message that was dealt with; `None` for none.
        """
        ...

    async def hand_off(self, claim: Claim, *, reason: str, at: datetime | None = None) -> None:
        """Give control to the agents' queue and raise the epoch.

        `at` is when, which is where the conversation stands in lists if it has no messages.
        """
        ...

    async def give_to_queue(
        self, account_id: UserId, conversation_id: ConversationId, *, epoch: int, reason: str
    ) -> None:
        """Give control to the agents' queue and raise the epoch, if the epoch is still this one."""
        ...

    async def hand_back(self, account_id: UserId, conversation_id: ConversationId) -> bool:
        """Give control to the bot and raise the epoch; whether the conversation exists."""
        ...

    async def whose(self, account_id: UserId, conversation_id: ConversationId) -> ControlRow | None:
        """Hold a conversation for this transaction and say who has it."""
        ...

    async def take_over(
        self,
        account_id: UserId,
        conversation_id: ConversationId,
        person_id: PersonId,
        *,
        is_unanswered: bool = False,
    ) -> None:
        """Give control to a person and raise the epoch; pending messages are theirs now.

        Args:
            account_id: Our account.
            conversation_id: Where.
            person_id: Who.
            is_unanswered: Whether the customer waits since their last message, unless a person has
                answered it: what was to be their answer is not sent after all.
        """
        ...

    async def resolve_turn(self, claim: Claim) -> None:
        """Give control to nobody and raise the epoch, for the bot whose turn it is.

        Where something has come in behind the turn, control stays with the bot, which is how it
        would be after that had begun anew.

        Raises:
            StaleClaim: Somebody else has claimed the conversation since.
        """
        ...

    async def resolve(self, account_id: UserId, conversation_id: ConversationId) -> None:
        """Give control to nobody and raise the epoch; pending messages are done with.

        A message of the customer gives it back to the bot, or to the queue where there is none.
        """
        ...

    async def snooze(
        self, account_id: UserId, conversation_id: ConversationId, until: datetime | None
    ) -> None:
        """Put a conversation aside until then, or, with `None`, until the customer writes.

        A message of the customer, and whatever changes who has it, ends that before.
        """
        ...

    async def wake(
        self, account_id: UserId, conversation_id: ConversationId, at: datetime | None
    ) -> bool:
        """End a snooze that is over by then, or any with `None`; whether there was one."""
        ...

    async def mark(
        self, account_id: UserId, conversation_id: ConversationId, *, is_read: bool
    ) -> bool:
        """Say that somebody has looked at a conversation, or wants it looked at again.

        False where it is not there, or is marked to be looked at again already.
        """
        ...

    async def take_over_leases(self) -> int:
        """End every lease of a process that is gone; those of living ones stay."""
        ...


class MessageRows(Protocol):
    """The `messages` table inside a transaction: the transcript, ordered by position."""

    async def put(self, event: MessageReceived | MessageSent) -> None:
        """Store a message; one already known by its id stays as it is."""
        ...

    async def put_all(self, events: Sequence[MessageReceived | MessageSent]) -> None:
        """Do what `put` does, for many messages at once."""
        ...

    async def put_sent(self, entry: OutboxEntry, message_id: MessageId, at: datetime) -> None:
        """Store a message X took from our outbox; known already if its echo came first.

        Raises:
            NotUnique: Another message has this id: a customer's, or one said elsewhere or by
                another entry.
        """
        ...

    async def is_newer(
        self,
        account_id: UserId,
        conversation_id: ConversationId,
        *,
        after: int,
        than_by: PersonId,
    ) -> bool:
        """Tell whether somebody else than `than_by` or a bot has written after a position.

        What other people have written and X does not have yet counts too.
        """
        ...

    async def unlinked(self, entry: OutboxEntry) -> Sequence[SentMessage]:
        """Give our own messages above the entry's baseline that no outbox row is linked to."""
        ...
