"""What `ports.MessageRows` promises."""

from __future__ import annotations

from roost.model.ids import MessageId


async def entry_of(store, world):
    claim = await world.claimed(store)
    await world.queue(store, claim, "ours")
    (entry,) = await world.start(store)
    return entry


async def unlinked(store, entry):
    rows = await store.transact(lambda tx: tx.messages.unlinked(entry))
    return [row.message.message_id for row in rows]


async def test_our_messages_above_the_baseline_are_candidates(store, world):
    await world.receive(store, world.sent(3), world.received(9), world.sent(10))
    (claim,) = await world.claim(store)
    await world.queue(store, claim, "ours")
    (entry,) = await world.start(store)

    await world.receive(store, world.sent(20), world.sent(12, text="hi"), world.received(13))
    await world.receive(store, world.sent(14, customer="33"))

    assert entry.baseline == 10
    rows = await store.transact(lambda tx: tx.messages.unlinked(entry))
    assert [(row.message.message_id, row.position) for row in rows] == [("12", 12), ("20", 20)]
    assert (rows[0].message.text, rows[0].message.source_app_id) == ("hi", "7")


async def test_a_message_taken_by_x_is_linked(store, world):
    entry = await entry_of(store, world)

    await store.transact(lambda tx: tx.messages.put_sent(entry, MessageId("500"), world.noon))

    assert await unlinked(store, entry) == []


async def test_an_echo_that_came_first_is_linked(store, world):
    entry = await entry_of(store, world)
    await world.receive(store, world.sent(500))
    assert await unlinked(store, entry) == ["500"]

    await store.transact(lambda tx: tx.messages.put_sent(entry, MessageId("500"), world.noon))

    assert await unlinked(store, entry) == []


async def test_an_echo_that_comes_later_does_not_unlink(store, world):
    entry = await entry_of(store, world)
    await store.transact(lambda tx: tx.messages.put_sent(entry, MessageId("500"), world.noon))

    await world.receive(store, world.sent(500))

    assert await unlinked(store, entry) == []


async def test_a_message_stays_as_it_was_first_told(store, world):
    entry = await entry_of(store, world)
    await store.transact(lambda tx: tx.messages.put(world.sent(500, text="first")))

    await store.transact(lambda tx: tx.messages.put(world.sent(500, text="second")))

    (row,) = await store.transact(lambda tx: tx.messages.unlinked(entry))
    assert row.message.text == "first"
