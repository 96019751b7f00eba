"""What people write with: names they speak under, drafts, canned replies, files, second chances."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.contract.conftest import NOON, OURS, WITHOUT_BOT
from tests.contract.desk_api import desk_over

from roost.errors import (
    InvalidCall,
    MediaNotReady,
    PermissionMissing,
    RateLimited,
    RejectedByX,
    XApiUnavailable,
)
from roost.model.budgets import SEND, Budget, Limit, RouteLimits
from roost.model.ids import UserId
from roost.model.people import Role
from roost.ports.composing import Voice
from roost.testing.clocks import FrozenClock
from roost.xapi.windows import LIMITS

HERE = "/api/conversations/11/11-22"
ACCOUNT = "/api/accounts/11"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
CANNED = "0" * 32


@pytest.fixture
async def desk(store, world):
    async with desk_over(store, FrozenClock(NOON)) as api:
        await world.receive(store, world.received(10))
        yield api


async def outgoing(browser):
    return (await browser.get(f"{HERE}/messages"))["outgoing"]


async def reply(browser, key="k", **body):
    return await browser.call("POST", f"{HERE}/replies", body, idempotency_key=key)


async def queued(desk):
    """The messages as X will get them."""
    now = desk.clock.now()

    async def unit(tx):
        entries = await tx.outbox.due(10, now=now)
        await tx.outbox.start(entries)
        return entries

    return await desk.store.transact(unit)


async def test_whoever_has_a_profile_speaks_under_it_and_others_sign(desk):
    desk.at_x.profiles = [Voice("901", "Sam from Acme")]
    admin = await desk.entered("ann", Role.ADMIN)
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    chosen = await admin.call("PUT", f"{ACCOUNT}/voices/p-sam", {"profile_id": "901"})
    assert chosen.status == 204

    await reply(sam, text="hello")
    (first,) = await queued(desk)
    assert (first.message.text, first.message.custom_profile_id) == ("hello", "901")
    assert (await sam.get(f"{HERE}/composer"))["speaker"] == {
        "profile": "Sam from Acme",
        "signature": "",
    }
    await reply(robin, text="hello")
    await reply(robin, "2", text="we", speak="account")
    texts = [one["text"] for one in await outgoing(robin)]
    assert texts == ["hello", "hello\n— Robin", "we"]

    await admin.call("DELETE", f"{ACCOUNT}/voices/p-sam")
    assert (await sam.get(f"{HERE}/composer"))["speaker"] == {
        "profile": None,
        "signature": "— Sam",
    }


async def test_the_signature_counts_towards_the_limit(desk):
    sam = await desk.entered("sam")
    signed = len("\n— Sam")

    refused = await reply(sam, text="x" * (10_001 - signed))
    taken = await reply(sam, text="x" * (10_000 - signed))

    (error,) = refused.json["errors"]
    assert (refused.status, error["limit"], error["value"]) == (422, 10_000, 10_001)
    assert taken.status == 202


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("http://example.com", "must start with https://, found 'http://example.com'"),
        ("https://exa mple.com", "found ' ' in 'https://exa mple.com'"),
        ("https://example.com\u202e", "found '\\u202e' in 'https://example.com\\u202e'"),
        ("https://?a", "must name a host behind https://"),
    ],
)
async def test_a_button_that_leads_nowhere_is_refused_by_name(desk, address, problem):
    sam = await desk.entered()
    reply = {"text": "x", "buttons": [{"label": "a", "url": address}]}

    answer = await sam.call("POST", f"{HERE}/replies", reply, idempotency_key="k")

    (error,) = answer.json["errors"]
    assert (answer.status, error["field"]) == (422, "buttons[0].url")
    assert problem in error["message"]
    assert await outgoing(sam) == []


async def test_a_button_leads_to_any_https_address(desk):
    sam = await desk.entered()
    reply = {"text": "x", "buttons": [{"label": "a", "url": "HTTPS://EXAMPLE.com"}]}

    assert (await sam.call("POST", f"{HERE}/replies", reply, idempotency_key="k")).status == 202

    (found,) = await outgoing(sam)
    assert found["buttons"] == reply["buttons"]


async def test_only_profiles_x_knows_can_be_chosen_and_only_for_people_who_serve(desk):
    desk.at_x.profiles = [Voice("901", "Sam")]
    admin = await desk.entered("ann", Role.ADMIN)
    await desk.entered("far", accounts=frozenset({UserId(WITHOUT_BOT)}))

    unknown = await admin.call("PUT", f"{ACCOUNT}/voices/p-ann", {"profile_id": "902"})
    foreign = await admin.call("PUT", f"{ACCOUNT}/voices/p-far", {"profile_id": "901"})
    nowhere = await admin.call("PUT", "/api/accounts/99/voices/p-ann", {"profile_id": "901"})

    assert (unknown.status, unknown.json["errors"][0]["field"]) == (422, "profile_id")
    assert (foreign.status, nowhere.status) == (404, 404)
    found = await admin.get(f"{ACCOUNT}/voices")
    assert [one["person_id"] for one in found["people"]] == ["p-ann"]
    assert found["profiles"] == [{"profile_id": "901", "name": "Sam"}]


async def test_where_x_grants_no_profiles_people_are_told_why(desk):
    admin = await desk.entered("ann", Role.ADMIN)
    desk.at_x.fails_with = PermissionMissing(
        "custom_profiles.list", status=403, code=0, message="not listed"
    )

    found = await admin.get(f"{ACCOUNT}/voices")

    assert (found["profiles"], found["problem"]) == ([], "not listed")


async def test_an_admin_makes_a_profile_with_an_uploaded_picture(desk):
    admin = await desk.entered("ann", Role.ADMIN)
    picture = (await admin.upload(f"{ACCOUNT}/media", PNG)).json["media_id"]

    wanted = {"name": "Ann", "media_id": picture}
    made = await admin.call("POST", f"{ACCOUNT}/profiles", wanted, idempotency_key="p")
    again = await admin.call("POST", f"{ACCOUNT}/profiles", wanted, idempotency_key="p")
    assert (again.status, again.json, len(desk.at_x.profiles)) == (201, made.json, 1)

    assert (made.status, made.json) == (201, {"profile_id": "900", "name": "Ann"})


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/voices", None),
        ("PUT", "/voices/p-sam", {"profile_id": "1"}),
        ("DELETE", "/voices/p-sam", None),
        ("POST", "/profiles", {"name": "x", "media_id": "1"}),
        ("PUT", f"/canned/{CANNED}", {"name": "hi", "text": "hello"}),
        ("DELETE", f"/canned/{CANNED}", None),
    ],
)
async def test_what_everybody_uses_only_admins_change(desk, method, path, body):
    sam = await desk.entered("sam")

    answer = await sam.call(method, ACCOUNT + path, body)

    assert (answer.status, answer.json["code"]) == (403, "forbidden")


async def test_a_draft_is_kept_for_its_writer_alone_until_it_is_empty(desk):
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    written = {
        "text": "half a sen",
        "quick_replies": [{"label": "Yes"}],
        "buttons": [{"label": "See", "url": "https://"}],
        "speak": "account",
        "note": "half a note",
    }
    for text in ("half", "half a sen"):
        kept = await sam.call("PUT", f"{HERE}/draft", written | {"text": text})
        assert kept.status == 204

    assert (await sam.get(f"{HERE}/composer"))["draft"] == written
    theirs = (await robin.get(f"{HERE}/composer"))["draft"]
    assert (theirs["text"], theirs["note"]) == ("", "")
    await sam.call("PUT", f"{HERE}/draft", {"text": ""})
    assert (await sam.get(f"{HERE}/composer"))["draft"]["quick_replies"] == []


async def test_an_endless_draft_is_refused(desk):
    sam = await desk.entered("sam")

    answer = await sam.call("PUT", f"{HERE}/draft", {"text": "x" * 20_001})

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "text")


async def test_canned_replies_are_an_accounts_and_their_names_are_unique(desk):
    admin = await desk.entered("ann", Role.ADMIN)
    other = "1" * 32
    for canned_id, name in ((CANNED, "late"), (other, "bye")):
        body = {"name": name, "text": "Dear {customer.name}"}
        assert (await admin.call("PUT", f"{ACCOUNT}/canned/{canned_id}", body)).status == 204

    taken = await admin.call("PUT", f"{ACCOUNT}/canned/{other}", {"name": "late", "text": "x"})
    again = await admin.call("PUT", f"{ACCOUNT}/canned/{CANNED}", {"name": "late", "text": "y"})

    assert (taken.status, taken.json["code"], again.status) == (409, "name_taken", 204)
    found = await admin.get(f"{ACCOUNT}/canned")
    assert [(one["name"], one["text"]) for one in found["canned"]] == [
        ("bye", "Dear {customer.name}"),
        ("late", "y"),
    ]
    assert (await admin.get("/api/accounts/12/canned"))["canned"] == []
    assert (await admin.call("DELETE", f"{ACCOUNT}/canned/{other}")).status == 204
    assert (await admin.call("DELETE", f"{ACCOUNT}/canned/{other}")).status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "two words", "text": "x"}, "name"),
        ({"name": "", "text": "x"}, "name"),
        ({"name": "x" * 41, "text": "x"}, "name"),
        ({"name": "x", "text": " \n"}, "text"),
        ({"name": "x", "text": "x" * 10_001}, "text"),
        ({"name": "x", "text": "x", "more": 1}, "more"),
    ],
)
async def test_a_canned_reply_nobody_could_use_is_refused_by_name(desk, body, field):
    admin = await desk.entered("ann", Role.ADMIN)

    answer = await admin.call("PUT", f"{ACCOUNT}/canned/{CANNED}", body)

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, field)


async def test_a_file_is_handed_on_to_x_and_hangs_on_the_reply(desk):
    sam = await desk.entered("sam")

    uploaded = await sam.upload(f"{ACCOUNT}/media", PNG)
    media_id = uploaded.json["media_id"]
    told = await sam.call("PUT", f"{ACCOUNT}/media/{media_id}", {"alt_text": "A parcel"})
    await reply(sam, text="", media_id=media_id, speak="account")

    assert (uploaded.status, desk.at_x.uploads) == (201, [(OURS, PNG)])
    assert (told.status, desk.at_x.described) == (204, [(OURS, media_id, "A parcel")])
    (one,) = await outgoing(sam)
    assert (one["text"], one["attachment"], one["media_id"]) == ("", "media", media_id)
    (entry,) = await queued(desk)
    assert entry.message.media_id == media_id


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidCall("source", "too many bytes", limit=5, value=7), 422, "invalid"),
        (MediaNotReady("7", "X could not process it"), 422, "invalid"),
        (RateLimited("media.init", NOON), 429, "x_limits"),
        (RejectedByX("media.init", status=400, code=324, message="odd"), 409, "refused_by_x"),
        (XApiUnavailable("down"), 503, "x_unavailable"),
    ],
)
async def test_why_x_takes_no_file_is_said(desk, error, status, code):
    sam = await desk.entered("sam")
    desk.at_x.fails_with = error

    answer = await sam.upload(f"{ACCOUNT}/media", PNG)

    assert (answer.status, answer.json["code"]) == (status, code)
    if isinstance(error, InvalidCall):
        assert answer.json["errors"] == [
            {"field": "source", "message": "too many bytes", "limit": 5, "value": 7}
        ]


async def test_media_is_served_as_what_it_is_and_nothing_else_is(desk):
    sam = await desk.entered("sam")
    desk.at_x.files["10"] = PNG

    answer = await sam.call("GET", f"{HERE}/messages/10/media")

    assert (answer.status, answer.body) == (200, PNG)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]
    assert "sandbox" in answer.headers["content-security-policy"]
    desk.at_x.files["10"] = b"<svg onload=alert(1)>"
    odd = await sam.call("GET", f"{HERE}/messages/10/media")
    assert (odd.status, odd.json["code"]) == (502, "odd_media")
    del desk.at_x.files["10"]
    assert (await sam.call("GET", f"{HERE}/messages/10/media")).status == 404


async def test_media_of_other_conversations_and_accounts_is_not_there(desk, world):
    await world.receive(desk.store, world.received(30, customer="23"))
    desk.at_x.files = {"10": PNG, "30": PNG}
    sam = await desk.entered("sam")
    far = await desk.entered("far", accounts=frozenset({UserId(WITHOUT_BOT)}))

    for browser, path in ((sam, f"{HERE}/messages/30/media"), (far, f"{HERE}/messages/10/media")):
        answer = await browser.call("GET", path)
        assert (answer.status, answer.json["code"]) == (404, "not_found")


async def set_aside(desk, state):
    (entry,) = await queued(desk)

    async def unit(tx):
        if state == "parked":
            await tx.outbox.suspect(entry, reason="answer lost", at=entry.attempted_at)
            await tx.outbox.park(entry, reason="X was asked twice and does not list it")
        else:
            await tx.outbox.bury(entry, reason="the customer takes no messages")

    await desk.store.transact(unit)
    return entry.outbox_id


@pytest.mark.parametrize(
    ("state", "verb", "after"),
    [
        ("parked", "check", "uncertain"),
        ("parked", "resend", "queued"),
        ("parked", "drop", None),
        ("dead", "resend", "queued"),
        ("dead", "drop", None),
    ],
)
async def test_a_person_says_what_becomes_of_what_did_not_arrive(desk, state, verb, after):
    sam = await desk.entered("sam")
    await reply(sam, text="hello")
    number = await set_aside(desk, state)
    (shown,) = await outgoing(sam)
    assert (shown["state"], bool(shown["reason"])) == (state, True)

    for _ in range(2):
        answer = await sam.call("POST", f"{HERE}/outgoing/{number}/{verb}", idempotency_key="x")
        assert answer.status == 200, answer

    assert [one["state"] for one in await outgoing(sam)] == ([] if after is None else [after])


async def test_only_what_waits_in_this_conversation_can_be_decided(desk, world):
    await world.receive(desk.store, world.received(30, customer="23"))
    sam = await desk.entered("sam")
    await reply(sam, text="hello")
    number = await set_aside(desk, "dead")

    elsewhere = await sam.call(
        "POST", f"/api/conversations/11/11-23/outgoing/{number}/drop", idempotency_key="1"
    )
    refused = await sam.call("POST", f"{HERE}/outgoing/{number}/check", idempotency_key="2")
    nothing = await sam.call("POST", f"{HERE}/outgoing/{number + 1}/drop", idempotency_key="3")

    for answer in (elsewhere, refused, nothing):
        assert (answer.status, answer.json["code"]) == (409, "not_possible")
    assert [one["state"] for one in await outgoing(sam)] == ["dead"]


async def test_what_is_left_of_the_budget_is_shown(desk):
    sam = await desk.entered("sam")
    most = LIMITS[SEND].user.most
    fresh = (await sam.get(f"{HERE}/composer"))["sends"]
    assert fresh == {"most": most, "left": most, "resets_at": None}
    ends_at = NOON + timedelta(hours=3)

    async def use_up(tx):
        limits = RouteLimits(Limit(most, timedelta(hours=24)))
        budget = await tx.budgets.hold(OURS, SEND, limits)
        window = budget.window.used_up(ends_at, most=None)
        await tx.budgets.put(OURS, SEND, Budget(window))

    await desk.store.transact(use_up)

    used = (await sam.get(f"{HERE}/composer"))["sends"]
    assert (used["left"], used["resets_at"]) == (0, "2026-03-01T15:00:00Z")
