"""Who writes `stop` to people is not written to by the bot afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roost.engine import filing
from roost.model.ids import ConversationId, UserId
from roost.model.opting import STOPPED, YES, OptOut
from roost.ports import ConversationRow

OURS, HERE, ADA = UserId("11"), ConversationId("11-22"), UserId("22")


async def handed_off(store, world):
    """Have people get a conversation; give the name of its bot."""
    claim = await world.claimed(store)

    async def unit(tx):
        await tx.conversations.hand_off(claim, reason="x", at=world.noon)
        await tx.events.settle(claim.turn.events, state="done", reason="")
        await tx.conversations.release(claim, waiting_since=None)

    await store.transact(unit)
    return claim.turn.bot


async def writes(store, world, *texts, is_tap=False, opt_outs=filing.NO_WORDS):
    """Have Ada write to people; give what is remembered of her then."""
    for text in texts:
        event = world.received()
        message = replace(event.message, text=text, is_quick_reply=is_tap)
        await world.put(store, replace(event, message=message))
    row = ConversationRow(OURS, HERE, ADA, "", "", "b", 1, 1, has_dialogs=False)

    async def unit(tx):
        await filing.file_new(tx, limit=100, opt_outs=opt_outs)
        return {(one.scope, one.name): one.value for one in await tx.memories.of(row)}

    return await store.transact(unit)


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (["STOP!"], YES),
        (["Unsubscribe"], YES),
        (["stop", "start"], None),
        (["stop", "hello"], YES),
        (["stop it"], None),
        (["start"], None),
    ],
)
async def test_what_is_written_to_people_counts_at_once(store, world, texts, value):
    await handed_off(store, world)
    assert (await writes(store, world, *texts)).get(STOPPED) == value


async def test_the_words_are_those_of_the_account_s_bot(store, world):
    bot = await handed_off(store, world)
    opt_outs = {bot: OptOut(frozenset({"halt"})), "another": OptOut(frozenset({"genug"}))}
    assert await writes(store, world, "stop", "genug", opt_outs=opt_outs) == {}
    assert (await writes(store, world, "Halt!", opt_outs=opt_outs))[STOPPED] == YES


async def test_a_tap_is_no_word(store, world):
    await handed_off(store, world)
    assert await writes(store, world, "stop", is_tap=True) == {}


async def test_what_the_bot_gets_is_the_bot_s_to_heed(store, world):
    await world.receive(store, world.received())
    assert await writes(store, world, "stop") == {}


async def test_a_word_that_comes_late_does_not_undo_a_later_one(store, world):
    await handed_off(store, world)
    late = world.received()
    assert await writes(store, world, "hello", "start") == {}

    await world.put(store, replace(late, message=replace(late.message, text="stop")))

    assert await writes(store, world, "hello again") == {}
    assert (await writes(store, world, "stop"))[STOPPED] == YES


async def test_words_that_come_in_another_order_count_in_that_of_x(store, world):
    await handed_off(store, world)
    late = world.received()
    await world.put(store, replace(world.received(), message=replace(late.message, text="start")))

    await world.put(store, replace(late, message=replace(late.message, text="stop")))

    assert await writes(store, world) == {}
