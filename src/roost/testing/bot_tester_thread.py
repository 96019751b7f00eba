"""The thread a tester's world lives in, so that it works under any event loop, or none."""

from __future__ import annotations

import asyncio
import faulthandler
import functools
import tempfile
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from roost.bot import whereabouts
from roost.bot.router import Bot
from roost.bot.whereabouts import Stand
from roost.engine.turns import TurnPolicy
from roost.simulator.app import Simulator
from roost.simulator.clock import SimulatorClock
from roost.simulator.entries import WorldFile
from roost.store import schema
from roost.testing import virtual_time
from roost.testing.bot_tester_engine import Engine
from roost.testing.bot_tester_inside import Inside, NothingMoves, Standstill, TesterLoop
from roost.testing.in_process import InProcess
from roost.testing.x_worlds import ORIGIN, InProcessX

T = TypeVar("T")

ANSWERS_WITHIN = 30.0
"""Seconds of real time; only a handler that blocks takes so long."""

Work = Callable[[Inside], Coroutine[None, None, T]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a tester's world begins with.

    Attributes:
        bot: Answers for the account.
        account: The account's screen name.
        world: What there is at X.
        begins_at: The time at first.
        policy: Deadlines, and what follows from failures.
    """

    bot: Bot
    account: str
    world: WorldFile
    begins_at: datetime
    policy: TurnPolicy


class TesterThread:
    """Runs an X and an application in virtual time.

    Args:
        plan: What it begins with.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._ready: Future[tuple[Inside, Standstill]] = Future()
        self._thread = threading.Thread(target=self._run, name="bot-tester", daemon=True)
        self._failed: BaseException | None = None

    def start(self) -> Inside:
        """Start everything; give what is in it."""
        self._thread.start()
        return self._ready.result(ANSWERS_WITHIN)[0]

    def stop(self) -> None:
        """End everything.

        Raises:
            BaseException: What ended it before; a fault of Roost's own.
        """
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(ANSWERS_WITHIN)
        if self._failed is not None:
            raise self._failed

    async def do(self, work: Work[T]) -> T:
        """Do something inside, and wait for it.

        Raises:
            NothingMoves: It does not end in real time; says which line keeps it.
        """
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                return await asyncio.wrap_future(self._begin(work))
        except TimeoutError as error:
            raise self._stuck() from error

    def do_now(self, work: Work[T]) -> T:
        """Do what takes a moment inside, from code that cannot wait.

        Raises:
            NothingMoves: It does not end in real time; says which line keeps it.
        """
        try:
            return self._begin(work).result(ANSWERS_WITHIN)
        except TimeoutError as error:
            raise self._stuck() from error

    def _begin(self, work: Work[T]) -> Future[T]:
        inside, standstill = self._ready.result()

        async def run() -> T:
            with standstill.moving():
                return await work(inside)

        return asyncio.run_coroutine_threadsafe(run(), self._loop)

    def _stuck(self) -> NothingMoves:
        stand = _stand(self._thread)
        return NothingMoves(
            f"{stand.place or 'bot ' + self._plan.bot.name}: {stand.named} has kept all waiting for"
            f" {ANSWERS_WITHIN:g} s. {whereabouts.AWAIT}"
        )

    def _run(self) -> None:
        try:
            with (
                tempfile.TemporaryDirectory(prefix="roost-tester-") as folder,
                asyncio.Runner(loop_factory=TesterLoop) as runner,
            ):
                database = Path(folder) / "roost.db"
                database.write_bytes(_migrated())
                runner.run(self._live(database))
        except BaseException as error:
            if self._ready.done():
                self._failed = error
                raise
            self._ready.set_exception(error)

    async def _live(self, database: Path) -> None:
        plan, self._loop, self._stop = self._plan, asyncio.get_running_loop(), asyncio.Event()
        standstill = Standstill(virtual_time.running())
        transport = InProcess()
        clock = SimulatorClock(plan.begins_at, is_frozen=True)
        async with (
            Simulator(plan.world, clock=clock, transport=transport) as simulator,
            asyncio.TaskGroup() as tasks,
        ):
            transport.mount(ORIGIN, simulator.asgi)
            x = InProcessX(simulator.simulation, ORIGIN, simulator.asgi, transport)
            inside = Inside(Engine(x, plan.account, plan.bot, database, plan.policy), tasks)
            with standstill.moving():
                await inside.start()
                await inside.engine.connect()
                await inside.settle()
            self._ready.set_result((inside, standstill))
            await self._stop.wait()
            await inside.kill()


@functools.cache
def _migrated() -> bytes:
    """Give an empty database with all its tables: to make one takes longer than most tests."""
    with tempfile.TemporaryDirectory(prefix="roost-tester-") as folder:
        database = Path(folder) / "roost.db"
        schema.upgrade(database)
        return database.read_bytes()


def _stand(thread: threading.Thread) -> Stand:
    """Tell where a thread is."""
    with tempfile.TemporaryFile("w+") as file:
        faulthandler.dump_traceback(file)
        file.seek(0)
        dumped = file.read()
    _, _, after = dumped.partition(f"Thread {thread.ident or 0:#018x}")
    return whereabouts.of_dump(after.partition("\n\n")[0])
