"""What stores promise about which conversations, and which events, a process is given."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, update

from roost.engine import filing, quarantine
from roost.store.statements import Command, fixed
from roost.store.tables import events

LEASE = timedelta(minutes=1)
MAKE_NEWER = Command(
    update(events)
    .where(events.c.event_key == bindparam("key"))
    .values(kind=fixed("of_a_newer_version"))
)
SPOIL = Command(
    update(events)
    .where(events.c.event_key == bindparam("key"))
    .values(payload=bindparam("garbage"))
)


async def taken(store, bots=None):
    """Claim what is ready; give the conversations' customers."""
    rows = await store.transact(lambda tx: tx.conversations.claim_ready(10, lease=LEASE, bots=bots))
    return [row.customer_id for row in rows]


async def change(store, command, **parameters):
    return await store.transact(lambda tx: tx.events._session.run(command, parameters))


async def tried(store, limit=32):
    return await store.transact(lambda tx: tx.events.pending("11", "11-22", limit))


@pytest.mark.parametrize("bots", [frozenset(), frozenset({"another", "b", "greeter2"})])
async def test_a_process_is_given_no_conversation_of_a_bot_it_does_not_run(store, world, bots):
    await world.receive(store, world.received())
    (bot,) = [one.bot for one in await store.transact(lambda tx: tx.health.unserved(bots))]

    assert await taken(store, bots) == []
    assert await taken(store, bots | {bot}) == ["22"]


async def test_conversations_nobody_here_serves_are_counted_by_bot(store, world):
    await world.receive(store, world.received(customer="22"), world.received(customer="23"))

    (waiting,) = await store.transact(lambda tx: tx.health.unserved(frozenset({"elsewhere"})))

    assert (waiting.n_waiting, waiting.since) == (2, world.noon)
    assert await store.transact(lambda tx: tx.health.unserved(frozenset({waiting.bot}))) == []


async def test_a_kind_of_event_this_version_does_not_know_is_left_and_holds_up_no_other(
    store, world
):
    await world.put(store, world.received(1, customer="22"), world.received(2, customer="23"))
    await change(store, MAKE_NEWER, key="1")

    n_filed = await store.transact(lambda tx: filing.file_new(tx, limit=100))

    assert n_filed == 1
    assert await taken(store) == ["23"]
    counts = (await store.counts()).events
    assert (counts["new"], counts["pending"]) == (1, 1)


async def test_a_conversation_with_such_an_event_is_left_to_a_process_that_knows_it(store, world):
    await world.receive(store, world.received(1), world.received(2))
    await change(store, MAKE_NEWER, key="2")

    assert await taken(store) == []
    assert [one.event_key for one in (await tried(store)).events] == ["1"]


async def test_an_event_that_cannot_be_read_is_set_aside_and_holds_up_no_other(store, world):
    await world.put(store, world.received(1), world.received(2))
    await change(store, SPOIL, key="1", garbage=b'{"account_id": 11')

    n_filed = await store.transact(lambda tx: filing.file_new(tx, limit=100))

    assert n_filed == 1
    (aside,) = await store.quarantined(10)
    assert aside.event_key == "1"
    assert aside.reason.startswith("this version cannot read it: ")
    assert await world.pending(store) == ["2"]


async def test_such_an_event_is_filed_once_it_is_requeued_and_can_be_read(store, world):
    await world.put(store, world.received(1))
    await change(store, SPOIL, key="1", garbage=b"")
    await store.transact(lambda tx: filing.file_new(tx, limit=100))
    (aside,) = await store.quarantined(10)
    payload = b'{"account_id":"11","event_key":"1","position":1,"conversation_id":"11-22",'
    payload += b'"customer":{"user_id":"22"},"message":{"message_id":"1","text":"hi"},'
    payload += b'"at":"2026-10-01T12:00:00Z"}'
    await change(store, SPOIL, key="1", garbage=payload)

    why_not = await store.transact(lambda tx: quarantine.requeue(tx, aside, at=world.noon))
    n_filed = await store.transact(lambda tx: filing.file_new(tx, limit=100))

    assert (why_not, n_filed) == ("", 1)
    assert await world.pending(store) == ["1"]


async def test_a_pending_event_that_cannot_be_read_is_set_aside(store, world):
    await world.receive(store, world.received(1), world.received(2))
    await change(store, SPOIL, key="1", garbage=b"[]")

    found = await tried(store)

    assert [one.event_key for one in found.events] == ["2"]
    assert (await store.counts()).events["quarantined"] == 1


async def test_what_was_tried_is_tried_again_by_itself(store, world):
    await world.receive(store, *(world.received(n) for n in (1, 2, 3)))
    first = await tried(store)

    second = await tried(store)

    assert (len(first.events), first.attempt, first.has_more) == (3, 1, False)
    assert [one.event_key for one in second.events] == ["1"]
    assert (second.attempt, second.has_more) == (2, True)


async def test_a_full_turn_may_have_more_behind_it(store, world):
    await world.receive(store, *(world.received(n) for n in (1, 2, 3)))

    assert (await tried(store, limit=2)).has_more


async def test_an_attempt_that_reached_nobody_does_not_count(store, world):
    await world.receive(store, world.received(1))
    found = await tried(store)

    await store.transact(lambda tx: tx.events.discount(found.events))
    await store.transact(lambda tx: tx.events.discount(found.events))

    assert (await tried(store)).attempt == 1


async def test_what_was_requeued_is_known_by_its_key(store, world):
    await world.receive(store, world.received(1), world.received(2))
    found = await tried(store, limit=1)
    await store.transact(
        lambda tx: tx.events.settle(found.events, state="quarantined", reason="bad")
    )
    (aside,) = await store.quarantined(10)

    await store.transact(lambda tx: tx.events.requeue(aside))

    again = await tried(store)
    assert (again.requeued, again.attempt) == (("1",), 1)
    assert [one.event_key for one in again.events] == ["1", "2"]
