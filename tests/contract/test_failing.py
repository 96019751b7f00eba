"""A bot that was not heard: people get its conversation, once, and only if it had it."""

from __future__ import annotations

import pytest
from tests.contract.conftest import addressee_of

from roost.engine import failing
from roost.model.ids import ConversationId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import Lane
from roost.model.people import PersonId
from roost.model.posts import PublicReply
from roost.ports.remarks import RemarkKind

OURS, WHERE = UserId("11"), ConversationId("11-22")
MESSAGE = OutboundMessage("hello")


async def sending(store, world, message=MESSAGE, *, lane=Lane.BOT):
    where = addressee_of(await world.claimed(store))
    await store.transact(
        lambda tx: tx.outbox.put(where, message, lane=lane, trace_id="0" * 32, at=world.noon)
    )
    (entry,) = await world.start(store)
    return entry


async def leave(store, world, entry) -> bool:
    return await store.transact(
        lambda tx: failing.leave_to_people(tx, entry, "X answered 400", at=world.noon)
    )


async def control(store) -> str:
    return (await store.transact(lambda tx: tx.conversations.whose(OURS, WHERE))).control


async def test_people_get_the_conversation_of_a_bot_that_was_not_heard_once(store, world):
    entry = await sending(store, world)
    before = (await store.transact(lambda tx: tx.conversations.whose(OURS, WHERE))).epoch

    assert await leave(store, world, entry)
    assert not await leave(store, world, entry)

    row = await store.transact(lambda tx: tx.conversations.whose(OURS, WHERE))
    assert (row.control, row.epoch) == ("queue", before + 1)
    page = await store.desk.transcript(OURS, WHERE, before=None, limit=10)
    (remark,) = [one for one in page.remarks if one.kind is RemarkKind.HANDED_OFF]
    assert remark.text == "a message of the bot did not arrive: X answered 400"
    assert remark.person_id is None


@pytest.mark.parametrize(
    ("message", "lane"),
    [(MESSAGE, Lane.AGENT), (PublicReply("We are on it.", "400", ""), Lane.BOT)],
    ids=["a person's", "a public reply"],
)
async def test_what_is_not_the_bots_in_the_conversation_changes_nothing(
    store, world, message, lane
):
    entry = await sending(store, world, message, lane=lane)

    assert not await leave(store, world, entry)
    assert await control(store) == "bot"


async def test_whoever_took_over_meanwhile_keeps_it(store, world):
    entry = await sending(store, world)
    await store.transact(lambda tx: tx.conversations.take_over(OURS, WHERE, PersonId("p-sam")))

    assert not await leave(store, world, entry)
    assert await control(store) == "agent"
