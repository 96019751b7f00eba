"""Replay jobs: what was delivered in a span of time, delivered again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiohttp import web

from roost.simulator.entries import WebhookEntry, WorldFile

ROOT = "/1.1/account_activity"
BEARER = "Bearer bearer-token-13090192"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SPAN = {"from_date": "202603011200", "to_date": "202603011230"}


@pytest.fixture
async def job(x, stage):
    """An app whose webhook got a message at noon, 59 minutes ago."""
    x.simulator.simulation.clock.set(NOON, is_frozen=True)
    hook = await stage.webhook()
    made = await x.call("POST", f"{ROOT}/webhooks.json", query={"url": hook.url})
    webhook_id = made.json["id"]
    await x.call("POST", f"{ROOT}/webhooks/{webhook_id}/subscriptions/all.json")
    for text in ("first", "second"):
        await x.write(text)
    await x.deliveries(2)
    x.advance(minutes=59)
    return Job(x, hook, webhook_id)


class Job:
    def __init__(self, x, hook, webhook_id) -> None:
        self.x, self.hook, self.webhook_id = x, hook, webhook_id

    async def ask(self, query=SPAN, webhook_id: str | None = None, who=BEARER):
        path = f"{ROOT}/replay/webhooks/{webhook_id or self.webhook_id}/subscriptions/all.json"
        return await self.x.call("POST", path, query=query, who=who)

    @property
    def status(self):
        return self.hook.received[-1].json["replay_job_status"]


async def test_it_challenges_then_posts_the_same_bytes_again_and_reports(job):
    asked = await job.ask()
    rows = await job.x.deliveries(5)

    assert asked.status == 202
    assert asked.json["created_at"] == "2026-03-01T12:59:00Z"
    assert len(job.hook.challenges) == 2
    first = [one.body for one in job.hook.received[:2]]
    assert [one.body for one in job.hook.received[2:4]] == first
    assert job.hook.received[-1].json.keys() == {"replay_job_status"}
    assert job.status == {
        "webhook_id": job.webhook_id,
        "job_state": "Complete",
        "job_state_description": "Job completed successfully",
        "job_id": asked.json["job_id"],
    }
    assert [row.for_user_id for row in rows] == ["1001"] * 4 + [None]


async def test_what_lies_outside_the_span_is_left_out(job):
    early = {"from_date": "202603011100", "to_date": "202603011200"}

    assert (await job.ask(early)).status == 202
    await job.x.deliveries(3)

    assert job.status["job_state"] == "Complete"


async def test_a_failure_is_not_tried_again_and_makes_the_job_incomplete(job):
    job.hook.answers = [500]

    await job.ask()
    rows = await job.x.deliveries(5)

    assert [row.status for row in rows[2:]] == [500, 200, 200]
    assert [row.next_at for row in rows] == [None] * 5
    assert (job.status["job_state"], job.status["job_state_description"]) == (
        "Incomplete",
        "Job failed to deliver all events, please retry your replay job",
    )


async def test_whoever_is_no_longer_subscribed_is_not_told_of(job):
    path = f"{ROOT}/webhooks/{job.webhook_id}/subscriptions/all.json"
    await job.x.call("DELETE", path)

    await job.ask()
    await job.x.deliveries(3)

    assert job.status["job_state"] == "Complete"


async def test_nothing_is_posted_where_the_challenge_makes_the_webhook_invalid(job):
    job.hook.challenge_answer = lambda _: web.json_response({"response_token": "sha256=no"})

    assert (await job.ask()).status == 202
    await job.x.deliveries(2, kind="crc")
    again = await job.ask()

    assert again.fault == (400, 214, "Webhook is marked as invalid.")
    assert len(job.hook.received) == 2


async def test_one_job_at_a_time(job):
    job.hook.never_answers = True

    assert (await job.ask()).status == 202
    second = await job.ask()

    assert second.fault == (409, 355, "A replay job is already in progress for this webhook.")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"from_date": ""}, 357),
        ({"to_date": ""}, 357),
        ({"from_date": "2026-03-01"}, 358),
        ({"to_date": "202613011200"}, 358),
        ({"from_date": "202603011228", "to_date": "202603011228"}, 356),
        ({"from_date": "202602241258"}, 356),
        ({"from_date": "202603011230", "to_date": "202603011251"}, 368),
        ({"from_date": "202603011250", "to_date": "202603011250"}, 368),
    ],
)
async def test_dates_have_to_be_minutes_of_the_last_days(job, change, code):
    assert (await job.ask({**SPAN, **change})).fault[:2] == (400, code)


async def test_the_oldest_minute_is_five_days_ago(job):
    job.x.advance(days=4, hours=23)

    assert (await job.ask()).status == 202


async def test_who_may_ask_and_for_what(job):
    assert (await job.ask(webhook_id="-1")).fault[:2] == (400, 360)
    assert (await job.ask(webhook_id="5")).fault[:2] == (404, 34)
    assert (await job.ask(who=job.x.signed())).fault[:2] == (401, 32)


async def test_an_app_without_permission_for_messages_is_refused(x):
    x.simulator.simulation.world.webhooks["77"] = WebhookEntry(
        webhook_id="77", app_id=x.other.app_id, url="http://127.0.0.1:9/"
    )
    path = f"{ROOT}/replay/webhooks/77/subscriptions/all.json"

    refused = await x.call("POST", path, query=SPAN, who="Bearer bearer-token-13090193")

    assert refused.fault[:2] == (401, 61)


async def test_a_new_world_knows_no_old_jobs(job):
    job.hook.never_answers = True
    await job.ask()
    state = (await job.x.control("GET", "/state")).json

    await job.x.control("PUT", "/state", state)
    job.hook.never_answers = False

    assert (await job.ask()).status == 202
    job.x.advance(hours=0)
    await job.x.deliveries(1)
    assert job.status["job_state"] == "Complete"


async def test_five_in_fifteen_minutes(stage):
    x = await stage.simulator(WorldFile(format=1, apps=stage.world().apps))
    path = f"{ROOT}/replay/webhooks/5/subscriptions/all.json"

    answers = [await x.call("POST", path, who=BEARER) for _ in range(6)]

    assert [one.status for one in answers] == [404] * 5 + [429]
