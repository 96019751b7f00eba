"""What `ports.OutboxRows` promises of lanes, free replies, and what waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from roost.model.health import AccountState, Health
from roost.model.ids import MessageId, UserId
from roost.model.outbound import Lane

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


async def queued(store, world, *texts, customer="22", lane=Lane.BOT):
    await world.queue(store, await world.claimed(store, customer=customer), *texts, lane=lane)


async def due(store, world, *, now=None, limit=10, without=()):
    at = world.noon if now is None else now
    return await store.transact(lambda tx: tx.outbox.due(limit, now=at, without=without))


def texts(entries):
    return [entry.message.text for entry in entries]


async def test_agents_go_before_notices_before_bots(store, world):
    await queued(store, world, "bot")
    await queued(store, world, "notice", customer="33", lane=Lane.NOTICE)
    await queued(store, world, "agent", customer="44", lane=Lane.AGENT)

    entries = await world.start(store)

    assert texts(entries) == ["agent", "notice", "bot"]
    assert [entry.lane for entry in entries] == [Lane.AGENT, Lane.NOTICE, Lane.BOT]


async def test_where_not_all_can_go_the_lower_lane_does(store, world):
    for customer in ("30", "31", "32"):
        await queued(store, world, "bot", customer=customer)
    await queued(store, world, "agent", customer="44", lane=Lane.AGENT)

    assert texts(await world.start(store, 2)) == ["agent", "bot"]


async def test_within_a_conversation_the_order_of_decisions_stays(store, world):
    claim = await world.claimed(store)
    await world.queue(store, claim, "first")
    await world.queue(store, claim, "second", lane=Lane.AGENT)

    assert texts(await world.start(store)) == ["first"]


async def test_what_an_urgent_message_waits_for_is_as_urgent(store, world):
    claim = await world.claimed(store)
    await queued(store, world, "other", customer="33")
    await world.queue(store, claim, "first")
    await world.queue(store, claim, "second", lane=Lane.AGENT)

    entries = await world.start(store)

    assert [(entry.message.text, entry.lane) for entry in entries] == [
        ("first", Lane.AGENT),
        ("other", Lane.BOT),
    ]


async def test_due_entries_stay_queued_until_they_are_started(store, world):
    await queued(store, world, "a")

    assert await due(store, world) == await due(store, world)
    assert (await store.counts()).outbox["queued"] == 1


async def test_accounts_can_be_left_out(store, world):
    await queued(store, world, "a")

    assert await due(store, world, without=[UserId("11")]) == []
    assert len(await due(store, world, without=[UserId("12")])) == 1
    with pytest.raises(ValueError, match="at most 5"):
        await due(store, world, without=[UserId(str(n)) for n in range(6)])


async def test_a_deferred_entry_waits(store, world):
    await queued(store, world, "a")

    async def unit(tx):
        await tx.outbox.defer(await tx.outbox.due(10, now=world.noon), world.noon + SECOND)

    await store.transact(unit)

    assert await due(store, world) == []
    (entry,) = await due(store, world, now=world.noon + SECOND)
    assert entry.attempt == 1


async def test_five_replies_to_a_customer_are_free(store, world):
    await queued(store, world, *"123456")
    free = []
    for number in range(6):
        (entry,) = await world.start(store)
        free.append(entry.is_free)
        message_id = MessageId(str(9_000 + number))

        async def sent(tx, entry=entry, message_id=message_id):
            await tx.messages.put_sent(entry, message_id, world.noon)
            await tx.outbox.finish(entry, message_id)

        await store.transact(sent)

    assert free == [True] * 5 + [False]


async def test_each_message_of_a_customer_gives_all_five_anew(store, world):
    await world.receive(store, *(world.sent(number) for number in range(10, 16)))
    await world.receive(store, world.received(9))
    (claim,) = await world.claim(store)
    await world.queue(store, claim, "counted")
    (counted,) = await due(store, world)

    await world.receive(store, world.received(20))
    (free,) = await due(store, world)

    assert (counted.is_free, free.is_free) == (False, True)


async def test_a_reply_is_free_for_a_day_less_what_it_may_be_under_way(store, world):
    await world.receive(store, world.received(0))
    (claim,) = await world.claim(store)
    await world.queue(store, claim, "late")

    end = world.noon + DAY - timedelta(minutes=1)
    (early,), (late,) = [
        await due(store, world, now=end - SECOND),
        await due(store, world, now=end),
    ]

    assert (early.is_free, late.is_free) == (True, False)


async def test_a_customer_s_message_makes_what_waits_for_a_budget_due(store, world):
    await queued(store, world, "a")

    async def wait(tx):
        await tx.outbox.defer(await tx.outbox.due(10, now=world.noon), world.noon + DAY)

    await store.transact(wait)
    await world.receive(store, world.sent())
    assert await due(store, world) == []

    await world.receive(store, world.received())

    assert texts(await due(store, world)) == ["a"]


async def test_nothing_of_an_account_that_is_held_is_due(store, world):
    await queued(store, world, "a")
    held = Health(AccountState.NEEDS_REAUTH, "code 89", 1, world.noon, world.noon)

    await store.transact(lambda tx: tx.health.put_account(UserId("11"), held))
    assert await due(store, world) == []

    await store.transact(lambda tx: tx.health.put_account(UserId("11"), Health("connected")))
    assert texts(await due(store, world)) == ["a"]


async def test_nothing_of_an_app_that_is_paused_is_due(store, world):
    await queued(store, world, "a")

    await store.transact(lambda tx: tx.health.put_app("main", Health("paused")))

    assert await due(store, world) == []


async def test_uncertain_messages_of_a_held_account_are_left_alone(store, world):
    await queued(store, world, "a")
    (entry,) = await world.start(store)
    await store.transact(lambda tx: tx.outbox.suspect(entry, reason="lost", at=entry.attempted_at))

    await store.transact(lambda tx: tx.health.put_account(UserId("11"), Health("paused")))

    assert await store.transact(lambda tx: tx.outbox.uncertain()) == []
    here = await store.transact(lambda tx: tx.outbox.uncertain(("11", "11-22")))
    assert texts(here) == ["a"]


@pytest.mark.parametrize("state", [AccountState.PAUSED, AccountState.UNLISTED])
async def test_uncertain_messages_that_x_cannot_be_asked_about_are_told_with_the_reason(
    store, world, state
):
    await queued(store, world, "a")
    (entry,) = await world.start(store)
    await store.transact(lambda tx: tx.outbox.suspect(entry, reason="lost", at=entry.attempted_at))
    assert await store.transact(lambda tx: tx.outbox.uncertain(unasked=True)) == []

    await store.transact(lambda tx: tx.health.put_account(UserId("11"), Health(state)))

    (here,) = await store.transact(lambda tx: tx.outbox.uncertain(("11", "11-22")))
    is_unlisted = state == AccountState.UNLISTED
    unasked = await store.transact(lambda tx: tx.outbox.uncertain(unasked=True))
    assert unasked == [replace(here, is_unlisted=is_unlisted)]


async def test_uncertain_messages_of_an_app_that_is_held_are_told_too(store, world):
    await queued(store, world, "a")
    (entry,) = await world.start(store)
    await store.transact(lambda tx: tx.outbox.suspect(entry, reason="lost", at=entry.attempted_at))

    await store.transact(lambda tx: tx.health.put_app("main", Health("paused")))

    (one,) = await store.transact(lambda tx: tx.outbox.uncertain(unasked=True))
    assert (one.message.text, one.is_unlisted) == ("a", False)


async def test_what_is_held_back_waits_and_what_is_released_is_due(store, world):
    await queued(store, world, "a", "b")
    await queued(store, world, "c", customer="33")

    await store.transact(lambda tx: tx.outbox.hold_back(UserId("11"), world.noon + DAY))
    assert await due(store, world) == []
    await store.transact(lambda tx: tx.outbox.hold_back(UserId("11"), world.noon + SECOND))
    assert await due(store, world, now=world.noon + SECOND) == [], "never earlier"
    await store.transact(lambda tx: tx.outbox.release(UserId("12")))
    assert await due(store, world) == []

    await store.transact(lambda tx: tx.outbox.release(UserId("11")))
    assert texts(await due(store, world)) == ["a", "c"], "the second of a conversation waits"


async def test_after_a_hold_a_message_says_whose_trial_it_is(store, world):
    await queued(store, world, "a")
    on_trial = Health("connected", holds=1, held_at=world.noon)

    await store.transact(lambda tx: tx.health.put_account(UserId("11"), on_trial))
    (of_account,) = await due(store, world)
    await store.transact(lambda tx: tx.health.put_app("main", Health("working", holds=2)))
    (of_app,) = await due(store, world)

    assert (of_account.trial, of_app.trial) == ("account", "app")
