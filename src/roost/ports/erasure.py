"""Erasing what was deleted at X, as a transaction sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from roost.model.activities import Activity
from roost.model.ids import ConversationId, MessageId, UserId


class ErasureRows(Protocol):
    """Content that goes, while what it was stays: ids, kinds, times, and who it was from.

    So whatever X delivers once more is still known, and is not stored again.
    """

    async def note_copies(self, event: Activity) -> Sequence[str]:
        """Note which of the account's own Posts an event holds copies of; give their ids.

        Safe to call twice.
        """
        ...

    async def is_deleted(self, account_id: UserId, post_id: str) -> bool:
        """Tell whether X has told that a Post of the account was deleted."""
        ...

    async def erase_post(self, account_id: UserId, post_id: str) -> int:
        """Erase a Post of the account from events, deliveries and dialogs.

        Returns:
            How many events held a copy.
        """
        ...

    async def erase_message(
        self, account_id: UserId, message_id: MessageId
    ) -> ConversationId | None:
        """Erase a message from the transcript, the outbox, events, deliveries and dialogs.

        Returns:
            Its conversation; `None` where there is no such message.
        """
        ...
