"""What `ports.BudgetRows` and `ports.HealthRows` promise, and the engine's budgets on top."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from roost.engine import accounts
from roost.engine.budgets import Budgets
from roost.model.budgets import (
    LIST,
    SEND,
    Granted,
    LeaseWanted,
    Limit,
    OpensAt,
    Purpose,
    RouteLimits,
    Standing,
)
from roost.model.health import AccountState, Check, Health, Hold, Scope
from roost.model.ids import UserId
from roost.model.outbound import Limited
from roost.store.registry import AccountRow, AppRow

OURS, OTHER = UserId("11"), UserId("12")
QUARTER = timedelta(minutes=15)
LIMITS = {
    LIST: RouteLimits(Limit(15, QUARTER)),
    SEND: RouteLimits(Limit(20, timedelta(days=1)), Limit(30, timedelta(days=1))),
}
REFUSED = Hold(Scope.ACCOUNT, AccountState.NEEDS_REAUTH, "code 89")
APP_REFUSED = Hold(Scope.APP, AccountState.PAUSED, "code 416")


@pytest.fixture
def budgets():
    return Budgets(LIMITS)


async def take(store, budgets, world, *, account=OURS, route=LIST, purpose=Purpose.RECONCILE):
    return await store.transact(
        lambda tx: budgets.take(tx, account, route, purpose, now=world.noon)
    )


async def lease(store, budgets, world, account=OURS):
    await store.transact(lambda tx: budgets.lease(tx, account, SEND, world.noon))


async def test_many_workers_together_take_no_more_than_there_is(store, world, budgets):
    async with asyncio.TaskGroup() as tasks:
        taking = [tasks.create_task(take(store, budgets, world)) for _ in range(40)]

    granted = [one.result() for one in taking]
    assert granted.count(Granted()) == 15
    assert all(isinstance(one, OpensAt) for one in granted if one != Granted())


async def test_a_budget_outlives_the_process(store, world, budgets, life):
    for _ in range(15):
        await take(store, budgets, world)

    store = await life.die_and_be_succeeded()

    refused = await take(store, Budgets(LIMITS), world)
    assert isinstance(refused, OpensAt)
    assert refused.when > world.noon + QUARTER


async def test_accounts_have_budgets_of_their_own(store, world, budgets):
    for _ in range(15):
        await take(store, budgets, world)

    assert await take(store, budgets, world, account=OTHER) == Granted()


async def test_a_route_without_a_limit_is_not_limited(store, world, budgets):
    for _ in range(100):
        assert await take(store, budgets, world, route="dm.mark_read") == Granted()


async def test_what_x_says_is_kept(store, world, budgets):
    resets_at = world.noon + timedelta(minutes=3)
    standing = Standing(15, 1, resets_at)
    await store.transact(lambda tx: budgets.learn(tx, OURS, LIST, standing, now=world.noon))

    assert await take(store, budgets, world) == Granted()
    assert await take(store, budgets, world) == OpensAt(resets_at)


async def test_after_a_refusal_nothing_goes_before_the_window_opens(store, world, budgets):
    until = world.noon + timedelta(minutes=7)
    await store.transact(lambda tx: budgets.close(tx, OURS, LIST, Limited(until, 5)))

    assert await take(store, budgets, world) == OpensAt(until)
    world.noon = until
    taken = [await take(store, budgets, world) for _ in range(6)]
    assert taken.count(Granted()) == 5, "as many as X said the window has"


async def test_sends_need_a_part_of_the_app_s_budget(store, world, budgets):
    assert await take(store, budgets, world, route=SEND, purpose=Purpose.AGENT) == LeaseWanted()

    await lease(store, budgets, world)

    assert await take(store, budgets, world, route=SEND, purpose=Purpose.AGENT) == Granted()


async def test_all_accounts_of_an_app_together_take_no_more_than_it_has(store, world, budgets):
    n_granted = 0
    for account in (OURS, OTHER) * 60:
        taken = await take(
            store, budgets, world, account=account, route=SEND, purpose=Purpose.AGENT
        )
        if taken == Granted():
            n_granted += 1
        elif taken == LeaseWanted():
            await lease(store, budgets, world, account)
    assert n_granted == 30
    taken = await take(store, budgets, world, route=SEND, purpose=Purpose.AGENT)
    assert isinstance(taken, OpensAt)


async def test_several_who_ask_for_a_lease_get_one(store, world, budgets):
    async with asyncio.TaskGroup() as tasks:
        for _ in range(5):
            tasks.create_task(lease(store, budgets, world))

    limits = LIMITS[SEND]
    window = await store.transact(lambda tx: tx.budgets.hold_app("main", SEND, limits))
    budget = await store.transact(lambda tx: tx.budgets.hold(OURS, SEND, limits))
    assert window.used == budget.leased == 4


async def test_a_refusal_larger_than_an_account_s_window_is_the_app_s(store, world, budgets):
    until = world.noon + timedelta(hours=1)
    await store.transact(lambda tx: budgets.close(tx, OURS, SEND, Limited(until, 30)))
    await lease(store, budgets, world, OTHER)

    taken = await take(store, budgets, world, account=OTHER, route=SEND, purpose=Purpose.AGENT)

    assert taken == OpensAt(until)


async def test_what_accounts_have_of_an_app_s_window_ends_with_it(store, world, budgets):
    async def takes(account):
        return await take(store, budgets, world, account=account, route=SEND, purpose=Purpose.AGENT)

    for account in (OURS, OTHER):
        await lease(store, budgets, world, account)
        assert await takes(account) == Granted()
    until = world.noon + timedelta(hours=1)

    await store.transact(lambda tx: budgets.close(tx, OURS, SEND, Limited(until, 30)))

    assert [await takes(OURS), await takes(OTHER)] == [OpensAt(until), OpensAt(until)]
    world.noon = until
    assert await takes(OTHER) == LeaseWanted()
    await lease(store, budgets, world, OTHER)
    assert await takes(OTHER) == Granted()


async def test_a_refused_free_reply_closes_everything(store, world, budgets):
    await world.queue(store, await world.claimed(store), "a")
    (free,) = await store.transact(lambda tx: tx.outbox.due(10, now=world.noon))
    until = world.noon + timedelta(hours=1)

    await store.transact(lambda tx: budgets.close(tx, OURS, SEND, Limited(until), was_free=True))
    (counted,) = await store.transact(lambda tx: tx.outbox.due(10, now=world.noon))

    assert (free.is_free, counted.is_free) == (True, False)
    assert await take(store, budgets, world, route=SEND, purpose=Purpose.AGENT) == OpensAt(until)


async def test_an_account_is_held_once_and_the_others_stay_as_they_are(store, world):
    async def hold():
        return await store.transact(lambda tx: accounts.hold(tx, OURS, REFUSED, at=world.noon))

    assert (await hold(), await hold()) == (True, False)
    states = {one.account_id: one.state for one in await store.accounts()}
    assert states == {"11": "needs_reauth", "12": "connected", "13": "needs_reauth"}


async def test_a_held_account_is_to_be_checked_when_its_time_has_come(store, world):
    await store.transact(lambda tx: accounts.hold(tx, OURS, REFUSED, at=world.noon))
    checks = [Check(Scope.ACCOUNT, "main", OURS)]

    async def to_check(at):
        return await store.transact(lambda tx: tx.health.to_check(at))

    assert await to_check(world.noon - timedelta(seconds=1)) == []
    assert await to_check(world.noon) == checks
    await store.transact(lambda tx: accounts.hold(tx, OTHER, APP_REFUSED, at=world.noon))
    assert await to_check(world.noon) == [], "the app comes first"
    later = world.noon + timedelta(minutes=15)
    assert await to_check(later) == [Check(Scope.APP, "main", OTHER)]


async def test_what_was_held_by_a_clock_that_was_fast_is_to_be_checked_now(store, world):
    fast = world.noon + timedelta(days=2)

    async def to_check():
        return await store.transact(lambda tx: tx.health.to_check(world.noon))

    await store.transact(lambda tx: accounts.hold(tx, OURS, REFUSED, at=fast))
    assert await to_check() == [Check(Scope.ACCOUNT, "main", OURS)]
    await store.transact(lambda tx: accounts.hold(tx, OTHER, APP_REFUSED, at=fast))
    assert await to_check() == [Check(Scope.APP, "main", OTHER)]


async def test_a_hold_ends_with_a_check_and_its_trial_with_a_message(store, world):
    held = Check(Scope.ACCOUNT, "main", OURS)
    await store.transact(lambda tx: accounts.hold(tx, OURS, REFUSED, at=world.noon))

    await store.transact(lambda tx: accounts.resume(tx, held, at=world.noon))
    on_trial = await store.transact(lambda tx: tx.health.account(OURS))
    await store.transact(lambda tx: accounts.proved(tx, OURS, at=world.noon))

    assert (on_trial.state, on_trial.holds, on_trial.check_at) == ("connected", 1, None)
    assert await store.transact(lambda tx: tx.health.account(OURS)) == Health("connected")


async def test_a_start_does_not_forget_a_hold_and_looks_at_it_at_once(store, world):
    at = world.noon + timedelta(minutes=30)
    await store.transact(lambda tx: accounts.hold(tx, OURS, REFUSED, at=at))

    await store.register([AppRow("main", "7", "key")], [AccountRow(OURS, "main", "demo")])

    account = await store.account(OURS)
    assert account is not None
    assert account.state == "needs_reauth"
    assert await store.transact(lambda tx: tx.health.to_check(world.noon)) == [
        Check(Scope.ACCOUNT, "main", OURS)
    ]


async def test_an_account_that_is_listed_again_is_connected(store):
    await store.register([AppRow("main", "7", "key")], [])
    assert {one.state for one in await store.accounts()} == {"unlisted"}

    await store.register([AppRow("main", "7", "key")], [AccountRow(OURS, "main", "demo")])

    account = await store.account(OURS)
    assert account is not None
    assert account.state == "connected"


async def test_how_each_account_stands_is_told_in_words(store, world):
    await store.transact(lambda tx: accounts.hold(tx, OURS, REFUSED, at=world.noon))
    assert await store.standing() == {
        "11": "needs_reauth: code 89",
        "12": "connected",
        "13": "needs_reauth",
    }

    await store.transact(lambda tx: accounts.hold(tx, OTHER, APP_REFUSED, at=world.noon))
    assert set((await store.standing()).values()) == {"app paused: code 416"}


async def test_an_unknown_account_is_not_held(store, world):
    unknown = UserId("99")
    assert not await store.transact(lambda tx: accounts.hold(tx, unknown, REFUSED, at=world.noon))
