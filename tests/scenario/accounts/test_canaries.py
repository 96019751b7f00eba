"""No secret is anywhere after a run in which much goes wrong: not in files, logs or answers."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.rig import until
from tests.scenario.accounts.stage import ACME, APP_ID, SECRETS, TOKENS, Stage, staged

from roost.simulator import granting
from roost.simulator.fault_rules import ErrorStatusRule, Match
from roost.xapi.transport import Request, aiohttp_transport

CANARIES = (TOKENS[ACME], SECRETS[ACME], f"consumer-secret-{APP_ID}")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncGenerator[Stage]:
    async with staged(tmp_path) as running:
        yield running


@asynccontextmanager
async def logged(stage: Stage, log: Path) -> AsyncGenerator[None]:
    """Run the application, and keep everything that it writes."""
    environment = {**os.environ, **stage.environment, "ROOST_LOG_FORMAT": "json"}
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "roost", "serve", "--bot", "roost.demo.hello:bot"),
            env=environment,
            stdout=file,
            stderr=file,
        )
        try:
            yield
        finally:
            process.terminate()
            await process.wait()


async def provoked(stage: Stage, hook: str) -> list[bytes]:
    """Have everything go wrong that is answered with words; give the words."""
    site = stage.application_url
    signature = {"x-twitter-webhooks-signature": "sha256=bm90aGluZw=="}
    requests = (
        Request("POST", hook, signature, b'{"for_user_id":"1001"}'),
        Request("POST", hook, {}, b"{"),
        Request("PUT", hook),
        Request("GET", f"{hook}?crc_token="),
        Request("GET", f"{site}/accounts/connect?ticket={TOKENS[ACME]}"),
        Request("GET", f"{site}/accounts/callback?oauth_token=none&oauth_verifier=1"),
        Request("GET", f"{site}/x/nowhere"),
        Request("GET", f"{site}/nowhere"),
        Request("GET", f"{site}/api/accounts"),
    )
    async with aiohttp_transport() as transport:
        answers = [await transport.send(one) for one in requests]
    assert all(one.status >= 400 for one in answers), [one.status for one in answers]
    return [f"{one.headers}".encode() + one.body for one in answers]


def contents(folder: Path) -> dict[Path, bytes]:
    return {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}


async def test_nothing_secret_is_left_or_told(stage: Stage, tmp_path: Path):
    await stage.add(ACME)
    simulation = stage.simulator.simulation
    world, log = simulation.world, tmp_path / "log.txt"
    async with logged(stage, log):

        async def subscribed() -> bool:
            return bool(world.subscriptions.users_in(APP_ID, "prod"))

        await until(subscribed)
        stage.says("hello", to=ACME)
        await stage.until_answered(ACME, 1)
        told = await provoked(stage, next(iter(world.webhooks.values())).url)
        rule = ErrorStatusRule(match=Match(route="dm.events.new"), code=89)
        simulation.faults.put([rule])
        stage.says("hello again", to=ACME)
        await stage.until_state(ACME, "needs_reauth")
        simulation.faults.clear()
        granting.revoke(simulation, world.users[ACME], world.apps[APP_ID])
        verbs = [
            await stage.roost("doctor", "--json"),
            await stage.roost("dm", "send", "@ada", "Hi"),
        ]
        # While it runs, so that what is written ahead of the database is there, too.
        there = contents(tmp_path)
    there[log] = log.read_bytes()

    assert {"roost.db", "roost.db-wal"} <= {one.name for one in there}
    assert any(b"hello again" in text for text in there.values()), "this would find a secret"
    assert b"account" in there[log]
    assert verbs[0][0] == 1
    assert any("code 89" in err for _, _, err in verbs)
    places = {**{str(one): text for one, text in there.items()}}
    places |= {f"answer {n}": text for n, text in enumerate(told)}
    places |= {f"verb {n}": (out + err).encode() for n, (_, out, err) in enumerate(verbs)}
    found = [
        (where, one) for where, text in places.items() for one in CANARIES if one.encode() in text
    ]
    assert found == []
