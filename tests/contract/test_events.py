"""What `ports.EventRows` promises."""

from __future__ import annotations

import pytest

from roost.model.events import Unrecognised
from roost.model.ids import UserId


@pytest.mark.parametrize("state", ["pending", "done", "ignored"])
async def test_filing_moves_an_event_on(store, world, state):
    event = world.received()
    await world.put(store, event)

    await store.transact(lambda tx: tx.events.file(event, state=state, reason="why"))

    assert await store.transact(lambda tx: tx.events.unfiled(10)) == []
    assert (await store.counts()).events[state] == 1


async def test_an_event_is_filed_once(store, world):
    event = world.received()
    await world.put(store, event)
    await store.transact(lambda tx: tx.events.file(event, state="done"))

    await store.transact(lambda tx: tx.events.file(event, state="pending"))

    assert (await store.counts()).events["done"] == 1


async def test_an_event_cannot_be_filed_into_an_unknown_state(store, world):
    with pytest.raises(ValueError, match="quarantined"):
        await store.transact(lambda tx: tx.events.file(world.received(), state="quarantined"))


async def test_only_a_received_message_can_be_pending(store, world):
    unknown = Unrecognised(UserId("11"), "key", 1, "name", world.noon)
    for event in (world.sent(), unknown):
        with pytest.raises(ValueError, match="pending"):
            await store.transact(lambda tx, event=event: tx.events.file(event, state="pending"))


async def test_pending_messages_come_by_position(store, world):
    await world.receive(store, *(world.received(n) for n in (30, 4, 200)))

    assert await world.pending(store) == ["4", "30", "200"]


async def test_pending_messages_are_those_of_the_conversation(store, world):
    await world.receive(store, world.received(1), world.received(2, customer="33"))

    assert await world.pending(store) == ["1"]


async def test_pending_is_limited_to_the_first_ones(store, world):
    await world.receive(store, *(world.received(n) for n in (3, 1, 2)))

    pending = await store.transact(lambda tx: tx.events.pending("11", "11-22", 2))

    assert [event.event_key for event in pending.events] == ["1", "2"]


async def test_pending_messages_carry_the_trace_of_the_last_of_them(store, world):
    await world.receive(store, world.received(2))
    await world.receive(store, world.received(1))

    pending = await store.transact(lambda tx: tx.events.pending("11", "11-22", 32))
    first = await store.transact(lambda tx: tx.events.pending("11", "11-22", 1))

    assert len(pending.trace_id) == 32
    assert pending.trace_id != first.trace_id


async def test_every_look_at_pending_messages_counts_as_an_attempt(store, world):
    await world.receive(store, world.received(1))

    attempts = [
        (await store.transact(lambda tx: tx.events.pending("11", "11-22", 32))).attempt
        for _ in range(3)
    ]

    assert attempts == [1, 2, 3]


async def test_what_was_tried_is_tried_alone_and_after_what_comes_before_it(store, world):
    await world.receive(store, world.received(2))
    await world.pending(store)
    await world.receive(store, world.received(1))

    first = await store.transact(lambda tx: tx.events.pending("11", "11-22", 32))
    await store.transact(lambda tx: tx.events.settle(first.events, state="done", reason=""))
    second = await store.transact(lambda tx: tx.events.pending("11", "11-22", 32))

    assert [one.event_key for one in first.events] == ["1"]
    assert (first.attempt, first.has_more) == (1, True)
    assert [one.event_key for one in second.events] == ["2"]
    assert (second.attempt, second.has_more) == (2, False)


async def test_nothing_pending_is_no_attempt(store, world):
    pending = await store.transact(lambda tx: tx.events.pending("11", "11-22", 32))

    assert (pending.events, pending.attempt) == ((), 0)


@pytest.mark.parametrize("state", ["done", "quarantined"])
async def test_settled_messages_are_no_longer_pending(store, world, state):
    settled, other = world.received(1), world.received(2)
    await world.receive(store, settled, other)

    await store.transact(lambda tx: tx.events.settle([settled], state=state, reason="why"))

    assert await world.pending(store) == ["2"]
    assert (await store.counts()).events[state] == 1


async def test_a_settled_message_stays_as_it_was_settled(store, world):
    event = world.received()
    await world.receive(store, event)
    await store.transact(lambda tx: tx.events.settle([event], state="quarantined", reason="bad"))

    await store.transact(lambda tx: tx.events.settle([event], state="done", reason=""))

    assert (await store.counts()).events["quarantined"] == 1


async def test_messages_cannot_be_settled_into_an_unknown_state(store, world):
    with pytest.raises(ValueError, match="new"):
        await store.transact(lambda tx: tx.events.settle([], state="new", reason=""))


async def test_every_accepted_event_is_in_exactly_one_state(store, world):
    for n, state in enumerate(["pending", "done", "ignored", "pending"]):
        event = world.received(n)
        await world.put(store, event)
        await store.transact(lambda tx, e=event, s=state: tx.events.file(e, state=s))
    await world.put(store, world.received(9))
    await store.transact(
        lambda tx: tx.events.settle([world.received(3)], state="quarantined", reason="x")
    )

    counts = await store.counts()

    assert counts.events == {
        "held": 0,
        "new": 1,
        "pending": 1,
        "ignored": 1,
        "quarantined": 1,
        "done": 1,
    }
    assert counts.events_waiting == 2
