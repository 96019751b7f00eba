"""The desk's API: who may do what, and that everything asked for happens once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from litestar.handlers import BaseRouteHandler
from tests.contract.conftest import NOON, OURS, WITHOUT_BOT
from tests.contract.desk_api import desk_over

from roost.desk.access import ENDS, IDLE, Policy
from roost.model.ids import UserId
from roost.model.people import LinkPurpose, Person, PersonId, Role
from roost.testing.clocks import FrozenClock

HERE = "/api/conversations/11/11-22"
PASSWORD = "correct horse battery"


@pytest.fixture
async def desk(store):
    async with desk_over(store, FrozenClock(NOON)) as api:
        yield api


def handlers(application) -> dict[str, BaseRouteHandler]:
    return {
        f"{method} {route.path}": handler
        for route in application.routes
        for handler in route.route_handlers
        for method in sorted(handler.http_methods)
        if method != "OPTIONS"
    }


async def test_every_route_has_a_policy(desk):
    found = handlers(desk.application)

    assert {
        name for name, one in found.items() if not isinstance(one.opt.get("policy"), Policy)
    } == set()
    public = {name for name, one in found.items() if one.opt["policy"] is Policy.PUBLIC}
    assert public == {
        "GET /",
        "GET /api/openapi.json",
        "GET /api/openapi.json/openapi.json",
        "GET /api/openapi.json/{path:str}",
        "GET /desk",
        "GET /desk/assets/{name:str}",
        "GET /desk/{place:path}",
        "GET /status",
        "HEAD /",
        "HEAD /desk",
        "HEAD /desk/assets/{name:str}",
        "HEAD /desk/{place:path}",
        "POST /api/session",
        "POST /api/session/enter",
        "POST /api/session/link",
        "POST /api/session/password",
    }


async def test_without_a_session_nothing_but_the_public_is_answered(desk):
    browser = desk.browser()
    for name, handler in handlers(desk.application).items():
        if handler.opt["policy"] is Policy.PUBLIC:
            continue
        method, path = name.split(" ")
        path = path.replace("{account_id:str}", "11").replace("{conversation_id:str}", "11-22")
        path = path.replace("{outbox_id:int}", "1")
        for part in ("owner", "kind", "key", "app", "account", "key_id"):
            path = path.replace(f"{{{part}:str}}", "11")

        answer = await browser.call(method, path, idempotency_key="k")

        assert (answer.status, answer.json["code"]) == (401, "not_logged_in"), name


async def test_a_route_without_a_policy_is_nobodys(desk):
    handler = handlers(desk.application)["GET /api/session"]
    handler.opt.pop("policy")
    admin = await desk.entered(role=Role.ADMIN)

    answer = await admin.call("GET", "/api/session")

    handler.opt["policy"] = Policy.PERSON
    assert (answer.status, answer.json["code"]) == (403, "forbidden")


async def test_a_person_enters_by_link_once_and_the_cookie_is_kept_from_scripts(desk):
    person = Person(PersonId("p"), "sam", "Sam", Role.ADMIN, None)
    token = await desk.link(person)
    browser = desk.browser()

    answer = await browser.call("POST", "/api/session/enter", {"token": token})

    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("__host-roost=")
    for attribute in ("httponly", "secure", "samesite=lax", "path=/"):
        assert attribute in cookie
    me = await browser.get("/api/session")
    assert (me["name"], me["role"]) == ("Sam", "admin")
    assert [one["account_id"] for one in me["accounts"]] == [OURS, WITHOUT_BOT]
    again = await desk.browser().call("POST", "/api/session/enter", {"token": token})
    assert (again.status, again.json["code"]) == (410, "link_gone")


async def test_an_invitation_asks_for_a_good_password_and_then_lets_in(desk):
    person = Person(PersonId("p"), "sam", "Sam", Role.AGENT, None)
    token = await desk.link(person, purpose=LinkPurpose.CHOOSE)
    browser = desk.browser()
    looked = await browser.call("POST", "/api/session/link", {"token": token})
    assert looked.json == {"login": "sam", "name": "Sam", "purpose": "choose"}
    short = await browser.call("POST", "/api/session/enter", {"token": token})
    assert short.json["code"] == "choose_password"
    for bad, limit, value in (("short", 12, 5), ("abababababab", 5, 2), ("xSAMy1234567", 0, 3)):
        refused = await browser.call(
            "POST", "/api/session/password", {"token": token, "password": bad}
        )
        (error,) = refused.json["errors"]
        assert (refused.status, error["field"]) == (422, "password")
        assert (error["limit"], error["value"]) == (limit, value)

    done = await browser.call(
        "POST", "/api/session/password", {"token": token, "password": PASSWORD}
    )

    assert done.status == 200
    other = desk.browser()
    for login in ("sam", " SAM "):
        answer = await other.call("POST", "/api/session", {"login": login, "password": PASSWORD})
        assert answer.status == 200
    wrong = await other.call("POST", "/api/session", {"login": "sam", "password": "x" * 12})
    nobody = await other.call("POST", "/api/session", {"login": "zoe", "password": "x" * 12})
    assert (wrong.status, wrong.json) == (nobody.status, nobody.json) == (401, wrong.json)


async def test_whoever_guesses_waits_longer_each_time_but_not_for_ever(desk):
    browser, clock = desk.browser(), desk.clock

    async def attempt():
        return await browser.call("POST", "/api/session", {"login": "a", "password": "b"})

    for _ in range(6):
        assert (await attempt()).status == 401
    refused = await attempt()
    assert (refused.status, refused.headers["retry-after"]) == (429, "1")
    clock.advance(timedelta(seconds=1))
    assert (await attempt()).status == 401
    assert (await attempt()).headers["retry-after"] == "2"


@pytest.mark.parametrize(
    "headers",
    [
        {"x_roost_csrf": ""},
        {"x_roost_csrf": "0" * 64},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
async def test_another_sites_page_changes_nothing(desk, world, headers):
    browser = await desk.entered()
    await world.receive(desk.store, world.received())

    answer = await browser.call("POST", f"{HERE}/take-over", idempotency_key="k", **headers)

    assert answer.status == 403
    assert (await browser.get(HERE))["control"] == "bot"


async def test_a_session_ends_when_unused_and_in_any_case(desk):
    browser, clock = await desk.entered(), desk.clock
    clock.advance(IDLE + timedelta(seconds=1))
    assert (await browser.call("GET", "/api/session")).status == 401

    busy, began = await desk.entered(), clock.now()
    while clock.now() + IDLE / 2 < began + ENDS:
        clock.advance(IDLE / 2)
        assert (await busy.call("GET", "/api/session")).status == 200
    clock.advance(began + ENDS - clock.now())
    assert (await busy.call("GET", "/api/session")).status == 401


async def test_logging_out_ends_the_session_at_the_server(desk):
    browser = await desk.entered()
    cookie = browser.cookie

    answer = await browser.call("DELETE", "/api/session")

    assert answer.status == 204
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    browser.cookie = cookie
    assert (await browser.call("GET", "/api/session")).status == 401


async def test_an_agent_sees_and_changes_only_what_they_serve(desk, world):
    await world.receive(desk.store, world.received())
    await world.receive(desk.store, world.received(customer="30", account=WITHOUT_BOT))
    agent = await desk.entered(accounts=frozenset({UserId(WITHOUT_BOT)}))

    page = await agent.get("/api/conversations")
    assert [one["account_id"] for one in page["conversations"]] == [WITHOUT_BOT]
    assert (await agent.get("/api/conversations/counts"))["all"] == 1
    rows = await agent.get("/api/conversations/rows?of=11/11-22&of=12/12-30")
    assert [one["account_id"] for one in rows["conversations"]] == [WITHOUT_BOT]
    foreign = [
        ("GET", "/api/conversations?account=11"),
        ("GET", HERE),
        ("GET", f"{HERE}/messages"),
        ("POST", f"{HERE}/take-over"),
        ("POST", f"{HERE}/read"),
    ]
    for method, path in foreign:
        answer = await agent.call(method, path, idempotency_key="k")
        assert (answer.status, answer.json["code"]) == (404, "not_found"), path
    nowhere = await agent.call("GET", "/api/conversations/99/99-22")
    assert nowhere.json["message"] == (await agent.call("GET", HERE)).json["message"]


async def test_a_reply_takes_over_and_is_queued_once_however_often_it_is_asked_for(desk, world):
    await world.receive(desk.store, world.received())
    agent = await desk.entered()
    body = {
        "text": "hello",
        "buttons": [{"label": "See", "url": "https://example.com"}],
        "speak": "account",
    }

    answers = await asyncio.gather(
        *(agent.call("POST", f"{HERE}/replies", body, idempotency_key="k") for _ in range(5))
    )

    assert {one.status for one in answers} == {202}
    conversation = answers[0].json["conversation"]
    assert (conversation["control"], conversation["controller_id"]) == ("agent", "p-sam")
    (outgoing,) = (await agent.get(f"{HERE}/messages"))["outgoing"]
    assert (outgoing["text"], outgoing["state"], outgoing["person_id"]) == (
        "hello",
        "queued",
        "p-sam",
    )
    assert desk.queued
    other = await agent.call("POST", f"{HERE}/replies", {"text": "x"}, idempotency_key="k")
    assert (other.status, other.json["code"]) == (409, "key_reused")


LEADS_NOWHERE = {"label": "a", "url": "http://a"}


@pytest.mark.parametrize(
    ("body", "field", "limit", "value"),
    [
        ({"text": "x" * 10_001}, "text", 10_000, 10_001),
        ({"text": " "}, "text", 10_000, 0),
        ({"text": "x", "buttons": [LEADS_NOWHERE]}, "buttons[0].url", None, None),
        ({"text": "x", "quick_replies": [{"label": "a"}] * 21}, "quick_replies", 20, 21),
    ],
)
async def test_a_reply_x_would_not_take_is_refused_by_name(
    desk, world, *, body, field, limit, value
):
    await world.receive(desk.store, world.received())
    agent = await desk.entered()

    answer = await agent.call("POST", f"{HERE}/replies", body, idempotency_key="k")

    (error,) = answer.json["errors"]
    assert (answer.status, error["field"]) == (422, field)
    # What is no matter of size has neither.
    assert (error.get("limit"), error.get("value")) == (limit, value)
    assert limit is not None or "http://a" in error["message"]
    assert (await agent.get(f"{HERE}/messages"))["outgoing"] == []


async def test_a_conversation_is_taken_over_and_handed_back(desk, world):
    await world.receive(desk.store, world.received())
    agent = await desk.entered()

    taken = await agent.call("POST", f"{HERE}/take-over", idempotency_key="1")
    given = await agent.call("POST", f"{HERE}/hand-back", idempotency_key="2")

    assert (taken.json["conversation"]["control"], given.status) == ("agent", 200)
    assert given.json["conversation"]["control"] == "bot"
    remarks = (await agent.get(f"{HERE}/messages"))["remarks"]
    assert ("taken_over", "p-sam") in [(one["kind"], one["person_id"]) for one in remarks]


async def test_where_only_people_answer_nothing_can_be_handed_to_a_bot(desk, world):
    await world.receive(desk.store, world.received(customer="30", account=WITHOUT_BOT))
    agent = await desk.entered()

    answer = await agent.call("POST", "/api/conversations/12/12-30/hand-back", idempotency_key="k")

    assert (answer.status, answer.json["code"]) == (409, "not_possible")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/conversations?view=none", 422, "invalid"),
        ("GET", "/api/conversations?limit=0", 422, "invalid"),
        ("GET", "/api/conversations?after=%00", 422, "invalid"),
        ("GET", "/api/conversations?after=bm8", 422, "invalid"),
        ("GET", f"{HERE}/messages?before=eyJhIjoxfQ", 422, "invalid"),
        ("GET", "/api/conversations/rows", 422, "invalid"),
        ("GET", "/api/conversations/rows?of=nothing", 422, "invalid"),
        ("GET", "/api/conversations/11/11-99", 404, "not_found"),
        ("GET", "/api/nothing", 404, "not_found"),
        ("POST", f"{HERE}/take-over", 422, "invalid"),
        ("PUT", "/api/session", 405, "no_such_method"),
    ],
)
async def test_what_is_wrong_is_said_in_one_shape(desk, world, *, method, path, status, code):
    await world.receive(desk.store, world.received())
    agent = await desk.entered()

    answer = await agent.call(method, path)

    assert (answer.status, answer.json["code"]) == (status, code), answer
    assert set(answer.json) == {"code", "message", "errors"}
    assert bool(answer.json["errors"]) == (status == 422)


async def test_pages_of_the_list_join_without_gap(desk, world):
    for customer in range(20, 27):
        await world.receive(desk.store, world.received(customer=str(customer)))
    agent = await desk.entered()
    found, after = [], ""

    while after is not None:
        page = await agent.get(
            f"/api/conversations?view=bot&limit=3&after={after}".rstrip("=")
            if after
            else "/api/conversations?view=bot&limit=3"
        )
        found += [one["customer"]["user_id"] for one in page["conversations"]]
        after = page["after"]

    assert found == [str(customer) for customer in range(20, 27)]


async def test_the_description_names_every_route_and_its_refusals(desk):
    description = await desk.browser().get("/api/openapi.json")

    assert description["openapi"].startswith("3.1")
    described = {
        f"{method.upper()} {path}" for path, item in description["paths"].items() for method in item
    }
    served = {
        name.replace(":str}", "}").replace(":int}", "}")
        for name in handlers(desk.application)
        if name.split(" ")[1].startswith("/api/") and "openapi" not in name
    }
    assert described == served


async def test_a_reply_waits_for_confirmation_where_somebody_has_written_meanwhile(desk, world):
    await world.receive(desk.store, world.received(10))
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    body = {"text": "from Robin", "after": "10", "speak": "account"}
    first = await sam.call(
        "POST",
        f"{HERE}/replies",
        {"text": "from Sam", "after": "10", "speak": "account"},
        idempotency_key="k",
    )
    assert first.status == 202

    held = await robin.call("POST", f"{HERE}/replies", body, idempotency_key="r")

    assert (held.status, held.json["code"]) == (409, "newer_messages")
    assert len((await robin.get(f"{HERE}/messages"))["outgoing"]) == 1
    del body["after"]
    sent = await robin.call("POST", f"{HERE}/replies", body, idempotency_key="r")
    assert sent.status == 202
    outgoing = (await robin.get(f"{HERE}/messages"))["outgoing"]
    assert [one["text"] for one in outgoing] == ["from Sam", "from Robin"]


async def test_notes_and_resolving_are_done_once_and_shown(desk, world):
    await world.receive(desk.store, world.received())
    agent = await desk.entered()
    for _ in range(2):
        noted = await agent.call("POST", f"{HERE}/notes", {"text": "VIP"}, idempotency_key="1")
        done = await agent.call("POST", f"{HERE}/resolve", idempotency_key="2")

    assert (noted.status, done.status) == (201, 200)
    assert done.json["conversation"]["control"] == "nobody"
    remarks = (await agent.get(f"{HERE}/messages"))["remarks"]
    assert sorted((one["kind"], one["text"]) for one in remarks) == [
        ("note", "VIP"),
        ("resolved", ""),
    ]
    empty = await agent.call("POST", f"{HERE}/notes", {"text": " "}, idempotency_key="3")
    assert (empty.status, empty.json["errors"][0]["field"]) == (422, "text")
