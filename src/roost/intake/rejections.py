"""Requests that were refused unread: counted in memory, written down now and then.

Whoever sends many of them makes one row a minute of each reason, and at most one transaction a
second; the way of a delivery waits for none of that.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from roost.errors import StoreUnavailable
from roost.ports import Store, Tx
from roost.ports.activity import Rejection

WRITE_EVERY = timedelta(seconds=1)
"""How long a rejection may wait to be written down."""

_MINUTE = 60_000

_log = structlog.stdlib.get_logger("roost.intake")


class Rejections:
    """Counts what was refused, by app, reason and minute."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, int], Rejection] = {}

    def note(self, app_key: str, reason: str, at: datetime) -> None:
        """Count one. `reason` is one of a few fixed texts, never the sender's words."""
        name = (app_key, reason, int(at.timestamp() * 1_000) // _MINUTE)
        before = self._found.get(name)
        self._found[name] = (
            Rejection(app_key, reason, 1, at, at)
            if before is None
            else replace(before, n=before.n + 1, last_at=max(before.last_at, at))
        )

    async def write(self, store: Store) -> None:
        """Write down what was counted since the last time.

        Raises:
            StoreUnavailable: Nothing was; it stays counted.
        """
        if not self._found:
            return
        taken, self._found = self._found, {}

        async def unit(tx: Tx) -> None:
            for one in taken.values():
                await tx.rejections.put(one)

        try:
            await store.transact(unit, is_durable=False)
        except StoreUnavailable:
            for name, one in self._found.items():
                known = taken.get(name)
                taken[name] = (
                    one
                    if known is None
                    else replace(known, n=known.n + one.n, last_at=max(known.last_at, one.last_at))
                )
            self._found = taken
            raise

    async def run(self, store: Store) -> None:
        """Write down what is counted, until cancelled."""
        while True:
            await asyncio.sleep(WRITE_EVERY.total_seconds())
            try:
                await self.write(store)
            except StoreUnavailable as error:
                _log.error("rejections not written down", reason=str(error))
