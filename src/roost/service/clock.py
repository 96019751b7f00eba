"""The clock of the machine."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """`roost.ports.Clock` that follows the machine."""

    def now(self) -> datetime:
        """Give the time now, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock the others take
