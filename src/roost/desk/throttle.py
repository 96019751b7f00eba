"""Slowing down whoever guesses: each failure after the first few costs twice as long."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from roost.ports import Clock

FREE = 5
"""Failures that cost nothing: people mistype."""

LONGEST = timedelta(minutes=15)
"""Longest wait; nobody is locked out for good."""

REMEMBERED = 10_000
"""Most names remembered; the one that failed longest ago is forgotten first."""


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    opens_at: datetime


class Throttle:
    """Remembers who failed how often. Each process has its own memory.

    Args:
        clock: Measures the waits.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[Hashable, _Failures] = OrderedDict()

    def wait(self, names: Sequence[Hashable]) -> timedelta:
        """Say how long none of these may try again; zero or less for not at all."""
        now = self._clock.now()
        opens = (self._failures[name].opens_at for name in names if name in self._failures)
        return max((at - now for at in opens), default=timedelta())

    def failed(self, names: Sequence[Hashable]) -> None:
        """Note a failure under each name."""
        for name in names:
            before = self._failures.pop(name, None)
            count = 1 + (before.count if before else 0)
            self._failures[name] = _Failures(count, self._clock.now() + _cost(count))
        while len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, names: Sequence[Hashable]) -> None:
        """Forget the failures under each name."""
        for name in names:
            self._failures.pop(name, None)


def _cost(count: int) -> timedelta:
    if count <= FREE:
        return timedelta()
    # 2**20 s is far more than the longest wait, and the power stays small.
    return min(timedelta(seconds=2 ** min(count - FREE - 1, 20)), LONGEST)
