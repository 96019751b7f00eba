"""The simulator's own API: what people, demos and tests steer it with."""

from __future__ import annotations

import asyncio
import json
import re

import msgspec
import pytest
import schemathesis
from litestar.routes import HTTPRoute

from roost.simulator import pages, world_file
from roost.simulator.app import Options
from roost.simulator.clock import from_milliseconds
from roost.simulator.controls.app import controls
from roost.simulator.controls.built_pages import POLICY


async def test_health_and_world(x):
    assert (await x.control("GET", "/health")).json == {"ok": True}

    world = (await x.control("GET", "/world")).json

    assert world["apps"][0] == {"app_id": "13090192", "name": "Acme Desk"}
    assert {user["screen_name"]: user["is_account"] for user in world["users"]} == {
        "acme": True,
        "twin": True,
        "ada": False,
        "bob": False,
        "cy": False,
    }
    assert b"secret" not in (await x.control("GET", "/world")).body


async def test_users_can_be_added_and_write_at_once(x):
    added = await x.control("POST", "/users", {"screen_name": "zed", "name": "Zed"})
    user_id = added.json["user_id"]

    written = await x.write("Hello", by=user_id)

    assert added.status == 201
    assert added.json["name"] == "Zed"
    assert written.status == 200


@pytest.mark.parametrize(
    ("user", "field"),
    [
        ({"screen_name": ""}, "screen_name"),
        ({"screen_name": "with space"}, "screen_name"),
        ({"screen_name": "s" * 16}, "screen_name"),
        ({"screen_name": "ADA"}, "screen_name"),
        ({"screen_name": "zed", "name": "n" * 51}, "name"),
        ({"name": "Zed"}, "screen_name"),
        ({"screen_name": 5}, "screen_name"),
        ({"screen_name": "zed", "handle": "z"}, "handle"),
    ],
)
async def test_users_that_cannot_be_are_named_by_field(x, user: dict[str, object], field: str):
    answer = await x.control("POST", "/users", user)

    assert answer.status == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


async def test_a_conversation_is_shown_oldest_first_with_its_maps(x):
    first = (await x.write("Hello")).json["id"]
    second = (await x.send("Hi")).json["event"]["id"]
    await x.write("to another", by="2002", to="1002")

    shown = (await x.control("GET", "/conversations?user_id=2002&with=1001")).json

    assert [event["id"] for event in shown["events"]] == [first, second]
    assert shown["users"].keys() == {"1001", "2002"}
    assert shown["apps"]["13090192"]["name"] == "Acme Desk"
    assert shown["custom_profiles"] == {}


async def test_a_person_taps_an_option_however_old_and_x_says_which(x):
    options = [{"label": "Yes", "metadata": "yes"}, {"label": "No"}]
    asked = (await x.send("?", quick_reply={"type": "options", "options": options})).json["event"]
    await x.send("Something else")

    tapped = await x.write("Yes", quick_reply={"message_id": asked["id"], "metadata": "yes"})
    bare = await x.write("", quick_reply={"message_id": asked["id"]})

    (event,) = tapped.json["events"]
    assert tapped.json["id"] == event["id"]
    data = event["message_create"]["message_data"]
    assert (data["text"], data["quick_reply_response"]) == (
        "Yes",
        {"type": "options", "metadata": "yes"},
    )
    data = bare.json["events"][0]["message_create"]["message_data"]
    assert (data["text"], data["quick_reply_response"]) == ("No", {"type": "options"})


@pytest.mark.parametrize(
    ("action", "field"),
    [
        ({"action": "fly"}, "action"),
        ({"action": "send_dm", "to": "4711", "text": "a"}, "to"),
        ({"action": "send_dm", "to": "2004", "text": "a"}, "to"),
        ({"action": "send_dm", "to": "1001", "text": " "}, "text"),
        ({"action": "send_dm", "to": "1001", "text": "a" * 10_001}, "text"),
        ({"action": "send_dm", "to": "1001", "quick_reply": {}}, "message_id"),
        (
            {"action": "send_dm", "to": "1001", "quick_reply": {"message_id": "5"}},
            "quick_reply.message_id",
        ),
        ({"action": "send_dm", "to": "1001", "txt": "a"}, "txt"),
    ],
)
async def test_what_a_person_cannot_do_is_named_by_field(x, action: dict[str, object], field: str):
    answer = await x.control("POST", "/users/2002/actions", action)

    assert answer.status == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


async def test_sizes_are_told_with_their_limit(x):
    answer = await x.write("a" * 10_001)

    assert answer.json["errors"] == [
        {"field": "text", "message": "too long", "limit": 10_000, "value": 10_001}
    ]


async def test_an_option_that_was_not_offered_cannot_be_tapped(x):
    plain = (await x.send("?")).json["event"]["id"]
    options = {"type": "options", "options": [{"label": "Yes", "metadata": "yes"}]}
    asked = (await x.send("?", quick_reply=options)).json["event"]["id"]

    for message_id, metadata in [(plain, "yes"), (asked, "no"), (asked, None)]:
        quick_reply = {"message_id": message_id, "metadata": metadata}
        assert (await x.write("Yes", quick_reply=quick_reply)).status == 422
    other_label = {"message_id": asked, "metadata": "yes"}
    assert (await x.write("No", quick_reply=other_label)).status == 422


async def test_a_user_that_is_not_there_can_do_nothing(x):
    assert (await x.write("a", by="4711")).json["errors"][0]["field"] == "user_id"


async def test_an_action_tells_which_deliveries_it_began(stage):
    x, _ = await stage.subscribed("1001")

    made = (await x.write("Hello")).json["deliveries"]
    (row,) = await x.deliveries(1)

    assert made == [{"delivery_id": row.delivery_id, "for_user_id": "1001"}]


async def test_logs_page_backwards(x):
    for _ in range(3):
        await x.get("/nothing")

    newest = (await x.control("GET", "/requests")).json["requests"]
    older = (await x.control("GET", f"/requests?after={newest[0]['id']}")).json["requests"]

    ids = [int(row["id"]) for row in newest]
    assert ids == [ids[0], ids[0] - 1, ids[0] - 2]
    assert older == newest[1:]
    assert newest[0]["route"] is None


async def test_control_calls_are_logged_with_their_caller(x):
    await x.control("GET", "/health", x_roost_client="phone")
    await x.control("GET", "/world", user_agent="spy/1")
    await x.get("/1.1/nothing.json")

    rows = (await x.control("GET", "/controls", user_agent="me")).json["controls"]

    assert [(row["path"], row["client"]) for row in rows] == [
        ("/_sim/controls", "me"),
        ("/_sim/world", "spy/1"),
        ("/_sim/health", "phone"),
    ]


async def test_a_reset_returns_to_the_first_world(stage):
    x, hook = await stage.subscribed("1001", answers=[500])
    await x.write("Hello")
    await x.deliveries(1)
    await x.control("POST", "/users", {"screen_name": "zed"})

    assert (await x.control("POST", "/reset")).status == 204

    x.advance(minutes=5)
    await x.write("After")
    await x.deliveries(1)
    assert len((await x.control("GET", "/world")).json["users"]) == 5
    assert len(hook.received) == 2  # the retry of the first was dropped


async def test_a_state_goes_from_one_simulator_to_another(stage):
    x, _ = await stage.subscribed("1001")
    message_id = (await x.write("Hello")).json["id"]
    await x.deliveries(1)
    state = (await x.control("GET", "/state")).body
    other = await stage.simulator()

    put = await other.control("PUT", "/state", json.loads(state))
    shown = (await other.control("GET", "/conversations?user_id=2002&with=1001")).json
    again = (await other.control("GET", "/state")).body

    assert put.status == 204
    assert [event["id"] for event in shown["events"]] == [message_id]
    assert again == state
    saved = world_file.read(state, source="state").clock
    assert other.clock.now() == from_milliseconds(saved.now)


async def test_a_state_that_is_none_changes_nothing(x):
    answer = await x.control("PUT", "/state", {"format": 1, "appz": []})

    assert answer.status == 422
    assert "appz" in answer.json["errors"][0]["message"]
    assert len((await x.control("GET", "/world")).json["users"]) == 5


async def test_the_clock_is_moved_and_a_poll_tells(x):
    before = (await x.control("GET", "/clock")).json
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(x.control("GET", f"/clock?after={before['n']}"))
        moved = await x.control("POST", "/clock", {"action": "advance", "seconds": 86_400})
    ran = await x.control("POST", "/clock", {"action": "run"})
    stopped = await x.control("POST", "/clock", {"action": "freeze"})

    assert int(moved.json["now"]) - int(before["now"]) == 86_400_000
    assert poll.result().json == moved.json
    assert (ran.json["is_frozen"], stopped.json["is_frozen"]) == (False, True)
    assert stopped.json["n"] == before["n"] + 3


@pytest.mark.parametrize(
    "change",
    [{"action": "advance", "seconds": -1}, {"action": "back"}, {"action": "advance", "s": 1}],
)
async def test_the_clock_does_nothing_else(x, change: dict[str, object]):
    assert (await x.control("POST", "/clock", change)).status == 422


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost:8090"}, 200),
        ({"host": "sim.localhost"}, 200),
        ({"host": "[::1]:8090"}, 200),
        ({"host": "evil.example"}, 403),
        ({"host": "127.0.0.1.evil.example"}, 403),
        ({"host": "[x"}, 403),
    ],
)
async def test_a_name_that_is_not_this_machines_is_refused(x, headers, status: int):
    assert (await x.control("GET", "/health", **headers)).status == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec_fetch_site": "same-origin"}, 204),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://localhost:1", "host": "localhost:1"}, 204),
        ({"origin": "http://localhost:2", "host": "localhost:1"}, 403),
    ],
)
async def test_another_sites_page_changes_nothing(x, headers, status: int):
    assert (await x.control("POST", "/reset", **headers)).status == status


async def test_a_token_opens_the_controls_under_other_names(stage):
    x = await stage.simulator(options=Options(token="open-sesame"))
    host = {"host": "sim.example.test"}

    assert (await x.control("GET", "/health", **host)).status == 403
    wrong = {"authorization": "Bearer open", **host}
    assert (await x.control("GET", "/health", **wrong)).status == 403
    right = {"authorization": "Bearer open-sesame", **host}
    assert (await x.control("GET", "/health", **right)).status == 200


async def test_the_controls_describe_themselves(x):
    described = (await x.control("GET", "/openapi.json")).json

    assert "/_sim/users/{user_id}/actions" in described["paths"]
    assert "/_sim/live" in described["paths"]
    assert "/_sim/posts" in described["paths"]
    assert "post_id" in described["components"]["schemas"]["Action"]["properties"]


async def test_every_control_is_described_and_says_what_it_does_and_answers(x):
    described = (await x.control("GET", "/openapi.json")).json
    schemathesis.openapi.from_dict(described).validate()
    found = {
        f"{method.upper()} {path}": operation
        for path, item in described["paths"].items()
        for method, operation in item.items()
    }
    application = controls(x.simulator.simulation)

    served = {
        f"{method} " + re.sub(r":\w+}", "}", route.path)
        for route in application.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - {"OPTIONS"}
    }
    pages = {name for name in served if re.match(r"GET /_sim/(openapi|phone|stage)", name)}
    assert served - pages == found.keys() - pages
    for name, operation in found.items():
        assert operation["responses"], name
        assert operation.get("description") or operation.get("summary"), name


async def test_what_the_controls_do_not_have_is_404(x):
    answer = await x.control("GET", "/nothing")

    assert answer.status == 404
    assert answer.json["errors"][0]["field"] == "path"


async def test_the_phone_is_served_under_a_strict_policy(x, tmp_path, monkeypatch):
    (tmp_path / "phone" / "assets").mkdir(parents=True)
    phone = tmp_path / "phone"
    (phone / "index.html").write_text("<!doctype html>")
    (phone / "assets" / "app-1.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(pages, "BUILT", tmp_path)

    page = await x.control("GET", "/phone")
    script = await x.control("GET", "/phone/assets/app-1.js")
    outside = await x.control("GET", "/phone/..%2fsecret.txt")

    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    assert (outside.status, (await x.control("GET", "/phone/nothing.js")).status) == (404, 404)


async def test_a_phone_that_was_not_built_says_how_to_build_it(x, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "BUILT", tmp_path)

    answer = await x.control("GET", "/phone")

    assert answer.status == 503
    assert b"hatch_build.py" in answer.body


async def test_the_ledger_is_in_a_file_too(stage, tmp_path):
    path = tmp_path / "ledger.ndjson"
    x = await stage.simulator(options=Options(ledger=path))
    await x.write("Hello")

    served = (await x.control("GET", "/ledger")).body

    assert path.read_bytes() == served
    assert msgspec.json.decode(served)["kind"] == "message"


@pytest.mark.parametrize("action", ["send_dm", "typing", "open_conversation", "follow", "block"])
async def test_an_action_that_lacks_its_user_says_so(x, action: str):
    answer = await x.act("2002", action)

    assert (answer.status, answer.json["errors"]) == (
        422,
        [{"field": "to", "message": f"is missing: {action} needs the id of another user"}],
    )


@pytest.mark.parametrize("action", ["like", "delete_post"])
async def test_an_action_that_lacks_its_post_says_so(x, action: str):
    answer = await x.act("2002", action)

    assert (answer.status, answer.json["errors"]) == (
        422,
        [{"field": "post_id", "message": f"is missing: {action} needs the id of a Post"}],
    )
