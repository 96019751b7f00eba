"""Custom profiles that are gone at X while the application runs: nothing said is lost."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from msgspec.structs import replace
from tests.scenario.sending import speakers
from tests.scenario.sending.conftest import ACCOUNT, ADA, NEW, Application
from tests.scenario.sending.speakers import ASSISTANT, HERS, delete, known

from roost.engine import answering, set_aside
from roost.engine.answering import Act
from roost.model.decisions import Decision, Reply
from roost.model.ids import ConversationId, UserId
from roost.model.messages import OutboundMessage
from roost.model.people import PersonId
from roost.model.turns import Turn
from roost.model.x_objects import XKind, XObject
from roost.ports import Tx
from roost.ports.composing import Voice
from roost.simulator.entries import WorldFile
from roost.simulator.fault_rules import ErrorStatusRule, Match

SECOND = timedelta(seconds=1)
WHERE = ConversationId(f"{ACCOUNT}-{ADA}")
ANN = PersonId("agent-7")
SHOW = "custom_profiles.show"


@pytest.fixture
def x_world() -> WorldFile:
    """A world whose account speaks under two custom profiles."""
    return speakers.world_with_two()


@pytest.fixture
async def speaking(application: Application) -> Application:
    """An application that knows the account's profiles; its bot says two things under one."""
    known = [XObject(XKind.PROFILE, "Acme Assistant", ASSISTANT)]
    at = application.x.clock.now()
    await application.store.transact(lambda tx: tx.x_objects.replace(ACCOUNT, known, at=at))
    application.decider.decides = says(("one", "two"), speaker="Acme Assistant")
    return application


def says(texts: tuple[str, ...], *, speaker: str):
    async def decide(turn: Turn) -> tuple[Decision, ...]:
        del turn
        return tuple(
            Reply(OutboundMessage(text, custom_profile_id=ASSISTANT, speaker=speaker))
            for text in texts
        )

    return decide


def withdraw(application: Application) -> None:
    users = application.x.simulation.world.users
    users[ACCOUNT] = replace(users[ACCOUNT], custom_profiles_allowed=False)


def under(text: str) -> str:
    return f"{text}\n\n\u2014 Acme Assistant"


@pytest.mark.parametrize("lost", ["deleted", "withdrawn"])
async def test_what_a_bot_says_under_a_profile_that_is_gone_is_sent_signed(
    speaking: Application, lost: str
):
    if lost == "deleted":
        delete(speaking, ASSISTANT)
    else:
        withdraw(speaking)
    speaking.says("ada", "hello")
    await speaking.until_outbox(sent=2)

    assert speaking.arrived() == [under("one"), under("two")]
    assert speaking.calls("dm.events.new") == [400, 200, 400, 200]
    assert await known(speaking) == []


async def test_a_profile_that_is_there_is_kept_whatever_else_x_refuses(speaking: Application):
    refusing = ErrorStatusRule(match=NEW, count=1, status=400, code=214)
    speaking.strike_with_the_answer(refusing)
    decides = says(("one", "two"), speaker="Acme Assistant")
    strike = speaking.decider.decides

    async def answer(turn: Turn) -> tuple[Decision, ...]:
        await strike(turn)
        return await decides(turn)

    speaking.decider.decides = answer
    speaking.says("ada", "hello")
    await speaking.until_outbox(dead=1, sent=1)

    assert speaking.arrived() == ["two"]
    assert await known(speaking) == ["Acme Assistant"]


async def test_x_is_asked_again_where_it_does_not_tell_whether_a_profile_is_there(
    speaking: Application,
):
    delete(speaking, ASSISTANT)
    down = ErrorStatusRule(match=Match(route=SHOW), count=1, status=503, code=130)
    speaking.faults(down)
    speaking.says("ada", "hello")
    await speaking.until(lambda: has_asked(speaking))
    await speaking.until_quiet()
    assert (await speaking.outbox())["queued"] == 2, "nothing is given up meanwhile"

    await speaking.pass_by(*[SECOND] * 5)
    await speaking.until_outbox(sent=2)
    assert speaking.arrived() == [under("one"), under("two")]


async def has_begun(application: Application) -> bool:
    return await application.store.desk.summary(ACCOUNT, WHERE) is not None


async def has_asked(application: Application) -> bool:
    return bool(application.calls(SHOW))


async def test_the_name_is_the_one_x_had_where_a_message_brings_none(speaking: Application):
    speaking.decider.decides = says(("one",), speaker="")
    delete(speaking, ASSISTANT)
    speaking.says("ada", "hello")
    await speaking.until_outbox(sent=1)

    assert speaking.arrived() == [under("one")]


async def test_a_text_without_room_for_the_signature_waits_for_a_person(speaking: Application):
    speaking.decider.decides = says(("a" * 9_990,), speaker="Acme Assistant")
    delete(speaking, ASSISTANT)
    speaking.says("ada", "hello")
    await speaking.until_outbox(dead=1)

    (waiting,) = await speaking.store.transact(lambda tx: tx.outbox.set_aside())
    assert "custom profile 5001 is gone" in waiting.reason
    assert "limit 10000, found 10008" in waiting.reason
    assert waiting.text == "a" * 9_990


async def test_a_persons_message_waits_for_them_and_goes_signed_once_they_say_so(
    make_application,
):
    application = await make_application(bot=False)
    application.says("ada", "hello")
    await application.until(lambda: has_begun(application))

    async def reply(tx: Tx) -> None:
        await tx.composing.put_voice(ACCOUNT, ANN, Voice(HERS, "Ann of Acme"))
        act = Act(ACCOUNT, WHERE, ANN, secrets.token_hex(16), application.x.clock.now())
        said = OutboundMessage("Let me look", custom_profile_id=HERS, speaker="Ann Archer")
        await answering.reply(tx, act, said)

    delete(application, HERS)
    await application.store.transact(reply)
    application.worker.look()
    await application.until_outbox(dead=1)
    (waiting,) = await application.store.transact(lambda tx: tx.outbox.set_aside())
    assert "custom profile 5002 is gone" in waiting.reason
    assert "sent again, it goes with a signature" in waiting.reason
    assert application.arrived() == []
    assert await application.store.composing.voices(UserId(ACCOUNT)) == {}

    at = application.x.clock.now()
    await application.store.transact(
        lambda tx: set_aside.resend(tx, ACCOUNT, waiting.outbox_id, at=at)
    )
    application.worker.look()
    await application.until_outbox(sent=1)
    assert application.arrived() == ["Let me look\n\n\u2014 Ann Archer"]
