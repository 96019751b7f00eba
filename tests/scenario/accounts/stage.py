"""A simulator on a port, and the application as a process of its own beside it."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import msgspec
from tests.rig import until

from roost import settings
from roost.demo.child import Child
from roost.demo.parent import free_port
from roost.service import account_calls
from roost.service.account_calls import NewAccount
from roost.service.clock import SystemClock
from roost.service.notices import Notice
from roost.simulator import actions, serving
from roost.simulator.actions import Action
from roost.simulator.app import Options, Simulator
from roost.simulator.entries import AppEntry, Rules, TokenEntry, UserEntry, WorldFile
from roost.xapi.transport import Request, Response, aiohttp_transport

ACME, TWIN, ADA = "1001", "1002", "2002"
APP_ID = "13090192"
TOKENS = {who: f"{who}-token-{APP_ID}" for who in (ACME, TWIN)}
SECRETS = {who: f"token-secret-{who}-{APP_ID}" for who in (ACME, TWIN)}


@dataclass
class Stage:
    """What a test sees and does."""

    simulator: Simulator
    url: str
    application_url: str
    data: Path
    database: str | None = None
    further: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The application's settings; they name no account."""
        app = self.simulator.simulation.world.apps[APP_ID]
        named = {
            "ROOST_SETTINGS": str(self.data / "none.toml"),
            "ROOST_DATA": str(self.data),
            "ROOST_PORT": self.application_url.rpartition(":")[2],
            "ROOST_PUBLIC_URL": self.application_url,
            "ROOST_X_BASE_URL": self.url,
            "ROOST_CONNECT_AT_START": "true",
            "ROOST_RATE_LIMITS": "off",
            "ROOST_APPS__MAIN__APP_ID": app.app_id,
            "ROOST_APPS__MAIN__CONSUMER_KEY": app.consumer_key,
            "ROOST_APPS__MAIN__CONSUMER_SECRETS": app.consumer_secret,
        }
        return {**named, **({"ROOST_DATABASE": self.database} if self.database else {})}

    async def roost(self, *arguments: str, typed: str = "") -> tuple[int, str, str]:
        """Run a command line beside the application."""
        asked = await asyncio.create_subprocess_exec(
            *(os.sys.executable, "-m", "roost", *arguments),
            env={**self.environment, **self.further},
            cwd=self.data,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asked.communicate(typed.encode())
        return asked.returncode or 0, out.decode(), err.decode()

    async def ask(self, call: str, **arguments: object) -> object:
        """Do what a verb does, without the time its process takes to start."""
        found = settings.load(environ=self.environment)
        return await account_calls.ask(found, SystemClock(), call, **arguments)

    async def add(self, who: str = ACME) -> None:
        """Connect an account by its tokens."""
        name = self.simulator.simulation.world.users[who].screen_name
        parts = NewAccount(who, name, TOKENS[who], SECRETS[who], "main")
        await self.ask("account_put", account=asdict(parts))

    @asynccontextmanager
    async def application(self, role: str = "all") -> AsyncGenerator[Child]:
        """Run the application, registered at X; or ready, where it listens to nobody."""
        begins = "ready" if role == "worker" else "connected"
        child = await Child.start(
            ["serve", "--quiet", "--role", role, "--bot", "roost.demo.hello:bot"],
            pipe_option="--notices-fd",
            environment={**self.environment, **self.further},
        )
        try:
            async with asyncio.timeout(60):
                async for line in child.reports():
                    if msgspec.json.decode(line, type=Notice).kind == begins:
                        break
            yield child
        finally:
            await child.stop()

    def act(self, user_id: str, action: str, **fields: object) -> None:
        """Play a user."""
        wanted = msgspec.convert({"action": action, **fields}, Action)
        actions.perform(self.simulator.simulation, user_id, wanted)

    def says(self, text: str, *, to: str) -> None:
        """Let a customer write."""
        self.act(ADA, "send_dm", to=to, text=text)

    def answers(self, of: str) -> list[str]:
        """Give what an account has written."""
        messages = self.simulator.simulation.world.messages.values()
        return [one.data.text for one in messages if one.sender_id == of]

    async def until_answered(self, of: str, n: int) -> None:
        """Wait for an account's answers."""

        async def is_answered() -> bool:
            return len(self.answers(of)) >= n

        await until(is_answered)

    async def states(self) -> dict[str, str]:
        """Give each account's state, as the verb lists it."""
        listed = msgspec.convert(await self.ask("accounts"), list[dict[str, str]])
        return {one["user_id"]: one["state"] for one in listed}

    async def until_state(self, who: str, state: str) -> None:
        """Wait for an account's state."""

        async def is_so() -> bool:
            return (await self.states())[who] == state

        await until(is_so)


class Browser:
    """Keeps cookies and follows nothing by itself."""

    def __init__(self, send: Callable) -> None:
        self._send = send
        self._cookies: dict[str, dict[str, str]] = {}

    async def get(self, url: str) -> Response:
        """Follow a link."""
        return await self._call(Request("GET", url, self._held(url)))

    async def decide(self, page: str, **fields: str) -> Response:
        """Decide on X's page."""
        origin, _, query = page.partition("/oauth/authorize?")
        token = re.search(r"oauth_token=(\w+)", query)[1]
        body = urlencode({"oauth_token": token, **fields}).encode()
        headers = {**self._held(page), "content-type": "application/x-www-form-urlencoded"}
        return await self._call(Request("POST", f"{origin}/oauth/authorize", headers, body))

    async def _call(self, request: Request) -> Response:
        answer = await self._send(request)
        name, _, rest = answer.headers.get("set-cookie", "").partition("=")
        if name:
            self._jar(request.url)[name] = rest.partition(";")[0]
        return answer

    def _held(self, url: str) -> Mapping[str, str]:
        jar = self._jar(url)
        return {"cookie": "; ".join(f"{k}={v}" for k, v in jar.items())} if jar else {}

    def _jar(self, url: str) -> dict[str, str]:
        return self._cookies.setdefault("/".join(url.split("/")[:3]), {})


@asynccontextmanager
async def browser() -> AsyncGenerator[Browser]:
    """Open a browser."""
    async with aiohttp_transport() as transport:
        yield Browser(transport.send)


@asynccontextmanager
async def staged(
    data: Path, *, database: str | None = None, limits: str = "off"
) -> AsyncGenerator[Stage]:
    """Run a simulator whose app may call back to where the application will be.

    Tests change it as it is, within their process. So whoever calls its controls is one of the
    application's verbs, which ask for nothing that a real X does not have: on leaving, none has.
    """
    (data / "none.toml").touch()
    application = f"http://127.0.0.1:{free_port(10_000 + os.getpid() % 9_000)}"
    token = (TokenEntry(app_id=APP_ID),)
    world = WorldFile(
        format=1,
        apps=(
            AppEntry(
                app_id=APP_ID,
                owner_id=ACME,
                callback_urls=(f"{application}/accounts/callback",),
            ),
        ),
        users=(
            UserEntry(user_id=ACME, screen_name="acme", tokens=token),
            UserEntry(user_id=TWIN, screen_name="twin", tokens=token),
            UserEntry(user_id=ADA, screen_name="ada", name="Ada Lovelace"),
        ),
        rules=Rules(limits=limits, retry_after_s=(0.2, 0.5, 1.0, 2.0)),
    )
    simulator = Simulator(world, options=Options())
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(simulator)
        url = await stack.enter_async_context(serving.listening(simulator, "127.0.0.1", 0))
        yield Stage(simulator, url, application, data, database)
        called = [(one.client, one.path) for one in simulator.simulation.records.controls.page()]
        assert called == [], f"the simulator's controls were called: {called}"
