"""A bot that is always there: restarted when its process dies, replaced when its file changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path

import structlog
import watchfiles

from roost.bot import loading, whereabouts
from roost.bot.losses import HeldUp, LetsNotGo, Overdue
from roost.bot.process import (
    BLOCKED_AFTER,
    ENDED_AFTER,
    BotProcess,
    outlived,
)
from roost.bot.spares import Spares
from roost.bot.welcoming import Declared
from roost.bot.whereabouts import Stand
from roost.errors import BotError, DeciderAway, HandlerFailed
from roost.model.opting import BUILT_IN, OptOut
from roost.model.turns import Progress, Turn

_log = structlog.stdlib.get_logger("roost.bot")

_FIRST_WAIT, _LONGEST_WAIT = 0.05, 5.0
_ALONE_AT_ONCE = 4
_PATIENCE_S = 2.0
"""How long a turn waits for a process; then its conversation waits instead of it."""

TURN_DEADLINE = 30.0
"""Seconds the handlers of a turn may take, where nothing else is set."""

Report = Callable[[BotError | HandlerFailed | None], None]
"""Told of each error in the bot's own code; of `None` when the bot is well again."""


class BotDecider:
    """`roost.ports.Decider` over a bot's process.

    A handler that does not let go has failed, and so has one that awaits something beyond its
    turn's deadline: people get its conversation, and it is not tried again. Of the others in the
    process that it held up none suffers: those that were not begun go elsewhere after a moment, the
    rest when that process is ended. Where it is not known which turn it was, and where a process
    died, all are redone, each in a process of its own, so that what a message does to a process
    happens to no other conversation twice.

    Args:
        reference: `module:bot`, or a file.
        report: Told of errors in the bot's code.
        deadline: Seconds the handlers of a turn may take.
    """

    def __init__(self, reference: str, *, report: Report, deadline: float = TURN_DEADLINE) -> None:
        self._reference = reference
        self._report = report
        self._deadline = deadline
        self._current: BotProcess | None = None
        self._is_up = asyncio.Event()
        self._gone = asyncio.Event()
        self._alone = asyncio.Semaphore(_ALONE_AT_ONCE)
        self._keeping: asyncio.Future[asyncio.TaskGroup] = asyncio.Future()
        self._spares = Spares(reference, self._keeping.result, report)
        self._kinds: frozenset[str] = frozenset()
        self._welcomes: tuple[Declared, ...] = ()
        self._opt_out = BUILT_IN
        self.name = ""

    async def start(self, *, is_patient: bool = False) -> None:
        """Load the bot for the first time.

        Args:
            is_patient: Whether to wait, where its file has a mistake, until it is mended.

        Raises:
            BotError: It cannot be loaded.
        """
        source = loading.source_of(self._reference)
        while self._current is None:
            try:
                self._use(await BotProcess.start(self._reference))
            except BotError as error:
                if not is_patient or source is None or not source.is_file():
                    raise
                self._report(error)
                await anext(_saves(source))
        self.name = self._current.name
        if is_patient:
            self._report(None)

    @property
    def kinds(self) -> frozenset[str]:
        """The activities it wants; while it is restarted, those it wanted last."""
        return self._kinds

    @property
    def welcomes(self) -> Sequence[Declared]:
        """The welcome messages it declares; while it is restarted, those it declared last."""
        return self._welcomes

    @property
    def opt_out(self) -> OptOut:
        """The words heeded while people answer; while it is restarted, those it had last."""
        return self._opt_out

    async def run(self, *, is_reloading: bool = False) -> None:
        """Keep the bot running until cancelled.

        Args:
            is_reloading: Whether to load the bot anew whenever a Python file beside it is saved.
        """
        async with asyncio.TaskGroup() as tasks:
            self._keeping.set_result(tasks)
            if self._current is not None:
                tasks.create_task(self._watch(self._current))
            tasks.create_task(self._restart_whenever_gone(tasks))
            source = loading.source_of(self._reference)
            if is_reloading and source is not None:
                tasks.create_task(self._reload_on_save(tasks, source))

    async def decide(self, turn: Turn) -> AsyncGenerator[Progress]:
        """Decide a turn; see `roost.ports.Decider.decide`.

        Waits a moment while the bot is restarted.

        Raises:
            DeciderAway: There is no process of this bot; no handler was reached.
        """
        process = self._own() if turn.attempt > 1 else self._shared()
        while True:
            n_handed_over = 0
            try:
                async with aclosing(self._decide_in(process, turn)) as steps:
                    async for progress in steps:
                        n_handed_over += 1
                        yield progress
            except HeldUp:
                if n_handed_over:
                    raise  # what is committed is not decided again
                process = self._spares.one()
            else:
                return

    async def _decide_in(
        self, process: AbstractAsyncContextManager[BotProcess], turn: Turn
    ) -> AsyncGenerator[Progress]:
        async with process as used, aclosing(used.decide(turn, within=self._deadline)) as steps:
            try:
                async for progress in steps:
                    yield progress
            except HandlerFailed as error:
                self._report(error)
                raise
            except LetsNotGo as error:
                found = Overdue(error.stand, has_blocked=True)
                raise self._endless("let go", ENDED_AFTER, found) from error
            except Overdue as error:
                raise self._endless("ended", self._deadline, error) from error

    @asynccontextmanager
    async def _shared(self) -> AsyncGenerator[BotProcess]:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                current = await self._usable()
        except TimeoutError as error:
            raise DeciderAway(f"bot {self.name} is being restarted") from error
        yield current

    async def _usable(self) -> BotProcess:
        while True:
            await self._is_up.wait()
            current = self._current
            if current is not None and current.is_usable:
                return current
            self._is_up.clear()  # its successor sets it again

    @asynccontextmanager
    async def _own(self) -> AsyncGenerator[BotProcess]:
        async with self._alone:
            tasks = await asyncio.shield(self._keeping)
            try:
                process = await BotProcess.start(self._reference)
            except BotError as error:
                raise DeciderAway(f"bot {self.name} cannot be loaded") from error
            process.on_strayed = self._report
            tasks.create_task(outlived(process, _end_when_blocked(process)))
            try:
                yield process
            finally:
                process.kill()

    def _endless(self, what: str, seconds: float, found: Overdue) -> HandlerFailed:
        """Make the error for a handler that has not done something for so long."""
        failed = HandlerFailed(
            f"{found.stand.named} has not {what} for {seconds:g} s",
            place=self._place_of(found.stand),
            remedy=whereabouts.AWAIT if found.has_blocked else whereabouts.LIMIT,
        )
        self._report(failed)
        return failed

    def _place_of(self, stand: Stand) -> str:
        return stand.place or str(loading.source_of(self._reference) or self._reference)

    def _use(self, process: BotProcess) -> None:
        self._current = process
        process.on_strayed = self._report
        self._kinds, self._welcomes = process.kinds, process.welcomes
        self._opt_out = process.opt_out
        self._is_up.set()

    async def _watch(self, process: BotProcess) -> None:
        async with asyncio.TaskGroup() as tasks:
            relieving = tasks.create_task(self._relieve(process))
            await outlived(process, self._guard(process))
            relieving.cancel()
        self._replace(process)

    async def _guard(self, process: BotProcess) -> None:
        """Keep a handler that does not let go from holding up the others of its process."""
        await process.until_blocked(BLOCKED_AFTER)
        self._replace(process)
        process.set_apart()
        stand = await process.look()
        problem = f"{stand.named} has kept all others waiting for {BLOCKED_AFTER:.0f} s"
        place = self._place_of(stand)
        self._report(BotError(problem, place=place, remedy=whereabouts.AWAIT))
        await process.until_blocked(ENDED_AFTER)
        await process.end_blocked()

    def _replace(self, process: BotProcess) -> None:
        if self._current is process:
            self._current = None
            self._is_up.clear()
            self._gone.set()

    async def _relieve(self, process: BotProcess) -> None:
        """Replace a process in which threads go on that nobody waits for any more.

        Each holds what it holds, for good. Its successor is started first, as there is no hurry.
        """
        await process.is_burdened.wait()
        tasks = await asyncio.shield(self._keeping)
        try:
            fresh = await BotProcess.start(self._reference)
        except BotError as error:
            self._report(error)
            return
        if self._current is not process:
            await fresh.stop()  # somebody else has replaced it
            return
        _log.warning("bot process replaced: a thread goes on in it", bot=self.name)
        self._succeed(fresh, tasks)

    def _succeed(self, fresh: BotProcess, tasks: asyncio.TaskGroup) -> None:
        """Put a process in the place of the one there is, which ends what it has begun."""
        old = self._current
        self._use(fresh)
        tasks.create_task(self._watch(fresh))
        if old is not None:
            old.retire()

    async def _restart_whenever_gone(self, tasks: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        wait, started_at = _FIRST_WAIT, loop.time()
        while True:
            await self._gone.wait()
            self._gone.clear()
            if loop.time() - started_at > _LONGEST_WAIT:
                wait = _FIRST_WAIT
            while self._current is None:
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
                try:
                    fresh = await BotProcess.start(self._reference)
                except BotError as error:
                    self._report(error)
                else:
                    self._use(fresh)
                    tasks.create_task(self._watch(fresh))
            started_at = loop.time()

    async def _reload_on_save(self, tasks: asyncio.TaskGroup, source: Path) -> None:
        async for _ in _saves(source):
            try:
                fresh = await BotProcess.start(self._reference)
            except BotError as error:
                self._report(error)
                continue
            if fresh.name != self.name:
                await fresh.stop()
                self._report(_renamed(self._reference, self.name, fresh.name))
                continue
            self._succeed(fresh, tasks)
            _log.info("bot reloaded", bot=self.name)
            self._report(None)


async def _end_when_blocked(process: BotProcess) -> None:
    await process.until_blocked(ENDED_AFTER)
    await process.end_blocked()


def _saves(source: Path) -> AsyncGenerator[object]:
    return watchfiles.awatch(  # pyright: ignore[reportUnknownMemberType] - names trio's Event
        source.parent,
        watch_filter=watchfiles.PythonFilter(),
        step=50,
        debounce=200,
        recursive=False,
    )


def _renamed(reference: str, old: str, new: str) -> BotError:
    return BotError(
        f"the bot is now called {new!r}",
        place=reference,
        remedy=f"Call it {old!r} again, or restart: a bot's name is its identity",
    )
