"""What goes on inside a tester: an X and an application, alone in a virtual time of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar, TypeVarTuple

from typing_extensions import override

from roost.errors import RoostError
from roost.ports import Tx
from roost.testing import virtual_time
from roost.testing.bot_tester_engine import Engine

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_TICK, _LONGEST_TICK = 0.05, 1.0
"""Virtual seconds between two looks at whether everything is done."""

_LOOKS = 2
"""How often in a row nothing must be going on: what was sent brings an echo."""

_BUSY_FOR = 240.0
"""Virtual seconds a turn may take, its deadline and its retries included."""

_X_TAKES = 5.0
"""Virtual seconds a message may take to X; what takes longer waits for the clock to be moved."""

_STEP_WHILE_SENDING = timedelta(seconds=30)


class NothingMoves(RoostError):
    """What a tester waits for does not end: most likely a handler blocks, or never returns."""


class TesterLoop(virtual_time.VirtualTimeLoop):
    """Virtual time in which the work of other threads takes none, such as that of `to_thread`."""

    @override
    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        away = ExitStack()
        away.enter_context(self.elsewhere())
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(lambda _: away.close())
        return future


class Standstill:
    """Lets time pass only while somebody waits for something."""

    def __init__(self, loop: virtual_time.VirtualTimeLoop) -> None:
        self._loop = loop
        self._n_waiting = 0
        self._pause = ExitStack()

    @contextmanager
    def moving(self) -> Generator[None]:
        """Let time pass within the block."""
        self._n_waiting += 1
        self._pause.close()
        try:
            yield
        finally:
            self._n_waiting -= 1
            if not self._n_waiting:
                self._pause.enter_context(self._loop.elsewhere())


@dataclass
class Inside:
    """An application that can be killed, and how long things take in it.

    Attributes:
        engine: The application.
        tasks: Where it lives.
    """

    engine: Engine
    tasks: asyncio.TaskGroup
    _life: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the application."""
        started = asyncio.Event()
        self._life = self.tasks.create_task(self.engine.live(started))
        await started.wait()

    async def kill(self) -> None:
        """End the application as a crash would."""
        self.engine.kill()
        if self._life is not None:
            await self._life

    async def settle(self) -> None:
        """Wait until everything is done that does not wait for somebody or for the clock.

        Raises:
            NothingMoves: A turn does not end.
        """
        loop = asyncio.get_running_loop()
        begun, tick, n_quiet = loop.time(), _TICK, 0
        while n_quiet < _LOOKS:
            await asyncio.sleep(tick)
            waited = loop.time() - begun
            counts = await self.engine.running.store.counts()
            is_sent = not counts.outbox_waiting or waited > _X_TAKES
            n_quiet = n_quiet + 1 if is_sent and not counts.events_waiting else 0
            if waited > _BUSY_FOR:
                raise NothingMoves(
                    f"{counts.events_waiting} events are not handled after {waited:.0f} s"
                )
            tick = min(tick * 1.2, _LONGEST_TICK)

    async def advance(self, by: timedelta) -> None:
        """Let time pass, stopping wherever a timer is due.

        Raises:
            ValueError: `by` is negative.
        """
        clock = self.engine.x.clock
        until = clock.now() + by
        while True:
            now = clock.now()
            stop = min(await self._next_stop(now), until)
            clock.advance(stop - now)
            self.engine.running.worker.look()
            await self.settle()
            if stop >= until:
                return

    async def _next_stop(self, now: datetime) -> datetime:
        store = self.engine.running.store

        async def unit(tx: Tx) -> datetime | None:
            return await tx.timers.next_due()

        due_at = await store.transact(unit, is_durable=False)
        counts = await store.counts()
        stops = [now + _STEP_WHILE_SENDING] if counts.outbox_waiting else []
        if due_at is not None:
            stops.append(max(due_at, now + timedelta(milliseconds=1)))
        return min(stops, default=datetime.max.replace(tzinfo=now.tzinfo))
