"""Who writes `stop` to people is not written to by the bot afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.scenario.engine.conftest import ACCOUNT, echo, line_over

from roost.engine import filing
from roost.engine.failing import OnError
from roost.engine.turns import OnLate, TurnPolicy
from roost.errors import DeciderLost, HandlerFailed
from roost.model.ids import ConversationId, UserId
from roost.model.opting import STOPPED, YES, OptOut
from roost.ports import ConversationRow
from roost.store.registry import AccountRow, AppRow

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


async def obeys(turn):
    """Answer, but those who have told the bot to stop."""
    is_stopped = any((one.scope, one.name) == STOPPED for one in turn.memories)
    return () if is_stopped else await echo(turn)


async def worked(store, *, decides=obeys, **policy):
    """Give a line of a bot of this store, which obeys."""
    await store.register([AppRow("main", "7", "key")], [AccountRow(ACCOUNT, "main", "b")])
    line = line_over(store, policy=TurnPolicy(**policy))
    line.decider.decides = decides
    return line


async def gets(line, *texts):
    """Receive messages by their numbers before anybody works, then work until all is settled."""
    for number, text in texts:
        await line.receives(number, text, at=line.clock.now())
    async with line.working():
        await line.until_settled()


async def test_a_stop_that_comes_late_is_heeded_though_late_messages_are_ignored(store):
    line = await worked(store, on_late=OnLate.IGNORE)

    await gets(line, (10, "hello"))
    await gets(line, (5, "stop"), (20, "and now?"))
    await gets(line, (30, "hello?"))

    assert line.gateway.texts == ["re: hello"]
    assert (await store.counts()).events["ignored"] == 1


async def test_a_stop_that_comes_late_undoes_no_start_that_the_bot_has_handled(store):
    line = await worked(store, on_late=OnLate.IGNORE)

    await gets(line, (10, "start"))
    await gets(line, (5, "stop"), (20, "and now?"))

    assert line.gateway.texts == ["re: start", "re: and now?"]


async def test_a_stop_that_is_too_old_to_be_answered_is_heeded_though_it_is_ignored(store):
    line = await worked(store, on_late=OnLate.IGNORE, oldest=timedelta(hours=1))

    await line.receives(10, "stop")
    line.clock.advance(timedelta(hours=2))
    await gets(line, (20, "and now?"))

    assert line.gateway.texts == []
    assert (await store.counts()).events["ignored"] == 1


@pytest.mark.parametrize(
    "problem", [DeciderLost("gone"), HandlerFailed("ValueError", place="bot.py:1")]
)
async def test_a_stop_that_is_set_aside_is_heeded(store, problem):
    async def fails(turn):
        if any(event.message.text == "stop" for event in turn.events):
            raise problem
        return await obeys(turn)

    line = await worked(store, decides=fails, on_error=OnError.KEEP)

    await gets(line, (10, "hello"))
    await gets(line, (20, "stop"))
    await gets(line, (30, "and now?"))

    assert line.gateway.texts == ["re: hello"]
    assert (await store.counts()).events["quarantined"] == 1
