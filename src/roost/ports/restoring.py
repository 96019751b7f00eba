"""A database that is older than what X has: what tells so, and what follows, in a transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roost.model.events import MessageReceived, MessageSent
from roost.model.ids import ConversationId, UserId
from roost.model.outbound import OutboxEntry
from roost.ports.conversations import SentMessage
from roost.ports.gaps import LastSeen


@dataclass(frozen=True, slots=True)
class Marked:
    """What was marked in a database that came out of a backup. All are counts.

    Attributes:
        n_sends: Messages that X is asked about before any of them is sent.
        n_received: Messages that were not handled, and wait for X's list.
        n_set_aside: Other events that were not handled, set aside for a person to try again.
        n_timers: Timers that came due after the backup, dropped.
    """

    n_sends: int
    n_received: int
    n_set_aside: int
    n_timers: int


@dataclass(frozen=True, slots=True)
class Sends:
    """What the outbox has sent into a conversation, and what it may have.

    Attributes:
        known: Those of the messages asked for that it has sent, by X's ids.
        attempted: Entries that X may have, under ids nobody knows, by id: whatever was tried, or
            is to be looked for since a backup was restored, and was not found.
    """

    known: frozenset[str]
    attempted: Sequence[OutboxEntry]


class RestoringRows(Protocol):
    """What was stored of what this database may have forgotten."""

    async def held(self, account_id: UserId) -> Sequence[MessageReceived | MessageSent]:
        """Give what passes have held back of an account, by position."""
        ...

    async def app_of(self, account_id: UserId) -> str:
        """Give X's id of an account's app; `""` where that is not known."""
        ...

    async def unlinked(
        self, account_id: UserId, conversation_id: ConversationId, *, after: int
    ) -> Sequence[SentMessage]:
        """Give our messages above a position, by position, that no outbox entry is linked to."""
        ...

    async def sends(
        self, account_id: UserId, conversation_id: ConversationId, message_ids: Collection[str]
    ) -> Sends:
        """Tell what the outbox knows of messages of a conversation, and what it may have sent.

        Both as of one moment: what is being sent meanwhile is in either of them.
        """
        ...

    async def note_history(self, account_id: UserId, message_ids: Collection[str]) -> None:
        """Have messages that are held back filed as history, which wakes no bot."""
        ...

    async def seen(self) -> Sequence[tuple[UserId, LastSeen]]:
        """Give every account that was ever connected, and what is known of it."""
        ...

    async def mark(self, at: datetime) -> Marked:
        """Take nothing of what has not ended for granted, and begin a new change feed.

        Whatever is on its way out is `uncertain`, one of a conversation after the other. Messages
        that were not handled are held until a pass has listed what X has.

        Args:
            at: Now; X is not asked before it has had its usual time since then.
        """
        ...
