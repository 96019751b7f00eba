"""Once a person has a conversation nothing that a bot has said leaves for it, on every database."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roost.engine import answering, withholding
from roost.engine.answering import Act
from roost.model.ids import MessageId
from roost.model.messages import OutboundMessage
from roost.model.outbound import Lane
from roost.model.people import PersonId
from roost.ports.remarks import RemarkKind


class Talk:
    """A conversation of a bot, a person and X, in which each does what it may."""

    def __init__(self, store, world, claim):
        self.store, self.world, self.claim = store, world, claim
        self.act = Act(
            claim.turn.account_id,
            claim.turn.conversation_id,
            PersonId("ann"),
            "a" * 32,
            world.noon,
        )
        self.place = self.act.account_id, self.act.conversation_id
        self.flying, self.notices = [], 0
        self.said, self.silenced, self.arrived = [], set(), []

    async def row(self):
        return await self.store.transact(lambda tx: tx.conversations.whose(*self.place))

    async def bot_says(self):
        if (await self.row()).control == "bot":
            await self._says(f"bot {self.world.number()}", Lane.BOT)

    async def bot_hands_over(self):
        row = await self.row()
        if row.control == "bot":
            await self._says(f"notice {self.world.number()}", Lane.NOTICE)
            await self.store.transact(
                lambda tx: tx.conversations.give_to_queue(*self.place, epoch=row.epoch, reason="")
            )

    async def _says(self, text, lane):
        await self.world.queue(self.store, self.claim, text, lane=lane)
        self.said.append(text)

    async def person_takes_over(self):
        await self.store.transact(lambda tx: answering.take_over(tx, self.act))
        self._silence()

    async def person_answers(self):
        text = f"person {self.world.number()}"
        await self.store.transact(lambda tx: answering.reply(tx, self.act, OutboundMessage(text)))
        self.said.append(text)
        self._silence()

    async def person_hands_back(self):
        await self.store.transact(lambda tx: answering.hand_back(tx, self.act))

    def _silence(self):
        self.silenced |= {text for text in self.said if text.startswith("bot")}

    async def begins(self):
        started = await self.world.start(self.store)
        assert not {entry.message.text for entry in started} & self.silenced
        self.flying += started

    async def fails(self):
        for entry in self.flying:

            async def fail(tx, one=entry):
                await tx.outbox.postpone(one, self.world.noon, reason="")
                await withholding.settle(tx, *self.place, at=self.world.noon)

            await self.store.transact(fail)
        self.flying.clear()

    async def is_in_doubt(self):
        for entry in self.flying:
            await self.store.transact(
                lambda tx, one=entry: tx.outbox.suspect(one, reason="", at=self.world.noon)
            )

    async def arrives(self):
        for entry in self.flying:
            sent_as = MessageId(str(1_000_000 + self.world.number()))
            await self.store.transact(lambda tx, one=entry, to=sent_as: tx.outbox.finish(one, to))
            self.arrived.append(entry.message.text)
        self.flying.clear()

    async def withheld(self):
        found = await self.store.desk.transcript(*self.place, before=None, limit=200)
        return [one.text for one in found.remarks if one.kind is RemarkKind.WITHHELD]


STEPS = [
    Talk.bot_says,
    Talk.bot_hands_over,
    Talk.person_takes_over,
    Talk.person_answers,
    Talk.person_hands_back,
    Talk.begins,
    Talk.fails,
    Talk.is_in_doubt,
    Talk.arrives,
]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=30))
@pytest.mark.usefixtures("store")
async def test_whatever_happens_each_message_arrives_or_is_withheld_and_none_after_a_take_over(
    life, world, steps
):
    customer = str(1_000 + world.number())
    talk = Talk(life.store, world, await world.claimed(life.store, customer=customer))

    for step in steps:
        await step(talk)
    await talk.arrives()
    for _ in talk.said:
        await talk.begins()
        await talk.arrives()

    withheld = await talk.withheld()
    assert sorted(talk.arrived + withheld) == sorted(talk.said)
    assert set(withheld) <= talk.silenced
    assert talk.arrived == [text for text in talk.said if text in talk.arrived]
