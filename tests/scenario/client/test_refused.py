"""What the simulator refuses as X does, and the exception each refusal becomes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from tests import samples
from tests.scenario.client.conftest import APP, HOOK, X, running, world

from roost import errors
from roost.errors import RejectedByX
from roost.model.messages import OutboundMessage
from roost.testing.clocks import FrozenClock
from roost.xapi import Credentials, XClient

HELLO = OutboundMessage("Hello")
LONG = "https://a.co " * 12
"""Twelve links of 23 are more than 280; only X knows that these are links."""


async def twice(first: Awaitable[object], second: Awaitable[object]) -> None:
    await first
    await second


async def subscribed_twice(x: XClient) -> None:
    await x.webhooks.create("prod", HOOK)
    await twice(x.subscriptions.add("prod"), x.subscriptions.add("prod"))


async def profile(x: XClient) -> None:
    uploaded = await x.media.upload(samples.png())
    await x.profiles.new("Jo", uploaded.media_id_string)


REFUSED: list[tuple[type[RejectedByX], int, int, str, Callable[[XClient], Awaitable[object]]]] = [
    (errors.CannotMessageUser, 403, 349, "1001", lambda x: x.messages.send("2003", HELLO)),
    (errors.NotFound, 404, 50, "1001", lambda x: x.messages.send("4711", HELLO)),
    (errors.NotFound, 404, 34, "1001", lambda x: x.messages.show("4711")),
    (errors.NotFound, 404, 17, "1001", lambda x: x.users.lookup(["4711"])),
    (
        errors.MediaRefused,
        400,
        325,
        "1001",
        lambda x: x.messages.send("2002", OutboundMessage("", media_id="4711")),
    ),
    (
        errors.InvalidRequest,
        400,
        214,
        "1001",
        lambda x: x.messages.send("2002", OutboundMessage("a", custom_profile_id="4711")),
    ),
    (errors.NotOpenToMessages, 403, 214, "1002", lambda x: x.welcome_messages.new(HELLO)),
    (errors.PermissionMissing, 403, 220, "1002", profile),
    (errors.PermissionMissing, 403, 200, "1001", lambda x: x.webhooks.create("dev", HOOK)),
    (
        errors.WebhookRefused,
        403,
        214,
        "1001",
        lambda x: x.webhooks.create("prod", "http://nobody.test/"),
    ),
    (errors.AlreadyDone, 409, 355, "1001", subscribed_twice),
    (errors.TextTooLong, 403, 186, "1001", lambda x: x.posts.new(LONG)),
    (errors.DuplicatePost, 403, 187, "1001", lambda x: twice(x.posts.new("a"), x.posts.new("a"))),
    (errors.InvalidRequest, 403, 415, "1001", lambda x: x.tokens.request("https://evil.example/")),
]


@pytest.mark.parametrize("case", REFUSED, ids=[f"{one[0].__name__}-{one[2]}" for one in REFUSED])
async def test_each_refusal_is_its_class(x: X, case):
    cls, status, code, user_id, call = case
    client = await x.client(user_id)

    with pytest.raises(RejectedByX) as caught:
        await call(client)

    assert (type(caught.value), caught.value.status, caught.value.code) == (cls, status, code)
    assert caught.value.message
    assert caught.value.x_time is not None


@pytest.mark.parametrize(
    ("credentials", "cls", "code"),
    [
        (Credentials("wrong", APP.consumer_secret, "t", "ts"), errors.CredentialsRefused, 32),
        (Credentials(APP.consumer_key, APP.consumer_secret, "t", "ts"), errors.TokenRefused, 89),
        (
            Credentials(APP.consumer_key, "wrong", f"1001-token-{APP.app_id}", "ts"),
            errors.CredentialsRefused,
            32,
        ),
    ],
)
async def test_wrong_keys_are_told_apart_from_a_token_taken_back(x: X, credentials, cls, code):
    client = await x.client(who=credentials)

    with pytest.raises(errors.CredentialsRefused) as caught:
        await client.users.me()

    assert (type(caught.value), caught.value.code) == (cls, code)


async def test_a_wrong_clock_is_told_with_xs_own_time(x: X):
    wrong = FrozenClock(datetime(2020, 1, 1, tzinfo=UTC))
    client = XClient(x.credentials(), clock=wrong, base_url=x.url)

    async with client:
        with pytest.raises(errors.ClockWrong) as caught:
            await client.users.me()

    assert caught.value.x_time > wrong.now() + timedelta(days=365)


async def test_a_missing_permission_is_told_with_what_the_token_may_do():
    file = world()
    weak = replace(file, apps=(replace(file.apps[0], access_level="read-write"),))
    async with running(weak) as x:
        client = await x.client()
        with pytest.raises(errors.PermissionMissing) as caught:
            await client.messages.send("2002", HELLO)
    assert caught.value.code == 93


async def test_a_window_that_is_used_up_tells_when_it_opens(limited: X):
    client = await limited.client()
    for _ in range(15):
        await client.messages.page()

    with pytest.raises(errors.RateLimited) as caught:
        await client.messages.page()

    assert caught.value.resets_at == client.standing("dm.events.list").resets_at
    limited.advance(901)
    assert (await client.messages.page()).events == []
