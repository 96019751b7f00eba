"""The simulator's clock: real or virtual, and what everything in it waits by."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Give the time now, aware and in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place where the simulator reads it


class SimulatorClock:
    """A clock people can move. It runs by the machine's, or stands still until it is moved.

    Attributes:
        changes: How often somebody moved, stopped or started it; 0 at first.
    """

    def __init__(
        self,
        start: datetime,
        *,
        is_frozen: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.changes = 0
        self._monotonic = monotonic
        self._is_frozen = is_frozen
        self._base = start
        self._base_at = monotonic()
        self._changed = asyncio.Event()
        self._is_closed = False

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return self._is_frozen

    def now(self) -> datetime:
        """Give the time now, aware and in UTC."""
        if self._is_frozen:
            return self._base
        return self._base + timedelta(seconds=self._monotonic() - self._base_at)

    def advance(self, by: timedelta) -> None:
        """Move it forward and wake whatever was waiting for a time that has now come.

        Raises:
            ValueError: `by` is negative: time does not go back.
        """
        if by < timedelta(0):
            raise ValueError("time does not go back")
        self.set(self.now() + by, is_frozen=self._is_frozen)

    def freeze(self) -> None:
        """Let it stand still."""
        self.set(self.now(), is_frozen=True)

    def run(self) -> None:
        """Let it run on from where it stands."""
        self.set(self.now(), is_frozen=False)

    def set(self, to: datetime, *, is_frozen: bool) -> None:
        """Put it to a time, back as well as forth: for a new world, not for one that lives."""
        self._base = to
        self._base_at = self._monotonic()
        self._is_frozen = is_frozen
        self.changes += 1
        self._wake()

    def close(self) -> None:
        """Let those who wait in `changed` go, for good."""
        self._is_closed = True
        self._wake()

    async def sleep_until(self, when: datetime) -> None:
        """Wait until it shows a time; not at all where that has passed."""
        while (remaining := (when - self.now()).total_seconds()) > 0:
            await self._wait(None if self._is_frozen else remaining)

    async def changed(self, after: int, *, within: timedelta) -> None:
        """Wait until `changes` is more than `after`, or until `within` of real time has passed."""
        deadline = self._monotonic() + within.total_seconds()
        while self.changes <= after and not self._is_closed:
            remaining = deadline - self._monotonic()
            if remaining <= 0:
                return
            await self._wait(remaining)

    async def _wait(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def milliseconds(when: datetime) -> int:
    """Give a time as X writes it: milliseconds since 1970."""
    return (when - EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(text: str) -> datetime:
    """Read a time as X writes it."""
    return EPOCH + timedelta(milliseconds=int(text))
