"""Whatever goes wrong while a message is sent, it arrives once, or a person is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests import pictures
from tests.scenario.sending.conftest import ACCOUNT, ADA, LIST, NEW, Application

from roost.engine import answering, set_aside
from roost.engine.answering import Act
from roost.engine.reconcile import MOST_PAGES, MOST_SENDS
from roost.model.decisions import Decision, Reply
from roost.model.ids import ConversationId
from roost.model.messages import OutboundMessage, Point, QuickReply
from roost.model.people import PersonId
from roost.model.turns import Turn
from roost.ports import Tx
from roost.simulator.fault_rules import (
    DropRule,
    DuplicateRule,
    ErrorStatusRule,
    FaultRule,
    GarbageBodyRule,
    LateApplyRule,
    Match,
    RateLimitRule,
    ResetRule,
    SlowRule,
    TimeoutRule,
    WrongIdRule,
)

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
PAGE = 50
NO_ECHO = DropRule(match=Match(event="direct_message_events"))


def once(status: int | None = None, code: int = 131, when: str = "before") -> FaultRule:
    return ErrorStatusRule(match=NEW, count=1, status=status, code=code, when=when)


APPLIED = {
    **{f"F45-{status}": once(status, when="after") for status in (408, 500, 502, 503, 504)},
    "F47-timeout": TimeoutRule(match=NEW, count=1, when="after"),
    "F47-reset": ResetRule(match=NEW, count=1, when="after"),
    "F47-cut": ResetRule(match=NEW, count=1, when="during"),
    "F49-151": once(403, code=151, when="after"),
    "F49-unknown-403": once(403, code=200, when="after"),
    "F50-html": GarbageBodyRule(match=NEW, count=1, when="after"),
    "F50-earlier": WrongIdRule(match=NEW, count=1, of="earlier", when="after"),
    "F50-letter": WrongIdRule(match=NEW, count=1, of="letter", when="after"),
}
NOT_APPLIED = {
    **{f"F46-{status}": once(status) for status in (408, 500, 502, 503, 504)},
    "F47-timeout": TimeoutRule(match=NEW, count=1, when="before"),
    "F47-reset": ResetRule(match=NEW, count=1, when="before"),
    "F49-151": once(403, code=151),
    "F50-html": GarbageBodyRule(match=NEW, count=1, when="before"),
    "F50-earlier": WrongIdRule(match=NEW, count=1, of="earlier", when="before"),
    "F50-letter": WrongIdRule(match=NEW, count=1, of="letter", when="before"),
}


@pytest.mark.parametrize("fault", APPLIED.values(), ids=APPLIED)
async def test_what_x_took_is_settled_by_its_echo(application: Application, fault: FaultRule):
    application.faults(fault)
    application.says("ada", "hello")
    await application.until_outbox(sent=1)
    assert application.arrived() == ["re: hello"]
    assert application.calls("dm.events.list") == []


@pytest.mark.parametrize("fault", APPLIED.values(), ids=APPLIED)
async def test_what_x_took_without_an_echo_is_found_in_its_list(
    application: Application, fault: FaultRule
):
    application.strike_with_the_answer(fault, NO_ECHO)
    application.says("ada", "hello")
    await application.until_outbox(uncertain=1)
    await application.pass_by(MINUTE)
    await application.until_outbox(sent=1)
    assert application.arrived() == ["re: hello"]
    assert application.calls("dm.events.list") == [200]


@pytest.mark.parametrize("fault", NOT_APPLIED.values(), ids=NOT_APPLIED)
async def test_what_x_did_not_take_is_sent_again_after_two_listings(
    application: Application, fault: FaultRule
):
    application.faults(fault)
    application.says("ada", "hello")
    await application.until_outbox(uncertain=1)
    await application.pass_by(MINUTE)
    await application.until(lambda: listed(application, 1))
    assert application.arrived() == []
    await application.pass_by(MINUTE)
    await application.until_outbox(sent=1)
    assert application.arrived() == ["re: hello"]
    assert application.calls("dm.events.list") == [200, 200]


@pytest.mark.parametrize("code", [151, 200, 220])
async def test_what_x_refuses_for_reasons_of_its_own_is_not_sent_without_end(
    application: Application, code: int
):
    application.faults(ErrorStatusRule(match=NEW, status=403, code=code, message="No."))
    application.says("ada", "hello")
    for _ in range(200):
        await application.pass_by(MINUTE)
        if await application.outbox() == {"parked": 1}:
            break
    await application.until_outbox(parked=1)
    assert await application.control() == "queue"

    await application.pass_by(*[timedelta(minutes=10)] * 3)
    assert application.calls("dm.events.new") == [403] * MOST_SENDS
    assert application.arrived() == []


async def listed(application: Application, n: int) -> bool:
    return len(application.calls("dm.events.list")) >= n


@pytest.mark.parametrize("rule", [SlowRule(match=NEW, seconds=0.1), DuplicateRule()])
async def test_an_echo_before_the_answer_or_twice_changes_nothing(
    application: Application, rule: FaultRule
):
    """F51."""
    application.faults(rule)
    application.says("ada", "hello")
    await application.until_outbox(sent=1)
    await application.pass_by(MINUTE)
    await application.until_outbox(sent=1)
    assert application.arrived() == ["re: hello"]
    assert application.calls("dm.events.new") == [200]


async def test_a_message_whose_echo_never_comes_is_sent_once(application: Application):
    """F51."""
    application.strike_with_the_answer(NO_ECHO)
    application.says("ada", "hello")
    await application.until_outbox(sent=1)
    await application.pass_by(MINUTE, MINUTE)
    assert application.arrived() == ["re: hello"]
    assert application.calls("dm.events.list") == []


async def test_what_a_person_wrote_with_x_s_own_app_is_not_taken_for_ours(
    application: Application,
):
    """F52: the same text, at the same time."""
    application.faults(once(503))
    application.says("ada", "hello")
    await application.until_outbox(uncertain=1)
    application.x.act("acme", "send_dm", to="ada", text="re: hello")
    await application.x.delivered(2)
    await application.pass_by(MINUTE)
    await application.until(lambda: listed(application, 1))
    assert await application.outbox() == {"uncertain": 1}
    await application.pass_by(MINUTE)
    await application.until_outbox(sent=1)
    assert application.arrived() == ["re: hello", "re: hello"]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_two_identical_replies_in_a_row_both_arrive_once(application: Application, when: str):
    """F53."""

    async def twice(turn: Turn) -> tuple[Decision, ...]:
        return Reply(OutboundMessage("Yes.")), Reply(OutboundMessage("Yes."))

    application.decider.decides = twice
    application.faults(once(503, when=when))
    application.says("ada", "really?")
    if when == "before":
        await application.until_outbox(uncertain=1, queued=1)
        await application.pass_by(MINUTE)
        await application.until(lambda: listed(application, 1))
        await application.pass_by(MINUTE)
    await application.until_outbox(sent=2)
    assert application.arrived() == ["Yes.", "Yes."]


async def test_a_listing_that_misses_a_message_once_does_not_double_it(application: Application):
    """F54."""
    application.strike_with_the_answer(once(503, when="after"), NO_ECHO)
    application.gateway.blind = 1
    application.says("ada", "hello")
    await application.until_outbox(uncertain=1)
    await application.pass_by(MINUTE)
    await application.until(lambda: listed(application, 1))
    await application.pass_by(MINUTE)
    await application.until_outbox(sent=1)
    assert application.arrived() == ["re: hello"]
    assert application.calls("dm.events.new") == [503]


@pytest.mark.parametrize("seconds", [1, 30, 59, 100])
async def test_what_x_does_late_is_not_done_twice(application: Application, seconds: int):
    """F48, within the time that is waited."""
    application.faults(LateApplyRule(match=NEW, count=1, seconds=seconds))
    application.says("ada", "hello")
    await application.until_outbox(uncertain=1)
    await application.pass_by(timedelta(seconds=seconds))
    await application.pass_by(timedelta(seconds=max(0, 60 - seconds)), MINUTE)
    await application.until_outbox(sent=1)
    assert application.arrived() == ["re: hello"]


async def test_an_agent_s_message_that_x_does_later_still_is_not_doubled_but_parked(
    application: Application,
):
    """F48, beyond it: a person decides, and finds that it has arrived."""
    application.says("ada", "hello")
    await application.until_outbox(sent=1)
    application.faults(LateApplyRule(match=NEW, count=1, seconds=300))
    await application.agent_says("I am looking into it.")
    await application.until_outbox(sent=1, uncertain=1)
    await application.pass_by(MINUTE)
    await application.until(lambda: listed(application, 1))
    await application.pass_by(MINUTE)
    await application.until_outbox(sent=1, parked=1)
    await application.agent_says("Found it.")
    await application.until_outbox(sent=2, parked=1)

    application.faults(NO_ECHO)
    await application.pass_by(timedelta(minutes=5))
    (parked,) = await application.store.transact(lambda tx: tx.outbox.set_aside())
    at = application.x.clock.now()
    await application.store.transact(
        lambda tx: set_aside.check(tx, parked.to.account_id, parked.outbox_id, at=at)
    )
    application.worker.look()

    await application.until_outbox(sent=3)
    assert application.arrived() == ["re: hello", "Found it.", "I am looking into it."]


@pytest.mark.parametrize("takes_over", [False, True])
async def test_a_bot_s_message_that_a_person_has_had_checked_is_sent_only_if_they_say_so(
    application: Application, *, takes_over: bool
):
    application.faults(once(503))
    application.says("ada", "hello")
    await application.until_outbox(uncertain=1)
    where = ConversationId(f"{ACCOUNT}-{ADA}")
    act = Act(ACCOUNT, where, PersonId("agent-7"), "a" * 32, application.x.clock.now())

    async def park(tx: Tx) -> int:
        (uncertain,) = await tx.outbox.uncertain()
        await tx.outbox.park(uncertain, reason="X could not be asked for a day")
        if takes_over:
            await answering.take_over(tx, act)
            await answering.resolve(tx, act)
        return uncertain.outbox_id

    parked = await application.store.transact(park)
    await application.store.transact(lambda tx: set_aside.check(tx, ACCOUNT, parked, at=act.at))
    await application.pass_by(MINUTE)
    await application.until(lambda: listed(application, 1))
    await application.pass_by(MINUTE)

    await application.until_outbox(parked=1)
    await application.pass_by(MINUTE, MINUTE)
    assert application.arrived() == []
    assert application.calls("dm.events.list") == [200, 200]
    await application.store.transact(lambda tx: set_aside.resend(tx, ACCOUNT, parked, at=act.at))
    application.worker.look()
    await application.until_outbox(sent=1)
    assert application.arrived() == ["re: hello"]


async def test_what_x_writes_differently_is_still_recognised(application: Application):
    text = "Café & <b>: see https://shop.example/o/7?a=1&b=2 or HTTP://shop.example/ \u2013 ok? "

    async def odd(turn: Turn) -> tuple[Decision, ...]:
        application.faults(once(503, when="after"), NO_ECHO)
        return (Reply(OutboundMessage(text, (QuickReply("Yes", "y"), QuickReply("No", "n")))),)

    application.decider.decides = odd
    application.says("ada", "hello")
    await application.until_outbox(uncertain=1)
    await application.pass_by(MINUTE)
    await application.until_outbox(sent=1)
    assert application.calls("dm.events.new") == [503]


ATTACHED = {
    "picture": OutboundMessage("", media_id=pictures.MEDIA_ID),
    "point": OutboundMessage("", point=Point(-122.44, 37.77)),
    "place": OutboundMessage("", place_id="df51dec6f4ee2b2c"),
}


@pytest.mark.parametrize("text", ["", "Look: https://shop.example/"])
@pytest.mark.parametrize("is_echoed", [True, False])
@pytest.mark.parametrize("attached", ATTACHED.values(), ids=ATTACHED)
async def test_what_is_attached_is_recognised_and_not_sent_again(
    application: Application, attached: OutboundMessage, is_echoed: bool, text: str
):
    application.x.simulation.world.media.put(pictures.shared(application.x.clock.now()))

    async def show(turn: Turn) -> tuple[Decision, ...]:
        application.faults(once(503, when="after"), *[] if is_echoed else [NO_ECHO])
        return (Reply(replace(attached, text=text)),)

    application.decider.decides = show
    application.says("ada", "hello")
    if not is_echoed:
        await application.until_outbox(uncertain=1)
        await application.pass_by(MINUTE)
    await application.until_outbox(sent=1)
    assert application.calls("dm.events.new") == [503]
    assert application.calls("dm.events.list") == ([] if is_echoed else [200])


async def test_one_listing_serves_every_uncertain_message_of_an_account(application: Application):
    application.faults(ErrorStatusRule(match=NEW, count=3))
    for name in ("ada", "bob", "cy"):
        application.says(name, "hello")
    await application.until_outbox(uncertain=3)
    await application.pass_by(MINUTE)
    await application.until(lambda: listed(application, 1))
    await application.pass_by(MINUTE)
    await application.until_outbox(sent=3)
    assert application.calls("dm.events.list") == [200, 200]


async def test_one_that_lies_below_what_x_lists_is_left_to_people_and_spoils_no_other(
    application: Application,
):
    """X's window allows fifteen pages, which end below the fresh one's, and above the old one's."""
    application.faults(once(503))
    application.says("ada", "old")
    await application.until_outbox(uncertain=1)
    application.faults(NO_ECHO)
    for n in range(MOST_PAGES * PAGE):
        application.x.act("acme", "send_dm", to="cy", text=f"no {n}")
    application.faults(once(503))
    application.says("bob", "fresh")
    await application.until_outbox(uncertain=2)

    await application.pass_by(MINUTE)
    await application.until(lambda: listed(application, MOST_PAGES))
    await application.pass_by(MINUTE)
    await application.until_outbox(uncertain=1, sent=1)
    assert application.arrived("2003") == ["re: fresh"]
    assert await application.control("2003") == "bot"

    await application.pass_by(timedelta(minutes=15))
    await application.until_outbox(parked=1, sent=1)
    assert application.arrived() == []
    assert await application.control() == "queue"


async def test_a_listing_waits_for_its_window(application: Application):
    application.faults(once(503), RateLimitRule(match=LIST, count=1, seconds=300))
    application.says("ada", "hello")
    await application.until_outbox(uncertain=1)
    await application.pass_by(MINUTE)
    await application.until(lambda: listed(application, 1))
    await application.pass_by(MINUTE, MINUTE, MINUTE, MINUTE)
    assert application.calls("dm.events.list") == [429]
    await application.pass_by(MINUTE, SECOND)
    await application.until(lambda: listed(application, 2))
    await application.pass_by(MINUTE)
    await application.until_outbox(sent=1)
    assert application.arrived() == ["re: hello"]
