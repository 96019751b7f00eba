"""What customers see of agents: that one types, and that one has read. Never worth failing for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roost.model.decisions import MarkRead, ShowTyping, Signal
from roost.model.ids import ConversationId, MessageId, UserId
from roost.ports import Clock

Show = Callable[[UserId, UserId, Signal], Awaitable[None]]
"""Shows a customer a signal of an account; what X does not take is dropped."""

TYPING_EVERY = timedelta(seconds=3)
"""X shows for about three seconds that somebody types; more often is in vain."""

TYPING_MOST, TYPING_WITHIN = 500, timedelta(minutes=15)
"""Typing of agents, of the 1,000 times in 15 minutes that X allows an account; bots have the rest.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/typing-indicator-and-read-receipts
/api-reference/new-typing-indicator (archived).
"""


@dataclass(slots=True)
class _Spent:
    since: datetime
    count: int = 0


@dataclass(slots=True)
class Showing:
    """Shows customers what agents do, within what X allows.

    Attributes:
        show: The way to X.
        clock: Tells how long ago the last one was.
        shows_typing: Whether customers see that an agent types.
        marks_read: Whether they see that the agent who has their conversation has read it.
    """

    show: Show
    clock: Clock
    shows_typing: bool = True
    marks_read: bool = True
    _typed_at: dict[tuple[UserId, ConversationId], datetime] = field(default_factory=dict)
    _spent: dict[UserId, _Spent] = field(default_factory=dict)

    async def typing(
        self, account_id: UserId, conversation_id: ConversationId, customer_id: UserId
    ) -> bool:
        """Show that somebody types, unless that is shown already or too much was; whether it is."""
        now = self.clock.now()
        last = self._typed_at.get((account_id, conversation_id))
        if not self.shows_typing or (last is not None and now - last < TYPING_EVERY):
            return False
        spent = self._spent.get(account_id)
        if spent is None or now - spent.since >= TYPING_WITHIN:
            spent = self._spent[account_id] = _Spent(now)
            self._forget_before(now - TYPING_EVERY)
        if spent.count >= TYPING_MOST:
            return False
        spent.count += 1
        self._typed_at[account_id, conversation_id] = now
        await self.show(account_id, customer_id, ShowTyping())
        return True

    async def read(self, account_id: UserId, customer_id: UserId, message_id: MessageId) -> bool:
        """Show that messages up to one have been read; whether that is done here at all."""
        if self.marks_read:
            await self.show(account_id, customer_id, MarkRead(message_id))
        return self.marks_read

    def _forget_before(self, at: datetime) -> None:
        self._typed_at = {place: when for place, when in self._typed_at.items() if when > at}
