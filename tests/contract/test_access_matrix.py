"""Every route, asked by everybody, about their own account and somebody else's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import pytest
from litestar import get
from tests.contract.conftest import NOON, OURS, WITHOUT_BOT
from tests.contract.desk_api import Answer, Browser, DeskApi, desk_over

from roost.desk import keys
from roost.desk.access import Policy
from roost.model.ids import UserId
from roost.model.people import PersonId, Role
from roost.ports.api_keys import Scope
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore
from roost.testing.clocks import FrozenClock

THEIRS, NOT_OURS = WITHOUT_BOT, UserId("99")
OBJECTS = (OURS, THEIRS, NOT_OURS)
CANARY = "quetzalcoatl"
"""A word that only the other account's customer has written, and in their name."""

SAFE = frozenset({"GET", "HEAD"})
ENDLESS = "/api/changes"
LAST = (("DELETE", "/api/session"),)
"""What would take its own way in away from a principal."""

TURNED_AWAY = frozenset({"not_logged_in", "forbidden", "scope", "csrf", "foreign_origin"})
BAD_TOKEN = "roost_nobody"


@dataclass(frozen=True)
class Principal:
    """Somebody who asks.

    Attributes:
        name: For messages of failed tests.
        browser: What they ask with.
        headers: What they send with every request.
        role: Theirs; `None` for nobody.
        serves: The accounts they may see; `None` for every one.
        scope: Of their API key; `None` where they come without one.
    """

    name: str
    browser: Browser
    headers: Mapping[str, str] = field(default_factory=dict)
    role: Role | None = None
    serves: frozenset[UserId] | None = None
    scope: Scope | None = None


@dataclass(frozen=True)
class Asked:
    """A route as it is declared."""

    method: str
    path: str
    policy: Policy

    @property
    def is_of_account(self) -> bool:
        return "{account_id:str}" in self.path

    def about(self, account: UserId) -> str:
        """Give its path for an account's objects, which are there for `OURS` and `THEIRS`."""
        filled = self.path.replace("{account_id:str}", account).replace("{owner:str}", account)
        filled = filled.replace("{account:str}", account).replace("{app:str}", "main")
        filled = filled.replace("{conversation_id:str}", f"{account}-22")
        filled = filled.replace("{outbox_id:int}", "1").replace("{customer_id:str}", "22")
        filled = filled.replace("{reply_key:str}", "lost")
        filled = filled.replace("{kind:str}", "message_received")
        filled = filled.replace("{canned_id:str}", "0" * 32).replace("{key_id:str}", "0" * 16)
        for name in (
            "message_id",
            "media_id",
            "key",
            "person_id",
            "name",
            "welcome_id",
            "profile_id",
        ):
            filled = filled.replace(f"{{{name}:str}}", "50")
        filled = filled.replace("{path:str}", "x").replace("{place:path}", "all")
        assert "{" not in filled, f"{self.path} has a part this test knows nothing of"
        return filled


def routes(application) -> list[Asked]:
    """Give every route, the destructive ones last."""
    found = [
        Asked(method, route.path, handler.opt["policy"])
        for route in application.routes
        for handler in route.route_handlers
        for method in sorted(handler.http_methods - {"OPTIONS"})
    ]
    return sorted(found, key=lambda one: ((one.method, one.path) in LAST, one.method == "DELETE"))


def expected(asked: Asked, who: Principal, account: UserId) -> tuple[int, str] | None:
    """Say how somebody is turned away; `None` where they are let through."""
    if asked.policy is Policy.PUBLIC:
        return None
    if who.role is None:
        return 401, "not_logged_in"
    if who.scope is not None and who.scope not in scopes_for(asked):
        return 403, "forbidden" if asked.policy is Policy.ADMIN_IN_PERSON else "scope"
    if asked.policy is not Policy.PERSON and who.role is not Role.ADMIN:
        return 403, "forbidden"
    is_foreign = asked.is_of_account and who.serves is not None and account not in who.serves
    return (404, "not_found") if is_foreign else None


def scopes_for(asked: Asked) -> set[Scope]:
    """Give the scopes of API keys that are enough."""
    match asked.policy:
        case Policy.ADMIN_IN_PERSON:
            return set()
        case Policy.ADMIN:
            return {Scope.ADMIN}
        case _:
            return set(Scope) if asked.method in SAFE else {Scope.WRITE, Scope.ADMIN}


async def ask(desk: DeskApi, who: Principal, asked: Asked, account: UserId) -> Answer:
    """Ask once; of a stream only how it begins."""
    path = asked.about(account)
    if path == ENDLESS:
        return await _beginning(desk, who)
    body = None if asked.method in SAFE | {"DELETE"} else {}
    return await who.browser.call(
        asked.method, path, body, idempotency_key=f"{who.name} {path}", **who.headers
    )


async def _beginning(desk: DeskApi, who: Principal) -> Answer:
    began = asyncio.Event()
    found = Answer(0, {}, b"")
    headers = {"host": "desk.example", "cookie": who.browser.cookie, **who.headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": ENDLESS,
        "raw_path": ENDLESS.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": ("desk.example", 443),
        "extensions": {},
        "state": {},
    }

    async def receive():
        await began.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.start":
            found.status = message["status"]
        else:
            found.body += message.get("body", b"")
            began.set()

    async with asyncio.timeout(60):
        await desk.application(scope, receive, send)
    return found


@pytest.fixture
async def desk(tmp_path, empty_database, world, lease_clock) -> AsyncGenerator[DeskApi]:
    """The desk over SQLite, with a customer's message in each of two accounts."""
    path = tmp_path / "roost.db"
    path.write_bytes(empty_database.read_bytes())
    async with SqliteStore.open(path, lease_clock=lease_clock) as store:
        rows = [AccountRow(OURS, "main", "demo"), AccountRow(THEIRS, "main", "")]
        await store.register([AppRow("main", "7", "consumer-key")], rows)
        await world.receive(store, world.received(50, text="hello"))
        await world.receive(
            store,
            world.received(51, account=THEIRS, text=f"my {CANARY}", name=f"Bob {CANARY}"),
        )
        async with desk_over(store, FrozenClock(NOON)) as api:
            yield api


async def holder(desk: DeskApi, owner: str, role: Role, scope: Scope) -> Principal:
    """Somebody's program."""
    person_id = PersonId(f"p-{owner}")
    _, secret = await keys.make(desk.store, desk.clock, person_id, "a program", scope=scope)
    return Principal(
        f"{owner}'s key to {scope}",
        desk.browser(),
        {"authorization": f"Bearer {secret}"},
        role=role,
        serves=None if role is Role.ADMIN else frozenset({OURS}),
        scope=scope,
    )


async def everybody(desk: DeskApi) -> Sequence[Principal]:
    """Give everybody there is a difference between."""
    agent, admin = Role.AGENT, Role.ADMIN
    only = partial(frozenset[UserId])
    return [
        Principal("nobody", desk.browser()),
        Principal("a wrong key", desk.browser(), {"authorization": f"Bearer {BAD_TOKEN}"}),
        Principal(
            "an agent of no account",
            await desk.entered("rosa", agent, only()),
            role=agent,
            serves=only(),
        ),
        Principal(
            "an agent",
            await desk.entered("sam", agent, only([OURS])),
            role=agent,
            serves=only([OURS]),
        ),
        Principal("an admin", await desk.entered("ada", admin), role=admin),
        *[await holder(desk, "ada", admin, scope) for scope in Scope],
        await holder(desk, "sam", agent, Scope.ADMIN),
    ]


def code_of(answer: Answer) -> str:
    """Give a refusal's code; `""` for what is none."""
    if not answer.headers.get("content-type", "application/json").startswith("application/json"):
        return ""
    try:
        found = json.loads(answer.body)
    except ValueError:
        return ""
    return str(found.get("code", "")) if isinstance(found, dict) else ""


def is_as(away: tuple[int, str] | None, answer: Answer, account: UserId) -> bool:
    """Tell whether an answer turns somebody away in that way, or lets them through."""
    if away is not None:
        return (answer.status, code_of(answer)) == away
    is_known = account == NOT_OURS or b"There is no such account" not in answer.body
    return 200 <= answer.status < 500 and code_of(answer) not in TURNED_AWAY and is_known


async def test_everybody_is_let_through_or_turned_away_as_each_route_says(desk: DeskApi) -> None:
    people = await everybody(desk)
    wrong: list[str] = []
    n_let = n_away = 0
    for asked in routes(desk.application):
        for who in people:
            for account in OBJECTS if asked.is_of_account else OBJECTS[:1]:
                answer = await ask(desk, who, asked, account)
                away = expected(asked, who, account)
                n_let, n_away = n_let + (away is None), n_away + (away is not None)
                if not is_as(away, answer, account):
                    wrong.append(
                        f"{who.name}: {asked.method} {asked.about(account)}: {answer.status} "
                        f"{answer.body[:80]!r} instead of {away or 'being let through'}"
                    )

    assert wrong == []
    assert (n_let > 300, n_away > 500) == (True, True), (n_let, n_away)


async def test_a_route_somebody_forgets_to_give_a_policy_is_found_and_let_nobody_in(
    desk: DeskApi,
) -> None:
    @get("/forgotten")
    async def forgotten() -> None:
        pass

    desk.application.register(forgotten)

    with pytest.raises(KeyError, match="policy"):
        routes(desk.application)
    for who in await everybody(desk):
        answer = await who.browser.call("GET", "/forgotten", **who.headers)
        assert (answer.status, code_of(answer)) == (403, "forbidden"), who.name


async def test_no_page_of_another_site_and_none_without_its_token_changes_anything(
    desk: DeskApi,
) -> None:
    admin = await desk.entered("ada", Role.ADMIN)
    for asked in routes(desk.application):
        if asked.method in SAFE:
            continue
        path = asked.about(OURS)
        foreign = await admin.call(asked.method, path, {}, origin="https://evil.example")
        framed = await admin.call(asked.method, path, {}, sec_fetch_site="cross-site")
        assert code_of(foreign) == code_of(framed) == "foreign_origin", asked
        if asked.policy is not Policy.PUBLIC:
            bare = await admin.call(asked.method, path, {}, x_roost_csrf="")
            assert (bare.status, code_of(bare)) == (403, "csrf"), asked


LISTS = (
    "/api/conversations",
    f"/api/conversations?account={THEIRS}",
    f"/api/conversations/rows?of={THEIRS}/{THEIRS}-22",
    "/api/conversations/tags",
    "/api/conversations/counts",
    f"/api/conversations/counts?account={THEIRS}",
    f"/api/search/messages?q={CANARY}",
    f"/api/search/messages?q={CANARY}&account={THEIRS}",
    f"/api/search/customers?q={CANARY}",
    f"/api/search/customers?q={CANARY}&account={THEIRS}",
    f"/api/conversations/{OURS}/{THEIRS}-22",
    f"/api/conversations/{OURS}/{THEIRS}-22/messages",
    "/api/session",
)
"""What takes accounts or conversations elsewhere than as `account_id` in its path."""


async def test_no_list_shows_an_agent_what_another_accounts_customers_write(desk: DeskApi) -> None:
    sam = await desk.entered("sam", Role.AGENT, frozenset({OURS}))
    ada = await desk.entered("ada", Role.ADMIN)
    asked_of_everybody = {
        asked.path
        for asked in routes(desk.application)
        if asked.method == "GET" and asked.policy is Policy.PERSON and not asked.is_of_account
    }
    assert {path.partition("?")[0] for path in LISTS} >= asked_of_everybody - {ENDLESS}

    seen = ""
    for path in LISTS:
        answer = await sam.call("GET", path)
        assert answer.status in {200, 404}, (path, answer)
        found = answer.body.decode().replace(path, "")
        assert CANARY not in found, path
        assert f"{THEIRS}-22" not in found, path
        seen += (await ada.call("GET", path)).body.decode()
    assert seen.count(CANARY) >= 4  # or the places looked at hold nothing for anybody
