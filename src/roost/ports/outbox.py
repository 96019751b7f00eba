"""Messages on their way out, as a transaction sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from roost.model.ids import MessageId
from roost.model.messages import OutboundMessage
from roost.model.outbound import OutboxEntry
from roost.model.people import PersonId
from roost.model.turns import Claim


class OutboxRows(Protocol):
    """The `outbox` table inside a transaction.

    States: queued → sending → sent | dead | uncertain; uncertain → sent | queued; sending → queued
    where nothing was sent. At most one entry of a conversation is past `queued` and unfinished.
    """

    async def put(
        self,
        claim: Claim,
        message: OutboundMessage,
        *,
        trace_id: str,
        at: datetime,
        by: PersonId | None = None,
    ) -> None:
        """Queue a message behind the others of its conversation; `by` one of our people, or a bot.

        Of the claim, only whose conversation it is counts.
        """
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
