"""A hint that there is work. Hints may be lost; polling is the truth."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

POLL = timedelta(seconds=1)
"""How long work may lie unseen if its hint is lost."""


class Wake:
    """Wakes one loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Say that there may be work."""
        self._event.set()

    async def wait(self, at_most: timedelta = POLL) -> None:
        """Wait for a hint, or for the time to look anyway."""
        try:
            async with asyncio.timeout(at_most.total_seconds()):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()


@dataclass(frozen=True, slots=True)
class Wakes:
    """The loops that hint to each other.

    Attributes:
        outbox: Sends.
        turns: Files what was stored, and claims turns.
        timers: Fires what is due.
    """

    outbox: Wake
    turns: Wake = field(default_factory=Wake)
    timers: Wake = field(default_factory=Wake)
