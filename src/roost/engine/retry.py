"""What follows from a failed attempt, as a pure policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from roost.errors import RateLimited, RejectedByX, SendUncertain, XApiUnavailable
from roost.model.outbound import Dead, RetryAt, Uncertain

_UNAUTHORISED = 401


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When to try again.

    Attributes:
        first: Wait after the first failure; doubles with each further one.
        longest: Longest wait.
        unknown_reset: Wait where X does not say when its window opens.
        unauthorised: Wait after X refused our credentials: the message is kept until they work.
    """

    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=5)
    unknown_reset: timedelta = timedelta(minutes=15)
    unauthorised: timedelta = timedelta(minutes=1)

    def outcome_of(
        self,
        error: RateLimited | RejectedByX | SendUncertain | XApiUnavailable,
        *,
        attempt: int,
        now: datetime,
    ) -> RetryAt | Uncertain | Dead:
        """Judge one failed attempt.

        Args:
            error: What the gateway raised.
            attempt: 1 for the first.
            now: When it failed.
        """
        match error:
            case RateLimited(resets_at=resets_at):
                opens_at = resets_at or now + self.unknown_reset
                return RetryAt(max(opens_at, now + self.first), "rate limit used up")
            case XApiUnavailable():
                wait = min(self.first * 2 ** min(attempt - 1, 20), self.longest)
                return RetryAt(now + wait, "X could not be reached")
            case RejectedByX() if error.status == _UNAUTHORISED:
                return RetryAt(now + self.unauthorised, f"credentials refused, code {error.code}")
            case RejectedByX():
                return Dead(f"X answered {error.status}, code {error.code}: {error.message}")
            case SendUncertain(reason=reason):
                return Uncertain(reason)
            case _ as unreachable:
                assert_never(unreachable)
