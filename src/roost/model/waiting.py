"""Times that something waits for: one that no wait reaches was written by a wrong clock."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST_WAIT = timedelta(hours=1)
"""What waits longer is looked at meanwhile, and waits on."""

NO_WAIT = LONGEST_WAIT + timedelta(minutes=30)
"""Further off than any wait that is written down, though the clocks of processes differ."""


def at_most(until: datetime, *, now: datetime) -> datetime:
    """Give when to look again at what waits until then: no later than any wait lasts."""
    return min(until, now + LONGEST_WAIT)


def is_wrong(until: datetime, *, now: datetime) -> bool:
    """Tell whether only a clock that has been put right since can have written that time."""
    return until - now > NO_WAIT


def is_over(until: datetime, *, now: datetime) -> bool:
    """Tell whether nothing waits for that time any more: it has come, or is wrong."""
    return until <= now or is_wrong(until, now=now)
