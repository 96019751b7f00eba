"""Which moments people and bots may name: those far from any clock are mistakes.

The limits are fixed, and ask no clock: what was allowed once is allowed whenever a dialog is run
again.
"""

from __future__ import annotations

from datetime import UTC, datetime

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""The first moment that may be named."""

END = datetime(2100, 1, 1, tzinfo=UTC)
"""The first moment that is too late to be named."""

LIMIT = "a time of the years 2000 to 2099, in UTC"
"""What may be named, in words."""


def may_be_named(at: datetime) -> bool:
    """Tell whether a moment lies in the years 2000 to 2099. `at` must be aware."""
    return EARLIEST <= at < END
