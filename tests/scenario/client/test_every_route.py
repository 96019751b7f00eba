"""Every route of X has a typed method, and the simulator takes what it sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from tests import samples
from tests.scenario.client.conftest import CALLBACK, HOOK, X

from roost.errors import PermissionMissing
from roost.model.messages import OutboundMessage
from roost.testing.clocks import NOON
from roost.xapi import XClient, downloads
from roost.xapi.calls import Caller
from roost.xapi.families.feedback import Card, Kind
from roost.xapi.families.media import Upload
from roost.xapi.routes import ROUTES
from roost.xapi.transport import Request, aiohttp_transport

PAGES_OF_X = {"oauth.authorize", "oauth.authenticate", "oauth.consent"}
"""Opened in a browser; the client gives the addresses of the first two."""

ONLY_FOR_LISTED = {"feedback.create", "feedback.show", "feedback.events"}
"""X lists nobody here, so these are refused; `tests/unit/xapi/test_feedback.py` has the answers."""

HELLO = OutboundMessage("Hello")


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """As which type each route's answer was read."""
    found: dict[str, object] = {}
    fetch = Caller.fetch

    async def noted(self, call, as_type):
        found[call.route] = as_type
        return await fetch(self, call, as_type)

    monkeypatch.setattr(Caller, "fetch", noted)
    return found


async def test_every_route_is_called_and_its_answer_read_as_its_type(x, types):
    await call_every_route(x)

    called = {row.route for row in x.requests}
    assert ROUTES.keys() - called - PAGES_OF_X == set()
    own_reading = {"custom_profiles.list"}
    for route, as_type in types.items():
        if route not in own_reading:
            assert ROUTES[route].response == as_type, route
    assert {row.route for row in x.requests if row.status >= 400} == ONLY_FOR_LISTED


async def call_every_route(x: X) -> None:
    """Call each route by its typed method, at least once."""
    client = await x.client()
    await messages(client)
    await welcome(client)
    await media_and_profiles(x, client)
    await webhooks(client)
    await enterprise(x, client)
    await people(client)
    await posts(client)
    await feedback(client)
    await tokens(x, client)


async def messages(client: XClient) -> None:
    sent = await client.messages.send("2002", HELLO)
    shown = await client.messages.show(sent.id)
    assert shown.event.message_create.message_data.text == "Hello"
    assert [one.id async for one in client.messages.all()] == [sent.id]
    await client.messages.show_typing("2002")
    await client.messages.delete(sent.id)
    assert [one async for one in client.messages.all()] == []
    to_self = await client.messages.send("1001", HELLO)
    await client.messages.mark_read("1001", to_self.id)


async def welcome(client: XClient) -> None:
    made = await client.welcome_messages.new(HELLO, name="support_en")
    changed = await client.welcome_messages.update(made.id, OutboundMessage("Welcome"))
    assert (changed.name, changed.message_data.text) == ("support_en", "Welcome")
    assert (await client.welcome_messages.show(made.id)).name == "support_en"
    assert [one.id async for one in client.welcome_messages.all()] == [made.id]
    rule = await client.welcome_rules.new(made.id)
    assert (await client.welcome_rules.show(rule.id)).welcome_message_id == made.id
    assert [one.id async for one in client.welcome_rules.all()] == [rule.id]
    await client.welcome_rules.delete(rule.id)
    await client.welcome_messages.delete(made.id)
    assert [one async for one in client.welcome_messages.all()] == []


async def media_and_profiles(x: X, client: XClient) -> None:
    shared = Upload(shared=True, alt_text="A grey box")
    picture = await client.media.upload(samples.png(), shared)
    film = await client.media.upload(samples.mp4())
    for upload in (picture, film):
        message = OutboundMessage("See", media_id=upload.media_id_string)
        event = await client.messages.send("2002", message)
        link = downloads.link(downloads.media_of(event))
        assert await client.media.download(link) in {samples.png(), samples.mp4()}
    still = downloads.media_of(event).media_url_https
    assert await client.media.download(still)
    avatar = await client.media.upload_at_once(samples.png(48, 48), Upload("dm_image"))
    made = await client.profiles.new("Jo, Support", avatar.media_id_string)
    assert (await client.profiles.show(made.id)).name == "Jo, Support"
    assert await client.media.download(made.avatar.media.url) == samples.png(48, 48)
    assert [one.id async for one in client.profiles.all()] == [made.id]
    await client.profiles.delete(made.id)


async def webhooks(client: XClient) -> None:
    hook = await client.webhooks.create("prod", HOOK)
    assert [one.id for one in await client.webhooks.list("prod")] == [hook.id]
    assert [one.environment_name for one in await client.webhooks.list_all()] == ["prod"]
    await client.webhooks.validate("prod", hook.id)
    await client.subscriptions.add("prod")
    assert await client.subscriptions.is_there("prod")
    listed = await client.subscriptions.list("prod")
    assert [one.user_id for one in listed.subscriptions] == ["1001"]
    assert (await client.subscriptions.count()).subscriptions_count == "1"
    await client.subscriptions.remove("prod", "1001")
    await client.subscriptions.add("prod")
    await client.subscriptions.remove_own("prod")
    await client.webhooks.delete("prod", hook.id)


async def enterprise(x: X, client: XClient) -> None:
    tier = client.enterprise
    hook = await tier.create_webhook(HOOK)
    assert [one.id for one in await tier.list_webhooks()] == [hook.id]
    await tier.validate_webhook(hook.id)
    await tier.subscribe(hook.id)
    assert await tier.is_subscribed(hook.id)
    assert len((await tier.list_subscriptions(hook.id)).subscriptions) == 1
    assert (await tier.count_subscriptions()).subscriptions_count_all == "1"
    x.advance(24 * 3600)
    now = x.simulator.simulation.clock.now()
    span = (now - timedelta(hours=3), now - timedelta(hours=1))
    assert (await tier.replay(hook.id, *span)).job_id
    await tier.unsubscribe(hook.id, "1001")
    await tier.subscribe(hook.id)
    await tier.unsubscribe_own(hook.id)
    await tier.delete_webhook(hook.id)


async def people(client: XClient) -> None:
    assert (await client.users.me()).id_str == "1001"
    assert (await client.users.show(screen_name="@ada")).id_str == "2002"
    both = await client.users.lookup(["2002"], screen_names=["bob"])
    many = await client.users.lookup([*(str(n) for n in range(3000, 3060)), "2002"])
    assert ({one.id_str for one in both}, many[0].id_str) == ({"2002", "2003"}, "2002")
    limits = await client.users.limits("direct_messages")
    assert limits.resources["direct_messages"]["/direct_messages/events/list"].limit == 15
    assert (await client.relations.follow("2002")).id_str == "2002"
    stands = await client.relations.show("2002")
    assert (stands.source.following, stands.source.can_dm) == (True, True)
    assert [one async for one in client.relations.follower_ids("2002")] == ["1001"]
    assert [one.id_str async for one in client.relations.followers("2002")] == ["1001"]
    await client.relations.unfollow(screen_name="ada")
    await client.relations.mute("2002")
    await client.relations.unmute("2002")
    await client.relations.block("2002")
    await client.relations.unblock("2002")


async def posts(client: XClient) -> None:
    post = await client.posts.new("d ada is no command here")
    assert post.full_text == "d ada is no command here"
    answer = await client.posts.reply("And more", post.id_str)
    assert answer.in_reply_to_status_id_str == post.id_str
    await client.posts.like(post.id_str)
    await client.posts.unlike(post.id_str)
    assert (await client.posts.delete(answer.id_str)).id_str == answer.id_str


async def feedback(client: XClient) -> None:
    card = Card(Kind.CSAT, "How was it?", "https://shop.example/privacy")
    with pytest.raises(PermissionMissing, match="code 87"):
        await client.feedback.create("2002", card)
    with pytest.raises(PermissionMissing, match="code 87"):
        await client.feedback.show("1")
    with pytest.raises(PermissionMissing, match="code 87"):
        await client.feedback.page(NOON, NOON)


async def tokens(x: X, client: XClient) -> None:
    request = await client.tokens.request(CALLBACK + "?next=%2Fa%20b")
    page = client.tokens.page(request, sign_in=True, screen_name="twin")
    assert page == f"{x.url}/oauth/authenticate?oauth_token={request.token}&screen_name=twin"
    verifier = await agreed(x, request.token)
    authorized = await client.tokens.exchange(request, verifier)
    assert (authorized.user_id, authorized.screen_name) == ("1002", "twin")
    twin = await x.client(who=authorized.credentials)
    assert (await twin.users.me()).id_str == "1002"
    await twin.tokens.invalidate()
    await client.tokens.invalidate_bearer(await client.tokens.bearer())


async def agreed(x: X, token: str) -> str:
    """Agree as the twin does on X's page, and give the verifier of the callback."""
    body = f"oauth_token={token}&user_id=1002&decision=allow".encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    async with aiohttp_transport() as transport:
        back = await transport.send(Request("POST", f"{x.url}/oauth/authorize", headers, body))
    return parse_qs(urlsplit(back.headers["location"]).query)["oauth_verifier"][0]


async def test_an_app_without_a_users_token_asks_as_the_app(x):
    app = await x.client("")

    assert (await app.users.show("2002")).screen_name == "ada"

    assert [row.route for row in x.requests] == ["oauth2.token", "users.show"]
    assert (await app.users.show("2003")).screen_name == "bob"
    assert [row.route for row in x.requests].count("oauth2.token") == 1


async def test_a_bearer_token_that_was_taken_back_is_fetched_anew(x):
    app = await x.client("")
    await app.users.show("2002")
    owner = await x.client()
    await owner.tokens.invalidate_bearer(await app.tokens.bearer())

    with pytest.raises(Exception, match="code 89"):
        await app.users.show("2002")

    assert (await app.users.show("2002")).screen_name == "ada"


async def test_windows_are_read_from_the_headers(limited):
    client = await limited.client()
    assert client.standing("dm.events.list") is None

    await client.messages.page()

    standing = client.standing("dm.events.list")
    assert (standing.most, standing.remaining) == (15, 14)
    assert standing.resets_at.tzinfo is UTC
    assert standing.resets_at > datetime(2020, 1, 1, tzinfo=UTC)
