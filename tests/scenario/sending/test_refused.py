"""A bot's message that X refuses is not the end of a conversation: people hear of it."""

from __future__ import annotations

import pytest
from tests.scenario.sending.conftest import ADA, NEW, Application

from roost.model.decisions import Decision, Reply
from roost.model.messages import OutboundMessage
from roost.model.turns import Turn
from roost.simulator.fault_rules import ErrorStatusRule


@pytest.mark.parametrize(("status", "code"), [(403, 354), (400, 324)])
async def test_people_get_the_conversation_whose_bot_was_refused(
    application: Application, status: int, code: int
):
    application.faults(ErrorStatusRule(match=NEW, count=1, status=status, code=code))
    application.says("ada", "hello")
    await application.until_outbox(dead=1)
    assert await application.control() == "queue"

    application.says("ada", "is anybody there?")
    await application.until_outbox(dead=1)
    assert application.arrived() == []


@pytest.mark.parametrize("code", [150, 349])
async def test_nobody_is_asked_to_write_to_a_customer_who_takes_no_messages(
    application: Application, code: int
):
    application.faults(ErrorStatusRule(match=NEW, count=1, status=403, code=code))
    application.says("ada", "hello")
    await application.until_outbox(dead=1)
    assert await application.control() == "bot"

    application.says("ada", "hello again")
    await application.until_outbox(dead=1, sent=1)
    assert application.arrived() == ["re: hello again"]


async def test_a_person_s_refused_message_leaves_the_conversation_with_them(
    application: Application,
):
    application.says("ada", "hello")
    await application.until_outbox(sent=1)
    application.faults(ErrorStatusRule(match=NEW, count=1, status=403, code=354))
    await application.agent_says("I am looking into it.")
    await application.until_outbox(sent=1, dead=1)
    assert await application.control() == "agent"


async def test_a_message_of_which_no_request_can_be_made_ends_nothing_but_itself(
    application: Application,
):
    async def say(turn: Turn) -> tuple[Decision, ...]:
        return (Reply(OutboundMessage("x" * 10_001 if turn.customer.user_id == ADA else "Hi.")),)

    application.decider.decides = say
    application.says("ada", "hello")
    await application.until_outbox(dead=1)
    assert await application.control() == "queue"
    (dead,) = await application.store.transact(lambda tx: tx.outbox.set_aside())
    assert "text: too long" in dead.reason

    application.says("bob", "hello")
    await application.until_outbox(dead=1, sent=1)
