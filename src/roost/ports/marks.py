"""What is written down about a conversation: tags, and what a bot remembers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from roost.model.ids import ConversationId, UserId
from roost.model.memories import Memory
from roost.model.outbound import Addressee
from roost.ports.conversations import ConversationRow


class TagRows(Protocol):
    """The `tags` table inside a transaction."""

    async def put(self, where: Addressee, name: str, *, at: datetime) -> None:
        """Put a tag on a conversation; one that is there stays as it is."""
        ...

    async def remove(self, where: Addressee, name: str) -> None:
        """Take a tag off a conversation; nothing where it is not there."""
        ...

    async def of(self, where: Addressee) -> Sequence[str]:
        """Give the tags on a conversation, in alphabetical order."""
        ...


class MemoryRows(Protocol):
    """The `memories` table inside a transaction."""

    async def of(self, conversation: ConversationRow) -> Sequence[Memory]:
        """Give what is remembered of a claimed conversation and of its customer, by name."""
        ...

    async def put(self, where: Addressee, memory: Memory, *, at: datetime) -> None:
        """Remember something in place of what has the same scope and name.

        An empty value forgets that instead.
        """
        ...

    async def forget(self, account_id: UserId, conversation_id: ConversationId) -> None:
        """Forget what belongs to a conversation; what belongs to its customer stays."""
        ...
