"""What `ports.Inbox` promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roost.model.events import Unrecognised
from roost.model.ids import UserId
from roost.ports import EventRow


async def test_a_new_event_is_counted_and_waits_to_be_filed(store, world):
    event = world.received()

    delivery = world.delivery(event)
    new = await store.inbox.put(delivery)

    assert new == 1
    rows = await store.transact(lambda tx: tx.events.unfiled(10))
    assert rows == [EventRow(event, delivery.trace_id, world.noon)]


async def test_the_same_delivery_put_twice_is_stored_once(store, world):
    delivery = world.delivery(world.received(), world.sent())

    assert await store.inbox.put(delivery) == 2
    assert await store.inbox.put(delivery) == 0
    assert (await store.counts()).events["new"] == 2


async def test_an_event_in_another_delivery_is_not_new(store, world):
    known, unknown = world.received(), world.received()
    await world.put(store, known)

    assert await store.inbox.put(world.delivery(known, unknown)) == 1


async def test_one_key_is_another_event_for_another_account_or_kind(store, world):
    event = world.received(7)
    other_account = replace(event, account_id=UserId("12"))
    other_kind = world.sent(7)

    assert await store.inbox.put(world.delivery(event, other_account, other_kind)) == 3


async def test_an_event_twice_in_one_delivery_is_stored_once(store, world):
    event = world.received()

    assert await store.inbox.put(world.delivery(event, event)) == 1


async def test_a_storm_of_duplicates_leaves_one_event(store, world):
    event = world.received()
    deliveries = [[world.delivery(event) for _ in range(100)] for _ in range(16)]
    counts: list[int] = []

    async def connection(mine):
        counts.extend([await store.inbox.put(delivery) for delivery in mine])

    async with asyncio.TaskGroup() as tasks:
        for mine in deliveries:
            tasks.create_task(connection(mine))

    assert sorted(counts) == [0] * 1_599 + [1]
    assert (await store.counts()).events["new"] == 1


async def test_each_of_many_callers_gets_its_own_count(store, world):
    known = world.received()
    await world.put(store, known)
    deliveries = [
        world.delivery(known),
        world.delivery(world.received(), world.received()),
        world.delivery(),
        world.delivery(known, world.received()),
    ]

    async with asyncio.TaskGroup() as tasks:
        puts = [tasks.create_task(store.inbox.put(delivery)) for delivery in deliveries]

    assert [put.result() for put in puts] == [0, 2, 0, 1]


async def test_unrecognised_events_are_kept(store, world):
    event = Unrecognised(UserId(""), "f" * 64, 5, "tweet_create_events", world.noon)

    assert await store.inbox.put(world.delivery(event)) == 1
    (row,) = await store.transact(lambda tx: tx.events.unfiled(10))
    assert row.event == event


async def test_characters_no_database_takes_are_replaced_everywhere(store, world):
    odd = replace(
        world.received(text="a\0b \ud800 \U0001f600 \\u0000", name="\udfff"), event_key="k\0"
    )
    plain = replace(
        odd,
        event_key="k\u2400",
        message=replace(odd.message, text="a\u2400b \ufffd \U0001f600 \\u0000"),
        customer=replace(odd.customer, name="\ufffd"),
    )

    assert await store.inbox.put(world.delivery(odd)) == 1
    assert await store.inbox.put(world.delivery(odd)) == 0
    assert await store.inbox.put(world.delivery(plain)) == 0
    (row,) = await store.transact(lambda tx: tx.events.unfiled(10))
    assert row.event == plain


async def test_an_odd_event_goes_all_the_way(store, world):
    odd = replace(world.received(text="\0", name="\ud800"), conversation_id="11-\0")

    await world.receive(store, odd)

    (claim,) = await world.claim(store)
    assert claim.turn.events[0].message.text == "\u2400"
    assert claim.turn.customer.name == "\ufffd"
    await world.queue(store, claim, "\0 \ud800")
    (entry,) = await world.start(store)
    assert entry.message.text == "\u2400 \ufffd"


async def test_a_body_is_any_bytes(store, world):
    body = bytes(range(256))

    assert await store.inbox.put(world.delivery(world.received(), body=body)) == 1


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(order=st.permutations(range(8)), split=st.integers(0, 8))
async def test_any_order_of_arrival_gives_the_same_conversation(store, world, order, split):
    base = world.number() * 1_000
    name = str(base)
    events = [
        world.received(base + n, customer=name, text=str(n))
        if n % 2
        else world.sent(base + n, customer=name, text=str(n))
        for n in range(8)
    ]
    await world.receive(store, *(events[n] for n in order[:split]))
    await world.receive(store, *(events[n] for n in order[split:]))

    (claim,) = await world.claim(store)
    assert [event.message.text for event in claim.turn.events] == ["1", "3", "5", "7"]
    await world.queue(store, claim, "answer")
    (entry,) = await world.start(store)
    assert entry.baseline == base + 7
    ours = await store.transact(lambda tx: tx.messages.unlinked(replace(entry, baseline=base - 1)))
    assert [one.message.text for one in ours] == ["0", "2", "4", "6"]


async def test_events_wait_in_the_order_of_receipt(store, world):
    late, early = world.received(), world.received()
    await world.put(store, late, at=world.noon + timedelta(seconds=1))
    await world.put(store, early, at=world.noon)

    rows = await store.transact(lambda tx: tx.events.unfiled(10))

    assert [row.event for row in rows] == [early, late]
    assert len(await store.transact(lambda tx: tx.events.unfiled(1))) == 1
