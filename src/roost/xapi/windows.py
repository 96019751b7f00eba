"""X's rate windows: what is documented, and what X's headers say about them.

Source: https://docs.x.com/x-api/fundamentals/rate-limits (docs of 2026-08-22) for the headers; the
numbers are those of `roost.xapi.routes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from roost.model.budgets import Limit, RouteLimits, Standing
from roost.xapi.routes import ROUTES
from roost.xapi.routes.route import Route, Window

_NEARLY_USED_UP = 10
_LARGEST_NUMBER = 10**9
_DAY = timedelta(days=1)


def _limit_of(windows: Iterable[Window], per: str) -> Limit | None:
    found = [one for one in windows if one.per == per]
    return Limit(found[0].limit, timedelta(seconds=found[0].seconds)) if found else None


def _limits() -> Mapping[str, RouteLimits]:
    limits: dict[str, RouteLimits] = {}
    for route in ROUTES.values():
        user = _limit_of(route.windows, "user")
        if user is not None:
            limits[route.name] = RouteLimits(user, _limit_of(route.windows, "app"))
    return MappingProxyType(limits)


LIMITS: Mapping[str, RouteLimits] = _limits()
"""What an account may do, by route; routes that are limited only per app are left out."""


def standing_in(headers: Mapping[str, str]) -> Standing | None:
    """Read what an answer says about its window; `None` where it says nothing, or nonsense.

    Args:
        headers: Names in lower case.
    """
    most = _number(headers.get("x-rate-limit-limit"))
    remaining = _number(headers.get("x-rate-limit-remaining"))
    resets_at = reset_in(headers)
    if most is None or remaining is None or remaining > most or resets_at is None:
        return None
    return Standing(most, remaining, resets_at)


def most_in(headers: Mapping[str, str]) -> int | None:
    """Read how many calls a window allows; `None` where that is not said, or nonsense."""
    return _number(headers.get("x-rate-limit-limit"))


def reset_in(headers: Mapping[str, str]) -> datetime | None:
    """Read when a window begins anew; `None` where that is not said, or nonsense.

    X gives whole seconds since 1970, rounded down, so the window may open up to a second later:
    a second is added.
    """
    try:
        seconds = int(headers["x-rate-limit-reset"])
        return datetime.fromtimestamp(seconds + 1, UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def longest_of(route: Route) -> timedelta:
    """Give how long a route's window lasts at most; a day where its windows are not known."""
    seconds = [window.seconds for window in route.windows]
    return timedelta(seconds=max(seconds)) if seconds else _DAY


def _number(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdigit()):
        return None
    number = int(text[:12])
    return number if number <= _LARGEST_NUMBER else None


class Standings:
    """What X last said about one account's windows, by route."""

    def __init__(self) -> None:
        self._heard: dict[str, Standing] = {}
        self._told: dict[str, Standing] = {}

    def hear(self, route: str, standing: Standing) -> None:
        """Note what an answer has said."""
        self._heard[route] = standing

    def take(self, route: str) -> Standing | None:
        """Give what was heard, once; `None` where it only counts on from what was given before.

        Our own count says the same then. Where little is left, every answer is news.
        """
        heard, told = self._heard.pop(route, None), self._told.get(route)
        if heard is None:
            return None
        is_same_window = told is not None and (told.most, told.resets_at) == (
            heard.most,
            heard.resets_at,
        )
        if is_same_window and heard.remaining * _NEARLY_USED_UP > heard.most:
            return None
        self._told[route] = heard
        return heard
