"""The clock of the machine, which the client takes where it is given no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Moved = Callable[[], None]
"""Called when somebody has moved a clock by hand."""


class SystemClock:
    """`roost.ports.Clock` that follows the machine."""

    def now(self) -> datetime:
        """Give the time now, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock the others take

    def on_move(self, moved: Moved) -> None:
        """Do nothing: nobody moves it by hand, so whoever waits by it need not be told."""
