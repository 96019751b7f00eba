"""A hint that there is work. Hints may be lost; polling is the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from roost.model.decisions import Decision
from roost.model.turns import Turn

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


def _show_nothing(turn: Turn, decisions: Sequence[Decision]) -> None:
    """Show none of it."""
    del turn, decisions


@dataclass(frozen=True, slots=True)
class Wakes:
    """The loops that hint to each other.

    Attributes:
        outbox: Sends.
        turns: Files what was stored, and claims turns.
        timers: Fires what is due.
        show: Takes what turns have decided, for the signals among it.
    """

    outbox: Wake
    turns: Wake = field(default_factory=Wake)
    timers: Wake = field(default_factory=Wake)
    show: Callable[[Turn, Sequence[Decision]], None] = _show_nothing
