"""What stores promise about messages that come late, and about history."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from roost.store.statements import Query
from roost.store.tables import conversations

UNREAD = Query(select(conversations.c.unread))


async def handled_position(store, world, *, handled_to):
    """Let a turn be handled up to a position; give what the next claim knows of it."""
    claim = await world.claimed(store)
    await store.transact(lambda tx: tx.events.settle(claim.turn.events, state="done", reason=""))
    await store.transact(
        lambda tx: tx.conversations.release(claim, waiting_since=None, handled_to=handled_to)
    )
    return await known_position(store, world)


async def known_position(store, world):
    await world.receive(store, world.received())

    async def claim(tx):
        (row,) = await tx.conversations.claim_ready(10, lease=world.lease)
        return row

    row = await store.transact(claim)
    world.lease_clock.pass_by(2 * world.lease)
    return row.handled_position


@pytest.fixture(autouse=True)
def lease(world):
    world.lease = world.noon - world.noon.replace(hour=11)


async def test_nothing_is_handled_at_first(store, world):
    assert await known_position(store, world) == 0


async def test_a_conversation_knows_how_far_it_was_handled(store, world):
    assert await handled_position(store, world, handled_to=70) == 70


async def test_a_turn_of_older_messages_takes_nothing_back(store, world):
    await handled_position(store, world, handled_to=70)

    assert await handled_position(store, world, handled_to=7) == 70
    assert await handled_position(store, world, handled_to=None) == 70
    assert await handled_position(store, world, handled_to=71) == 71


async def test_what_a_person_has_seen_is_handled_when_they_hand_back(store, world):
    await world.receive(store, world.received(500))

    await store.transact(lambda tx: tx.conversations.hand_back("11", "11-22"))

    assert await known_position(store, world) == 500


async def test_a_late_message_can_be_ignored_with_its_reason(store, world):
    claim = await world.claimed(store)

    await store.transact(
        lambda tx: tx.events.settle(claim.turn.events, state="ignored", reason="late")
    )

    assert (await store.counts()).events["ignored"] == 1


@pytest.mark.parametrize("is_history", [False, True])
async def test_what_was_put_as_history_is_given_as_history(store, world, is_history):
    delivery = world.delivery(world.received(), world.sent())
    await store.inbox.put(replace(delivery, is_history=is_history))

    rows = await store.transact(lambda tx: tx.events.unfiled(10))

    assert [row.is_history for row in rows] == [is_history] * 2


async def test_history_that_is_known_already_changes_nothing(store, world):
    event = world.received()
    await world.put(store, event)

    delivery = replace(world.delivery(event), is_history=True)

    assert await store.inbox.put(delivery) == 0
    (row,) = await store.transact(lambda tx: tx.events.unfiled(10))
    assert not row.is_history


async def test_history_is_not_unread(store, world):
    async def unread(tx):
        (row,) = await tx.events._session.rows(UNREAD, {})
        return row[0]

    await store.transact(lambda tx: tx.conversations.touch(world.received(), is_history=True))
    assert await store.transact(unread) == 0
    await store.transact(lambda tx: tx.conversations.touch(world.received()))
    assert await store.transact(unread) == 1
