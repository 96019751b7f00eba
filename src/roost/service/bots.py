"""The bots that are served, each in a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from roost.bot.decider import BotDecider
from roost.errors import BotError, HandlerFailed, SettingsError
from roost.service import notices
from roost.service.options import Serving
from roost.settings import Settings

_log = structlog.stdlib.get_logger("roost.service")


async def start(settings: Settings, how: Serving, stack: AsyncExitStack) -> Sequence[BotDecider]:
    """Start every bot the settings name, where the role runs any; the stack ends them.

    Raises:
        BotError: One cannot be loaded.
        SettingsError: Two have one name.
    """

    def report(error: BotError | HandlerFailed | None) -> None:
        how.notices.tell(notices.of_bot(error))
        if isinstance(error, BotError) and not how.notices.are_read:
            _log.error("bot not loaded", place=error.place, why=error.problem, remedy=error.remedy)

    bots: list[BotDecider] = []
    for reference in settings.bots if how.role.works else ():
        bot = BotDecider(reference, report=report, deadline=settings.turn_deadline_s)
        await bot.start(is_patient=how.is_reloading)
        await stack.enter_async_context(_running(bot, is_reloading=how.is_reloading))
        if bot.name in {one.name for one in bots}:
            raise SettingsError("bots", f"two bots are called {bot.name}", "Rename one of them")
        bots.append(bot)
    return bots


@asynccontextmanager
async def _running(bot: BotDecider, *, is_reloading: bool) -> AsyncGenerator[None]:
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(bot.run(is_reloading=is_reloading))
        try:
            yield
        finally:
            running.cancel()
