"""Hours that pass at once: everything that hangs on the clock happens, in order, at its time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from tests import samples, uploads
from tests.scenario.simulator.legs import ACCESS, Legs, world

from roost.simulator import webhooks
from roost.simulator.clock import from_milliseconds
from roost.simulator.entries import Rules
from roost.simulator.records import DeliveryRow

LIST = "/1.1/direct_messages/events/list.json"
HOURLY = Rules(limits="off")


def times(rows: Sequence[DeliveryRow], begun: datetime) -> list[timedelta]:
    """When each attempt was made, after the beginning, in whole milliseconds."""
    whole = begun.replace(microsecond=begun.microsecond // 1_000 * 1_000)
    return [from_milliseconds(row.at) - whole for row in rows]


def hours(*numbers: int) -> list[timedelta]:
    return [timedelta(hours=n) for n in numbers]


async def test_a_webhook_is_challenged_once_for_each_period_that_passed(stage):
    x, hook = await stage.subscribed()
    begun = x.clock.now()

    x.advance(hours=5, minutes=30)
    rows = await x.deliveries(5, kind="crc")
    x.advance(minutes=30)
    rows += (await x.deliveries(6, kind="crc"))[5:]

    assert times(rows, begun) == hours(1, 2, 3, 4, 5, 6)
    assert len(set(hook.challenges)) == 6
    passed_at = x.simulator.simulation.world.webhooks["9"].passed_at
    assert passed_at == rows[-1].at


async def test_of_very_many_periods_the_latest_count(stage):
    x, _ = await stage.subscribed()
    begun = x.clock.now()

    x.advance(days=30)
    rows = await x.deliveries(webhooks.CAUGHT_UP, kind="crc")
    x.advance(hours=1)
    rows = await x.deliveries(webhooks.CAUGHT_UP + 1, kind="crc")

    last = 30 * 24 + 1
    assert times(rows, begun) == hours(*range(last - webhooks.CAUGHT_UP, last + 1))


async def test_a_webhook_that_fails_for_28_hours_of_one_day_and_a_half_is_invalid_from_then(stage):
    x, hook = await stage.subscribed()
    hook.challenge_answer = lambda _: web.Response(status=500)
    standing: list[bool] = []

    def answer(_: web.Request) -> web.Response:
        standing.append(x.simulator.simulation.world.webhooks["9"].valid)
        return web.Response(status=500)

    hook.challenge_answer = answer
    x.advance(hours=36)
    await x.deliveries(36, kind="crc")

    assert standing == [True] * 28 + [False] * 8


async def test_a_day_that_is_moved_while_another_is_caught_up_with_is_not_lost(stage):
    x, hook = await stage.subscribed()
    begun, moved = x.clock.now(), False

    def answer(request: web.Request) -> web.Response:
        nonlocal moved
        if not moved:
            moved = True
            x.advance(hours=3)
        return web.Response(status=500)

    hook.challenge_answer = answer
    x.advance(hours=2)
    rows = await x.deliveries(5, kind="crc")

    assert times(rows, begun) == hours(1, 2, 3, 4, 5)


@pytest.mark.parametrize("is_heard_of", [True, False])
async def test_every_retry_of_a_delivery_is_made_at_its_time(stage, is_heard_of: bool):
    x, hook = await stage.subscribed("1001", rules=HOURLY, answers=[500] * 4)
    begun = x.clock.now()

    await x.write("Hello")
    if is_heard_of:
        await x.deliveries(1)
    x.advance(minutes=59)
    rows = await x.deliveries(4)

    seconds = [0, 3, 3 + 27, 3 + 27 + 242]
    assert times(rows, begun) == [timedelta(seconds=each) for each in seconds]
    assert [row.next_at for row in rows] == [*(row.at for row in rows[1:]), None]
    assert len(hook.received) == 4


async def test_retries_of_several_deliveries_are_made_in_the_order_they_are_due(stage):
    x, hook = await stage.subscribed("1001", rules=HOURLY, answers=[500] * 2)
    await x.write("first")
    await x.deliveries(1)
    x.advance(seconds=2)
    await x.write("second")
    await x.deliveries(2)

    x.advance(minutes=30)
    await x.deliveries(4)

    texts = [
        got.json["direct_message_events"][0]["message_create"]["message_data"]["text"]
        for got in hook.received
    ]
    assert texts[:2] == ["first", "second"]
    assert sorted(texts[2:]) == ["first", "second"]
    rows = await x.deliveries(4)
    due = {row.delivery_id: row.next_at for row in rows[:2]}
    assert {row.delivery_id: row.at for row in rows[2:]} == due


async def test_what_is_delayed_or_waits_to_be_overtaken_comes_at_its_time_and_is_retried(stage):
    x, _ = await stage.subscribed("1001", rules=HOURLY, answers=[500, 500])
    rules = [
        {"effect": "delay", "seconds": 60, "count": 1},
        {"effect": "reorder", "by": 5, "seconds": 90, "count": 1},
    ]
    await x.control("PUT", "/faults", {"faults": rules})
    begun = x.clock.now()
    await x.write("delayed")
    await x.write("waits")
    await struck(x, 2)

    x.advance(minutes=59)
    rows = await x.deliveries(4)

    found = sorted(times(rows, begun))
    assert found == [timedelta(seconds=each) for each in (60, 63, 90, 93)]


async def struck(x, count: int) -> None:
    """Wait until rules have struck so often."""
    faults = x.simulator.simulation.faults
    async with asyncio.timeout(30):
        while sum(tally.struck for tally in faults.tallies) < count:
            await x.control("GET", "/faults")


async def test_calls_that_take_effect_late_do_so_at_their_times_in_order(stage):
    x, hook = await stage.subscribed("1001", rules=HOURLY)
    begun = x.clock.now()
    late = [{"effect": "late_apply", "seconds": n, "count": 1} for n in (90, 30)]
    await x.control("PUT", "/faults", {"faults": late})
    await x.send("later")
    await x.send("sooner")

    x.advance(minutes=30)
    rows = await x.deliveries(2)

    world = x.simulator.simulation.world
    messages = list(world.messages.values())
    assert [message.data.text for message in messages] == ["sooner", "later"]
    created = [from_milliseconds(message.created_timestamp) - begun for message in messages]
    assert [round(each / timedelta(seconds=1)) for each in created] == [30, 90]
    assert [round(each / timedelta(seconds=1)) for each in times(rows, begun)] == [30, 90]
    assert len(hook.received) == 2


async def test_what_is_only_looked_at_is_as_it_is_after_all_of_the_time(stage):
    rules = Rules(user_dm_per_24h=1, media_processing_s=3_600)
    x = await stage.simulator(stage.replace(world(stage, rules), rules=rules))
    legs = Legs(x, x.simulator.simulation.world.apps[x.app.app_id])
    begun = await legs.begin()
    media = await uploads.steps(x, samples.mp4(), "video/mp4", media_category="dm_video")
    media_id = media.json["media_id_string"]
    await x.write("question")
    listed = [(await x.get(LIST)).status for _ in range(16)]
    sent = [(await x.send(to="1002")).status for _ in range(2)]

    x.advance(days=40)

    assert (listed[-1], sent) == (429, [200, 429])
    assert (await x.get(LIST)).json == {"events": []}  # a new window, and nothing within 30 days
    assert (await uploads.status(x, media_id)).fault[1] == 325  # a day is over
    used_up = await legs.post(
        ACCESS, begun["oauth_token"], begun["oauth_token_secret"], oauth_verifier="x"
    )
    assert used_up.fault[:2] == (401, 89)
    assert [(await x.send(to="2002")).status for _ in range(2)] == [200, 429]  # no free replies


async def test_an_hour_of_processing_passes_at_once(stage):
    x = await stage.simulator(stage.world(Rules(limits="off", media_processing_s=3_600)))
    done = await uploads.steps(x, samples.mp4(), "video/mp4", media_category="dm_video")

    x.advance(hours=1)

    asked = await uploads.status(x, done.json["media_id_string"])
    assert asked.json["processing_info"] == {"state": "succeeded", "progress_percent": 100}
