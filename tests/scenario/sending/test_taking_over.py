"""What the bot has said, and X does not have when a person takes over, never reaches the phone."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from tests.scenario.sending.conftest import ACCOUNT, ADA, NEW, Application

from roost.engine import answering
from roost.engine.answering import Act
from roost.model.decisions import Decision, HandOff, Reply
from roost.model.ids import ConversationId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import Addressee, Lane
from roost.model.people import PersonId
from roost.model.turns import Turn
from roost.ports.remarks import RemarkKind
from roost.simulator.fault_rules import ErrorStatusRule, RateLimitRule

MINUTE = timedelta(minutes=1)
HERE = ConversationId(f"{ACCOUNT}-{ADA}")


async def withheld(application: Application) -> list[str]:
    found = await application.store.desk.transcript(ACCOUNT, HERE, before=None, limit=50)
    return [one.text for one in found.remarks if one.kind is RemarkKind.WITHHELD]


def act(application: Application) -> Act:
    trace = secrets.token_hex(16)
    return Act(ACCOUNT, HERE, PersonId("agent-7"), trace, application.x.clock.now())


async def take_over(application: Application) -> None:
    await application.store.transact(lambda tx: answering.take_over(tx, act(application)))


async def test_what_waits_for_x_is_withheld_at_once(application: Application):
    application.faults(RateLimitRule(match=NEW, count=1, seconds=900))
    application.says("ada", "hello")
    await application.until_outbox(queued=1)

    await take_over(application)

    await application.until_outbox(dropped=1)
    assert await withheld(application) == ["re: hello"]
    application.faults()
    await application.agent_says("I am here.")
    await application.pass_by(*[MINUTE] * 16)
    await application.until_outbox(dropped=1, sent=1)
    assert application.arrived() == ["I am here."]


@pytest.mark.parametrize("is_handed_back", [False, True])
async def test_what_x_does_not_show_is_withheld_and_not_sent_again(
    application: Application, is_handed_back: bool
):
    application.faults(ErrorStatusRule(match=NEW, count=1, status=503, code=131))
    application.says("ada", "hello")
    await application.until_outbox(uncertain=1)
    await take_over(application)
    await application.until_outbox(uncertain=1)
    if is_handed_back:
        await application.store.transact(lambda tx: answering.hand_back(tx, act(application)))
    assert await withheld(application) == []

    await application.pass_by(MINUTE)
    await application.until(lambda: listed(application))
    await application.pass_by(MINUTE)

    await application.until_outbox(dropped=1)
    assert await withheld(application) == ["re: hello"]
    await application.pass_by(*[MINUTE] * 16)
    assert application.arrived() == []


async def listed(application: Application) -> bool:
    return bool(application.calls("dm.events.list"))


async def test_what_x_shows_after_all_is_sent_and_not_withheld(application: Application):
    application.faults(ErrorStatusRule(match=NEW, count=1, status=503, code=131, when="after"))
    application.says("ada", "hello")
    await application.until_outbox(sent=1)
    await take_over(application)
    assert (application.arrived(), await withheld(application)) == (["re: hello"], [])


async def test_that_people_will_answer_is_still_said(application: Application):
    async def hands_over(turn: Turn) -> tuple[Decision, ...]:
        return Reply(OutboundMessage("A person will answer.")), HandOff("asked for one")

    application.decider.decides = hands_over
    application.faults(RateLimitRule(match=NEW, count=1, seconds=900))
    application.says("ada", "a person please")
    await application.until_outbox(queued=1)

    await application.agent_says("I am here.")
    await application.pass_by(*[MINUTE] * 16)

    await application.until_outbox(sent=2)
    assert application.arrived() == ["A person will answer.", "I am here."]


async def test_what_an_older_version_queues_while_a_person_has_it_is_withheld_when_it_is_due(
    application: Application,
):
    application.says("ada", "hello")
    await application.until_outbox(sent=1)
    await take_over(application)

    async def queue(tx):
        await tx.outbox.put(
            Addressee(ACCOUNT, HERE, UserId(ADA)),
            OutboundMessage("late"),
            lane=Lane.BOT,
            trace_id="0" * 32,
            at=application.x.clock.now(),
        )

    await application.store.transact(queue)
    application.worker.look()

    await application.until_outbox(sent=1, dropped=1)
    assert (application.arrived(), await withheld(application)) == (["re: hello"], ["late"])
