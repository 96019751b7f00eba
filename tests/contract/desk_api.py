"""The desk over a store, and browsers that use it, all in one process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.contract.conftest import OURS, WITHOUT_BOT

from roost.desk import app, tokens
from roost.desk.access import Access
from roost.desk.at_x import File
from roost.desk.connections import AppWebhook, Connected, Subscribed
from roost.desk.feed import Feed
from roost.desk.greetings import Greeting, Greetings, Standing, Synced
from roost.desk.parts import DeskParts
from roost.desk.showing import Showing
from roost.desk.throttle import Throttle
from roost.desk.wire import Account
from roost.errors import NotFound, NotPossible
from roost.model.decisions import Signal
from roost.model.ids import UserId
from roost.model.messages import OutboundMessage
from roost.model.people import LinkPurpose, Person, PersonId, Role
from roost.ports.composing import Voice
from roost.store.durable import DurableStore
from roost.testing.clocks import FrozenClock
from roost.testing.in_process import InProcess
from roost.xapi.transport import Request

ORIGIN = "https://desk.example"
WITHIN_S = 20


@dataclass
class Answer:
    """What the desk answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Browser:
    """Holds one cookie, and sends what a page would."""

    transport: InProcess
    cookie: str = ""
    csrf: str = ""

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Make a request; underscores in header names stand for hyphens."""
        sent = {"x-roost-csrf": self.csrf, "sec-fetch-site": "same-origin", "origin": ORIGIN}
        if self.cookie:
            sent["cookie"] = self.cookie
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = b"" if body is None else json.dumps(body).encode()
        if content:
            sent["content-type"] = "application/json"
        answer = await self.transport.send(Request(method, ORIGIN + path, sent, content))
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        found = Answer(answer.status, dict(answer.headers), answer.body)
        if found.status == 200 and path.startswith("/api/session") and b'"csrf"' in found.body:
            self.csrf = found.json["csrf"]
        return found

    async def upload(self, path: str, content: bytes, media_type: str = "image/png") -> Answer:
        """Send a file."""
        sent = {
            "x-roost-csrf": self.csrf,
            "origin": ORIGIN,
            "cookie": self.cookie,
            "content-type": media_type,
            "content-length": str(len(content)),
        }
        answer = await self.transport.send(Request("POST", ORIGIN + path, sent, content))
        return Answer(answer.status, dict(answer.headers), answer.body)

    async def get(self, path: str) -> Any:
        """Read something that is there."""
        answer = await self.call("GET", path)
        assert answer.status == 200, answer
        return answer.json


class AtXForTests:
    """Keeps what is handed on to X, and gives what a test has put there."""

    def __init__(self) -> None:
        self.uploads: list[tuple[str, bytes]] = []
        self.described: list[tuple[str, str, str]] = []
        self.files: dict[str, bytes] = {}
        self.profiles: list[Voice] = []
        self.fails_with: Exception | None = None

    async def upload(self, account_id: str, file: File) -> str:
        content = b"".join([piece async for piece in file.pieces])
        self._fail()
        assert len(content) == file.total_bytes
        self.uploads.append((account_id, content))
        return str(700 + len(self.uploads))

    async def describe(self, account_id: str, media_id: str, alt_text: str) -> None:
        self._fail()
        self.described.append((account_id, media_id, alt_text))

    async def fetch(self, account_id: str, delivered: bytes, message_id: str, to: Path) -> bool:
        self._fail()
        content = self.files.get(message_id)
        if content is None:
            return False
        await asyncio.to_thread(to.write_bytes, content)
        return True

    async def voices(self, account_id: str) -> list[Voice]:
        self._fail()
        return self.profiles

    async def new_voice(self, account_id: str, name: str, media_id: str) -> Voice:
        self._fail()
        self.profiles.append(Voice(str(900 + len(self.profiles)), name))
        return self.profiles[-1]

    async def drop_voice(self, account_id: str, profile_id: str) -> None:
        self._fail()
        self.profiles = [one for one in self.profiles if one.profile_id != profile_id]

    async def fetch_face(self, account_id: str, profile_id: str, to: Path) -> bool:
        return await self.fetch(account_id, b"", profile_id, to)

    def _fail(self) -> None:
        if self.fails_with is not None:
            raise self.fails_with


class GreetingsForTests:
    """Welcome messages, as X would keep them."""

    def __init__(self) -> None:
        self.kept: dict[str, Greeting] = {}
        self.rules: list[tuple[str, str]] = []
        self.fails_with: Exception | None = None
        self.n_made = 0

    async def listed(self, account_id: str) -> Greetings:
        self._fail()
        return Greetings(list(self.kept.values()), [], "", is_declared_known=True)

    async def make(self, account_id: str, message: OutboundMessage, name: str) -> Greeting:
        self._fail()
        self.n_made += 1
        made = Greeting(str(800 + self.n_made), name, message, "", "", Standing.BY_HAND)
        self.kept[made.welcome_id] = made
        return made

    async def change(self, account_id: str, welcome_id: str, message: OutboundMessage) -> Greeting:
        self.kept[welcome_id] = replace(self._known(welcome_id), message=message)
        return self.kept[welcome_id]

    async def remove(self, account_id: str, welcome_id: str) -> None:
        self._known(welcome_id)
        del self.kept[welcome_id]

    async def set_default(self, account_id: str, welcome_id: str) -> str:
        self._known(welcome_id)
        return f"9{welcome_id}"

    async def unset_default(self, account_id: str) -> None:
        self._fail()

    async def sync(self, account_id: str) -> Synced:
        raise NotPossible("what the bot declares is not known here")

    async def fetch(self, account_id: str, welcome_id: str, to: Path) -> bool:
        return False

    def _known(self, welcome_id: str) -> Greeting:
        self._fail()
        if welcome_id not in self.kept:
            raise NotFound("welcome_messages.show", status=404, code=34, message="no such page")
        return self.kept[welcome_id]

    def _fail(self) -> None:
        if self.fails_with is not None:
            raise self.fails_with


class ConnectionsForTests:
    """What is between us and X, as a test says it is."""

    def __init__(self) -> None:
        self.app_webhook = AppWebhook(
            app="main",
            env_name="prod",
            label="main",
            is_needed=True,
            url="https://bot.example/x/main/1",
            registered_url="",
            webhook_id="",
            is_valid=False,
            challenged_at=None,
            delivered_at=None,
            problem="",
            n_subscribed=0,
            n_allowed=15,
        )
        self.told: set[str] = set()
        self.states = {str(OURS): "connected", str(WITHOUT_BOT): "connected"}
        self.fails_with: Exception | None = None

    async def accounts(self) -> list[Connected]:
        return [
            Connected(UserId(user), f"acme-{user}", "ours", "main", "demo", state, "", "settings")
            for user, state in self.states.items()
        ]

    async def apps_of(self, accounts: Sequence[str]) -> list[str]:
        return ["main"] if {OURS, WITHOUT_BOT} & set(accounts) else []

    async def sign_in(self, app: str | None) -> str:
        self._fail()
        return f"{ORIGIN}/accounts/connect?ticket={app or 'only'}"

    async def pause(self, account_id: str) -> None:
        self.states[self._known(account_id)] = "paused"

    async def resume(self, account_id: str) -> None:
        self.states[self._known(account_id)] = "connected"

    async def webhooks(self) -> list[AppWebhook]:
        return [self.app_webhook]

    async def register(self, app: str, env_name: str | None) -> None:
        self._fail()
        here = self.app_webhook
        self.app_webhook = replace(here, registered_url=here.url, webhook_id="7", is_valid=True)

    async def validate(self, app: str, env_name: str | None) -> None:
        self._fail()
        self.app_webhook = replace(self.app_webhook, is_valid=True)

    async def delete(self, app: str, env_name: str | None) -> None:
        self._fail()
        self.app_webhook = replace(
            self.app_webhook, registered_url="", webhook_id="", is_valid=False
        )

    async def subscribed(self, accounts: Sequence[str]) -> dict[str, Subscribed]:
        return {one: self.fails_with or self._known(one) in self.told for one in accounts}

    async def subscribe(self, account_id: str) -> None:
        self._fail()
        self.told.add(self._known(account_id))

    async def unsubscribe(self, account_id: str) -> None:
        self._fail()
        self.told.discard(self._known(account_id))

    def _known(self, account_id: str) -> str:
        if account_id not in self.states:
            raise NotPossible(f"account {account_id} is not served")
        return account_id

    def _fail(self) -> None:
        if self.fails_with is not None:
            raise self.fails_with


@dataclass
class DeskApi:
    """The desk, and how tests get into it."""

    store: DurableStore
    clock: FrozenClock
    parts: DeskParts
    application: Any
    at_x: AtXForTests
    connections: ConnectionsForTests
    greetings: GreetingsForTests
    shown: list[tuple[str, str, Signal]]
    queued: list[None] = field(default_factory=list)
    requeued: list[None] = field(default_factory=list)

    def browser(self) -> Browser:
        return Browser(InProcess({ORIGIN: self.application}))

    async def link(
        self, person: Person, *, purpose: LinkPurpose = LinkPurpose.ENTER, uses: int = 1
    ) -> str:
        """Make a link for somebody who may be new."""
        token = tokens.new()

        async def unit(tx) -> None:
            await tx.people.put(person, at=self.clock.now())
            await tx.people.put_link(
                person.person_id,
                tokens.digest(token),
                purpose=purpose,
                uses=uses,
                ends_at=self.clock.now() + timedelta(hours=1),
            )

        await self.store.transact(unit)
        return token

    async def entered(self, login: str = "sam", role: Role = Role.AGENT, accounts=None) -> Browser:
        """A browser in which somebody is logged in."""
        person = Person(PersonId(f"p-{login}"), login, login.title(), role, accounts)
        browser = self.browser()
        answer = await browser.call(
            "POST", "/api/session/enter", {"token": await self.link(person)}
        )
        assert answer.status == 200, answer
        return browser


@asynccontextmanager
async def desk_over(
    store: DurableStore, clock: FrozenClock, *, framed_by: str | None = None
) -> AsyncGenerator[DeskApi]:
    """Serve the desk over a store."""
    feed = Feed(store)
    store.tell(feed.wake)
    queued: list[None] = []
    requeued: list[None] = []
    shown: list[tuple[str, str, Signal]] = []

    async def show(account_id: UserId, customer_id: UserId, signal: Signal) -> None:
        shown.append((account_id, customer_id, signal))

    at_x, connections, greetings = AtXForTests(), ConnectionsForTests(), GreetingsForTests()
    parts = DeskParts(
        store=store,
        clock=clock,
        wall=clock,
        accounts=[
            Account(account_id=OURS, screen_name="ours", bot="demo"),
            Account(account_id=WITHOUT_BOT, screen_name="", bot=""),
        ],
        access=Access(store, store.people, store.api_keys, clock, is_secure=True),
        feed=feed,
        on_queued=lambda: queued.append(None),
        on_requeued=lambda: requeued.append(None),
        at_x=at_x,
        greetings=greetings,
        connections=connections,
        showing=Showing(show, clock),
        throttle=Throttle(clock),
        framed_by=framed_by,
    )

    async def count() -> dict[str, int]:
        return {}

    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(feed.run())
        application = app.pages(parts, count, version="1")
        yield DeskApi(
            store, clock, parts, application, at_x, connections, greetings, shown, queued, requeued
        )
        following.cancel()


class Stream:
    """A page that follows `/api/changes`, until it is cut off."""

    def __init__(
        self,
        application: Any,
        browser: Browser,
        last_event_id: str = "",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._headers = headers
        self._application = application
        self._browser = browser
        self._last = last_event_id
        self._gone = asyncio.Event()
        self._texts: asyncio.Queue[str] = asyncio.Queue()
        self._rest = ""

    async def run(self) -> None:
        """Follow until `cut`."""
        headers = [(b"host", b"desk.example"), (b"cookie", self._browser.cookie.encode())]
        headers += [(name.encode(), value.encode()) for name, value in self._headers.items()]
        if self._last:
            headers.append((b"last-event-id", self._last.encode()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "https",
            "path": "/api/changes",
            "raw_path": b"/api/changes",
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 0),
            "server": ("desk.example", 443),
            "extensions": {},
            "state": {},
        }
        is_read = False

        async def receive():
            nonlocal is_read
            if not is_read:
                is_read = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await self._gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.body":
                await self._texts.put(message.get("body", b"").decode())

        await self._application(scope, receive, send)

    def cut(self) -> None:
        """Break the connection."""
        self._gone.set()

    async def event(self) -> tuple[str, str, Any]:
        """Give the next event's name, id and data."""
        async with asyncio.timeout(WITHIN_S):
            while "\r\n\r\n" not in self._rest:
                self._rest += await self._texts.get()
        block, _, self._rest = self._rest.partition("\r\n\r\n")
        fields = dict(
            line.split(": ", 1) for line in block.split("\r\n") if not line.startswith(":")
        )
        if not fields:
            return await self.event()
        return fields["event"], fields.get("id", ""), json.loads(fields["data"])


@asynccontextmanager
async def following(
    api: DeskApi,
    browser: Browser,
    last: str = "",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> AsyncGenerator[Stream]:
    """Follow the changes until the block is left."""
    stream = Stream(api.application, browser, last, headers)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(stream.run())
        try:
            yield stream
        finally:
            stream.cut()
            async with asyncio.timeout(WITHIN_S):
                await running
