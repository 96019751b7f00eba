"""That every event is accounted for, that it is noticed where one is not, and quarantine."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import bindparam, update

from roost.engine import quarantine
from roost.store.conservation import Balance
from roost.store.statements import Command, fixed
from roost.store.tables import conversations, events

SPOIL = Command(
    update(events)
    .where(events.c.event_key == bindparam("key"))
    .values(state=bindparam("new_state"), reason=bindparam("why"), attempts=fixed(1))
)
"""As of an event that a turn has tried once."""
CONTROL = Command(update(conversations).values(control=bindparam("who")))
REST = Command(update(conversations).values(ready_since=bindparam("nothing")))


async def spoil(store, command, **parameters):
    await store.transact(lambda tx: tx.events._session.run(command, parameters))


async def set_aside(store, world, *, reason="it failed"):
    """Quarantine a message after its turn; give the claim."""
    claim = await world.claimed(store)

    async def unit(tx):
        await tx.conversations.hand_off(claim, reason=reason)
        await tx.events.settle(claim.turn.events, state="quarantined", reason=reason)
        await tx.conversations.release(claim, waiting_since=None, handled_to=None)

    await store.transact(unit)
    return claim


async def requeue(store, world, event):
    return await store.transact(partial(quarantine.requeue, event=event, at=world.noon))


async def test_nothing_is_accounted_for_as_nothing(store):
    assert await store.conservation() == []


async def test_every_state_an_event_can_be_in_is_accounted_for(store, world):
    await set_aside(store, world)
    ignored, done = world.received(customer="40"), world.received(customer="41")
    await world.put(store, ignored, done)
    await store.transact(lambda tx: tx.events.file(ignored, state="ignored", reason="unrecognised"))
    await store.transact(lambda tx: tx.events.file(done, state="done"))
    await world.receive(store, world.received(customer="42"), world.received(customer="42"))
    await world.claim(store)
    await world.receive(store, world.received(customer="43"))
    await world.put(store, world.received(customer="44"), world.received(account="12"))

    balances = await store.conservation()

    assert balances == [
        Balance("11", 7, done=1, pending=4, quarantined=1, ignored=1, stranded=0),
        Balance("12", 1, done=0, pending=1, quarantined=0, ignored=0, stranded=0),
    ]
    assert [one.faults for one in balances] == [(), ()]


@pytest.mark.parametrize(("state", "why"), [("lost", "x"), ("ignored", ""), ("quarantined", "")])
async def test_an_event_in_no_state_or_without_a_reason_is_noticed(store, world, state, why):
    event = world.received()
    await world.put(store, event, world.received())
    await spoil(store, SPOIL, key=event.event_key, new_state=state, why=why)

    (balance,) = await store.conservation()

    assert (balance.accepted, balance.unaccounted) == (2, 1)
    (fault,) = balance.faults
    assert fault.startswith("account 11: of 2 events accepted, 1 are neither done, pending,")


async def test_a_pending_event_that_nobody_will_take_up_is_noticed(store, world):
    await world.receive(store, world.received())
    assert (await store.conservation())[0].faults == ()

    await spoil(store, REST, nothing=None)

    (balance,) = await store.conservation()
    assert balance.faults == ("account 11: 1 pending events wait for nobody",)


async def test_what_is_quarantined_is_shown_with_its_reason(store, world):
    claim = await set_aside(store, world, reason="ZeroDivisionError")
    (message,) = claim.turn.events

    (event,) = await store.quarantined(10)

    assert (event.account_id, event.kind, event.event_key, event.conversation_id) == (
        "11",
        "message_received",
        message.event_key,
        "11-22",
    )
    assert (event.attempts, event.reason, event.received_at) == (
        1,
        "ZeroDivisionError",
        world.noon,
    )
    assert await store.quarantined_as(message.event_key) == [event]
    assert await store.quarantined_as("other") == []


async def test_what_came_last_is_shown_first_and_no_more_than_asked_for(store, world):
    for n in range(3):
        event = world.received(customer=str(40 + n))
        await world.receive(store, event, at=world.noon + timedelta(seconds=n))
        await store.transact(
            lambda tx, event=event: tx.events.settle([event], state="quarantined", reason="x")
        )

    shown = await store.quarantined(2)

    assert [event.conversation_id for event in shown] == ["11-42", "11-41"]


async def test_a_requeued_event_is_the_bots_again_with_all_its_attempts(store, world):
    claim = await set_aside(store, world)
    (event,) = await store.quarantined(10)

    assert await requeue(store, world, event) == ""

    assert await store.quarantined(10) == []
    (again,) = await world.claim(store)
    assert (again.turn.events, again.turn.attempt) == (claim.turn.events, 1)
    assert again.epoch == claim.epoch + 2
    assert (await store.conservation())[0].faults == ()


async def test_an_event_is_requeued_once(store, world):
    await set_aside(store, world)
    (event,) = await store.quarantined(10)
    await requeue(store, world, event)

    assert await requeue(store, world, event) == "it is not quarantined any more"


async def test_a_conversation_that_an_agent_has_taken_stays_theirs(store, world):
    await set_aside(store, world)
    (event,) = await store.quarantined(10)
    await spoil(store, CONTROL, who="agent")

    refusal = await requeue(store, world, event)

    assert refusal == "11-22 is controlled by agent; hand it back first"
    assert await store.quarantined(10) == [event]


async def test_an_event_of_no_conversation_cannot_be_requeued(store, world):
    event = world.received()
    await world.put(store, event)
    await spoil(store, SPOIL, key=event.event_key, new_state="quarantined", why="x")
    (found,) = await store.quarantined(10)

    assert await requeue(store, world, found) == "there is no conversation 11-22"
