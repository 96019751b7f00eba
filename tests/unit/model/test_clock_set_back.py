"""Windows counted by a clock that has been set back since."""

from __future__ import annotations

from datetime import timedelta

from roost.model.budgets import Purpose, Window
from roost.testing.clocks import NOON

QUARTER, DAYS = timedelta(minutes=15), timedelta(days=2)


def test_a_window_ends_though_the_clock_was_set_back_by_days() -> None:
    used_up = Window(15).take(15, length=QUARTER, now=NOON)
    assert used_up.room(Purpose.RECONCILE, NOON) == 0
    assert used_up.room(Purpose.RECONCILE, NOON - DAYS) == 15
    begun = used_up.take(1, length=QUARTER, now=NOON - DAYS)
    assert begun.room(Purpose.RECONCILE, NOON - DAYS) == 14
    assert begun.opens_at(length=QUARTER, now=NOON - DAYS) < NOON - DAYS + 2 * QUARTER


def test_what_was_shut_opens_though_the_clock_was_set_back_by_days() -> None:
    shut = Window(15).shut(NOON + QUARTER)
    assert shut.room(Purpose.RECONCILE, NOON) == 0
    assert shut.room(Purpose.RECONCILE, NOON - DAYS) == 15
