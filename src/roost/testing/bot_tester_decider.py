"""A bot that decides in the test's own process, where a debugger sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

from roost.bot import loading, whereabouts
from roost.bot.awaiting import STRAYED
from roost.bot.endings import ending_of
from roost.bot.router import Bot
from roost.errors import BotError, HandlerFailed
from roost.model.opting import OptOut
from roost.model.turns import Progress, Turn


class InProcessDecider:
    """`roost.ports.Decider` over a bot that is loaded already.

    Args:
        bot: The bot.
        tasks: Where its turns run.
        deadline: How long a handler may take.

    Attributes:
        failures: What handlers have raised, oldest first.
    """

    def __init__(self, bot: Bot, tasks: asyncio.TaskGroup, deadline: timedelta) -> None:
        self._bot = bot
        self._deadline = deadline.total_seconds()
        self._tasks = tasks
        self.failures: list[BaseException] = []

    @property
    def kinds(self) -> frozenset[str]:
        """The activities the bot has handlers for."""
        return self._bot.kinds

    @property
    def opt_out(self) -> OptOut:
        """The words heeded while people answer."""
        return self._bot.words.opt_out

    async def decide(self, turn: Turn) -> AsyncGenerator[Progress]:
        """Decide a turn; see `roost.ports.Decider.decide`.

        Raises:
            HandlerFailed: The handler raised, or did not end in time.
        """
        asyncio.get_running_loop().set_exception_handler(self._hear)
        handed = asyncio.Queue[Progress | BaseException]()
        committed = asyncio.Event()

        async def hand_over(progress: Progress) -> None:
            committed.clear()
            handed.put_nowait(progress)
            await committed.wait()

        deciding = asyncio.ensure_future(ending_of(self._bot.decide(turn, hand_over)))

        async def run() -> None:
            handed.put_nowait(await deciding)

        running = self._tasks.create_task(run())
        deadline = asyncio.get_running_loop().call_later(
            self._deadline, lambda: handed.put_nowait(self._endless(deciding))
        )
        try:
            is_final = False
            while not is_final:
                progress = await handed.get()
                if isinstance(progress, BaseException):
                    raise self._failed(progress)
                is_final = progress.final
                yield progress
                committed.set()
        finally:
            deadline.cancel()
            running.cancel()

    def _endless(self, deciding: asyncio.Task[Progress | BaseException]) -> HandlerFailed:
        stand = whereabouts.of_task(deciding)
        return HandlerFailed(
            f"{stand.named} has not ended for {self._deadline:g} s",
            place=stand.place or f"bot {self._bot.name}",
            remedy=whereabouts.LIMIT,
        )

    def _failed(self, error: BaseException) -> HandlerFailed:
        self.failures.append(error)
        if isinstance(error, HandlerFailed):
            return error
        return loading.failure(error, default=f"bot {self._bot.name}")

    def _hear(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """Keep what a task has done that its handler had left behind."""
        error = context.get("exception")
        if not isinstance(error, BotError):
            loop.default_exception_handler(context)
        elif context.get("message") == STRAYED:
            self.failures.append(error)
