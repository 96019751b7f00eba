"""A simulator on a real port, a webhook within the process, and Roost's client."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from roost.simulator import serving
from roost.simulator.app import Options, Simulator
from roost.simulator.entries import AppEntry, Rules, TokenEntry, UserEntry, WorldFile
from roost.testing.in_process import InProcess
from roost.xapi import Credentials, XClient, signing

HOOK = "http://bot.test/hook"
CALLBACK = "http://127.0.0.1:8080/callback"
APP = AppEntry(app_id="13090192", name="Acme Desk", owner_id="1001", callback_urls=(CALLBACK,))


def world(**rules: object) -> WorldFile:
    token = (TokenEntry(app_id=APP.app_id),)
    users = (
        UserEntry(
            user_id="1001",
            screen_name="acme",
            verified=True,
            custom_profiles_allowed=True,
            tokens=token,
        ),
        UserEntry(user_id="1002", screen_name="twin", tokens=token, dms_from_anyone=False),
        UserEntry(user_id="2002", screen_name="ada", name="Ada Lovelace"),
        UserEntry(user_id="2003", screen_name="bob", blocks=("1001",)),
    )
    return WorldFile(format=1, apps=(APP,), users=users, rules=Rules(**{"limits": "off", **rules}))


class Hook:
    """An application's webhook: answers challenges, takes every delivery."""

    def __init__(self) -> None:
        self.is_right = True
        self.n_deliveries = 0

    async def __call__(self, scope, receive, send) -> None:
        await receive()
        secret = APP.consumer_secret if self.is_right else "another"
        signature = dict(scope["headers"])[signing.SIGNATURE_HEADER]
        answer = b""
        if scope["method"] == "GET":
            answer = signing.answer_challenge(
                scope["query_string"],
                signature=signature if self.is_right else None,
                consumer_secrets=[secret],
            )
        else:
            self.n_deliveries += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": answer})


@dataclass
class X:
    """A simulator and its clients."""

    url: str
    simulator: Simulator
    hook: Hook
    stack: AsyncExitStack
    waits: list[float] = field(default_factory=list)

    def credentials(self, user_id: str = "1001") -> Credentials:
        token = f"{user_id}-token-{APP.app_id}" if user_id else ""
        secret = f"token-secret-{user_id}-{APP.app_id}" if user_id else ""
        return Credentials(APP.consumer_key, APP.consumer_secret, token, secret)

    async def client(self, user_id: str = "1001", *, who: Credentials | None = None) -> XClient:
        """Open a client, which waits by moving the simulator's clock."""
        made = XClient(who or self.credentials(user_id), base_url=self.url)
        client = await self.stack.enter_async_context(made)
        client.media._sleep = self.sleep
        return client

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.simulator.simulation.clock.advance(timedelta(seconds=seconds))

    @property
    def requests(self):
        """Every call that was made, oldest first."""
        log, rows = self.simulator.simulation.records.requests, []
        while page := log.page(below=int(rows[-1].id) if rows else None):
            rows += page
        return rows[::-1]

    def messages(self):
        return list(self.simulator.simulation.world.messages.values())


@asynccontextmanager
async def running(file: WorldFile) -> AsyncGenerator[X]:
    hook = Hook()
    ways = InProcess({"http://bot.test": hook})
    simulator = Simulator(file, options=Options(is_clock_frozen=True), transport=ways)
    async with (
        simulator,
        serving.listening(simulator, "127.0.0.1", 0) as url,
        AsyncExitStack() as stack,
    ):
        yield X(url, simulator, hook, stack)


@pytest.fixture
def build() -> Callable[..., WorldFile]:
    return world


@pytest.fixture
async def x() -> AsyncGenerator[X]:
    async with running(world()) as found:
        yield found


@pytest.fixture
async def limited() -> AsyncGenerator[X]:
    async with running(world(limits="on")) as found:
        yield found
