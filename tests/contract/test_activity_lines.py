"""The line of an event from X to the bot and back, and why nobody answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.contract.activity_world import HERE, answer, line, path, settle, trace_of
from tests.contract.conftest import NOON, OURS
from tests.contract.desk_api import desk_over

from roost.engine import answering
from roost.engine.answering import Act
from roost.model.ids import MessageId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import Addressee, Lane
from roost.model.people import PersonId, Role
from roost.ports.remarks import Remark, RemarkKind
from roost.testing.clocks import FrozenClock


@pytest.fixture
async def desk(store):
    async with desk_over(store, FrozenClock(NOON)) as api:
        yield api


async def test_an_event_is_shown_as_its_bytes_came_with_its_whole_line(desk, store, world):
    event, body = world.received(), '{"for_user_id": "11", "é": 1}'.encode()
    await store.inbox.put(world.delivery(event, body=body))
    await world.file(store)
    claim = await settle(store, world, state="done")
    await answer(store, claim)
    (entry,) = await world.start(store, now=NOON + timedelta(seconds=6))
    await store.transact(lambda tx: tx.outbox.finish(entry, MessageId("900")))
    echo = world.sent(900)
    await world.receive(store, echo, at=NOON + timedelta(seconds=7))

    trace = await trace_of(desk, event)

    assert trace["delivery"]["text"] == body.decode()
    assert trace["delivery"]["n_bytes"] == len(body)
    assert trace["cause"] is None
    assert line(trace) == [
        ("received", "done"),
        ("verified", "done"),
        ("stored", "done"),
        ("turn", "done"),
        ("decided", "done"),
        ("outbox", "done"),
        ("sent", "done"),
        ("echo", "done"),
    ]
    assert all(one["at"] for one in trace["steps"])
    assert trace["messages"][0]["message_id"] == "900"
    admin = await desk.entered(role=Role.ADMIN)
    ours = await admin.get("/api/activity/events/11/message_sent/900")
    assert [one["text"] for one in ours["messages"]] == ["yes"]
    by_number = await admin.get(f"/api/activity/outgoing/11/{entry.outbox_id}")
    assert by_number == trace


async def test_messages_of_one_turn_have_one_answer(desk, store, world):
    first, second = world.received(), world.received()
    await world.put(store, first)
    await world.put(store, second, at=NOON + timedelta(seconds=1))
    await world.file(store)
    claim = await settle(store, world, state="done")
    await answer(store, claim)

    trace = await trace_of(desk, first)

    assert trace["answered_with"] == second.event_key
    assert [one["text"] for one in trace["messages"]] == ["yes"]


async def test_a_later_turn_is_not_taken_for_this_ones(desk, store, world):
    first, second = world.received(), world.received()
    await world.receive(store, first)
    await settle(store, world, state="done")
    await world.receive(store, second, at=NOON + timedelta(minutes=1))
    claim = await settle(store, world, state="done")
    await answer(store, claim, at=NOON + timedelta(minutes=2))

    trace = await trace_of(desk, first)

    assert (trace["answered_with"], trace["cause"]["code"]) == ("", "bot_silent")


async def test_a_failed_handler_is_named_and_its_event_is_reprocessed_once(desk, store, world):
    event = world.received()
    await world.receive(store, event)
    await settle(store, world, state="quarantined", reason="helper.py:12: KeyError: 'x'")
    admin = await desk.entered(role=Role.ADMIN)
    trace = await admin.get(path(event))
    assert (trace["cause"]["code"], trace["can_reprocess"]) == ("handler_failed", True)
    assert "KeyError" in trace["cause"]["detail"]
    assert line(trace)[-1] == ("turn", "failed")

    done = await admin.call("POST", f"{path(event)}/reprocess", idempotency_key="1")
    same = await admin.call("POST", f"{path(event)}/reprocess", idempotency_key="1")
    twice = await admin.call("POST", f"{path(event)}/reprocess", idempotency_key="2")

    assert (done.status, done.json["event"]["status"]) == (200, "waiting")
    assert (same.status, same.json) == (200, done.json)
    assert (twice.status, twice.json["code"]) == (409, "not_possible")
    assert await world.pending(store) == [event.event_key]
    assert desk.requeued


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("controlled by agent", "agent_has_it"),
        ("controlled by queue", "queue_has_it"),
        ("controlled by nobody", "resolved"),
        ("withheld: somebody took over", "agent_has_it"),
        ("taken over by an agent", "agent_has_it"),
        ("late: taken over by an agent", "agent_has_it"),
        ("handed off", "queue_has_it"),
        ("resolved", "resolved"),
        ("", "bot_silent"),
    ],
)
async def test_a_silence_is_explained(desk, store, world, *, reason, code):
    event = world.received()
    await world.receive(store, event)
    await settle(store, world, state="done", reason=reason)

    assert (await trace_of(desk, event))["cause"]["code"] == code


async def test_a_silence_after_a_take_over_in_the_middle_of_a_turn_is_the_agents(
    desk, store, world
):
    claim = await world.claimed(store)
    act = Act(OURS, HERE, PersonId("ann"), "a" * 32, NOON)
    await store.transact(lambda tx: answering.take_over(tx, act))
    admin = await desk.entered(role=Role.ADMIN)

    trace = await admin.get(path(claim.turn.events[0]))

    assert (trace["cause"]["code"], line(trace)[-1]) == ("agent_has_it", ("decided", "skipped"))


async def test_a_hand_off_without_a_word_is_no_silence_of_the_bots(desk, store, world):
    event = world.received()
    await world.receive(store, event)
    await settle(store, world, state="done")
    remark = Remark(OURS, HERE, RemarkKind.HANDED_OFF, None, "asked for a person", NOON)
    await store.transact(lambda tx: tx.remarks.put(remark))

    trace = await trace_of(desk, event)

    assert trace["cause"] == {
        "code": "queue_has_it",
        "detail": "asked for a person",
        "until": None,
    }
    assert line(trace)[-1] == ("decided", "done")


async def test_what_waits_for_the_bot_says_so(desk, store, world):
    event = world.received()
    await world.receive(store, event)

    trace = await trace_of(desk, event)

    assert (trace["cause"]["code"], line(trace)[-1]) == ("waiting", ("turn", "waiting"))


@pytest.mark.parametrize(
    ("how", "code", "step"),
    [
        ("limited", "rate_limited", ("sent", "waiting")),
        ("unreachable", "held_back", ("sent", "waiting")),
        ("uncertain", "uncertain", ("sent", "failed")),
        ("dead", "refused_by_x", ("sent", "failed")),
    ],
)
async def test_an_answer_that_did_not_arrive_is_explained(desk, store, world, *, how, code, step):
    event = world.received()
    await world.receive(store, event)
    await answer(store, await settle(store, world, state="done"))
    (entry,) = await world.start(store, now=NOON + timedelta(seconds=6))
    later = NOON + timedelta(minutes=15)

    async def unit(tx):
        match how:
            case "limited":
                await tx.outbox.postpone(entry, later, reason="rate limit used up")
            case "unreachable":
                await tx.outbox.postpone(entry, later, reason="X could not be reached")
            case "uncertain":
                await tx.outbox.suspect(entry, reason="connection lost", at=entry.attempted_at)
            case _:
                await tx.outbox.bury(entry, reason="X answered 403, code 349: no")

    await store.transact(unit)

    trace = await trace_of(desk, event)

    assert (trace["cause"]["code"], step in line(trace)) == (code, True)
    waits = how in {"limited", "unreachable"}
    assert (trace["cause"]["until"] is not None) == waits


async def test_what_a_person_wrote_unasked_has_a_line_of_its_own(desk, store, world):
    await world.receive(store, world.received())
    to = Addressee(OURS, HERE, UserId("22"))
    await store.transact(
        lambda tx: tx.outbox.put(
            to,
            OutboundMessage("hello?"),
            lane=Lane.AGENT,
            trace_id="f" * 32,
            at=NOON,
            by=PersonId("p-sam"),
        )
    )
    agent = await desk.entered()
    (waiting,) = (await agent.get("/api/conversations/11/11-22/messages"))["outgoing"]
    admin = await desk.entered("root", role=Role.ADMIN)

    trace = await admin.get(f"/api/activity/outgoing/11/{waiting['outbox_id']}")

    assert trace["event"] is None
    assert trace["messages"][0]["person_id"] == "p-sam"
    assert line(trace) == [("outbox", "done"), ("sent", "waiting"), ("echo", "waiting")]


@pytest.mark.parametrize(
    "place",
    [
        "/api/activity/events/11/message_received/99",
        "/api/activity/events/99/message_received/1",
        "/api/activity/events/-/unrecognised/x",
        "/api/activity/outgoing/11/99",
    ],
)
async def test_what_is_not_there_is_said_to_be_not_there(desk, place):
    admin = await desk.entered(role=Role.ADMIN)

    answer = await admin.call("GET", place)

    assert (answer.status, answer.json["code"]) == (404, "not_found")
