"""A simulator on a real port, a webhook on another, and a client that signs."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
import pytest
from aiohttp import web
from msgspec.structs import replace
from tests import certificates
from tests.certificates import Certificate

from roost.simulator import calls, serving
from roost.simulator.app import Options, Simulator
from roost.simulator.application import ApplicationStatus
from roost.simulator.clock import SimulatorClock, SystemClock
from roost.simulator.entries import (
    AppEntry,
    Rules,
    SubscriptionEntry,
    TokenEntry,
    UserEntry,
    WebhookEntry,
    WorldFile,
)
from roost.simulator.records import DeliveryRow
from roost.xapi import oauth1, signing
from roost.xapi.transport import Request, Transport, aiohttp_transport

CONSUMER_SECRET = "test-consumer-secret"
APP = AppEntry(
    app_id="13090192",
    name="Acme Desk",
    url="https://acme.example",
    consumer_secret=CONSUMER_SECRET,
    owner_id="1001",
)
OTHER = AppEntry(app_id="13090193", name="Other", access_level="read")
TOKENS = (TokenEntry(app_id=APP.app_id),)


def small_world(rules: Rules | None = None, **more: object) -> WorldFile:
    users = (
        UserEntry(
            user_id="1001",
            screen_name="acme",
            tokens=(*TOKENS, TokenEntry(app_id=OTHER.app_id)),
        ),
        UserEntry(user_id="1002", screen_name="twin", tokens=TOKENS),
        UserEntry(user_id="2002", screen_name="ada", name="Ada Lovelace"),
        UserEntry(user_id="2003", screen_name="bob", blocks=("1001",)),
        UserEntry(user_id="2004", screen_name="cy", dms_from_anyone=False),
    )
    return WorldFile(
        format=1, apps=(APP, OTHER), users=users, rules=rules or Rules(limits="off"), **more
    )


def credentials(user_id: str = "1001", app: AppEntry = APP) -> oauth1.Credentials:
    return oauth1.Credentials(
        app.consumer_key,
        app.consumer_secret,
        f"{user_id}-token-{app.app_id}",
        f"token-secret-{user_id}-{app.app_id}",
    )


@dataclass(frozen=True)
class Said:
    """What the simulator answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self):
        return msgspec.json.decode(self.body)

    @property
    def fault(self) -> tuple[int, int, str]:
        """Status, code and text of X's error body."""
        (item,) = self.json["errors"]
        return self.status, item["code"], item["message"]


@dataclass
class Client:
    """Calls the simulator as an app would."""

    address: str
    transport: Transport
    simulator: Simulator

    signed = staticmethod(credentials)
    app = APP
    other = OTHER

    async def get(self, path: str, **query: str) -> Said:
        return await self.call("GET", path, query=query)

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
        content_type: str = "",
        who: oauth1.Credentials | str | None = None,
    ) -> Said:
        """Call a path, signed by `who`; a string is sent as the Authorization header."""
        who = credentials() if who is None else who
        url, query = self.address + path, query or {}
        authorization = who
        if isinstance(who, oauth1.Credentials):
            form = parse_qsl(body.decode(), True) if content_type == calls.FORM else []
            now = SystemClock().now()
            authorization = oauth1.authorization(
                method, url, who, parameters_signed=[*query.items(), *form], now=now
            )
        headers = {"authorization": authorization} if authorization else {}
        if content_type:
            headers["content-type"] = content_type
        if query:
            url += "?" + urlencode(query, quote_via=quote)
        return await self.raw(Request(method, url, headers, body))

    async def form(
        self, path: str, who: oauth1.Credentials | None = None, /, **fields: str
    ) -> Said:
        """Post an urlencoded form, which is signed with everything in it."""
        body, kind = urlencode(fields, quote_via=quote).encode(), calls.FORM
        return await self.call("POST", path, body=body, content_type=kind, who=who)

    async def raw(self, request: Request) -> Said:
        answer = await self.transport.send(request)
        return Said(answer.status, answer.headers, answer.body)

    async def send(
        self,
        text: str = "Hello",
        *,
        to: str = "2002",
        who: oauth1.Credentials | None = None,
        **more,
    ) -> Said:
        """Send a Direct Message."""
        create = {"target": {"recipient_id": to}, "message_data": {"text": text, **more}}
        event = {"type": "message_create", "message_create": create}
        return await self.call(
            "POST",
            "/1.1/direct_messages/events/new.json",
            body=json.dumps({"event": event}).encode(),
            content_type="application/json",
            who=who,
        )

    async def control(self, method: str, path: str, value: object = None, **headers: str) -> Said:
        """Call the simulator's own API."""
        body = b"" if value is None else json.dumps(value).encode()
        if value is not None:
            headers["content-type"] = "application/json"
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        request = Request(method, f"{self.address}/_sim{path}", named, body)
        return await self.raw(request)

    async def write(self, text: str, *, by: str = "2002", to: str = "1001", **more) -> Said:
        """Write as a customer does."""
        action = {"action": "send_dm", "to": to, "text": text, **more}
        return await self.control("POST", f"/users/{by}/actions", action)

    async def act(self, user_id: str, action: str, **fields: str) -> Said:
        """Play a user."""
        return await self.control("POST", f"/users/{user_id}/actions", {"action": action, **fields})

    async def deliveries(self, n: int, kind: str = "event") -> list[DeliveryRow]:
        """Wait until there have been that many attempts, and give them, oldest first."""
        live = self.simulator.simulation.live
        log = self.simulator.simulation.records.deliveries
        async with asyncio.timeout(20):
            async for _ in live.follow(-1):
                rows = [row for row in reversed(log.page()) if row.kind == kind]
                if len(rows) >= n:
                    assert len(rows) == n
                    return rows
        raise AssertionError("the simulator stopped")

    @property
    def clock(self) -> SimulatorClock:
        return self.simulator.simulation.clock

    def advance(self, **by: float) -> None:
        """Move the simulator's clock."""
        self.clock.advance(timedelta(**by))


@dataclass
class Received:
    """One POST a webhook got."""

    body: bytes
    signature: str
    content_type: str

    @property
    def json(self):
        return msgspec.json.decode(self.body)


@dataclass
class Webhook:
    """An application's webhook on a real port; `answers` are used up first, then it says 200."""

    secret: str = CONSUMER_SECRET
    url: str = ""
    answers: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    challenges: list[str] = field(default_factory=list)
    challenge_answer: Callable[[web.Request], web.StreamResponse] | None = None
    never_answers: bool = False
    tls: ssl.SSLContext | None = None
    _port: int = 0
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen; at the same port as before."""
        application = web.Application()
        application.router.add_route("*", "/hook", self.handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        listener = serving.bind("127.0.0.1", self._port)
        await web.SockSite(runner, listener, ssl_context=self.tls).start()
        self._runner, self._port = runner, listener.getsockname()[1]
        self.url = serving.address_of(listener) + "/hook"

    async def stop(self) -> None:
        """Refuse connections."""
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        signature = request.headers["x-twitter-webhooks-signature"]
        if request.method == "GET":
            self.challenges.append(request.rel_url.raw_query_string)
            await self._hang()
            if self.challenge_answer is not None:
                return self.challenge_answer(request)
            query = request.rel_url.raw_query_string.encode()
            answer = signing.answer_challenge(
                query, signature=signature.encode(), consumer_secrets=[self.secret]
            )
            return web.Response(body=answer, content_type="application/json")
        body = await request.read()
        signing.verify(body, signature=signature.encode(), consumer_secrets=[self.secret])
        self.received.append(Received(body, signature, request.headers["content-type"]))
        await self._hang()
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def _hang(self) -> None:
        if self.never_answers:
            await asyncio.Event().wait()


@asynccontextmanager
async def open_webhook(**settings: object) -> AsyncGenerator[Webhook]:
    hook = Webhook(**settings)
    await hook.start()
    try:
        yield hook
    finally:
        await hook.stop()


class Stage:
    """Opens simulators and webhooks that end with the test."""

    world = staticmethod(small_world)
    replace = staticmethod(replace)

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    async def simulator(
        self, world: WorldFile | None = None, options: Options | None = None
    ) -> Client:
        simulator = Simulator(
            world or small_world(), options=options or Options(is_clock_frozen=True)
        )
        return await self._stack.enter_async_context(self.serving(simulator))

    @asynccontextmanager
    async def serving(self, simulator: Simulator) -> AsyncGenerator[Client]:
        """Enter a simulator and serve it on a real port."""
        async with (
            simulator,
            serving.listening(simulator, "127.0.0.1", 0) as address,
            aiohttp_transport() as transport,
        ):
            yield Client(address, transport, simulator)

    async def webhook(self, **settings: object) -> Webhook:
        return await self._stack.enter_async_context(open_webhook(**settings))

    async def subscribed(
        self,
        *user_ids: str,
        rules: Rules | None = None,
        users: Sequence[UserEntry] = (),
        **settings: object,
    ) -> tuple[Client, Webhook]:
        """A simulator, `users` changed, and a webhook told of these; no challenge was made."""
        hook = await self.webhook(**settings)
        now = str(int(SystemClock().now().timestamp() * 1000))
        entry = WebhookEntry(
            webhook_id="9",
            app_id=APP.app_id,
            env_name="prod",
            url=hook.url,
            created_at=now,
            passed_at=now,
        )
        subscriptions = tuple(
            SubscriptionEntry(app_id=APP.app_id, env_name="prod", user_id=user_id)
            for user_id in user_ids
        )
        world = small_world(rules, webhooks=(entry,), subscriptions=subscriptions)
        changed = {user.user_id: user for user in users}
        world = replace(world, users=tuple(changed.get(user.user_id, user) for user in world.users))
        return await self.simulator(world), hook


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificates.make(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with AsyncExitStack() as stack:
        yield Stage(stack)


@pytest.fixture(scope="session")
async def shared() -> AsyncGenerator[Client]:
    async with AsyncExitStack() as stack:
        yield await Stage(stack).simulator()


@pytest.fixture
def x(shared: Client) -> Client:
    """A simulator with the small world, its clock standing still; started over for each test."""
    simulation = shared.simulator.simulation
    simulation.restart(small_world())
    simulation.clock.set(SystemClock().now(), is_frozen=True)
    simulation.application.change(ApplicationStatus())
    simulation.records.controls.clear()
    return shared
