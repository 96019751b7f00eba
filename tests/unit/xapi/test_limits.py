"""Arguments are checked before anything is sent: errors name limit, value and excess."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from roost.errors import InvalidCall, InvalidMessage, RoostError
from roost.model.messages import OutboundMessage
from roost.testing.clocks import FrozenClock
from roost.xapi import Credentials, XClient
from roost.xapi.families.media import Upload
from roost.xapi.sources import Stream
from roost.xapi.transport import Request, Response

HELLO = OutboundMessage("Hello")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Nowhere:
    """A transport that must not be used."""

    async def send(self, request: Request, **how: object) -> Response:
        raise AssertionError(f"{request.method} {request.url} was sent")

    download = send


@pytest.fixture
def x() -> XClient:
    return XClient(Credentials("k", "s", "1-t", "ts"), Nowhere(), FrozenClock())


async def _no_bytes():
    yield b""


TRIED: list[tuple[str, int | None, int | None, Callable[[XClient], Awaitable[object]]]] = [
    ("recipient_id", None, None, lambda x: x.messages.send("@ada", HELLO)),
    ("message_id", None, None, lambda x: x.messages.show("1 or 2")),
    ("count", 50, 51, lambda x: x.messages.page(count=51)),
    ("count", 1, 0, lambda x: x.welcome_messages.page(count=0)),
    ("name", 100, 101, lambda x: x.welcome_messages.new(HELLO, name="n" * 101)),
    ("name", None, None, lambda x: x.welcome_messages.new(HELLO, name="größe")),
    (
        "custom_profile_id",
        None,
        None,
        lambda x: x.welcome_messages.update("1", OutboundMessage("a", custom_profile_id="1")),
    ),
    ("welcome_message_id", None, None, lambda x: x.welcome_rules.new("")),
    ("name", 48, 49, lambda x: x.profiles.new("n" * 49, "1")),
    ("name", 48, 0, lambda x: x.profiles.new(" ", "1")),
    ("media_id", None, None, lambda x: x.profiles.new("Jo", "")),
    ("user_ids", 100, 101, lambda x: x.users.lookup(["1"] * 101)),
    ("user_ids", 1, 0, lambda x: x.users.lookup()),
    ("user_ids[1]", None, None, lambda x: x.users.lookup(["1", "ada"])),
    ("screen_names[0]", None, None, lambda x: x.users.lookup(screen_names=["a,b"])),
    ("user_id", None, None, lambda x: x.users.show("1", screen_name="ada")),
    ("target_user_id", None, None, lambda x: x.relations.show()),
    ("count", 5_000, 5_001, lambda x: x.relations.follower_ids(count=5_001).first(1)),
    ("count", 200, 201, lambda x: x.relations.followers(count=201).first(1)),
    ("text", None, None, lambda x: x.posts.new(" ")),
    ("media_ids", 4, 5, lambda x: x.posts.new("a", media_ids=["1"] * 5)),
    ("attachment_url", None, None, lambda x: x.posts.new("a", attachment_url="u", media_ids="1")),
    ("end", None, None, lambda x: x.enterprise.replay("1", NOW, NOW)),
    (
        "end",
        None,
        None,
        lambda x: x.enterprise.replay("1", NOW.replace(tzinfo=None), NOW + timedelta(1)),
    ),
    ("source", None, 0, lambda x: x.media.upload(b"")),
    ("source", None, None, lambda x: x.media.upload(b"GIF80a, or something like it")),
    (
        "source",
        5 << 20,
        (5 << 20) + 1,
        lambda x: x.media.upload_at_once(b"\x89PNG\r\n\x1a\n" + bytes((5 << 20) - 7)),
    ),
    (
        "source",
        15 << 20,
        (15 << 20) + 1,
        lambda x: x.media.upload(
            Stream(_no_bytes(), (15 << 20) + 1), Upload("dm_gif", media_type="image/gif")
        ),
    ),
    (
        "source",
        512 << 20,
        600 << 20,
        lambda x: x.media.upload(Stream(_no_bytes(), 600 << 20), Upload(media_type="video/mp4")),
    ),
    ("category", None, None, lambda x: x.media.upload(b"GIF89a", Upload("dm_film"))),
    ("category", None, None, lambda x: x.media.upload(b"GIF89a", Upload("dm_video"))),
    ("alt_text", 1_000, 1_001, lambda x: x.media.upload(b"GIF89a", Upload(alt_text="a" * 1_001))),
    ("alt_text", 1_000, 1_001, lambda x: x.media.describe("1", "a" * 1_001)),
    ("owners", 100, 101, lambda x: x.media.upload(b"GIF89a", Upload(owners=["1"] * 101))),
    ("piece", 5 << 20, (5 << 20) + 1, lambda x: x.media.append("1", 0, bytes((5 << 20) + 1))),
    ("index", 999, 1_000, lambda x: x.media.append("1", 1_000, b"a")),
]


@pytest.mark.parametrize(("argument", "limit", "value", "call"), TRIED)
async def test_a_limit_is_checked_before_anything_is_sent(
    argument: str, limit: int | None, value: int | None, call, *, x: XClient
) -> None:
    with pytest.raises(InvalidCall) as caught:
        await call(x)
    error = caught.value
    assert (error.argument, error.limit, error.value) == (argument, limit, value)
    assert argument in str(error)
    if limit is not None and value is not None and value > limit:
        assert error.excess == value - limit


async def test_a_message_over_its_limit_tells_by_how_much(x: XClient) -> None:
    with pytest.raises(InvalidMessage) as caught:
        await x.messages.send("2", OutboundMessage("a" * 10_007))
    assert caught.value.excess == 7
    with pytest.raises(InvalidMessage) as caught:
        await x.welcome_messages.new(OutboundMessage("a" * 9_991))
    assert (caught.value.limit, caught.value.excess) == (9_990, 1)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/1.1/ton/data/dm/1/2/a.jpg",
        "http://ton.twitter.com/1.1/ton/data/dm/1/2/a.jpg",
        "https://ton.twitter.com.evil.example/1.1/ton/data/dm/1/2/a.jpg",
        "https://ton.twitter.com@evil.example/1.1/ton/data/dm/1/2/a.jpg",
        "https://ton.twitter.com:444/1.1/ton/data/dm/1/2/a.jpg",
        "https://ton.twitter.com/1.1/ton/data/dm/1/2/..%2Fa.jpg",
        "https://ton.twitter.com/1.1/ton/data/dm/../../../account/settings.json",
        "https://ton.twitter.com/1.1/account/verify_credentials.json",
        "https://api.x.com/1.1/account/verify_credentials.json",
        "https://pbs.twimg.com/1.1/ton/data/dm/1/2/a.jpg",
        "file:///etc/passwd",
        "",
    ],
)
async def test_nothing_but_media_of_x_is_fetched(x: XClient, url: str) -> None:
    with pytest.raises(InvalidCall, match="no address of media at X"):
        await x.media.download(url)


async def test_a_route_that_is_none_has_no_standing(x: XClient) -> None:
    with pytest.raises(InvalidCall, match=r"there is no 'dm\.new'"):
        x.standing("dm.new")


async def test_a_client_that_was_not_entered_says_so() -> None:
    alone = XClient(Credentials("k", "s"))
    with pytest.raises(RoostError, match="async with XClient"):
        await alone.users.me()
