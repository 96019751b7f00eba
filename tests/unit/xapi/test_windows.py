"""What X's headers say about its windows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from roost.model.budgets import LIST, SEND, Limit, Standing
from roost.xapi import windows
from roost.xapi.windows import Standings

RESETS_AT = datetime.fromtimestamp(1_800_000_001, UTC)


def headers(most: str = "15", remaining: str = "3", reset: str = "1800000000") -> dict[str, str]:
    return {
        "x-rate-limit-limit": most,
        "x-rate-limit-remaining": remaining,
        "x-rate-limit-reset": reset,
    }


def test_the_documented_limits_are_known() -> None:
    assert windows.LIMITS[LIST].user == Limit(15, timedelta(minutes=15))
    assert windows.LIMITS[LIST].app is None
    assert windows.LIMITS[SEND].user == Limit(1_000, timedelta(days=1))
    assert windows.LIMITS[SEND].app == Limit(15_000, timedelta(days=1))


def test_a_standing_is_read_and_its_end_is_not_rounded_down() -> None:
    assert windows.standing_in(headers()) == Standing(15, 3, RESETS_AT)


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        headers(most="many"),
        headers(remaining="-1"),
        headers(remaining="16"),
        headers(reset="NaN"),
        headers(reset="9" * 40),
        headers(most="9" * 5_000),
        headers(most="\u0663"),
    ],
)
def test_nonsense_says_nothing(nonsense: dict[str, str]) -> None:
    assert windows.standing_in(nonsense) is None


def standing(**said: str) -> Standing:
    found = windows.standing_in(headers(**said))
    assert found is not None
    return found


def test_only_what_is_news_is_told_and_only_once() -> None:
    standings = Standings()
    assert standings.take(LIST) is None
    standings.hear(LIST, standing(remaining="14"))
    assert standings.take(LIST) == Standing(15, 14, RESETS_AT)
    assert standings.take(LIST) is None
    standings.hear(LIST, standing(remaining="13"))
    assert standings.take(LIST) is None, "we have counted that ourselves"
    standings.hear(LIST, standing(remaining="1"))
    assert standings.take(LIST) is not None, "little is left"
    standings.hear(LIST, standing(remaining="14", reset="1800000900"))
    assert standings.take(LIST) is not None, "a new window"
    assert standings.take(SEND) is None
