"""Admins see what came in, and what became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.contract.activity_world import path, reject, settle
from tests.contract.conftest import NOON, WITHOUT_BOT
from tests.contract.desk_api import desk_over

from roost.model.people import Role
from roost.ports.activity import REJECTIONS_KEPT
from roost.testing.clocks import FrozenClock


@pytest.fixture
async def desk(store):
    async with desk_over(store, FrozenClock(NOON)) as api:
        yield api


async def test_everything_that_came_in_is_listed_the_latest_first(desk, store, world):
    first, second = world.received(), world.received(customer="30", account=WITHOUT_BOT)
    await world.receive(store, first)
    await world.receive(store, second, at=NOON + timedelta(seconds=1))
    again = world.delivery(first, at=NOON + timedelta(seconds=2))
    await store.inbox.put(again)
    await reject(store, NOON + timedelta(seconds=3), NOON + timedelta(seconds=4))
    admin = await desk.entered(role=Role.ADMIN)

    found = (await admin.get("/api/activity"))["happenings"]

    assert [(one["what"], one["status"], one["key"], one["n"]) for one in found] == [
        ("rejection", "rejected", "", 2),
        ("delivery", "duplicate", again.delivery_id, 1),
        ("event", "processed", second.event_key, 1),
        ("event", "waiting", first.event_key, 1),
    ]
    assert found[0]["cause"]["code"] == "wrong_secret"
    assert [(one["dialect"], one["attempts"]) for one in found] == [
        ("", 0),
        ("v1", 0),
        ("v1", 0),
        ("v1", 0),
    ]


async def test_an_event_is_listed_with_how_often_it_was_tried(desk, store, world):
    claim = await world.claimed(store)
    await store.transact(lambda tx: tx.conversations.release(claim, waiting_since=NOON))
    await world.claim(store)
    admin = await desk.entered(role=Role.ADMIN)

    (found,) = (await admin.get("/api/activity"))["happenings"]

    assert (found["dialect"], found["attempts"]) == ("v1", 2)
    trace = await admin.get(path(claim.turn.events[0]))
    assert trace["attempts"] == trace["event"]["attempts"] == 2


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_pages_join_without_gap_also_within_a_millisecond(desk, store, world, *, limit):
    for number in range(5):
        event = world.received(customer=str(40 + number))
        await world.receive(store, event, world.sent(customer=str(40 + number)))
        await store.inbox.put(world.delivery(event))
    await world.receive(store, world.received(customer="30", account=WITHOUT_BOT))
    await reject(store, NOON)
    admin = await desk.entered(role=Role.ADMIN)
    whole = (await admin.get("/api/activity?limit=100"))["happenings"]
    assert len(whole) == 17

    found, after = [], ""
    while after is not None:
        query = f"&after={after}" if after else ""
        page = await admin.get(f"/api/activity?limit={limit}{query}")
        assert len(page["happenings"]) <= limit
        found += page["happenings"]
        after = page["after"]

    assert found == whole


@pytest.mark.parametrize(
    ("state", "reason", "status"),
    [
        ("done", "", "processed"),
        ("done", "late", "late"),
        ("ignored", "late", "late"),
        ("ignored", "unrecognised", "ignored"),
        ("quarantined", "handler failed", "quarantined"),
    ],
)
async def test_each_status_has_a_list_of_its_own(desk, store, world, *, state, reason, status):
    event = world.received()
    await world.receive(store, event)
    await settle(store, world, state=state, reason=reason)
    admin = await desk.entered(role=Role.ADMIN)
    statuses = ["waiting", "processed", "ignored", "late", "quarantined", "duplicate", "rejected"]

    found = {
        one: [
            happening["key"]
            for happening in (await admin.get(f"/api/activity?status={one}"))["happenings"]
        ]
        for one in statuses
    }

    assert found == {one: [event.event_key] if one == status else [] for one in statuses}


async def test_a_list_is_narrowed_to_an_account_and_a_kind(desk, store, world):
    await world.receive(store, world.received(), world.sent())
    await world.receive(store, world.received(customer="30", account=WITHOUT_BOT))
    await reject(store, NOON)
    admin = await desk.entered(role=Role.ADMIN)

    async def seen(query):
        found = (await admin.get(f"/api/activity?{query}"))["happenings"]
        return sorted((one["account_id"], one["kind"]) for one in found)

    assert await seen("account=12") == [("", ""), ("12", "message_received")]
    assert await seen("kind=message_sent") == [("11", "message_sent")]
    assert await seen("account=12&kind=message_sent") == []


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("kind=none", 422, "kind"),
        ("status=none", 422, "status"),
        ("after=bm8", 422, "after"),
        ("limit=0", 422, "limit"),
        ("account=99", 404, None),
    ],
)
async def test_what_cannot_be_listed_is_refused_by_name(desk, query, status, field):
    admin = await desk.entered(role=Role.ADMIN)

    answer = await admin.call("GET", f"/api/activity?{query}")

    assert answer.status == status
    assert [one["field"] for one in answer.json["errors"]] == ([field] if field else [])


async def test_rejections_are_counted_by_the_minute_and_forgotten_after_a_week(desk, store) -> None:
    await reject(store, NOON, NOON + timedelta(seconds=59))
    await reject(store, NOON + timedelta(seconds=20), NOON + timedelta(seconds=60))
    admin = await desk.entered(role=Role.ADMIN)

    found = (await admin.get("/api/activity"))["happenings"]
    assert [one["n"] for one in found] == [1, 3]

    later = NOON + REJECTIONS_KEPT + timedelta(minutes=5)
    await reject(store, later)
    found = (await admin.get("/api/activity"))["happenings"]
    assert [one["n"] for one in found] == [1]


async def test_agents_see_nothing_of_it(desk, store, world):
    event = world.received()
    await world.receive(store, event)
    agent = await desk.entered()

    for place in ("/api/activity", path(event), "/api/connections/accounts"):
        answer = await agent.call("GET", place)
        assert (answer.status, answer.json["code"]) == (403, "forbidden"), place
