"""The simulator's clock: real or virtual, and what everything in it waits by."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UP_TO_DATE = timedelta(0)


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Give the time now, aware and in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place where the simulator reads it


class SimulatorClock:
    """A clock people can move. It runs by the machine's, or stands still until it is moved.

    Moving it skips nothing for work that goes on in the background, whose contexts are *apart*:
    whoever sleeps there wakes at the very time it slept for, in the order of these times, and lives
    on from there however far the clock was moved. What sleeps again and again so goes through each
    hour of a day that passed at once. For all others it is the time the clock shows.

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
        self._moved = _UP_TO_DATE
        self._waiting: dict[int, tuple[datetime, asyncio.Event]] = {}
        self._numbers = itertools.count()
        self._is_closed = False

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return self._is_frozen

    def now(self) -> datetime:
        """Give the time now, aware and in UTC; in a context that is apart, its own."""
        clock, lived_through = _APART.get()
        shown = self._shown()
        return shown if clock is not self else shown - (self._moved - lived_through)

    @property
    def behind(self) -> timedelta:
        """How far the running context's time is behind what the clock shows."""
        clock, lived_through = _APART.get()
        return self._moved - lived_through if clock is self else _UP_TO_DATE

    def apart(self) -> Context:
        """Make a context that is apart, for work that begins now."""
        context = copy_context()
        context.run(self._stay_behind, self.behind)
        return context

    def advance(self, by: timedelta) -> None:
        """Move it forward and wake whatever was waiting for a time that has now come.

        Raises:
            ValueError: `by` is negative: time does not go back.
        """
        if by < timedelta(0):
            raise ValueError("time does not go back")
        self._moved += by
        self.set(self._shown() + by, is_frozen=self._is_frozen)

    def freeze(self) -> None:
        """Let it stand still."""
        self.set(self._shown(), is_frozen=True)

    def run(self) -> None:
        """Let it run on from where it stands."""
        self.set(self._shown(), is_frozen=False)

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
        if when <= self.now():
            return
        while (remaining := (when - self._shown()).total_seconds()) > 0:
            await self._wait(None if self._is_frozen else remaining, when)
        if _APART.get()[0] is self:
            self._stay_behind(self._shown() - when)

    async def changed(self, after: int, *, within: timedelta) -> None:
        """Wait until `changes` is more than `after`, or until `within` of real time has passed."""
        deadline = self._monotonic() + within.total_seconds()
        while self.changes <= after and not self._is_closed:
            remaining = deadline - self._monotonic()
            if remaining <= 0:
                return
            await self._wait(remaining, EPOCH)

    def _shown(self) -> datetime:
        if self._is_frozen:
            return self._base
        return self._base + timedelta(seconds=self._monotonic() - self._base_at)

    def _stay_behind(self, by: timedelta) -> None:
        _APART.set((self, self._moved - by))

    async def _wait(self, seconds: float | None, until: datetime) -> None:
        number, woken = next(self._numbers), asyncio.Event()
        self._waiting[number] = until, woken
        try:
            async with asyncio.timeout(seconds):
                await woken.wait()
        except TimeoutError:
            return
        finally:
            del self._waiting[number]

    def _wake(self) -> None:
        for _, woken in sorted(self._waiting.values(), key=lambda one: one[0]):
            woken.set()


# The clock that the running context is apart from, and how far this was moved with it.
_APART: ContextVar[tuple[SimulatorClock | None, timedelta]] = ContextVar(
    "apart", default=(None, _UP_TO_DATE)
)


def milliseconds(when: datetime) -> int:
    """Give a time as X writes it: milliseconds since 1970."""
    return (when - EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(text: str) -> datetime:
    """Read a time as X writes it."""
    return EPOCH + timedelta(milliseconds=int(text))
