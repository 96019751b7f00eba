"""Timers: what can be set, and when it is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from roost.errors import InvalidTimer
from roost.model.timers import CancelTimer, SetTimer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOO_FAR = [
    datetime.max.replace(tzinfo=UTC),
    datetime.min.replace(tzinfo=timezone(14 * HOUR)),
    datetime(2100, 1, 1, tzinfo=UTC),
    datetime(2000, 1, 1, tzinfo=timezone(HOUR)),
]
"""A moment that no clock comes to, or has shown since there are bots."""


def test_a_timer_is_due_at_its_time_or_after_its_wait() -> None:
    assert SetTimer("a", due_at=NOW + HOUR).due(now=NOW) == NOW + HOUR
    assert SetTimer("a", due_at=NOW - HOUR).due(now=NOW) == NOW - HOUR
    assert SetTimer("a", after=HOUR).due(now=NOW) == NOW + HOUR
    assert SetTimer("a", after=timedelta(0)).due(now=NOW) == NOW


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: SetTimer("", after=HOUR), "timer's name: must be 1 to 100 characters; found 0"),
        (lambda: SetTimer("n" * 101, after=HOUR), "name: must be 1 to 100 characters; found 101"),
        (lambda: SetTimer("a"), "time: must be either due_at or after; found neither"),
        (lambda: SetTimer("a", NOW, HOUR), "time: must be either due_at or after; found both"),
        (
            lambda: SetTimer("a", NOW.replace(tzinfo=None)),
            "due_at: must be a time with a time zone",
        ),
        *(
            (
                lambda at=at: SetTimer("a", at),
                f"due_at: must be a time of the years 2000 to 2099, in UTC; found {at}",
            )
            for at in TOO_FAR
        ),
        (lambda: SetTimer("a", after=-HOUR), "after: must be 0 to 3650 days; found -1 day"),
        (lambda: SetTimer("a", after=timedelta.max), "after: must be 0 to 3650 days; found 99999"),
        (
            lambda: SetTimer("a", after=HOUR, data="d" * 10_001),
            "data: must be at most 10000 characters; found 10001",
        ),
        (lambda: CancelTimer(""), "name: must be 1 to 100 characters; found 0"),
    ],
)
def test_a_limit_that_is_broken_is_named(made, said) -> None:
    with pytest.raises(InvalidTimer) as caught:
        made()
    assert said in str(caught.value)


def test_the_largest_timer_is_taken() -> None:
    SetTimer("n" * 100, after=timedelta(days=3650), data="d" * 10_000)


def test_a_time_is_taken_from_2000_on_until_2099() -> None:
    for at in (datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, 23, 59, tzinfo=UTC)):
        assert SetTimer("a", at).due(now=NOW) == at
