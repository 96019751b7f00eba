"""Whose a conversation is, until when it can wait, and what it is about."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tests.contract.conftest import NOON, OURS, WITHOUT_BOT
from tests.contract.desk_api import desk_over

from roost.engine import answering, timers
from roost.engine.answering import Command
from roost.model.ids import ConversationId, UserId
from roost.model.outbound import Addressee
from roost.testing.clocks import FrozenClock

HERE = "/api/conversations/11/11-22"


async def wake_due(desk) -> int:
    return await desk.store.transact(lambda tx: timers.wake_due(tx, now=desk.clock.now()))


@pytest.fixture
async def desk(store, world):
    async with desk_over(store, FrozenClock(NOON)) as api:
        await world.receive(store, world.received(10))
        yield api


async def do(browser, verb, body=None, *, key="", here=HERE):
    answer = await browser.call("POST", f"{here}/{verb}", body, idempotency_key=key or verb)
    assert answer.status == 200, answer
    return answer.json["conversation"]


async def listed(browser, view, **more):
    query = "&".join(f"{name}={value}" for name, value in {"view": view, **more}.items())
    page = await browser.get(f"/api/conversations?{query}")
    return [one["conversation_id"] for one in page["conversations"]]


async def remarks(browser):
    found = (await browser.get(f"{HERE}/messages"))["remarks"]
    return [(one["kind"], one["person_id"], one["text"]) for one in found]


async def test_a_conversation_is_given_to_a_colleague_and_back_to_everybody(desk):
    sam, robin = await desk.entered("sam"), await desk.entered("robin")

    given = await do(sam, "assign", {"person_id": "p-robin"})
    assert (given["control"], given["controller_id"]) == ("agent", "p-robin")
    assert (await listed(robin, "mine"), await listed(sam, "mine")) == (["11-22"], [])
    desk.clock.advance(timedelta(seconds=1))
    freed = await do(sam, "assign", {"person_id": None}, key="2")

    assert (freed["control"], await listed(sam, "unassigned")) == ("queue", ["11-22"])
    assert await remarks(sam) == [
        ("assigned", "p-sam", "p-robin"),
        ("unassigned", "p-sam", ""),
    ]


@pytest.mark.parametrize("person", ["p-far", "p-nobody"])
async def test_only_whoever_serves_the_account_can_be_given_its_conversations(desk, person):
    sam = await desk.entered("sam")
    await desk.entered("far", accounts=frozenset({UserId(WITHOUT_BOT)}))

    answer = await sam.call("POST", f"{HERE}/assign", {"person_id": person}, idempotency_key="k")

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "person_id")
    assert (await sam.get(HERE))["control"] == "bot"


async def test_a_snoozed_conversation_comes_back_at_its_time_and_once(desk):
    sam = await desk.entered("sam")
    until = NOON + timedelta(hours=1)

    put = await do(sam, "snooze", {"until": until.isoformat()})
    assert (put["is_snoozed"], put["snoozed_until"]) == (True, "2026-03-01T13:00:00Z")
    assert (await listed(sam, "mine"), await listed(sam, "snoozed")) == ([], ["11-22"])
    counts = await sam.get("/api/conversations/counts")
    assert (counts["mine"], counts["snoozed"]) == (0, 1)
    desk.clock.advance(timedelta(minutes=59))
    assert await wake_due(desk) == 0
    desk.clock.advance(timedelta(minutes=1))

    assert await wake_due(desk) == 1
    assert await wake_due(desk) == 0
    assert (await listed(sam, "mine"), await listed(sam, "snoozed")) == (["11-22"], [])
    kinds = [kind for kind, _, _ in await remarks(sam)]
    assert sorted(kinds) == ["snoozed", "taken_over", "woken"]


@pytest.mark.parametrize("until", [None, (NOON + timedelta(days=400)).isoformat()])
async def test_a_customer_who_writes_brings_a_conversation_back(desk, world, until):
    sam = await desk.entered("sam")
    await do(sam, "snooze", {"until": until})
    assert await wake_due(desk) == 0

    await world.receive(desk.store, world.received(20))

    assert (await listed(sam, "mine"), await listed(sam, "snoozed")) == (["11-22"], [])


async def test_what_is_snoozed_comes_back_when_somebody_wants_it_and_what_ends_it(desk):
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    await do(sam, "snooze", {})
    assert not (await do(robin, "unsnooze"))["is_snoozed"]
    await do(sam, "snooze", {}, key="2")

    assert not (await do(robin, "take-over"))["is_snoozed"]


async def test_nothing_is_snoozed_into_the_past_or_without_a_zone(desk):
    sam = await desk.entered("sam")
    for until in (NOON.isoformat(), "2026-03-01T13:00:00"):
        answer = await sam.call("POST", f"{HERE}/snooze", {"until": until}, idempotency_key=until)
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "until")


async def test_nothing_is_snoozed_beyond_what_clocks_come_to(desk):
    sam = await desk.entered("sam")
    for until in ("9999-12-31T23:59:59.9999Z", "2100-01-01T00:00:00Z"):
        answer = await sam.call("POST", f"{HERE}/snooze", {"until": until}, idempotency_key=until)
        (wrong,) = answer.json["errors"]
        assert (answer.status, wrong["field"]) == (422, "until")
        said = f"must be a time of the years 2000 to 2099, in UTC; found {until[:19]}"
        assert wrong["message"].startswith(said)
        assert await listed(sam, "snoozed") == []

    assert (await do(sam, "snooze", {"until": "2099-12-31T23:59:59Z"}, key="2"))["is_snoozed"]
    assert await listed(sam, "snoozed") == ["11-22"]


async def test_what_was_resolved_is_opened_again_for_whoever_asks(desk):
    sam = await desk.entered("sam")
    await do(sam, "resolve")

    opened = await do(sam, "reopen")

    assert (opened["control"], opened["controller_id"]) == ("agent", "p-sam")
    assert (await do(sam, "reopen", key="2"))["control"] == "agent"
    assert [kind for kind, _, _ in await remarks(sam)].count("reopened") == 1


async def test_conversations_are_found_by_their_tags(desk, world):
    await world.receive(desk.store, world.received(30, customer="23"))
    sam = await desk.entered("sam")
    other = "/api/conversations/11/11-23"

    tagged = await do(sam, "tags", {"tags": ["vip", "late"]})
    desk.clock.advance(timedelta(seconds=1))
    await do(sam, "tags", {"tags": ["vip"]}, key="other", here=other)

    assert tagged["tags"] == ["late", "vip"]
    assert await listed(sam, "tagged", tag="vip") == ["11-23", "11-22"]
    assert await listed(sam, "tagged", tag="late") == ["11-22"]
    assert (await sam.get("/api/conversations/tags"))["tags"] == ["late", "vip"]
    await do(sam, "tags", {"tags": []}, key="2")
    assert await listed(sam, "tagged", tag="late") == []
    assert (await sam.get("/api/conversations/tags"))["tags"] == ["vip"]
    page = await sam.get("/api/conversations?view=tagged&tag=vip&limit=1")
    assert [one["conversation_id"] for one in page["conversations"]] == ["11-23"]


async def test_of_two_who_change_tags_at_once_both_get_what_they_changed(desk):
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    await do(sam, "tags", {"tags": ["vip", "late"], "before": []})

    await do(sam, "tags", {"tags": ["vip", "late", "alpha"], "before": ["vip", "late"]}, key="a")
    tagged = await do(robin, "tags", {"tags": ["vip", "beta"], "before": ["vip", "late"]}, key="b")

    assert tagged["tags"] == ["alpha", "beta", "vip"]


async def test_of_two_who_add_tags_at_once_one_is_refused_where_they_are_too_many_together(desk):
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    await do(sam, "tags", {"tags": ["vip"], "before": []})
    wanted = [[f"{name}{n}" for n in range(10)] for name in ("a", "b")]

    answers = await asyncio.gather(
        *(
            browser.call(
                "POST",
                f"{HERE}/tags",
                {"tags": ["vip", *tags], "before": ["vip"]},
                idempotency_key="many",
            )
            for browser, tags in zip((sam, robin), wanted, strict=True)
        )
    )

    assert sorted(one.status for one in answers) == [200, 422]
    (refused,) = [one.json for one in answers if one.status == 422]
    (error,) = refused["errors"]
    assert (refused["code"], error["field"], error["limit"], error["value"]) == (
        "invalid",
        "tags",
        20,
        21,
    )
    kept = (await sam.get(HERE))["tags"]
    assert kept in [sorted(["vip", *tags]) for tags in wanted]
    assert (await sam.get("/api/conversations/tags"))["tags"] == kept


async def test_where_a_bot_has_put_too_many_tags_they_can_be_taken_off(desk, world):
    sam, where = await desk.entered("sam"), Addressee(OURS, ConversationId("11-22"), UserId("22"))

    async def tagged_by_a_bot(tx) -> None:
        for n in range(22):
            await tx.tags.put(where, f"t{n:02}", at=NOON)

    await desk.store.transact(tagged_by_a_bot)
    found = (await sam.get(HERE))["tags"]

    left = await do(sam, "tags", {"tags": found[:20], "before": found[:21]})
    more = {"tags": ["vip"], "before": []}
    refused = await sam.call("POST", f"{HERE}/tags", more, idempotency_key="2")

    assert left["tags"] == [*found[:20], found[21]]
    assert (refused.status, (await sam.get(HERE))["tags"]) == (422, left["tags"])


@pytest.mark.parametrize("tags", [[" "], [""], ["x" * 51], [str(n) for n in range(21)]])
async def test_a_tag_nobody_could_type_is_refused(desk, tags):
    sam = await desk.entered("sam")

    answer = await sam.call("POST", f"{HERE}/tags", {"tags": tags}, idempotency_key="k")

    assert (answer.status, answer.json["errors"][0]["field"].split("[")[0]) == (422, "tags")


async def test_whoever_hands_back_at_the_command_line_leaves_a_remark_too(desk):
    sam = await desk.entered("sam")
    await do(sam, "take-over")
    command = Command(OURS, "11-22", NOON)

    await desk.store.transact(lambda tx: answering.hand_back(tx, command))

    assert ("handed_back", None, "") in await remarks(sam)
    assert (await sam.get(HERE))["control"] == "bot"


async def test_what_is_marked_unread_stays_so_until_somebody_looks(desk, world):
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    await sam.call("POST", f"{HERE}/read")
    start = await desk.store.feed_position()

    marked = await do(sam, "unread")

    assert (marked["unread"], marked["is_marked_unread"]) == (0, True)
    assert (await do(robin, "unread"))["is_marked_unread"]
    changes = await desk.store.changes_after(start, limit=10)
    assert [(one.kind, one.ref) for one in changes] == [("unread", "p-sam")]
    await world.receive(desk.store, world.received(20))
    await do(sam, "take-over")
    (row,) = (await robin.get("/api/conversations?view=all"))["conversations"]
    assert (row["unread"], row["is_marked_unread"]) == (1, True)
    await robin.call("POST", f"{HERE}/read")
    looked = await sam.get(HERE)
    assert (looked["unread"], looked["is_marked_unread"]) == (0, False)
    nowhere = await sam.call("POST", f"{HERE}9/unread", idempotency_key="k")
    assert nowhere.status == 404
