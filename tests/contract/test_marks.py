"""What `ports.TagRows`, `ports.MemoryRows` and `resolve_turn` promise."""

from __future__ import annotations

import pytest
from tests.contract.conftest import LEASE

from roost.errors import StaleClaim
from roost.model.ids import UserId
from roost.model.memories import Memory, Scope
from roost.model.outbound import Addressee

OF_CUSTOMER = Memory(Scope.CUSTOMER, "colour", b"\x00red")
OF_CONVERSATION = Memory(Scope.CONVERSATION, "colour", b"blue")


def where(claim):
    turn = claim.turn
    return Addressee(turn.account_id, turn.conversation_id, UserId(turn.customer.user_id))


async def remember(store, world, claim, *memories):
    async def unit(tx):
        for memory in memories:
            await tx.memories.put(where(claim), memory, at=world.noon)

    await store.transact(unit)


async def known(store, world, *, customer="22"):
    """Give what the next turn of a conversation brings along."""

    async def unit(tx):
        (row,) = await tx.conversations.claim_ready(10, lease=LEASE)
        return row.has_memories, await tx.memories.of(row)

    await world.receive(store, world.received(customer=customer))
    return await store.transact(unit)


async def done(store, claim):
    async def unit(tx):
        await tx.events.settle(claim.turn.events, state="done", reason="")
        return await tx.conversations.release(claim, waiting_since=None)

    return await store.transact(unit)


@pytest.fixture
async def claim(store, world):
    return await world.claimed(store)


async def test_both_scopes_come_with_the_next_turn(store, world, claim):
    await remember(store, world, claim, OF_CUSTOMER, OF_CONVERSATION)
    await done(store, claim)

    assert await known(store, world) == (True, [OF_CONVERSATION, OF_CUSTOMER])


async def test_the_last_value_counts_and_an_empty_one_forgets(store, world, claim):
    later = Memory(Scope.CUSTOMER, "colour", b"green")
    nothing = Memory(Scope.CONVERSATION, "colour", b"")
    await remember(store, world, claim, OF_CUSTOMER, OF_CONVERSATION, later, nothing, nothing)
    await done(store, claim)

    assert await known(store, world) == (True, [later])


async def test_another_customer_is_not_remembered(store, world, claim):
    await remember(store, world, claim, OF_CUSTOMER, OF_CONVERSATION)

    assert await known(store, world, customer="23") == (False, [])


async def test_a_conversation_is_forgotten_and_its_customer_is_not(store, world, claim):
    await remember(store, world, claim, OF_CUSTOMER, OF_CONVERSATION)
    here = where(claim)
    await store.transact(lambda tx: tx.memories.forget(here.account_id, here.conversation_id))
    await done(store, claim)

    assert await known(store, world) == (True, [OF_CUSTOMER])


async def test_a_tag_is_there_once(store, world, claim):
    async def unit(tx):
        for name in ("vip", "vip", "é", "gone"):
            await tx.tags.put(where(claim), name, at=world.noon)
        await tx.tags.remove(where(claim), "gone")
        await tx.tags.remove(where(claim), "was never there")

    await store.transact(unit)

    turn = claim.turn
    assert await store.tags(turn.account_id, turn.conversation_id) == ["vip", "é"]
    assert await store.tags(turn.account_id, "another") == []


async def control_of(store, claim):
    turn = claim.turn
    row = await store.transact(
        lambda tx: tx.conversations.whose(turn.account_id, turn.conversation_id)
    )
    return row.control, row.epoch


async def test_a_turn_that_is_resolved_leaves_nobody_in_control(store, world, claim):
    await store.transact(lambda tx: tx.conversations.resolve_turn(claim))

    assert await control_of(store, claim) == ("nobody", claim.epoch + 1)
    assert not await done(store, claim)
    await world.receive(store, world.received())
    assert await control_of(store, claim) == ("bot", claim.epoch + 2)


async def test_a_turn_with_something_behind_it_stays_with_the_bot(store, world, claim):
    later = world.received()
    await world.receive(store, later)
    await store.transact(lambda tx: tx.conversations.resolve_turn(claim))

    assert await control_of(store, claim) == ("bot", claim.epoch + 1)
    assert await done(store, claim)
    (following,) = await world.claim(store)
    assert following.turn.events == (later,)


async def test_a_claim_that_was_lost_resolves_nothing(store, world, claim):
    await store.transact(lambda tx: tx.conversations.take_over_leases())
    world.lease_clock.pass_by(LEASE * 2)
    await world.claim(store)
    with pytest.raises(StaleClaim):
        await store.transact(lambda tx: tx.conversations.resolve_turn(claim))
