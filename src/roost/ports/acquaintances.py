"""Conversations that begin with something else than a message, as a transaction sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from roost.model.activities import Activity, MessagesRead
from roost.model.events import MessageReceived
from roost.model.ids import UserId
from roost.model.messages import Message


class AcquaintanceRows(Protocol):
    """Whom our accounts meet beside Direct Messages."""

    async def meet(self, event: Activity) -> str:
        """Hold the event's conversation, which may begin with this; return who controls it.

        One that was resolved is the bot's again, unless all that happened is that the customer
        types or reads.
        """
        ...

    async def see(self, event: MessagesRead) -> None:
        """Keep how far a customer has read; nothing changes where they had read further.

        Its conversation is held by the transaction, or is not there.
        """
        ...

    async def said_after(self, event: MessageReceived) -> Sequence[Message]:
        """Give what the transcript has of a customer after a message of theirs, by position."""
        ...

    async def bot_of(self, account_id: UserId) -> str:
        """Name the bot that serves an account; `""` where only people answer."""
        ...
