"""What goes wrong elsewhere and cannot here: answering oneself, Posts, or everything twice."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.rig import until
from tests.scenario.accounts.stage import ACME, ADA, APP_ID, Stage, staged

from roost import settings
from roost.service.clock import SystemClock
from roost.service.doctor.examination import Examination
from roost.service.doctor.findings import Finding, Level
from roost.simulator.entries import AppEntry, SubscriptionEntry
from roost.simulator.world import World
from roost.xapi.transport import aiohttp_transport


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stage]:
    """An application that answers every message, and nothing else."""
    async with staged(tmp_path_factory.mktemp("stage")) as running:
        await running.add(ACME)
        async with running.application():
            yield running


def world_of(stage: Stage) -> World:
    return stage.simulator.simulation.world


async def until_settled(stage: Stage) -> None:
    """Wait until the application has dealt with all that X has delivered."""

    async def is_settled() -> bool:
        _, out, _ = await stage.roost("status")
        counts = json.loads(out)
        waiting = [counts["events"][one] for one in ("held", "new", "pending")]
        waiting += [counts["outbox"][one] for one in ("queued", "sending", "uncertain")]
        return not any(waiting)

    await until(is_settled)


def deliveries(stage: Stage) -> list[int | None]:
    """Give how each delivery of a customer's message was answered, oldest first."""
    text = stage.simulator.simulation.records.ledger.text()
    lines = [json.loads(one) for one in text.splitlines()]
    said = {one["message_id"] for one in lines if one.get("sender_id") == ADA}
    return [one["status"] for one in lines if one.get("event_id") in said and "status" in one]


async def test_the_bot_does_not_answer_itself_nor_who_writes_as_its_account(stage: Stage):
    before = len(stage.answers(ACME))
    stage.says("hello", to=ACME)
    await stage.until_answered(ACME, before + 1)
    stage.act(ACME, "send_dm", to=ADA, text="Written by hand, at X")
    stage.says("hello again", to=ACME)
    await stage.until_answered(ACME, before + 3)
    await until_settled(stage)

    said = stage.answers(ACME)[before:]
    assert (len(said), said.count("Written by hand, at X")) == (3, 1)


async def test_posts_that_name_the_account_are_not_answered_by_who_answers_messages(stage: Stage):
    before = len(stage.answers(ACME))
    stage.act(ACME, "post", text="We are open")
    (post,) = [one for one in world_of(stage).posts.all() if one.user_id == ACME]
    stage.act(ADA, "post", kind="mention", to=ACME, text="@acme late again")
    for kind in ("reply", "quote", "repost"):
        text = {} if kind == "repost" else {"text": "really"}
        stage.act(ADA, "post", kind=kind, post_id=post.post_id, **text)
    stage.act(ADA, "like", post_id=post.post_id)
    stage.act(ADA, "follow", to=ACME)
    stage.says("hello", to=ACME)
    await stage.until_answered(ACME, before + 1)
    await until_settled(stage)

    assert len(stage.answers(ACME)) == before + 1
    assert [one for one in world_of(stage).posts.all() if one.user_id == ACME] == [post]


def beside(stage: Stage, *, webhook_id: str, app_id: str = APP_ID, env_name: str = "prod") -> None:
    """Have X deliver to the address once more: for another environment, or another app."""
    world = world_of(stage)
    (first, *_) = world.webhooks.values()
    fields = {"webhook_id": webhook_id, "app_id": app_id, "env_name": env_name}
    world.webhooks[webhook_id] = replace(first, **fields)
    entry = SubscriptionEntry(app_id=app_id, env_name=env_name, user_id=ACME)
    world.subscriptions.add(entry)


@pytest.fixture
def again(stage: Stage):
    """End what `beside` has begun."""
    world = world_of(stage)
    yield
    for webhook_id in [one for one in world.webhooks if one in {"71", "72"}]:
        world.subscriptions.end(world.webhooks.pop(webhook_id))


@pytest.mark.usefixtures("again")
async def test_what_two_environments_deliver_to_one_address_is_answered_once(stage: Stage):
    world = world_of(stage)
    world.apps[APP_ID] = replace(world.apps[APP_ID], env_names=("prod", "staging"))
    beside(stage, webhook_id="71", env_name="staging")
    before, told = len(stage.answers(ACME)), len(deliveries(stage))
    stage.says("hello", to=ACME)
    await stage.until_answered(ACME, before + 1)

    async def is_delivered() -> bool:
        return len(deliveries(stage)) >= told + 2

    await until(is_delivered)
    await until_settled(stage)

    assert deliveries(stage)[told:] == [200, 200]
    assert len(stage.answers(ACME)) == before + 1


@pytest.mark.usefixtures("again")
async def test_what_another_app_delivers_to_our_address_is_refused(stage: Stage):
    world = world_of(stage)
    world.apps["77"] = AppEntry(app_id="77", owner_id=ACME)
    beside(stage, webhook_id="72", app_id="77")
    before, told = len(stage.answers(ACME)), len(deliveries(stage))
    stage.says("hello", to=ACME)
    await stage.until_answered(ACME, before + 1)

    async def is_delivered() -> bool:
        return {200, 401} <= set(deliveries(stage)[told:])

    await until(is_delivered)
    await until_settled(stage)

    assert len(stage.answers(ACME)) == before + 1


async def test_without_a_worker_the_doctor_says_that_nobody_answers(dsn: str, tmp_path: Path):
    async with staged(tmp_path, database=dsn) as stage:
        await stage.add(ACME)
        async with stage.application("web"):
            alone = await told_of_application(stage)
            async with stage.application("worker"):
                both = await told_of_application(stage)

    print(f"| worker not running | {alone.check} | {alone.says} |")
    assert (alone.level, both.level) == (Level.PROBLEM, Level.OK)
    assert "no worker runs" in alone.says
    assert "roost serve --role worker" in alone.remedy


async def told_of_application(stage: Stage) -> Finding:
    found = settings.load(environ=stage.environment)
    async with aiohttp_transport() as transport:
        examination = Examination(found, transport, SystemClock())
        return await anext(
            one async for one in examination.findings() if one.check == "data.application"
        )
