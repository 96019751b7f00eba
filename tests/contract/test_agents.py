"""What an agent's answer does to a conversation, on every database."""

from __future__ import annotations

import pytest

from roost.engine import agents, decisions
from roost.engine.decisions import AgentRequest
from roost.errors import InvalidMessage, NoSuchConversation
from roost.model.decisions import HandOff
from roost.model.ids import ConversationId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import Lane

OURS, HERE = UserId("11"), ConversationId("11-22")
ANN, BEN = AgentRequest("ann", "a" * 32), AgentRequest("ben", "b" * 32)


async def reply(store, world, text="hello", *, by=ANN, where=HERE):
    message = OutboundMessage(text)
    return await store.transact(
        lambda tx: agents.reply(tx, OURS, where, message, by=by, at=world.noon)
    )


async def test_an_agent_s_answer_takes_the_conversation_over_and_goes_first(store, world):
    await world.queue(store, await world.claimed(store, customer="33"), "bot")
    claim = await world.claimed(store)

    turn = await reply(store, world)

    assert turn.epoch == claim.epoch + 1
    assert turn.where.customer_id == "22"
    entries = await world.start(store)
    assert [(one.message.text, one.lane) for one in entries] == [
        ("hello", Lane.AGENT),
        ("bot", Lane.BOT),
    ]


async def test_what_the_bot_was_still_deciding_comes_to_nothing(store, world):
    claim = await world.claimed(store)
    await world.receive(store, world.received())

    await reply(store, world)

    assert not await store.transact(lambda tx: tx.conversations.guard(claim))
    assert await world.pending(store) == []
    assert (await store.counts()).events_waiting == 0
    await store.transact(lambda tx: tx.conversations.release(claim, waiting_since=None))
    assert await world.claim(store) == []


async def test_the_same_agent_keeps_the_epoch_and_another_raises_it(store, world):
    await world.claimed(store)

    epochs = [(await reply(store, world, by=by)).epoch for by in (ANN, ANN, BEN)]

    assert epochs == [1, 1, 2]


async def test_an_agent_can_hand_off_to_the_queue_while_nobody_else_has_taken_it(store, world):
    await world.claimed(store)
    turn = await reply(store, world)
    newer = await reply(store, world, by=BEN)

    async def hand_off(by):
        await store.transact(lambda tx: decisions.apply(tx, [HandOff("lunch")], by, at=world.noon))
        return (await reply(store, world, by=BEN)).epoch

    assert await hand_off(turn) == newer.epoch
    assert await hand_off(newer) == newer.epoch + 2


async def test_nothing_happens_in_a_conversation_that_is_not_there(store, world):
    with pytest.raises(NoSuchConversation, match="account 11 has no conversation 11-99"):
        await reply(store, world, where=ConversationId("11-99"))
    assert (await store.counts()).outbox_waiting == 0


async def test_a_message_x_would_not_carry_takes_nothing_over(store, world):
    claim = await world.claimed(store)

    with pytest.raises(InvalidMessage, match="text: too long"):
        await reply(store, world, "x" * 10_001)

    assert await store.transact(lambda tx: tx.conversations.guard(claim))
