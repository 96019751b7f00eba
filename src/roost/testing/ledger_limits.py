"""Calls that X had asked not to be made yet, or not as many, from the simulator's log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus

import msgspec

from roost.model.budgets import Limit

IN_FLIGHT_MS = 1_000
"""Calls received so soon after a refusal may have left before it was heard."""


class Call(msgspec.Struct, frozen=True):
    """What a line of the simulator's log says of a call; of other lines most of it is empty.

    Attributes:
        n: The line's number; rises.
        kind: `request` for a call.
        at: When it was answered, in milliseconds by the simulator's clock.
        received_at: When it came in, likewise.
        route: The route's name.
        status: As answered.
        user_id: Who called.
        resets_at: With 429: when X said the window opens again, in seconds since 1970.
    """

    n: int
    kind: str
    at: str = "0"
    received_at: str = "0"
    route: str | None = None
    status: int | None = None
    user_id: str | None = None
    resets_at: int | None = None


def early_calls(lines: Sequence[Call]) -> Iterator[str]:
    """Name calls that came after a refusal for too many, and before the time X named with it."""
    closed: dict[tuple[str | None, str | None], tuple[int, int]] = {}
    for line in lines:
        if line.kind != "request":
            continue
        key, at = (line.route, line.user_id), int(line.received_at)
        refused_at, opens_at = closed.get(key, (at, 0))
        if refused_at + IN_FLIGHT_MS < at < opens_at:
            yield f"{line.route} was called {opens_at - at} ms before its window opened"
        if line.status == HTTPStatus.TOO_MANY_REQUESTS and line.resets_at is not None:
            closed[key] = (int(line.at), line.resets_at * 1_000)


def crowded_windows(lines: Sequence[Call], most: Mapping[str, Limit]) -> Iterator[str]:
    """Name windows in which more calls were made than X allows an account; refused ones count.

    A window begins with the first call after the one before has ended, as X counts.

    Args:
        lines: The log, oldest first.
        most: What is allowed, by route; a route that is not named is not counted.
    """
    windows: dict[tuple[str, str | None], tuple[int, int]] = {}
    for line in lines:
        limit = most.get(line.route or "")
        if line.kind != "request" or line.route is None or limit is None:
            continue
        key, at = (line.route, line.user_id), int(line.received_at)
        ends_at, n = windows.get(key, (0, 0))
        if at >= ends_at:
            ends_at, n = at + int(limit.window.total_seconds() * 1_000), 0
        windows[key] = ends_at, n + 1
        if n + 1 > limit.most:
            yield f"{line.route} was called {n + 1} times in a window of {limit.most}"
