"""Clocks that stand still until they are told to move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
"""Where a `FrozenClock` begins."""


class FrozenClock:
    """`roost.ports.Clock` for tests.

    Args:
        now: Where it begins; aware.
    """

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        """Give the time it was set to."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move it."""
        self._now += by
