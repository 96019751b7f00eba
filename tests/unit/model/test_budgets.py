"""Windows of X as we count them: never over, never too early, and never shut for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.model import budgets
from roost.model.budgets import (
    UNDER_WAY,
    Budget,
    LeaseWanted,
    Limit,
    OpensAt,
    Purpose,
    RouteLimits,
    Standing,
    Window,
)
from roost.testing.clocks import NOON

QUARTER = timedelta(minutes=15)
LISTING = RouteLimits(Limit(15, QUARTER))
SENDING = RouteLimits(Limit(1_000, timedelta(days=1)), Limit(15_000, timedelta(days=1)))
SECOND = timedelta(seconds=1)


def test_a_window_begins_with_its_first_call_and_outlasts_x_s() -> None:
    budget, n, refused = Budget(Window(15)).spend(LISTING, [Purpose.RECONCILE] * 20, NOON)
    assert n == 15
    assert refused == OpensAt(NOON + QUARTER + UNDER_WAY)
    late = NOON + QUARTER + UNDER_WAY - SECOND
    assert budget.spend(LISTING, [Purpose.RECONCILE], late)[1] == 0
    assert budget.spend(LISTING, [Purpose.RECONCILE], late + SECOND)[1] == 1


def test_a_third_of_the_listings_is_kept_from_backfill() -> None:
    budget, n, refused = Budget(Window(15)).spend(LISTING, [Purpose.BACKFILL] * 15, NOON)
    assert n == 10
    assert isinstance(refused, OpensAt)
    assert budget.spend(LISTING, [Purpose.RECONCILE] * 15, NOON)[1] == 5


def test_the_last_of_a_budget_is_for_people_and_the_last_but_one_for_notices() -> None:
    limits = RouteLimits(Limit(100, QUARTER))
    budget, n_bot, _ = Budget(Window(100)).spend(limits, [Purpose.BOT] * 200, NOON)
    budget, n_notice, _ = budget.spend(limits, [Purpose.NOTICE] * 200, NOON)
    _, n_agent, _ = budget.spend(limits, [Purpose.AGENT] * 200, NOON)
    assert (n_bot, n_notice, n_agent) == (90, 5, 5)


def test_an_account_without_a_part_of_its_app_s_budget_asks_for_one() -> None:
    budget = Budget(Window(1_000))
    assert budget.spend(SENDING, [Purpose.BOT], NOON) == (budget, 0, LeaseWanted())
    until = NOON + timedelta(hours=3)
    budget, n, refused = budget.lent(2, until=until).spend(SENDING, [Purpose.BOT] * 3, NOON)
    assert (n, refused) == (2, LeaseWanted())
    assert budget.lent(5, until=until).spend(SENDING, [Purpose.BOT], until)[2] == LeaseWanted()


def test_an_account_of_an_app_that_has_nothing_left_waits_for_the_app() -> None:
    until = NOON + timedelta(hours=3)
    budget = Budget(Window(1_000)).lent(0, until=until)
    assert budget.spend(SENDING, [Purpose.AGENT], NOON)[2] == OpensAt(until)
    assert budget.spend(SENDING, [Purpose.AGENT], until)[2] == LeaseWanted()


def test_blocks_shrink_as_less_is_left_and_add_up_to_all_there_is() -> None:
    limit = Limit(100, QUARTER)
    window, blocks = Window(100), list[int]()
    while True:
        window, n, until = budgets.lend(window, limit, NOON)
        if n == 0:
            break
        blocks.append(n)
    assert sum(blocks) == 100
    assert blocks == sorted(blocks, reverse=True)
    assert blocks[0] == 13
    assert until == window.ends_at


def test_what_x_says_is_believed_where_it_leaves_less() -> None:
    window = Window(15).take(3, length=QUARTER, now=NOON)
    resets_at = NOON + timedelta(minutes=10)
    learned = window.learned(Standing(15, 4, resets_at), length=QUARTER, now=NOON)
    assert (learned.used, learned.ends_at) == (11, resets_at)
    learned = window.learned(Standing(15, 14, resets_at), length=QUARTER, now=NOON)
    assert learned.used == 3, "calls of ours may be under way"


def test_an_unlikely_end_of_a_window_is_not_believed() -> None:
    window = Window(15).take(3, length=QUARTER, now=NOON)
    standing = Standing(15, 0, NOON + timedelta(days=365))
    learned = window.learned(standing, length=QUARTER, now=NOON)
    assert learned.ends_at == window.ends_at
    assert learned.room(Purpose.RECONCILE, NOON) == 0
    unbegun = Window(15).learned(standing, length=QUARTER, now=NOON)
    assert unbegun.opens_at(length=QUARTER, now=NOON) == NOON + QUARTER


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(days=1)])
def test_what_is_said_of_a_window_that_has_ended_says_nothing(ago: timedelta) -> None:
    window = Window(15).take(3, length=QUARTER, now=NOON)
    learned = window.learned(Standing(12, 0, NOON - ago), length=QUARTER, now=NOON)
    assert learned == replace(window, most=12)


def test_a_refusal_empties_a_window_until_it_opens() -> None:
    until = NOON + timedelta(minutes=4)
    window = Window(1_000).take(7, length=QUARTER, now=NOON).used_up(until, most=20)
    assert window.opens_at(length=QUARTER, now=NOON) == until
    assert window.room(Purpose.AGENT, until - SECOND) == 0
    assert window.room(Purpose.AGENT, until) == 20


def test_a_shut_window_lets_nothing_go_whatever_is_left() -> None:
    until = NOON + timedelta(minutes=4)
    window = Window(1_000).shut(until)
    assert window.room(Purpose.AGENT, NOON) == 0
    assert window.opens_at(length=QUARTER, now=NOON) == until
    assert window.shut(NOON).shut_until == until


def test_a_window_too_small_for_a_purpose_says_when_to_ask_again() -> None:
    budget = Budget(Window(1))
    refused = budget.spend(RouteLimits(Limit(1, QUARTER)), [Purpose.BOT], NOON)[2]
    assert refused == OpensAt(NOON + QUARTER)


@given(
    st.lists(st.tuples(st.integers(0, 2_000), st.sampled_from(list(Purpose))), max_size=60),
    st.integers(0, 20),
)
def test_no_window_of_x_ever_sees_more_than_it_allows(
    asked: list[tuple[int, Purpose]], most: int
) -> None:
    """X's windows begin up to half a minute after ours, with the first call that arrives."""
    limits = RouteLimits(Limit(most, QUARTER))
    budget, now = Budget(Window(most)), NOON
    x_ends_at, x_used = NOON, 0
    for seconds, purpose in asked:
        now += timedelta(seconds=seconds)
        budget, n, refused = budget.spend(limits, [purpose], now)
        if n:
            arrives = now + timedelta(seconds=30)
            if arrives >= x_ends_at:
                x_ends_at, x_used = arrives + QUARTER, 0
            x_used += 1
            assert x_used <= most
        else:
            assert isinstance(refused, OpensAt)
            assert refused.when > now


def test_spending_changes_nothing_where_nothing_is_granted() -> None:
    budget = replace(Budget(Window(0)), leased=3, lease_ends_at=NOON + QUARTER)
    assert budget.spend(SENDING, [Purpose.AGENT], NOON)[0] == budget
