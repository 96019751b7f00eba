"""When what X holds back is looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from roost.model.health import APP_WORKING, AccountState, Health, Hold, Scope
from roost.testing.clocks import NOON

REFUSED = Hold(Scope.ACCOUNT, AccountState.NEEDS_REAUTH, "code 89")
LOCKED = Hold(Scope.ACCOUNT, AccountState.PAUSED, "code 326")
APP = Hold(Scope.APP, AccountState.PAUSED, "code 416")


def checks(health: Health, hold: Hold, within: timedelta) -> list[datetime]:
    """Give when something that stays held is checked."""
    found: list[datetime] = []
    health = health.held(hold, NOON)
    while health.check_at is not None and health.check_at <= NOON + within:
        found.append(health.check_at)
        health = health.held(hold, health.check_at)
    return found


def test_refused_credentials_are_tried_at_once_and_then_less_and_less() -> None:
    found = checks(Health("connected"), REFUSED, timedelta(hours=1))
    minutes = [(at - NOON) // timedelta(minutes=1) for at in found]
    assert minutes == [0, 1, 3, 7, 15, 30, 45, 60]


def test_a_locked_account_is_not_tried_at_once() -> None:
    assert checks(Health("connected"), LOCKED, timedelta(minutes=11)) == [
        NOON + timedelta(minutes=5),
        NOON + timedelta(minutes=11),
    ]


def test_an_app_is_tried_at_most_once_in_a_quarter_of_an_hour() -> None:
    found = checks(Health(APP_WORKING), APP, timedelta(hours=2))
    gaps = [later - before for before, later in zip([NOON, *found], found, strict=False)]
    assert all(gap >= timedelta(minutes=15) for gap in gaps)
    assert 1 <= len(found) <= 8


@pytest.mark.parametrize(("hold", "well"), [(REFUSED, "connected"), (APP, APP_WORKING)])
def test_what_seems_to_work_is_on_trial_until_a_message_arrives(hold: Hold, well: str) -> None:
    restored = Health(well).held(hold, NOON).restored(hold.scope)
    assert (restored.state, restored.check_at, restored.holds) == (well, None, 1)
    again = restored.held(hold, NOON)
    assert (again.holds, again.check_at is not None) == (2, True)
    assert again.check_at != NOON
    assert restored.proved() == Health(well)


def test_a_hold_says_why() -> None:
    assert Health("connected").held(LOCKED, NOON).reason == "code 326"
