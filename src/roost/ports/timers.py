"""Timers, as a transaction sees them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Protocol

from roost.model.events import TimerFired
from roost.model.ids import ConversationId, UserId
from roost.model.outbound import Addressee


class TimerRows(Protocol):
    """The `timers` table inside a transaction: one timer per conversation and name."""

    async def set(
        self, where: Addressee, name: str, *, due_at: datetime, data: str, trace_id: str
    ) -> None:
        """Set a timer of a conversation; one of the same name is replaced.

        It never fires before `due_at`, whatever the precision of the times stored.
        """
        ...

    async def cancel(self, where: Addressee, name: str) -> bool:
        """Forget a timer; whether there was one."""
        ...

    async def is_replaced(self, fired: TimerFired) -> bool:
        """Tell whether a timer that has fired has been set again since."""
        ...

    async def overtake(
        self, where: Addressee, name: str, *, reason: str, sparing: Container[str] = ()
    ) -> None:
        """Keep from the bot that a timer has fired which it has cancelled, or set again, since.

        Args:
            where: Whose timer.
            name: Which.
            reason: Why the firing is ignored.
            sparing: Event keys of firings that are being handled: these stay.
        """
        ...

    async def fire_due(self, limit: int, *, now: datetime) -> int:
        """Move timers that are due into unfiled `TimerFired` events; how many there were.

        Each is moved once, the longest due first; those that another transaction moves are left
        to it.

        Args:
            limit: How many at most.
            now: By the service's clock, which alone says what is due.
        """
        ...

    async def snoozes_over(
        self, limit: int, *, now: datetime
    ) -> Sequence[tuple[UserId, ConversationId]]:
        """Give snoozed conversations of all accounts whose time has come, the longest due first.

        Those that another transaction brings back are left to it.

        Args:
            limit: How many at most.
            now: By the service's clock, which alone says what is due.
        """
        ...

    async def next_due(self) -> datetime | None:
        """Give the earliest time at which a timer is due; `None` without any."""
        ...
