"""Rate limits: windows per user and per app, and the replies that do not count.

Source: https://developer.x.com/en/docs/x-api/v1/rate-limits (archived), and for replies
https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving (archived).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from roost.ports import Clock
from roost.simulator.refusals import refusal
from roost.xapi.routes.route import Route, Window

FREE_REPLIES = 5
"""Replies to one message of a user that do not count."""

FREE_FOR = timedelta(hours=24)
"""How long after that message they do not count."""


@dataclass(frozen=True, slots=True)
class Meter:
    """One count of one window.

    Attributes:
        key: What is counted, for example route, app and user.
        window: How much is allowed, and for how long.
    """

    key: tuple[str, ...]
    window: Window


@dataclass(frozen=True, slots=True)
class _Count:
    ends_at: datetime
    used: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a window is used up.

    Attributes:
        limit: Calls it allows.
        remaining: Calls still allowed.
        ends_at: When it begins anew.
    """

    limit: int
    remaining: int
    ends_at: datetime


def meters(route: Route, *, app_id: str, user_id: str) -> Sequence[Meter]:
    """Give what a call to a route is counted on: what its user or app may do, or its bearer token.

    Args:
        route: Which endpoint.
        app_id: Who calls.
        user_id: Who calls; `""` for the app by itself.
    """
    numbered = list(enumerate(route.windows))
    chosen = [(n, window) for n, window in numbered if (window.per == "bearer") != bool(user_id)]
    return [
        Meter((route.name, str(n), app_id, user_id if window.per == "user" else ""), window)
        for n, window in chosen or numbered
    ]


class RateLimits:
    """Counts calls in fixed windows that begin with their first call."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[tuple[str, ...], _Count] = {}

    def take(self, meters: Sequence[Meter], *, code: int = 88) -> Mapping[str, str]:
        """Count one call on each meter, or on none.

        Args:
            meters: What is counted.
            code: X's code for too many; some routes have one of their own.

        Returns:
            X's headers about the first meter; empty where there is none.

        Raises:
            Refusal: A window is used up; 429 with code 88; with X's headers.
        """
        counts = [self._current(meter) for meter in meters]
        for meter, count in zip(meters, counts, strict=True):
            if count.used >= meter.window.limit:
                reason = f"{meter.window.limit} in {meter.window.seconds} s per {meter.window.per}"
                raise refusal(code, reason=reason, headers=_headers(meter.window, count))
        for meter, count in zip(meters, counts, strict=True):
            self._counts[meter.key] = _Count(count.ends_at, count.used + 1)
        return _headers(meters[0].window, self._counts[meters[0].key]) if meters else {}

    def standing(self, meter: Meter) -> Standing:
        """Say how far a window is used up, without counting."""
        count = self._current(meter)
        return Standing(meter.window.limit, max(0, meter.window.limit - count.used), count.ends_at)

    def reset(self) -> None:
        """Begin all windows anew."""
        self._counts.clear()

    def _current(self, meter: Meter) -> _Count:
        count = self._counts.get(meter.key)
        now = self._clock.now()
        if count is None or count.ends_at <= now:
            return _Count(now + timedelta(seconds=meter.window.seconds), 0)
        return count


class ReplyAllowance:
    """Counts replies: after each message of a user, five within 24 hours are free.

    Each message received gives all five anew.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._left: dict[tuple[str, str], tuple[datetime, int]] = {}

    def received(self, *, by: str, sender: str) -> None:
        """Note that `by` received a message from `sender`."""
        self._left[by, sender] = (self._clock.now() + FREE_FOR, FREE_REPLIES)

    def use(self, *, by: str, recipient: str) -> bool:
        """Use up one free reply, if there is one left."""
        left, ends_at = self.standing(by=by, recipient=recipient)
        if ends_at is None:
            return False
        self._left[by, recipient] = (ends_at, left - 1)
        return True

    def standing(self, *, by: str, recipient: str) -> tuple[int, datetime | None]:
        """Say how many free replies are left and until when, without using one; 0 and `None`."""
        ends_at, left = self._left.get((by, recipient), (self._clock.now(), 0))
        is_over = left == 0 or ends_at <= self._clock.now()
        return (0, None) if is_over else (left, ends_at)

    def reset(self) -> None:
        """Forget every message received."""
        self._left.clear()


def _headers(window: Window, count: _Count) -> Mapping[str, str]:
    return {
        "x-rate-limit-limit": str(window.limit),
        "x-rate-limit-remaining": str(max(0, window.limit - count.used)),
        "x-rate-limit-reset": str(int(count.ends_at.timestamp())),
    }
