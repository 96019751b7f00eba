"""Faults that strike calls to the API, over real connections."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import aiohttp
import pytest

from roost.errors import AnswerLost
from roost.simulator.simulation import Simulation
from roost.xapi.errors_table import ERROR_CODES

NEW = {"route": "dm.events.new"}


async def put(x, *rules):
    answer = await x.control("PUT", "/faults", {"faults": list(rules)})
    assert answer.status == 200, answer.body
    return answer.json["faults"]


def messages(x) -> list[str]:
    world: Simulation = x.simulator.simulation
    return [message.data.text for message in world.world.messages.values()]


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({}, (503, 130)),
        ({"code": 131}, (500, 131)),
        ({"code": 131, "status": 502}, (502, 131)),
        ({"code": 226}, (403, 226)),
        ({"code": 326}, (403, 326)),
        ({"code": 64}, (403, 64)),
        ({"code": 150}, (403, 150)),
        ({"code": 151}, (403, 151)),
        ({"code": 0}, (500, 0)),
        ({"code": 67}, (503, 67)),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_call_is_answered_with_an_error_before_or_after_it_was_done(x, rule, fault, when):
    await put(x, {"effect": "status", "match": NEW, "when": when, **rule})

    answer = await x.send("Hello")

    assert answer.fault[:2] == fault
    assert "{" not in answer.fault[2]
    assert messages(x) == (["Hello"] if when == "after" else [])


CODES = """
0 3 13 17 32 34 38 44 50 61 63 64 67 68 87 88 89 92 93 99 130 131 135 139 144 150 151 160 161 179
185 186 187 195 200 214 215 220 226 251 261 271 272 323 324 325 326 327 348 349 354 355 356 357 358
360 368 385 386 407 415 416 417 421 422 425 433 476
"""
"""Every code X's v1.1 API is known to answer with around messages, webhooks, media and Posts."""


@pytest.mark.parametrize("code", [int(code) for code in CODES.split()])
async def test_every_code_of_x_can_be_provoked(x, code):
    await put(x, {"effect": "status", "code": code})

    status, found, text = (await x.send()).fault

    assert (status, found) == (ERROR_CODES[code].status, code)
    assert text
    assert "{" not in text


async def test_the_text_of_an_error_may_be_given(x):
    await put(x, {"effect": "status", "code": 151, "message": "Whoops! You already said that."})

    assert (await x.send()).fault == (403, 151, "Whoops! You already said that.")


async def test_what_x_refuses_anyway_is_refused_for_its_own_reason(x):
    await put(x, {"effect": "status", "when": "after"})

    assert (await x.send(to="2003")).fault[:2] == (403, 349)


async def test_a_rate_limit_ends_after_some_seconds(x):
    await put(x, {"effect": "rate_limit", "seconds": 60})

    answer = await x.send()

    assert answer.fault[:2] == (429, 88)
    ends_at = x.clock.now() + timedelta(seconds=60)
    assert answer.headers["x-rate-limit-reset"] == str(int(ends_at.timestamp()))
    assert answer.headers["x-rate-limit-remaining"] == "0"
    assert messages(x) == []


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_call_is_never_answered(x, when):
    await put(x, {"effect": "timeout", "match": NEW, "when": when})

    with pytest.raises((AnswerLost, TimeoutError)):
        async with asyncio.timeout(3):
            await x.send("Hello")

    assert messages(x) == (["Hello"] if when == "after" else [])
    assert (await x.control("GET", "/health")).status == 200


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_connection_is_reset(x, when):
    await put(x, {"effect": "reset", "match": NEW, "when": when})

    with pytest.raises(AnswerLost) as lost:
        await x.send("Hello")

    assert isinstance(lost.value.__cause__, aiohttp.ClientOSError)
    assert isinstance(lost.value.__cause__.__cause__ or lost.value.__cause__, ConnectionResetError)
    assert messages(x) == (["Hello"] if when == "after" else [])


async def test_a_connection_ends_in_the_middle_of_the_answer(x):
    await put(x, {"effect": "reset", "match": NEW, "when": "during"})

    with pytest.raises(AnswerLost) as lost:
        await x.send("Hello")

    assert isinstance(lost.value.__cause__, aiohttp.ClientPayloadError)
    assert messages(x) == ["Hello"]


async def test_a_slow_answer_comes_late_and_whole(x):
    await put(x, {"effect": "slow", "seconds": 0.05})
    begun = asyncio.get_running_loop().time()

    assert (await x.send()).status == 200

    assert asyncio.get_running_loop().time() - begun >= 0.05


async def test_a_call_that_failed_is_carried_out_later(x):
    await put(x, {"effect": "late_apply", "seconds": 300, "match": NEW})

    assert (await x.send("Hello")).fault[:2] == (503, 130)
    before = messages(x)
    x.advance(seconds=300)
    await x.control("GET", "/health")

    assert before == []
    assert messages(x) == ["Hello"]


async def test_a_call_that_is_refused_later_stays_a_failure(x):
    await put(x, {"effect": "late_apply", "seconds": 300, "match": NEW})

    await x.send("Hello", to="2003")
    x.advance(seconds=300)
    await x.control("GET", "/health")

    assert b'"late_refusal"' in x.simulator.simulation.records.ledger.text()
    assert messages(x) == []


@pytest.mark.parametrize("when", ["before", "after"])
async def test_html_comes_where_json_belongs(x, when):
    await put(x, {"effect": "garbage_body", "match": NEW, "when": when})

    answer = await x.send("Hello")

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.body.startswith(b"<!DOCTYPE html>")
    assert messages(x) == (["Hello"] if when == "after" else [])


async def test_a_suspended_app_is_refused_and_told_nothing(stage):
    x, hook = await stage.subscribed("1001")
    await put(x, {"effect": "suspend_app", "match": {"app": x.app.app_id}})

    refused = await x.send()
    await x.write("Hello")
    (lost,) = await x.deliveries(1)

    assert refused.fault[:2] == (401, 416)
    assert (lost.error, lost.fault) == ("lost (a fault)", "suspend_app")
    assert hook.received == []
    await x.control("DELETE", "/faults")
    assert (await x.send()).status == 200


async def test_a_revoked_token_is_unknown(x):
    other = await x.get("/1.1/direct_messages/events/list.json")
    assert await put(x, {"effect": "revoke_token", "match": {"user": "1001"}}) == []

    refused = await x.get("/1.1/direct_messages/events/list.json")

    assert other.status == 200
    assert refused.fault[:2] == (401, 89)
    who = x.signed("1002")
    assert (await x.call("GET", "/1.1/direct_messages/events/list.json", who=who)).status == 200


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({}, [True, True, True]),
        ({"route": "dm.events.new"}, [True, True, False]),
        ({"user": "1002"}, [False, True, False]),
        ({"app": "13090193"}, [False, False, False]),
        ({"route": "dm.events.list", "user": "1001"}, [False, False, True]),
    ],
)
async def test_rules_say_what_they_are_for(x, match, struck):
    await put(x, {"effect": "status", "match": match})

    answers = [
        await x.send(),
        await x.send(who=x.signed("1002")),
        await x.get("/1.1/direct_messages/events/list.json"),
    ]

    assert [one.status == 503 for one in answers] == struck


async def pattern(x, seed: int) -> list[bool]:
    await put(x, {"effect": "status", "probability": 0.4, "seed": seed, "match": NEW})
    return [(await x.send(str(n))).status == 503 for n in range(30)]


async def test_the_same_seed_and_calls_give_the_same_faults(x):
    first, again, other = await pattern(x, 7), await pattern(x, 7), await pattern(x, 8)

    assert first == again
    assert first != other
    assert 4 <= sum(first) <= 20


async def test_the_same_seed_gives_the_same_faults_in_another_world(x, stage):
    assert await pattern(x, 7) == await pattern(await stage.simulator(), 7)


async def test_a_rule_strikes_as_often_as_it_may(x):
    await put(x, {"effect": "status", "count": 2, "match": NEW})

    statuses = [(await x.send()).status for _ in range(4)]
    shown = (await x.control("GET", "/faults")).json["faults"]

    assert statuses == [503, 503, 200, 200]
    assert [(one["effect"], one["seen"], one["struck"]) for one in shown] == [("status", 4, 2)]


async def test_the_first_rule_that_strikes_is_the_one(x):
    await put(
        x,
        {"effect": "status", "code": 131, "count": 1},
        {"effect": "status", "code": 130},
    )

    assert [(await x.send()).fault[1] for _ in range(2)] == [131, 130]


async def test_requests_say_which_fault_struck_them(x):
    await put(x, {"effect": "reset", "count": 1, "match": NEW})
    with pytest.raises(AnswerLost):
        await x.send()
    await x.send()

    rows = (await x.control("GET", "/requests")).json["requests"]

    assert [(row["status"], row["fault"]) for row in rows] == [(200, None), (0, "reset")]


async def test_a_new_world_has_no_faults(x):
    await put(x, {"effect": "status"})

    await x.control("POST", "/reset")

    assert (await x.control("GET", "/faults")).json == {"faults": []}


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"effect": "explode"}, "effect"),
        ({}, "effect"),
        ({"effect": "status", "code": 1}, "code"),
        ({"effect": "status", "status": 99}, "status"),
        ({"effect": "status", "when": "during"}, "when"),
        ({"effect": "slow", "seconds": -1}, "seconds"),
        ({"effect": "drop", "seconds": 1}, "seconds"),
        ({"effect": "drop", "probability": 2}, "probability"),
        ({"effect": "status", "match": {"route": "dm.events"}}, "route"),
        ({"effect": "status", "match": {"event": "follow_events"}}, "event"),
        ({"effect": "drop", "match": {"route": "dm.events.new"}}, "route"),
        ({"effect": "revoke_token", "match": {"route": "dm.events.new"}}, "route"),
        ({"effect": "crc_now", "match": {"user": "1"}}, "user"),
    ],
)
async def test_a_rule_that_could_not_work_is_refused_by_its_field(x, rule, field):
    await put(x, {"effect": "status"})

    answer = await x.control("PUT", "/faults", {"faults": [rule]})

    assert answer.status == 422
    assert field in answer.json["errors"][0]["field"] + answer.json["errors"][0]["message"]
    assert len((await x.control("GET", "/faults")).json["faults"]) == 1


async def test_so_many_rules_are_refused(x):
    answer = await x.control("PUT", "/faults", {"faults": [{"effect": "drop"}] * 1_001})

    assert (answer.status, answer.json["errors"][0]["limit"]) == (422, 1_000)
