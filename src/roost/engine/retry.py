"""What follows from a failed attempt, as a pure policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import assert_never

from roost.errors import (
    DuplicatePost,
    ProfileGone,
    QuotaUsedUp,
    RateLimited,
    RejectedByX,
    SendUncertain,
    Unsendable,
    XApiUnavailable,
)
from roost.model.health import AccountState, Hold, Scope
from roost.model.outbound import Dead, Held, Limited, RetryAt, Uncertain, Voiceless

_UNAUTHORISED, _FORBIDDEN = 401, 403
_CLOCK_IS_WRONG = 135

# 87 and 416 are X's words for an app that it no longer serves; with 453, which is in none of its
# lists, it refuses an app whose plan does not reach so far.
# Source: https://developer.x.com/en/support/x-api/error-troubleshooting (archived).
_APP_CODES = frozenset({87, 416, 453})

# Of the account alone: its token is not valid, or was given before the app asked for messages.
_CREDENTIALS_CODES: Mapping[int, str] = MappingProxyType(
    {
        89: "X no longer takes the account's token",
        93: "the account's token does not reach to Direct Messages",
        261: "the account's token does not reach to writing",
    }
)
_PAUSE_CODES: Mapping[int, str] = MappingProxyType(
    {
        64: "X has suspended the account",
        226: "X takes the account's messages for automated ones",
        326: "X has locked the account until its owner logs in",
    }
)

# There is no such user, or X has suspended them, or they take no messages of this account.
_CUSTOMER_CODES = frozenset({50, 63, 150, 349})

Failure = RateLimited | RejectedByX | SendUncertain | Unsendable | XApiUnavailable
"""What the gateway raises."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When to try again.

    Attributes:
        first: Wait after the first failure; doubles with each further one.
        longest: Longest wait.
        unknown_reset: Wait where X does not say when its window opens.
    """

    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=5)
    unknown_reset: timedelta = timedelta(minutes=15)

    def outcome_of(
        self, error: Failure, *, attempt: int, now: datetime
    ) -> RetryAt | Limited | Held | Uncertain | Dead | Voiceless:
        """Judge one failed attempt.

        Args:
            error: What the gateway raised.
            attempt: 1 for the first.
            now: When it failed.
        """
        match error:
            case RateLimited():
                return self.limited(error, attempt=attempt, now=now)
            case XApiUnavailable():
                return RetryAt(now + self.wait(attempt), "X could not be reached")
            case ProfileGone() | Unsendable():
                ended = Voiceless if isinstance(error, ProfileGone) else Dead
                return ended(str(error))
            case RejectedByX():
                return self._refused(error, attempt=attempt, now=now)
            case SendUncertain(reason=reason):
                return Uncertain(reason)
            case _ as unreachable:
                assert_never(unreachable)

    def limited(self, error: RateLimited, *, attempt: int, now: datetime) -> Limited:
        """Tell until when nothing goes after a 429.

        A window that is said to be open already is not believed again and again: the wait grows.
        """
        if error.resets_at is None:
            return Limited(now + self.unknown_reset, error.most)
        return Limited(max(error.resets_at, now + self.wait(attempt)), error.most)

    def _refused(
        self, error: RejectedByX, *, attempt: int, now: datetime
    ) -> RetryAt | Limited | Held | Uncertain | Dead:
        if error.code == _CLOCK_IS_WRONG:
            # Not the credentials: the next attempt is signed with the time that X gave.
            return RetryAt(now + self.wait(attempt), "X says that our clock is wrong")
        if isinstance(error, QuotaUsedUp):
            return Limited(now + self.unknown_reset)
        if isinstance(error, DuplicatePost) and attempt > 1:
            return Uncertain("X has it already, perhaps from an earlier attempt")
        hold = hold_of(error)
        if hold is not None:
            return Held(hold)
        reason = f"X answered {error.status}, code {error.code}: {error.message}"
        return Dead(reason, is_of_customer=error.code in _CUSTOMER_CODES)

    def wait(self, attempt: int) -> timedelta:
        """Tell how long to wait after so many failures in a row."""
        return min(self.first * 2 ** min(attempt - 1, 20), self.longest)


def hold_of(error: RejectedByX) -> Hold | None:
    """Tell what a refusal says of the whole account or app; `None` where it is of one call."""
    if error.code in _APP_CODES:
        reason = f"X does not serve the app, code {error.code}: {error.message}"
        return Hold(Scope.APP, AccountState.PAUSED, reason)
    if error.code in _PAUSE_CODES:
        reason = f"{_PAUSE_CODES[error.code]}, code {error.code}"
        return Hold(Scope.ACCOUNT, AccountState.PAUSED, reason)
    if error.status == _UNAUTHORISED or error.code in _CREDENTIALS_CODES:
        said = _CREDENTIALS_CODES.get(error.code, "X refuses the account's credentials")
        return Hold(Scope.ACCOUNT, AccountState.NEEDS_REAUTH, f"{said}, code {error.code}")
    return None


def hold_of_question(error: RejectedByX) -> Hold | None:
    """Tell what it says of a whole account or app that X refuses to tell it something of its own.

    As `hold_of`; and nothing is wrong with such a question itself, so that a 403 is about who asks,
    whatever its code.
    """
    why = hold_of(error)
    if why is None and error.status == _FORBIDDEN:
        reason = f"X refuses what the account asks, code {error.code}: {error.message}"
        return Hold(Scope.ACCOUNT, AccountState.PAUSED, reason)
    return why
