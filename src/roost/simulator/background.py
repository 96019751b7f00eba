"""Work that goes on behind the calls: one task group, and a way to end everything in it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Self

from roost.simulator.clock import SimulatorClock


class Background:
    """A task group whose tasks can be ended together, to start over or to stop.

    Each goes through all the time there is, however far the clock is moved at once. A task that
    fails ends the group, and with it whoever entered it: a fault of the simulator's own is never
    silent.
    """

    def __init__(self, clock: SimulatorClock) -> None:
        self._clock = clock
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        self.cancel()
        return await self._group.__aexit__(kind, error, traceback)

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Begin a piece of work."""
        task = self._group.create_task(work, context=self._clock.apart())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self) -> None:
        """End all work that is going on."""
        for task in self._tasks:
            task.cancel()
