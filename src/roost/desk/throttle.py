"""Slowing down whoever guesses: each attempt after the first few costs twice as long.

Attempts are counted in the database and before they are looked at, so that neither many processes
nor many requests at once let more of them through.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from roost.ports import Clock, Store, Tx
from roost.ports.attempts import Shut

FREE = 5
"""Attempts that cost nothing: people mistype."""

LONGEST = timedelta(minutes=15)
"""Longest wait; nobody is locked out for good."""

FORGOTTEN_AFTER = timedelta(days=1)
"""So long after the last attempt nothing is left of it."""

REMEMBERED = 10_000
"""Most names remembered; the one tried longest ago is forgotten first."""


class Throttle:
    """Counts attempts since the last success, together with every process on the database.

    Args:
        store: Counts them.
        clock: Measures the waits; the same for all processes.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def wait(self, *whose: str) -> timedelta:
        """Count an attempt and give no time, or say how long none is let through.

        Args:
            whose: For example a login and an address; only a hash of them is kept.

        Raises:
            StoreUnavailable: It could not be counted, so it may not be let through.
        """
        name, now = _name(whose), self._clock.now()

        async def unit(tx: Tx) -> datetime:
            await tx.attempts.keep(most=REMEMBERED, since=now - FORGOTTEN_AFTER)
            counted = await tx.attempts.begin(name, at=now)
            if isinstance(counted, Shut):
                return counted.until
            await tx.attempts.shut(name, until=now + _cost(counted))
            return now

        return await self._store.transact(unit, is_durable=False) - now

    async def succeeded(self, *whose: str) -> None:
        """Forget the attempts."""
        name = _name(whose)
        await self._store.transact(lambda tx: tx.attempts.forget(name), is_durable=False)


def _name(whose: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(whose).encode("utf-8", "surrogatepass")).hexdigest()


def _cost(count: int) -> timedelta:
    if count <= FREE:
        return timedelta()
    # 2**20 s is far more than the longest wait, and the power stays small.
    return min(timedelta(seconds=2 ** min(count - FREE - 1, 20)), LONGEST)
