"""With X's limits on: not one call too many, none too early, and people first."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace
from tests.scenario.sending.conftest import NEW, Application

from roost.model.decisions import Decision, HandOff, Reply
from roost.model.messages import OutboundMessage
from roost.model.outbound import Lane
from roost.model.turns import Turn
from roost.simulator import world_file
from roost.simulator.entries import WorldFile
from roost.simulator.fault_rules import ErrorStatusRule, RateLimitRule

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
HOUR = timedelta(hours=1)
CAMPAIGN = 40


@pytest.fixture
def x_world() -> WorldFile:
    """A world in which an account may send 30 messages a day that are no replies."""
    world = world_file.built_in()
    return replace(world, rules=replace(world.rules, user_dm_per_24h=30))


async def wordy(turn: Turn) -> tuple[Decision, ...]:
    """Say so much that most of it counts."""
    return tuple(Reply(OutboundMessage(str(n))) for n in range(CAMPAIGN))


async def test_after_the_first_refusal_x_never_has_to_refuse_again(application: Application):
    application.decider.decides = wordy
    application.says("ada", "hello")
    application.says("bob", "hello")
    await application.until_outbox(sent=40, queued=40)
    async with asyncio.timeout(30):
        while True:
            if 429 in application.calls("dm.events.new"):
                break
            await asyncio.sleep(0.01)
    statuses = application.calls("dm.events.new")
    assert statuses.count(200) == 40, "five free replies to each, and 30 that count"
    assert statuses.count(429) >= 1, "what X allows is learned from X"

    seen = len(statuses)
    for _ in range(25):
        await application.pass_by(HOUR)
    await application.until_outbox(sent=67, queued=13)
    later = application.calls("dm.events.new")[seen:]
    assert later == [200] * 27, "the last tenth is for people"
    assert application.arrived() == [str(n) for n in range(len(application.arrived()))]


async def test_no_call_is_made_before_the_reset(application: Application):
    application.faults(RateLimitRule(match=NEW, count=1, seconds=900))
    application.says("ada", "hello")
    application.says("bob", "hello")
    await application.until(lambda: tried(application, 1))
    for _ in range(14):
        await application.pass_by(MINUTE)
    assert application.calls("dm.events.new").count(429) == 1
    assert application.arrived() == []
    await application.pass_by(MINUTE, timedelta(seconds=1))
    await application.until_outbox(sent=2)


async def tried(application: Application, n: int) -> bool:
    return len(application.calls("dm.events.new")) >= n


async def test_an_agent_does_not_wait_behind_a_campaign(application: Application):
    application.decider.decides = wordy
    application.says("ada", "hello")
    application.says("bob", "hello")
    await application.until_outbox(sent=40, queued=40)
    for _ in range(25):
        await application.pass_by(HOUR)
    await application.until_outbox(sent=67, queued=13)
    application.decider.decides = six_replies
    application.says("cy", "anybody?")
    await application.until_outbox(sent=72, queued=14)
    await application.agent_says("I am here.", customer="2004")
    # What the bot had not yet said is not said any more.
    await application.until_outbox(sent=73, queued=13, dropped=1)
    assert application.arrived("2004") == [*"01234", "I am here."]
    assert application.calls("dm.events.new")[-1] == 200


async def six_replies(turn: Turn) -> tuple[Decision, ...]:
    """Use up what is free, and one more."""
    return tuple(Reply(OutboundMessage(str(n))) for n in range(6))


async def test_what_a_bot_says_as_it_hands_over_is_a_notice(application: Application):
    async def hands_over(turn: Turn) -> tuple[Decision, ...]:
        return Reply(OutboundMessage("A person will answer.")), HandOff("asked for one")

    application.decider.decides = hands_over
    application.faults(ErrorStatusRule(match=NEW, count=1, code=349))
    application.says("ada", "a person please")
    await application.until_outbox(dead=1)
    (one,) = await application.store.transact(lambda tx: tx.outbox.set_aside())
    assert one.lane is Lane.NOTICE
