"""What `ports.DialogRows` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from roost.model.dialogs import DialogPhase, DialogState, Point
from roost.model.ids import ConversationId, UserId
from roost.ports import ConversationRow

SAID, ASKED = Point("say", "", b""), Point("receive", "", b"\x00\xff")
OURS, HERE = UserId("11"), ConversationId("11-22")


@pytest.fixture
async def claim(store, world):
    return await world.claimed(store)


def state(claim, *, first=0, points=(SAID,), phase=DialogPhase.ASKING, name="d", taking=""):
    event = claim.turn.events[0]
    return DialogState(f"id-{name}", name, event, first, points, phase, taking, f"step of {name}")


async def record(store, claim, *states, at):
    await store.transact(lambda tx: tx.dialogs.record(claim, states, at=at))


async def known(store, claim, *, epoch=None):
    row = ConversationRow(
        OURS, HERE, UserId("22"), "", "", "demo", claim.epoch if epoch is None else epoch, 1, True
    )
    return list(await store.transact(lambda tx: tx.dialogs.open(row)))


async def test_a_dialog_comes_back_with_its_whole_journal(store, world, claim):
    await record(store, claim, state(claim), at=world.noon)
    await record(store, claim, state(claim, first=1, points=(ASKED, SAID)), at=world.noon)

    (dialog,) = await known(store, claim)

    assert dialog.points == (SAID, ASKED, SAID)
    assert (dialog.dialog_id, dialog.name, dialog.phase) == ("id-d", "d", DialogPhase.ASKING)
    assert dialog.begun_by == claim.turn.events[0]


async def test_a_dialog_that_begins_anew_forgets_what_it_had_passed(store, world, claim):
    await record(store, claim, state(claim, points=(SAID, ASKED, SAID)), at=world.noon)
    await record(store, claim, state(claim, points=(ASKED,)), at=world.noon)

    (dialog,) = await known(store, claim)

    assert dialog.points == (ASKED,)


async def test_one_that_goes_back_forgets_what_it_had_passed_since(store, world, claim):
    await record(store, claim, state(claim, points=(SAID, ASKED, SAID, ASKED)), at=world.noon)
    back = replace(state(claim, first=1, points=(SAID,)), is_rewound=True)
    await record(store, claim, back, state(claim, name="e"), at=world.noon)

    one, other = await known(store, claim)

    assert one.points == (SAID, SAID)
    assert other.points == (SAID,)


async def test_one_that_has_ended_is_gone(store, world, claim):
    await record(store, claim, state(claim), state(claim, name="e"), at=world.noon)
    await record(store, claim, state(claim, first=1, phase=DialogPhase.ENDED), at=world.noon)

    assert [dialog.name for dialog in await known(store, claim)] == ["e"]


async def test_a_change_of_ownership_ends_dialogs_and_the_next_one_clears_up(store, world, claim):
    await record(store, claim, state(claim, name="old"), at=world.noon)
    await store.transact(lambda tx: tx.conversations.hand_off(claim, reason="asked"))
    await store.transact(lambda tx: tx.conversations.release(claim, waiting_since=None))
    await store.transact(lambda tx: tx.conversations.hand_back(OURS, HERE))
    await world.receive(store, world.received())
    (current,) = await world.claim(store)

    assert await known(store, current) == []
    await record(store, current, state(current, name="new"), at=world.noon)

    assert [dialog.name for dialog in await known(store, current)] == ["new"]
    assert await known(store, current, epoch=claim.epoch) == []


async def test_what_was_interrupted_in_an_event_ends_with_it(store, world, claim):
    (event,) = claim.turn.events
    running = DialogPhase.RUNNING
    await record(
        store,
        claim,
        state(claim, name="in", phase=running, taking=event.event_key),
        state(claim, name="elsewhere", phase=running, taking="another"),
        state(claim, name="asking"),
        at=world.noon,
    )

    await store.transact(lambda tx: tx.dialogs.end_interrupted(claim))

    assert {dialog.name for dialog in await known(store, claim)} == {"elsewhere", "asking"}


async def test_a_claim_says_whether_there_are_any(store, world, claim):
    async def has_dialogs():
        await store.transact(lambda tx: tx.conversations.release(again[-1], waiting_since=None))
        await world.receive(store, world.received())
        return await store.transact(
            lambda tx: tx.conversations.claim_ready(1, lease=timedelta(minutes=1))
        )

    again = [claim]
    await record(store, claim, state(claim), at=world.noon)
    (row,) = await has_dialogs()
    assert row.has_dialogs
