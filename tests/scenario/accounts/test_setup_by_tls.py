"""`roost setup` as a process, to an X that is as strict as the real one, everything by TLS."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from tests import tls
from tests.rig import until
from tests.scenario.accounts.stage import ACME, ADA, APP_ID, SECRETS, TOKENS
from tests.tls import Authority

from roost.demo.child import Child
from roost.demo.controls import Controls
from roost.demo.parent import free_port
from roost.simulator.entries import AppEntry, Rules, TokenEntry, UserEntry, WorldFile
from roost.simulator.records import ControlRow
from roost.xapi.transport import aiohttp_transport

BOT = "bot.example.test"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Place:
    """X behind TLS, and what the application needs to reach it and to be reached.

    Attributes:
        folder: Of the settings and the database.
        environment: What processes of the application are told; nothing of the app or an account.
        simulator: The simulator without TLS, for its controls alone.
    """

    folder: Path
    environment: Mapping[str, str]
    simulator: str

    async def setup(self, **further: str) -> asyncio.subprocess.Process:
        """Start `roost setup` with an answers file."""
        answers = self.folder / "answers.toml"
        given = {
            "app_id": APP_ID,
            "consumer_key": f"consumer-key-{APP_ID}",
            "consumer_secret": f"consumer-secret-{APP_ID}",
            "access_token": TOKENS[ACME],
            "access_token_secret": SECRETS[ACME],
            "env_name": "prod",
            "public_url": f"https://{BOT}",
        }
        answers.write_text("".join(f'{name} = "{value}"\n' for name, value in given.items()))
        arguments = ("setup", "--answers", str(answers), "--wait", "50")
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "roost", *arguments),
            env={**_nothing_of_ours(), **self.environment, **further},
            cwd=self.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )


def _nothing_of_ours() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("ROOST_")}


def world(ca: Authority, bot_port: int) -> WorldFile:
    """A world whose X reaches the application at its public name."""
    return WorldFile(
        format=1,
        apps=(AppEntry(app_id=APP_ID, owner_id=ACME),),
        users=(
            UserEntry(user_id=ACME, screen_name="acme", tokens=(TokenEntry(app_id=APP_ID),)),
            UserEntry(user_id=ADA, screen_name="ada", name="Ada Lovelace"),
        ),
        rules=Rules(
            resolve={BOT: f"127.0.0.1:{bot_port}"},
            webhook_ca_file=str(ca.path),
            retry_after_s=(0.2, 0.5, 1.0, 2.0),
        ),
    )


@asynccontextmanager
async def simulating(folder: Path, file: WorldFile) -> AsyncGenerator[str]:
    """Run `roost simulate --strict`, and give its address."""
    path = folder / "world.json"
    path.write_bytes(msgspec.json.encode(file))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "roost", "simulate", "--strict"),
        *("--world", str(path), "--port", "0"),
        env=_nothing_of_ours(),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        yield line.partition("is at ")[2].partition(";")[0]
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


class _Controls(msgspec.Struct):
    controls: list[ControlRow]


@asynccontextmanager
async def controlled_by_tests_alone(url: str) -> AsyncGenerator[None]:
    """On leaving, prove that nothing was asked for that a real X does not have."""
    yield
    async with aiohttp_transport() as transport:
        controls = Controls(transport, url, client="test")
        rows = msgspec.json.decode(await controls.raw("GET", "/_sim/controls"), type=_Controls)
    assert {row.client for row in rows.controls} == {"test"}


@pytest.fixture
async def place(tmp_path: Path) -> AsyncGenerator[Place]:
    ca = tls.authority(tmp_path)
    port = free_port(10_000 + os.getpid() % 9_000)
    async with AsyncExitStack() as stack:
        bot_front = tls.front(ca.server_context(BOT), before=port)
        bot_port = await stack.enter_async_context(bot_front)
        url = await stack.enter_async_context(simulating(tmp_path, world(ca, bot_port)))
        await stack.enter_async_context(controlled_by_tests_alone(url))
        x_front = tls.front(ca.server_context("localhost"), before=int(url.rpartition(":")[2]))
        x_port = await stack.enter_async_context(x_front)
        environment = {
            "ROOST_SETTINGS": str(tmp_path / "roost.toml"),
            "ROOST_DATA": str(tmp_path / "data"),
            "ROOST_PORT": str(port),
            "ROOST_X_BASE_URL": f"https://localhost:{x_port}",
            "SSL_CERT_FILE": str(ca.path),
        }
        yield Place(tmp_path, environment, url)


async def test_an_answers_file_leads_to_the_first_event(place: Place):
    setup = await place.setup()
    settings_file = place.folder / "roost.toml"

    async def is_answered() -> bool:
        return settings_file.exists() and "public_url" in settings_file.read_text()

    await until(is_answered)
    application = await Child.start(
        ["serve", "--quiet", "--bot", "roost.demo.hello:bot"],
        pipe_option="--notices-fd",
        environment=place.environment,
    )
    try:
        assert setup.stdout is not None
        shown = b""
        async for line in setup.stdout:
            shown += line
            if line.startswith(b"next  like a post"):
                break
        async with aiohttp_transport() as transport:
            controls = Controls(transport, place.simulator, client="test")
            await controls.send_dm(ADA, ACME, "hello")
            out, err = await setup.communicate()
    finally:
        await application.stop()

    told = (shown + out).decode()
    assert (setup.returncode, err) == (0, b"")
    assert "ok    X delivers to it" in told
    assert "ok    the first event came at 20" in told
    assert settings_file.stat().st_mode & 0o777 == 0o600
    assert SECRETS[ACME] not in settings_file.read_text() + told


async def test_without_its_authority_x_is_not_trusted(place: Place):
    setup = await place.setup(SSL_CERT_FILE=os.devnull)
    _, err = await setup.communicate()

    assert setup.returncode == 2
    assert b"certificate" in err
    assert b"SSL_CERT_FILE" in err
