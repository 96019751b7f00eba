"""Conversations that begin with something else than a message, as a transaction sees them."""

from __future__ import annotations

from typing import Protocol

from roost.model.activities import Activity, MessagesRead
from roost.model.ids import UserId


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

    async def bot_of(self, account_id: UserId) -> str:
        """Name the bot that serves an account; `""` where only people answer."""
        ...
