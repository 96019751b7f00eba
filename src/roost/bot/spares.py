"""Processes for turns that another one has held up, to get away from it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from roost.bot.process import ENDED_AFTER, BotProcess, outlived
from roost.errors import BotError, DeciderAway

SUSPECTED_AFTER = 1.0
"""Seconds one of them may be silent; then the turns it has not begun go to the next."""

_LANES, _MOST = 4, 12
"""How many take turns at the same time; how many there are at most, those that are silent too."""


class Spares:
    """Started when they are needed, ended when they have nothing to do.

    Nobody knows beforehand which of several turns holds the others up. Here one that does keeps its
    process to itself, after a moment, until it is ended there; new turns do not come here.

    Args:
        reference: Of the bot.
        tasks: Gives where they are watched.
        report: Told of errors in the bot's code.
    """

    def __init__(
        self,
        reference: str,
        tasks: Callable[[], asyncio.TaskGroup],
        report: Callable[[BotError], None],
    ) -> None:
        self._reference = reference
        self._report = report
        self._tasks = tasks
        self._room = asyncio.Semaphore(_MOST)
        self._next = itertools.count()
        self._lanes: list[BotProcess | None] = [None] * _LANES
        self._locks = [asyncio.Lock() for _ in range(_LANES)]

    @asynccontextmanager
    async def one(self) -> AsyncGenerator[BotProcess]:
        """Give one that answers.

        Raises:
            DeciderAway: The bot cannot be loaded.
        """
        process = await self._usable(next(self._next) % _LANES)
        try:
            yield process
        finally:
            process.retire_if_idle()

    async def _usable(self, lane: int) -> BotProcess:
        async with self._locks[lane]:
            process = self._lanes[lane]
            if process is None or not process.is_usable:
                process = self._lanes[lane] = await self._started()
            return process

    async def _started(self) -> BotProcess:
        await self._room.acquire()
        try:
            process = await BotProcess.start(self._reference)
        except BaseException as error:
            self._room.release()
            if isinstance(error, BotError):
                raise DeciderAway("its bot cannot be loaded") from error
            raise
        process.on_strayed = self._report
        self._tasks().create_task(self._see_out(process))
        return process

    async def _see_out(self, process: BotProcess) -> None:
        try:
            await outlived(process, _guard(process))
        finally:
            self._room.release()


async def _guard(process: BotProcess) -> None:
    await process.until_blocked(SUSPECTED_AFTER)
    process.set_apart()
    await process.look()  # while it can tell; it is remembered
    await process.until_blocked(ENDED_AFTER)
    await process.end_blocked()
