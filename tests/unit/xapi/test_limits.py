"""Arguments are checked before anything is sent: errors name limit, value and excess."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests import samples

from roost.errors import InvalidCall, InvalidMessage, RoostError, TextTooLong
from roost.model.messages import Button, OutboundMessage, Point, QuickReply
from roost.testing.clocks import FrozenClock
from roost.xapi import Credentials, XClient
from roost.xapi.families.feedback import Card, Kind
from roost.xapi.families.media import Upload
from roost.xapi.families.tokens import RequestToken
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


def card(**parts: object) -> Card:
    whole = {"kind": Kind.CSAT, "text": "How was it?", "privacy_url": "https://shop.example/p"}
    return Card(**{**whole, **parts})


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
    ("screen_name", None, None, lambda x: x.users.show(screen_name="a b")),
    ("screen_name", 20, 21, lambda x: x.relations.follow(screen_name="@" + "a" * 21)),
    ("target_screen_name", None, None, lambda x: x.relations.show(target_name="größe")),
    ("user_id", None, None, lambda x: x.users.show("1", screen_name="ada")),
    ("target_user_id", None, None, lambda x: x.relations.show()),
    ("count", 5_000, 5_001, lambda x: x.relations.follower_ids(count=5_001).first(1)),
    ("count", 200, 201, lambda x: x.relations.followers(count=201).first(1)),
    ("text", None, None, lambda x: x.posts.new(" ")),
    ("text", 280, 281, lambda x: x.posts.new("a" * 281)),
    ("text", 280, 282, lambda x: x.posts.reply("語" * 141, "1")),
    ("text", 280, 282, lambda x: x.posts.new("\U0001f469\u200d\U0001f467\ufe0f" * 141)),
    ("post_id", None, None, lambda x: x.posts.reply("a", "last")),
    ("leave_out[0]", None, None, lambda x: x.posts.reply("a", "1", leave_out=["ada"])),
    ("media_ids", 4, 5, lambda x: x.posts.new("a", media_ids=["1"] * 5)),
    ("attachment_url", None, None, lambda x: x.posts.new("a", attachment_url="u", media_ids="1")),
    ("end", None, None, lambda x: x.enterprise.replay("1", NOW, NOW)),
    (
        "end",
        None,
        None,
        lambda x: x.enterprise.replay("1", NOW.replace(tzinfo=None), NOW + timedelta(1)),
    ),
    (
        "end",
        7_200,
        7_201,
        lambda x: x.enterprise.replay("1", NOW, NOW + timedelta(days=5, minutes=1)),
    ),
    ("webhook_id", None, None, lambda x: x.enterprise.subscribe("../1")),
    ("user_id", None, None, lambda x: x.enterprise.unsubscribe("1", "@ada")),
    ("url", None, None, lambda x: x.enterprise.create_webhook("https://bot.example:8443/x")),
    ("url", None, None, lambda x: x.webhooks.create("prod", "http://bot.example/x")),
    ("url", None, None, lambda x: x.webhooks.create("prod", "https://[bot/x")),
    ("url", None, None, lambda x: x.webhooks.create("prod", "bot.example/x")),
    ("env_name", 100, 0, lambda x: x.webhooks.list(" ")),
    ("env_name", None, None, lambda x: x.subscriptions.add("..")),
    ("env_name", None, None, lambda x: x.subscriptions.list("a/b")),
    ("webhook_id", None, None, lambda x: x.webhooks.validate("prod", "")),
    ("user_id", None, None, lambda x: x.subscriptions.remove("prod", "ada")),
    ("callback", None, None, lambda x: x.tokens.request("")),
    ("verifier", None, None, lambda x: x.tokens.exchange(RequestToken("t", "s"), " ")),
    ("recipient_id", None, None, lambda x: x.messages.show_typing("ada")),
    ("sender_id", None, None, lambda x: x.messages.mark_read("ada", "1")),
    ("message_id", None, None, lambda x: x.messages.mark_read("1", "1" * 20)),
    ("message_id", None, None, lambda x: x.messages.delete("")),
    ("count", 50, 51, lambda x: x.welcome_rules.page(count=51)),
    ("count", 50, 51, lambda x: x.profiles.page(count=51)),
    ("id", None, None, lambda x: x.welcome_messages.show("first")),
    ("profile_id", None, None, lambda x: x.profiles.delete("first")),
    ("text", 10_000, 10_001, lambda x: x.feedback.create("2", card(text="a" * 10_001))),
    ("external_id", 256, 257, lambda x: x.feedback.create("2", card(external_id="a" * 257))),
    ("display_name", 20, 21, lambda x: x.feedback.create("2", card(display_name="a" * 21))),
    ("variant", 37, 38, lambda x: x.feedback.create("2", card(variant=38))),
    ("variant", 5, 6, lambda x: x.feedback.create("2", card(kind=Kind.NPS, variant=6))),
    ("privacy_url", None, None, lambda x: x.feedback.create("2", card(privacy_url="shop"))),
    ("count", 100, 101, lambda x: x.feedback.page(NOW, NOW, count=101)),
    ("source", 1_280, 1_281, lambda x: x.media.upload(samples.gif(1_281, 10))),
    ("source", 1_080, 1_081, lambda x: x.media.upload(samples.gif(10, 1_081))),
    ("media_id", None, None, lambda x: x.media.append("first", 0, b"a")),
    ("media_id", None, None, lambda x: x.media.finalize("")),
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


TOO_MUCH: list[tuple[str, int, int, OutboundMessage]] = [
    ("text", 10_000, 10_001, OutboundMessage("a" * 10_001)),
    ("text", 10_000, 0, OutboundMessage("")),
    ("quick_replies", 20, 21, OutboundMessage("a", (QuickReply("b"),) * 21)),
    ("quick_replies[0].label", 36, 37, OutboundMessage("a", (QuickReply("b" * 37),))),
    ("quick_replies[0].label", 36, 0, OutboundMessage("a", (QuickReply(""),))),
    ("quick_replies[0].label", 0, 16, OutboundMessage("a", (QuickReply("https://a.exampl"),))),
    (
        "quick_replies[0].description",
        *(72, 73),
        OutboundMessage("a", (QuickReply("b", "c", "d" * 73),)),
    ),
    ("quick_replies", 2, 1, OutboundMessage("a", (QuickReply("b", "c", "d"), QuickReply("e")))),
    (
        "quick_replies[0].metadata",
        1_000,
        1_001,
        OutboundMessage("a", (QuickReply("b", "c" * 1_001),)),
    ),
    ("buttons", 3, 4, OutboundMessage("a", (), (Button("b", "https://c.example"),) * 4)),
    ("buttons[0].label", 36, 37, OutboundMessage("a", (), (Button("b" * 37, "https://c.d"),))),
    ("buttons[0].url", 8, 9, OutboundMessage("a", (), (Button("b", "ftp://c.d"),))),
    ("media, media_id, point, place_id", 1, 2, OutboundMessage("a", media_id="1", place_id="2")),
    ("media_id", 19, 3, OutboundMessage("a", media_id="one")),
    ("custom_profile_id", 19, 20, OutboundMessage("a", custom_profile_id="1" * 20)),
    ("point.longitude", 180, 181, OutboundMessage("a", point=Point(181.0, 0.0))),
    ("point.latitude", 90, -91, OutboundMessage("a", point=Point(0.0, -91.0))),
]


@pytest.mark.parametrize(("field", "limit", "value", "message"), TOO_MUCH)
async def test_each_limit_of_a_message_is_checked_wherever_it_is_sent(
    field: str, limit: int, value: int, message: OutboundMessage, *, x: XClient
) -> None:
    for call in (x.messages.send("2", message), x.welcome_messages.new(message)):
        with pytest.raises(InvalidMessage) as caught:
            await call
        told = caught.value
        is_text = field == "text" and told.limit == 9_990
        assert (told.field, told.value) == (field, value)
        assert told.limit == limit or is_text


async def test_a_post_that_only_x_can_weigh_is_left_to_x() -> None:
    answer = Response(403, {}, b'{"errors":[{"code":186,"message":"too long"}]}')

    class Answers(Nowhere):
        async def send(self, request: Request, **how: object) -> Response:
            return answer

    x = XClient(Credentials("k", "s", "1-t", "ts"), Answers(), FrozenClock())
    for text in ("shop.example " * 12, "https://shop.example/" + "a" * 400, " " * 9 + "a" * 280):
        with pytest.raises(TextTooLong):
            await x.posts.new(text)


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
