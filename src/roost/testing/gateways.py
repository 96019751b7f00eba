"""A gateway that plays X for tests of the engine."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from roost.errors import SendError
from roost.model.events import MessageSent
from roost.model.ids import MessageId
from roost.model.outbound import OutboxEntry


class FakeGateway:
    """`roost.ports.Gateway` that takes every message, unless told to fail.

    Attributes:
        attempts: Every entry that was tried, in order.
        taken: Entries X now has, with the ids it gave, in order.
        failures: Raised one after the other by the next attempts.
        listed: What listing shows.
        listings: How often it was asked to list.
    """

    def __init__(self, *, first_id: int = 9_000) -> None:
        self.attempts: list[OutboxEntry] = []
        self.taken: list[tuple[OutboxEntry, MessageId]] = []
        self.failures: deque[SendError] = deque()
        self.listed: list[MessageSent] = []
        self.listings = 0
        self._next_id = first_id

    @property
    def texts(self) -> list[str]:
        """The texts X has taken, in order."""
        return [entry.message.text for entry, _ in self.taken]

    async def send(self, entry: OutboxEntry) -> MessageId:
        """Take a message, or raise the next failure."""
        self.attempts.append(entry)
        if self.failures:
            raise self.failures.popleft()
        self._next_id += 1
        message_id = MessageId(str(self._next_id))
        self.taken.append((entry, message_id))
        return message_id

    async def sent_since(self, entry: OutboxEntry) -> Sequence[MessageSent]:
        """Show what it was told to show."""
        self.listings += 1
        return [one for one in self.listed if one.conversation_id == entry.conversation_id]
