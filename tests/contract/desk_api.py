"""The desk over a store, and browsers that use it, all in one process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from tests.contract.conftest import OURS, WITHOUT_BOT
from tests.contract.desk_stand_ins import (
    ORIGIN,
    AtXForTests,
    ConnectionsForTests,
    GreetingsForTests,
)

from roost.desk import app, tokens
from roost.desk.access import Access
from roost.desk.feed import Feed
from roost.desk.parts import DeskParts
from roost.desk.showing import Showing
from roost.desk.throttle import Throttle
from roost.desk.wire import Account
from roost.model.decisions import Signal
from roost.model.ids import UserId
from roost.model.people import LinkPurpose, Person, PersonId, Role
from roost.store.durable import DurableStore
from roost.testing.clocks import FrozenClock
from roost.testing.in_process import InProcess
from roost.xapi.transport import Request

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
        sent["x-roost-by"] = "person"
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
        throttle=Throttle(store, clock),
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
