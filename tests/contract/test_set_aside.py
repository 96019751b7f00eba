"""What `ports.OutboxRows` promises of messages that wait for a person."""

from __future__ import annotations

import pytest

from roost.engine import set_aside
from roost.errors import NotSetAside
from roost.model.ids import MessageId, UserId
from roost.model.outbound import Lane

OURS = UserId("11")


async def parked(store, world, *texts):
    """Park the first of these messages."""
    claim = await world.claimed(store)
    await world.queue(store, claim, *texts, lane=Lane.AGENT)
    (entry,) = await world.start(store)

    async def unit(tx):
        await tx.outbox.suspect(entry, reason="lost", at=entry.attempted_at)
        await tx.outbox.park(entry, reason="not shown")

    await store.transact(unit)
    return entry


async def states(store):
    return {name: n for name, n in (await store.counts()).outbox.items() if n}


async def do(store, world, what, number, *, account=OURS):
    return await store.transact(lambda tx: what(tx, account, number, at=world.noon))


async def test_a_parked_message_lets_the_next_go(store, world):
    await parked(store, world, "first", "second")

    assert await states(store) == {"parked": 1, "queued": 1}
    assert [one.message.text for one in await world.start(store)] == ["second"]


async def test_what_waits_for_a_person_is_listed_with_its_reason(store, world):
    await parked(store, world, "may have arrived", "refused")
    (entry,) = await world.start(store)
    await store.transact(lambda tx: tx.outbox.bury(entry, reason="code 349"))

    found = await store.transact(lambda tx: tx.outbox.set_aside())

    assert [(one.state, one.text, one.reason, one.attempts) for one in found] == [
        ("parked", "may have arrived", "not shown", 1),
        ("dead", "refused", "code 349", 1),
    ]
    assert found[0].to.conversation_id == "11-22"
    assert (await store.counts()).outbox_waiting == 0


async def test_a_message_sent_again_goes_before_what_was_decided_later(store, world):
    entry = await parked(store, world, "first", "second", "third")

    await do(store, world, set_aside.resend, entry.outbox_id)

    (again,) = await world.start(store)
    assert (again.message.text, again.attempt) == ("first", 2)
    await store.transact(lambda tx: tx.outbox.finish(again, MessageId("900")))
    assert [one.message.text for one in await world.start(store)] == ["second"]


async def test_a_message_sent_again_waits_for_the_one_in_flight(store, world):
    entry = await parked(store, world, "first", "second")
    (second,) = await world.start(store)

    await do(store, world, set_aside.resend, entry.outbox_id)
    assert await world.start(store) == []

    await store.transact(lambda tx: tx.outbox.finish(second, MessageId("900")))
    assert [one.message.text for one in await world.start(store)] == ["first"]


async def test_a_checked_message_is_uncertain_and_none_follows_it(store, world):
    entry = await parked(store, world, "first", "second")

    await do(store, world, set_aside.check, entry.outbox_id)

    assert await states(store) == {"uncertain": 1, "queued": 1}
    assert await world.start(store) == []
    (uncertain,) = await store.transact(lambda tx: tx.outbox.uncertain())
    await store.transact(lambda tx: tx.outbox.park(uncertain, reason="not shown"))
    assert [one.message.text for one in await world.start(store)] == ["second"]


async def test_what_a_person_has_had_checked_is_known_until_they_have_it_sent(store, world):
    claim = await world.claimed(store)
    await world.queue(store, claim, "the bot's")
    (entry,) = await world.start(store)

    async def park(tx):
        await tx.outbox.suspect(entry, reason="lost", at=entry.attempted_at)
        (uncertain,) = await tx.outbox.uncertain()
        await tx.outbox.park(uncertain, reason="not shown")
        return uncertain

    assert not (await store.transact(park)).is_checked
    for _ in range(2):
        await do(store, world, set_aside.check, entry.outbox_id)
        (uncertain,) = await store.transact(lambda tx: tx.outbox.uncertain())
        assert uncertain.is_checked
        await store.transact(lambda tx, one=uncertain: tx.outbox.park(one, reason="not shown"))
    assert await world.start(store) == []

    await do(store, world, set_aside.resend, entry.outbox_id)

    (again,) = await world.start(store)
    assert (again.message.text, again.is_checked) == ("the bot's", False)


async def test_a_message_is_not_checked_while_another_of_its_conversation_is_in_flight(
    store, world
):
    entry = await parked(store, world, "first", "second")
    await world.start(store)

    with pytest.raises(NotSetAside, match="another message of its conversation is being sent"):
        await do(store, world, set_aside.check, entry.outbox_id)
    assert await states(store) == {"parked": 1, "sending": 1}


async def test_what_x_has_refused_is_not_checked_but_sent_again_or_dropped(store, world):
    await world.queue(store, await world.claimed(store), "a")
    (entry,) = await world.start(store)
    await store.transact(lambda tx: tx.outbox.bury(entry, reason="code 349"))

    with pytest.raises(NotSetAside, match="X has refused it"):
        await do(store, world, set_aside.check, entry.outbox_id)
    await do(store, world, set_aside.resend, entry.outbox_id)
    assert await states(store) == {"queued": 1}


async def test_a_dropped_message_is_gone_for_good(store, world):
    entry = await parked(store, world, "a")

    dropped = await do(store, world, set_aside.drop, entry.outbox_id)

    assert dropped.text == "a"
    assert await states(store) == {"dropped": 1}
    assert await store.transact(lambda tx: tx.outbox.set_aside()) == []
    for what in (set_aside.check, set_aside.resend, set_aside.drop):
        with pytest.raises(NotSetAside, match="neither parked nor dead"):
            await do(store, world, what, entry.outbox_id)


@pytest.mark.parametrize(("account", "number"), [("12", 1), ("11", 2), ("11", -1), ("11", 2**62)])
async def test_a_message_that_is_not_there_does_not_wait(store, world, account, number):
    await parked(store, world, "a")

    with pytest.raises(NotSetAside, match=f"message {number} of account {account}"):
        await do(store, world, set_aside.drop, number, account=UserId(account))
