"""Conversations that wait for a bot no process here runs: left alone, and said."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from roost.ports import Tx

_log = structlog.stdlib.get_logger("roost.turns")

LOOKED_EVERY = timedelta(seconds=60)
"""How often it is looked for such conversations."""

SAID_AFTER = timedelta(seconds=30)
"""How long one waits before it is said: until then another process may be about to take it."""


class Unserved:
    """Says which bots are waited for.

    Args:
        bots: Those of this process.
    """

    def __init__(self, bots: frozenset[str]) -> None:
        self._bots = bots
        self._loop = asyncio.get_running_loop()
        self._looked_at = self._loop.time() - LOOKED_EVERY.total_seconds()

    async def look(self, tx: Tx, *, now: datetime) -> None:
        """Look, if it is time to, and log each bot that has been waited for too long."""
        if self._loop.time() - self._looked_at < LOOKED_EVERY.total_seconds():
            return
        self._looked_at = self._loop.time()
        for one in await tx.health.unserved(self._bots):
            if now - one.since >= SAID_AFTER:
                _log.error(
                    "no process takes these conversations up: run the bot, or name another",
                    bot=one.bot,
                    conversations=one.n_waiting,
                    since=one.since.isoformat(),
                )
