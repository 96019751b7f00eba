"""What the pages look at: the application, the ledger's lines, relations and read marks."""

from __future__ import annotations

import msgspec
import pytest

from roost.simulator import pages


@pytest.mark.parametrize("url", ["https://desk.example.test:8443/inbox", ""])
async def test_the_stage_may_frame_the_application_and_nobody_foreign(
    x, url, tmp_path, monkeypatch
):
    (tmp_path / "stage").mkdir()
    (tmp_path / "stage" / "index.html").write_text("<!doctype html>")
    monkeypatch.setattr(pages, "BUILT", tmp_path)
    told = await x.control("PUT", "/application", {"state": "running", "url": url})

    policy = (await x.control("GET", "/stage")).headers["content-security-policy"]

    assert (told.status, told.json["url"]) == (200, url)
    [frames] = [rule for rule in policy.split("; ") if rule.startswith("frame-src")]
    expected = {"https://desk.example.test:8443"} if url else set()
    assert set(frames.split()[1:]) - {"'self'", "http://127.0.0.1:*", "http://localhost:*"} == (
        expected
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://a.test;script-src *", "desk"])
async def test_an_application_s_address_that_is_none_is_refused(x, url):
    told = await x.control("PUT", "/application", {"state": "running", "url": url})

    assert told.status == 422
    assert told.json["errors"][0]["field"] == "url"


async def test_the_ledger_tells_of_one_thing_alone(x):
    message_id = (await x.write("Hello")).json["id"]
    await x.write("Another")
    await x.act("1001", "read", to="2002", message_id=message_id)

    lines = (await x.control("GET", f"/ledger?about={message_id}")).body.splitlines()

    kinds = [msgspec.json.decode(line)["kind"] for line in lines]
    assert kinds == ["message", "read"]


async def test_the_world_tells_of_relations_and_a_conversation_of_what_was_read(x):
    await x.act("2002", "follow", to="1001")
    await x.act("2002", "block", to="2004")
    message_id = (await x.write("Hello")).json["id"]
    await x.act("1001", "read", to="2002")

    users = {user["user_id"]: user for user in (await x.control("GET", "/world")).json["users"]}
    conversation = (await x.control("GET", "/conversations?user_id=2002&with=1001")).json

    assert (users["2002"]["follows"], users["2002"]["blocks"]) == (["1001"], ["2004"])
    assert conversation["reads"] == {"1001": message_id}


async def test_the_ledger_tells_of_the_application_and_is_read_from_a_line_on(x):
    await x.control("PUT", "/application", {"state": "running", "text": "running"})
    first = (await x.control("GET", "/ledger")).body.splitlines()
    await x.control("PUT", "/application", {"state": "down", "text": "killed"})
    await x.control("PUT", "/application", {"state": "down", "text": "killed"})

    later = (await x.control("GET", f"/ledger?after={len(first)}")).body.splitlines()

    [line] = [msgspec.json.decode(one) for one in later]
    assert (line["kind"], line["state"], line["text"]) == ("application", "down", "killed")
    assert (await x.control("GET", f"/ledger?after={len(first) + 1}")).body == b""
