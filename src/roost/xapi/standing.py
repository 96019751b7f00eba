"""How far a rate window is used up, as X tells it in the headers of an answer.

Source: https://developer.x.com/en/docs/x-api/v1/rate-limits (archived).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A rate window, as it stood when X answered.

    Attributes:
        limit: Calls in a window.
        remaining: How many are left of them.
        resets_at: When the next window begins; X tells seconds.
    """

    limit: int
    remaining: int
    resets_at: datetime


def standing_in(headers: Mapping[str, str]) -> Standing | None:
    """Read the headers `x-rate-limit-*`; `None` where one is missing or no number.

    Args:
        headers: Names in lower case.
    """
    try:
        limit, remaining, reset = (
            int(headers[f"x-rate-limit-{name}"]) for name in ("limit", "remaining", "reset")
        )
        return Standing(limit, remaining, datetime.fromtimestamp(reset, UTC))
    except (KeyError, ValueError, OverflowError, OSError):
        return None
