"""What `ports.ConversationRows` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from roost.errors import StaleClaim
from roost.model.ids import UserId
from roost.store.registry import AccountRow


async def release(store, claim, waiting_since=None):
    await store.transact(lambda tx: tx.conversations.release(claim, waiting_since=waiting_since))


async def settle(store, claim):
    await store.transact(lambda tx: tx.events.settle(claim.turn.events, state="done", reason=""))


@pytest.mark.parametrize(("account", "control"), [("11", "bot"), ("12", "queue"), ("99", "queue")])
async def test_a_new_conversation_goes_to_the_bot_or_to_the_agents(store, world, account, control):
    event = world.received(account=UserId(account))

    assert await store.transact(lambda tx: tx.conversations.touch(event)) == control


async def test_touching_again_keeps_the_control(store, world):
    claim = await world.claimed(store)
    await store.transact(lambda tx: tx.conversations.hand_off(claim, reason="refund"))

    assert await store.transact(lambda tx: tx.conversations.touch(world.received())) == "queue"


async def test_a_customers_newest_name_is_known_and_never_forgotten(store, world):
    await world.receive(store, world.received(2, name="Bob"))
    await world.receive(store, world.received(3, name=""))
    await world.receive(store, world.received(1, name="Robert"))

    (claim,) = await world.claim(store)

    assert claim.turn.customer.name == "Bob"


async def test_the_longest_waiting_conversations_are_claimed_first(store, world):
    for n, customer in enumerate(["40", "30", "50"]):
        at = world.noon + timedelta(seconds=int(customer))
        await world.receive(store, world.received(n, customer=customer), at=at)

    claims = await world.claim(store, limit=2)

    assert [claim.turn.customer.user_id for claim in claims] == ["30", "40"]


async def test_an_older_waiting_since_stays(store, world):
    for customer, seconds in (("30", 5), ("30", 1), ("40", 3), ("50", 2), ("50", 9)):
        await world.receive(
            store,
            world.received(customer=customer),
            at=world.noon + timedelta(seconds=seconds),
        )

    claims = await world.claim(store)

    assert [claim.turn.customer.user_id for claim in claims] == ["30", "50", "40"]


async def test_a_leased_conversation_is_claimed_by_nobody_else(store, world):
    await world.claimed(store)
    await world.receive(store, world.received())

    assert await world.claim(store) == []


async def test_a_claim_knows_its_conversation(store, world):
    await world.receive(store, world.received(5))

    (claim,) = await world.claim(store)

    assert (claim.turn.bot, claim.turn.account_id, claim.turn.conversation_id) == (
        "demo",
        "11",
        "11-22",
    )
    assert (claim.turn.customer.user_id, claim.turn.customer.screen_name) == ("22", "bob")
    assert (claim.fence >= 1, claim.epoch) == (True, 0)


async def test_every_claim_raises_the_fence(store, world):
    fences = []
    for _ in range(3):
        claim = await world.claimed(store)
        await settle(store, claim)
        await release(store, claim)
        fences.append(claim.fence)

    assert 0 < fences[0] < fences[1] < fences[2]


async def test_nothing_is_claimed_without_a_connected_account_and_a_bot(store, world):
    async def make_ready_whatever(tx, event):
        await tx.conversations.touch(event)
        await tx.conversations.make_ready([(event.account_id, event.conversation_id, world.noon)])

    for account in ("12", "13", "99"):
        event = world.received(account=UserId(account))
        await store.transact(lambda tx, event=event: make_ready_whatever(tx, event))

    assert await world.claim(store) == []


async def test_nothing_is_claimed_once_the_account_has_lost_its_bot(store, world):
    await world.receive(store, world.received())

    await store.register([], [AccountRow(UserId("11"), "main", "")])

    assert await world.claim(store) == []


async def test_a_released_conversation_with_nothing_pending_rests(store, world):
    claim = await world.claimed(store)
    await settle(store, claim)

    await release(store, claim)

    assert await world.claim(store) == []


async def test_what_came_in_during_a_turn_is_claimed_after_it(store, world):
    claim = await world.claimed(store)
    await world.receive(store, world.received(77))
    await settle(store, claim)

    await release(store, claim)

    (after,) = await world.claim(store)
    assert [event.event_key for event in after.turn.events] == ["77"]


async def test_what_a_turn_left_pending_is_claimed_again(store, world):
    claim = await world.claimed(store)

    await release(store, claim)

    (again,) = await world.claim(store)
    assert (again.turn.events, again.turn.attempt) == (claim.turn.events, 2)


async def test_a_conversation_released_as_waiting_is_ready_since_then(store, world):
    later, earlier = await world.claimed(store), await world.claimed(store, customer="33")
    await release(store, later, waiting_since=world.noon + timedelta(seconds=2))
    await release(store, earlier, waiting_since=world.noon + timedelta(seconds=1))

    claims = await world.claim(store)

    assert [claim.turn.customer.user_id for claim in claims] == ["33", "22"]


async def test_releasing_a_lost_claim_does_not_end_the_new_one(store, world):
    lost = await world.claimed(store)
    world.lease_clock.pass_by(timedelta(minutes=1))
    await world.claim(store)

    await release(store, lost, waiting_since=world.noon)

    assert await world.claim(store) == []


async def test_a_lease_that_ran_out_makes_pending_work_ready(store, world):
    first = await world.claimed(store)
    world.lease_clock.pass_by(timedelta(seconds=29))
    assert await world.claim(store) == []
    world.lease_clock.pass_by(timedelta(seconds=1))

    (second,) = await world.claim(store)

    assert second.turn.events == first.turn.events
    assert second.fence > first.fence


async def test_the_guard_passes_while_nothing_changed(store, world):
    claim = await world.claimed(store)

    assert await store.transact(lambda tx: tx.conversations.guard(claim)) is True


async def test_the_guard_tells_that_control_has_changed(store, world):
    claim = await world.claimed(store)
    await store.transact(lambda tx: tx.conversations.hand_off(claim, reason="refund"))

    assert await store.transact(lambda tx: tx.conversations.guard(claim)) is False


async def test_the_guard_refuses_a_lost_claim(store, world):
    lost = await world.claimed(store)
    world.lease_clock.pass_by(timedelta(minutes=1))
    await world.claim(store)

    with pytest.raises(StaleClaim):
        await store.transact(lambda tx: tx.conversations.guard(lost))


async def test_the_guard_refuses_a_conversation_that_does_not_exist(store, world):
    claim = await world.claimed(store)
    nowhere = replace(claim, turn=replace(claim.turn, conversation_id="11-99"))

    with pytest.raises(StaleClaim):
        await store.transact(lambda tx: tx.conversations.guard(nowhere))


async def test_a_hand_off_leaves_nothing_to_the_bot(store, world):
    claim = await world.claimed(store)
    await world.receive(store, world.received())

    async def commit(tx):
        await tx.conversations.hand_off(claim, reason="refund")
        await tx.events.settle(claim.turn.events, state="quarantined", reason="refund")
        await tx.conversations.release(claim, waiting_since=world.noon)

    await store.transact(commit)

    assert await world.claim(store) == []
    counts = await store.counts()
    assert (counts.events_waiting, counts.events["quarantined"], counts.events["done"]) == (0, 1, 1)


async def test_a_conversation_handed_back_is_the_bots_again(store, world):
    claim = await world.claimed(store)
    await store.transact(lambda tx: tx.conversations.hand_off(claim, reason="refund"))

    assert await store.transact(lambda tx: tx.conversations.hand_back("11", "11-22"))

    assert await store.transact(lambda tx: tx.conversations.guard(claim)) is False
    await settle(store, claim)
    await store.transact(lambda tx: tx.conversations.release(claim, waiting_since=None))
    await world.receive(store, world.received())
    (again,) = await world.claim(store)
    assert again.epoch == claim.epoch + 2


async def test_nobody_can_hand_back_what_is_not_there(store):
    assert not await store.transact(lambda tx: tx.conversations.hand_back("11", "11-99"))


async def test_a_lost_claim_cannot_hand_off(store, world):
    lost = await world.claimed(store)
    world.lease_clock.pass_by(timedelta(minutes=1))
    (current,) = await world.claim(store)

    with pytest.raises(StaleClaim):
        await store.transact(lambda tx: tx.conversations.hand_off(lost, reason="refund"))
    assert await store.transact(lambda tx: tx.conversations.guard(current)) is True


async def test_the_leases_of_a_dead_process_are_taken_over(store, world, life):
    claim = await world.claimed(store)
    settled = await world.claimed(store, customer="33")
    await settle(store, settled)

    store = await life.die_and_be_succeeded()
    assert await store.transact(lambda tx: tx.conversations.take_over_leases()) == 2

    (again,) = await world.claim(store)
    assert again.turn.conversation_id == claim.turn.conversation_id
    with pytest.raises(StaleClaim):
        await store.transact(lambda tx: tx.conversations.guard(claim))


async def test_a_renewed_lease_lasts_from_then_on(store, world):
    claim = await world.claimed(store)
    world.lease_clock.pass_by(timedelta(seconds=20))

    assert await store.transact(
        lambda tx: tx.conversations.renew(claim, lease=timedelta(seconds=30))
    )

    world.lease_clock.pass_by(timedelta(seconds=29))
    assert await world.claim(store) == []
    world.lease_clock.pass_by(timedelta(seconds=1))
    assert len(await world.claim(store)) == 1


async def test_a_lease_that_somebody_else_has_cannot_be_renewed(store, world):
    lost = await world.claimed(store)
    world.lease_clock.pass_by(timedelta(minutes=1))
    (current,) = await world.claim(store)
    lease = timedelta(hours=1)

    assert not await store.transact(lambda tx: tx.conversations.renew(lost, lease=lease))

    world.lease_clock.pass_by(timedelta(minutes=1))
    (again,) = await world.claim(store)
    assert again.fence > current.fence


async def test_a_lease_that_was_ended_cannot_be_renewed(store, world):
    claim = await world.claimed(store)
    await release(store, claim)

    assert not await store.transact(
        lambda tx: tx.conversations.renew(claim, lease=timedelta(hours=1))
    )
