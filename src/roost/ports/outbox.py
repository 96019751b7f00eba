"""Messages on their way out, as a transaction sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import Addressee, Lane, OutboxEntry, SetAside
from roost.model.people import PersonId
from roost.model.posts import PublicReply


class OutboxRows(Protocol):
    """The `outbox` table inside a transaction.

    States: queued → sending → sent | dead | uncertain; uncertain → sent | queued | parked; sending
    → queued where nothing was sent; parked → uncertain | queued | dropped; dead → queued | dropped;
    queued → dropped where its writer takes it back, or a person takes over from its bot.
    At most one entry of a conversation is past `queued` and unfinished.
    """

    async def put(
        self,
        to: Addressee,
        message: OutboundMessage | PublicReply,
        *,
        lane: Lane,
        trace_id: str,
        at: datetime,
        by: PersonId | None = None,
    ) -> None:
        """Queue a message behind the others of its conversation, which become as urgent as it.

        A public reply keeps its place among what is said to the customer it answers.

        `by` is one of our people; `None` for a bot.
        """
        ...

    async def due(
        self, limit: int, *, now: datetime, without: Sequence[UserId] = ()
    ) -> Sequence[OutboxEntry]:
        """Hold the first due entry of up to `limit` conversations, the lower lane first.

        Only entries of accounts that are connected through a working app. They stay `queued`;
        `attempt`, `baseline` and `attempted_at` are what they will be once started.

        Args:
            limit: Most entries.
            now: What is due by then.
            without: Accounts to leave out.
        """
        ...

    async def start(self, entries: Sequence[OutboxEntry]) -> None:
        """Move entries that `due` has given in this transaction to `sending`."""
        ...

    async def defer(self, entries: Sequence[OutboxEntry], until: datetime) -> None:
        """Let entries that `due` has given in this transaction wait until then."""
        ...

    async def finish(self, entry: OutboxEntry, message_id: MessageId) -> None:
        """Mark an entry `sent` under X's id.

        Two entries of an account cannot have one id: then the transaction raises `NotUnique`.
        """
        ...

    async def postpone(self, entry: OutboxEntry, when: datetime, *, reason: str) -> None:
        """Put an entry that X does not have back to `queued`, due at `when`."""
        ...

    async def reword(self, entry: OutboxEntry, message: OutboundMessage) -> None:
        """Put another message in place of the one whose attempt has ended without an effect."""
        ...

    async def suspect(self, entry: OutboxEntry, *, reason: str, at: datetime) -> None:
        """Mark an entry `uncertain`, whose attempt has ended then."""
        ...

    async def bury(self, entry: OutboxEntry, *, reason: str) -> None:
        """Mark an entry `dead`."""
        ...

    async def park(self, entry: OutboxEntry, *, reason: str) -> None:
        """Mark an entry `parked`: it may have arrived, and a person is to say what follows."""
        ...

    async def uncertain(
        self, conversation: tuple[str, str] | None = None, *, unasked: bool = False
    ) -> Sequence[OutboxEntry]:
        """Give the entries to reconcile: of one conversation, or all whose account can list.

        With `unasked`, all others instead.
        """
        ...

    async def suspect_interrupted(self) -> int:
        """Mark every `sending` entry of a process that is gone `uncertain`."""
        ...

    async def hold_back(self, account_id: UserId, until: datetime) -> None:
        """Let what is due for an account wait until then; a hint that spares looking at it."""
        ...

    async def release(self, account_id: UserId) -> None:
        """Make what waits for an account due at once."""
        ...

    async def set_aside(self) -> Sequence[SetAside]:
        """Give every entry that waits for a person, `parked` or `dead`, by account and id."""
        ...

    async def hold_set_aside(self, account_id: UserId, outbox_id: int) -> SetAside | None:
        """Hold one such entry and give it; `None` where it does not wait for a person."""
        ...

    async def suspect_again(self, one: SetAside) -> bool:
        """Mark a parked entry `uncertain`; false while another of its conversation is in flight.

        Its entry `is_checked` from then on, until it is put back to `queued`.
        """
        ...

    async def requeue(self, one: SetAside, *, at: datetime) -> None:
        """Put an entry that was set aside back to `queued`."""
        ...

    async def drop(self, one: SetAside, *, reason: str) -> None:
        """Mark an entry that was set aside `dropped`: nobody wants it any more."""
        ...


class HeldRows(Protocol):
    """Messages that are taken out of the outbox again, inside a transaction."""

    async def hold_last(self, to: Addressee, until: datetime) -> None:
        """Let what was queued last in a conversation, in this transaction, wait until then.

        Nothing makes it due earlier, so that whoever wrote it can take it back.
        """
        ...

    async def take_back(
        self, account_id: UserId, conversation_id: ConversationId, outbox_id: int, by: PersonId
    ) -> OutboundMessage | None:
        """Drop an entry of a person's that is still queued, or was refused, and give what it says.

        The same again where they have taken it back before; `None` where X may have it, or where it
        is none of theirs.
        """
        ...

    async def stop(self, account_id: UserId, conversation_id: ConversationId) -> None:
        """Let nothing of what a bot has said in a conversation be sent any more.

        What is in flight is still looked for. What a bot says as it hands over stays.
        """
        ...

    async def withdraw(
        self, account_id: UserId, conversation_id: ConversationId
    ) -> Sequence[OutboundMessage | PublicReply]:
        """Drop what `stop` has named and X surely does not have; give what it says, in order.

        Likewise whatever a bot has said that is queued while a person has the conversation.
        """
        ...
