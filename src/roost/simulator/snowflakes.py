"""X's ids: they rise with time, and never repeat."""

from __future__ import annotations

from roost.ports import Clock
from roost.simulator.clock import milliseconds

# Milliseconds from 1970 to the beginning of X's ids, and the bits below the time.
# Source: https://docs.x.com/fundamentals/x-ids (docs of 2026-08-22).
_BEGINNING = 1_288_834_974_657
_BITS_BELOW_TIME = 22


class Snowflakes:
    """Makes ids of X's shape: a decimal string below 2**63, each greater than every one before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        """Make an id for something that happens now."""
        elapsed = max(0, milliseconds(self._clock.now()) - _BEGINNING)
        self._last = max(self._last + 1, elapsed << _BITS_BELOW_TIME)
        return str(self._last)

    def skip(self, used: str) -> None:
        """Let every id from here on be greater than one that is already used."""
        self._last = max(self._last, int(used))
