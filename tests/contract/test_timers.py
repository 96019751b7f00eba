"""What `ports.TimerRows` promises."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, update
from tests.contract.conftest import NOON, OURS, WITHOUT_BOT

from roost.engine.timers import TimerWorker
from roost.engine.wake import Wake, Wakes
from roost.model.events import TimerFired
from roost.model.ids import UserId, position_at
from roost.model.outbound import Addressee
from roost.model.people import PersonId
from roost.ports.desk import View
from roost.store.dialog_tables import timers
from roost.store.statements import Command
from roost.store.tables import conversations
from roost.testing.clocks import FrozenClock

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
A_TICK = timedelta(microseconds=1)


def _where(claim):
    turn = claim.turn
    return Addressee(turn.account_id, turn.conversation_id, UserId(turn.customer.user_id))


@pytest.fixture
async def claim(store, world):
    return await world.claimed(store)


async def put(store, claim, name, due_at, *, data=""):
    await store.transact(
        lambda tx: tx.timers.set(
            _where(claim), name, due_at=due_at, data=data, trace_id=claim.trace_id
        )
    )


async def fire(store, now, limit=100):
    return await store.transact(lambda tx: tx.timers.fire_due(limit, now=now))


async def fired(store):
    rows = await store.transact(lambda tx: tx.events.unfiled(10_000))
    return [row.event for row in rows]


async def test_a_timer_that_is_due_becomes_an_event(store, world, claim):
    await put(store, claim, "reminder", world.noon, data="order 7")

    assert await fire(store, world.noon + SECOND) == 1

    (event,) = await fired(store)
    assert event == TimerFired(
        account_id="11",
        event_key=event.event_key,
        position=position_at(world.noon),
        conversation_id="11-22",
        name="reminder",
        data="order 7",
        due_at=world.noon,
        at=world.noon + SECOND,
    )


async def test_it_keeps_the_trace_of_the_turn_that_set_it(store, world, claim):
    await put(store, claim, "reminder", world.noon)
    await fire(store, world.noon)

    (row,) = await store.transact(lambda tx: tx.events.unfiled(10))

    assert row.trace_id == claim.trace_id


async def test_a_timer_fires_once(store, world, claim):
    await put(store, claim, "reminder", world.noon)
    await fire(store, world.noon)

    assert await fire(store, world.noon + SECOND) == 0
    assert len(await fired(store)) == 1


@pytest.mark.parametrize("early_by", [A_TICK, timedelta(milliseconds=1), timedelta(days=30)])
async def test_a_timer_never_fires_early(store, world, claim, early_by):
    due_at = world.noon + timedelta(milliseconds=5)
    await put(store, claim, "reminder", due_at)

    assert await fire(store, due_at - early_by) == 0
    assert await fire(store, due_at) == 1


async def test_a_time_finer_than_what_is_stored_does_not_make_it_early(store, world, claim):
    due_at = world.noon + timedelta(microseconds=300)
    await put(store, claim, "reminder", due_at)

    assert await fire(store, world.noon) == 0
    assert await fire(store, due_at + timedelta(milliseconds=1)) == 1


async def test_setting_a_timer_again_replaces_it(store, world, claim):
    await put(store, claim, "reminder", world.noon, data="old")
    await put(store, claim, "reminder", world.noon + SECOND, data="new")

    assert await fire(store, world.noon) == 0
    assert await fire(store, world.noon + SECOND) == 1
    assert [event.data for event in await fired(store)] == ["new"]


async def test_a_timer_set_again_after_it_fired_fires_again(store, world, claim):
    for _ in range(2):
        await put(store, claim, "reminder", world.noon)
        assert await fire(store, world.noon) == 1

    assert len({event.event_key for event in await fired(store)}) == 2


async def test_a_cancelled_timer_does_not_fire(store, world, claim):
    await put(store, claim, "reminder", world.noon)

    assert await store.transact(lambda tx: tx.timers.cancel(_where(claim), "reminder"))
    assert not await store.transact(lambda tx: tx.timers.cancel(_where(claim), "reminder"))

    assert await fire(store, world.noon) == 0


async def test_timers_have_names_of_their_own_in_each_conversation(store, world, claim):
    other = await world.claimed(store, customer="33")
    for one in (claim, other):
        for name in ("a", "b"):
            await put(store, one, name, world.noon)
    await store.transact(lambda tx: tx.timers.cancel(_where(other), "a"))

    assert await fire(store, world.noon) == 3
    assert sorted((event.conversation_id, event.name) for event in await fired(store)) == [
        ("11-22", "a"),
        ("11-22", "b"),
        ("11-33", "b"),
    ]


async def test_the_longest_due_fire_first_and_no_more_than_asked_for(store, world, claim):
    for n in (5, 3, 4, 1, 2):
        await put(store, claim, str(n), world.noon + n * SECOND)

    assert await fire(store, world.noon + timedelta(minutes=1), limit=3) == 3

    assert sorted(event.name for event in await fired(store)) == ["1", "2", "3"]
    assert await store.transact(lambda tx: tx.timers.next_due()) == world.noon + 4 * SECOND


MOVE = Command(
    update(timers).where(timers.c.name == bindparam("which")).values(due_at=bindparam("to"))
)
SNOOZE = Command(update(conversations).values(snoozed_until=bindparam("to")))
BEYOND = 253_402_300_800_000
"""The year 10000: an earlier version stored it of the last moment there is."""


async def test_a_timer_that_is_never_due_harms_no_other(store, world, claim):
    await put(store, claim, "never", datetime.max.replace(tzinfo=UTC))
    assert await store.transact(lambda tx: tx.timers.next_due()) > world.noon
    for to in (BEYOND, 2**62):
        moved = {"which": "never", "to": to}
        await store.transact(lambda tx, moved=moved: tx.timers._session.run(MOVE, moved))
        assert await store.transact(lambda tx: tx.timers.next_due()) > world.noon

    await put(store, claim, "reminder", world.noon)
    await put(store, claim, "long ago", datetime.min.replace(tzinfo=timezone(14 * HOUR)))
    worker = TimerWorker(store=store, clock=FrozenClock(world.noon), wakes=Wakes(Wake()))

    assert (await worker._fire())[0] == 2
    assert sorted(event.name for event in await fired(store)) == ["long ago", "reminder"]
    assert (await worker._fire())[0] == 0


async def test_a_snooze_that_is_never_over_harms_no_list(store, world):
    await world.receive(store, world.received())
    await store.transact(lambda tx: tx.timers._session.run(SNOOZE, {"to": BEYOND}))

    page = await store.desk.page([OURS], View.SNOOZED, PersonId("p"), after=None, limit=10)

    (one,) = page.conversations
    assert one.snoozed_until == datetime.max.replace(tzinfo=UTC)
    assert await store.transact(lambda tx: tx.timers.snoozes_over(10, now=world.noon)) == []


async def test_without_timers_nothing_is_ever_due(store):
    assert await store.transact(lambda tx: tx.timers.next_due()) is None


async def test_what_a_transaction_undoes_has_not_fired(store, world, claim):
    await put(store, claim, "reminder", world.noon)

    async def undone(tx):
        assert await tx.timers.fire_due(10, now=world.noon) == 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.transact(undone)

    assert await fired(store) == []
    assert await fire(store, world.noon) == 1


async def test_many_who_fire_at_once_fire_each_timer_once(store, world, claim):
    async def set_all(tx):
        for n in range(300):
            await tx.timers.set(_where(claim), str(n), due_at=world.noon, data="", trace_id="")

    await store.transact(set_all)

    async with asyncio.TaskGroup() as tasks:
        firing = [tasks.create_task(fire(store, world.noon, limit=100)) for _ in range(8)]
    n_fired = sum(task.result() for task in firing) + await fire(store, world.noon, limit=1_000)

    assert n_fired == 300
    assert sorted(event.name for event in await fired(store)) == sorted(map(str, range(300)))


async def test_a_fired_timer_is_pending_among_messages_by_its_time(store, world, claim):
    await put(store, claim, "reminder", world.noon)
    await fire(store, world.noon)
    (event,) = await fired(store)
    await store.transact(lambda tx: tx.events.file(event, state="pending"))
    before = world.received(event.position - 1)
    after = world.received(event.position + 1)
    await world.receive(store, before, after)
    await store.transact(lambda tx: tx.events.settle(claim.turn.events, state="done", reason=""))

    assert await world.pending(store) == [before.event_key, event.event_key, after.event_key]


async def test_odd_characters_in_a_timer_come_back(store, world, claim):
    await put(store, claim, "re\0minder", world.noon, data="caf\u00e9 \0 \ud83d\ude00")
    await fire(store, world.noon)

    (event,) = await fired(store)

    assert (event.name, event.data) == ("re\u2400minder", "caf\u00e9 \u2400 \ufffd\ufffd")


async def test_a_timer_outlives_its_process(store, world, claim, life):
    await put(store, claim, "reminder", world.noon)

    store = await life.die_and_be_succeeded()

    assert await fire(store, world.noon) == 1


@pytest.mark.parametrize(("account", "control"), [("11", "bot"), ("12", "queue")])
async def test_who_controls_a_conversation_is_told(store, world, account, control):
    event = world.received(account=account)
    await store.transact(lambda tx: tx.conversations.touch(event))

    assert control == await store.transact(
        lambda tx: tx.conversations.control_of(account, event.conversation_id)
    )


async def test_nobody_controls_a_conversation_that_is_not_there(store):
    assert await store.transact(lambda tx: tx.conversations.control_of("11", "11-99")) is None


async def test_the_worker_brings_back_what_was_snoozed_in_every_account(store, world):
    theirs, later = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    snoozed = {}
    for account, until in ((OURS, theirs), (WITHOUT_BOT, theirs), (WITHOUT_BOT, later)):
        event = world.received(account=account, customer=str(500 + len(snoozed)))
        await world.receive(store, event)
        snoozed[account, event.conversation_id] = until

    async def snooze(tx):
        for (account, conversation), until in snoozed.items():
            await tx.conversations.snooze(account, conversation, until)

    await store.transact(snooze)
    clock = FrozenClock(theirs - timedelta(seconds=1))
    worker = TimerWorker(store=store, clock=clock, wakes=Wakes(Wake()))
    assert (await worker._fire())[1] == 0
    clock.advance(timedelta(seconds=1))

    assert (await worker._fire())[1] == 2

    assert (await worker._fire())[1] == 0
    over = await store.transact(lambda tx: tx.timers.snoozes_over(10, now=later))
    assert over == [key for key, until in snoozed.items() if until == later]


async def test_a_firing_nobody_was_told_of_is_overtaken_filed_or_not(store, world, claim):
    for name in ("filed", "caf\u00e9 \0", "another", "being handled"):
        await put(store, claim, name, world.noon)
    await fire(store, world.noon)
    here = {one.name: one for one in await fired(store)}
    await store.transact(lambda tx: tx.events.file(here["filed"], state="pending"))
    kept = here["being handled"].event_key

    for name in ("filed", "caf\u00e9 \0", "being handled", "none of them"):
        await store.transact(
            lambda tx, name=name: tx.timers.overtake(
                _where(claim), name, reason="cancelled", sparing=[kept]
            )
        )

    assert sorted(one.name for one in await fired(store)) == ["another", "being handled"]
    assert (await store.counts()).events["ignored"] == 2


async def test_a_timer_that_has_fired_is_replaced_once_it_is_set_again(store, world, claim):
    await put(store, claim, "reminder", world.noon)
    await fire(store, world.noon)
    (event,) = await fired(store)
    assert not await store.transact(lambda tx: tx.timers.is_replaced(event))

    await put(store, claim, "reminder", world.noon)

    assert await store.transact(lambda tx: tx.timers.is_replaced(event))
