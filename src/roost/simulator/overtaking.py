"""Letting later deliveries go first."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime

from roost.simulator.clock import SimulatorClock


class Overtaking:
    """Counts what was posted to each webhook, and holds a delivery until enough others were."""

    def __init__(self, clock: SimulatorClock) -> None:
        self._clock = clock
        self._posted = Counter[str]()
        self._noted_at = clock.now()
        self._noted = asyncio.Event()

    def note(self, webhook_id: str) -> None:
        """Take note of a delivery that was posted."""
        self._posted[webhook_id] += 1
        self._noted_at = self._clock.now()
        self._noted.set()
        self._noted = asyncio.Event()

    async def wait(self, webhook_id: str, *, by: int, until: datetime) -> None:
        """Wait until `by` more were posted to a webhook, or until a time of the clock."""
        enough = self._posted[webhook_id] + by
        async with asyncio.TaskGroup() as tasks:
            overtaken = tasks.create_task(self._reached(webhook_id, enough))
            late = tasks.create_task(self._clock.sleep_until(until))
            await asyncio.wait([overtaken, late], return_when=asyncio.FIRST_COMPLETED)
            came = self._noted_at if overtaken.done() else until
            overtaken.cancel()
            late.cancel()
        await self._clock.sleep_until(came)  # it is that time already; here it is, too, from now

    async def _reached(self, webhook_id: str, enough: int) -> None:
        while self._posted[webhook_id] < enough:
            await self._noted.wait()
