"""A bot sends everything a Direct Message carries, through application and gateway, to X."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest
from tests import samples
from tests.rig import Rig, rig

from roost.demo import world
from roost.xapi import Credentials, XClient
from roost.xapi.families.media import Upload
from roost.xapi.wire_dm import MessageEvent

BOT = """
from roost import Bot, Button, Chat, Point, QuickReply, text

bot = Bot("carrier")


@bot.on_message(text.matches("^media "))
async def media(chat: Chat) -> None:
    await chat.say("", media_id=chat.message.text.split()[1])


@bot.on_message(text.matches("^everything "))
async def everything(chat: Chat) -> None:
    _, media_id, profile_id = chat.message.text.split()
    await chat.say(
        "All of it",
        quick_replies=[QuickReply("Yes", "y", "Sure"), QuickReply("No", "n", "Not now")],
        buttons=[Button(f"Page {n}", f"https://shop.example/{n}") for n in (1, 2, 3)],
        media_id=media_id,
        custom_profile_id=profile_id,
    )


@bot.on_message(text.equals("point"))
async def point(chat: Chat) -> None:
    await chat.say("Here", point=Point(-122.44, 37.77))


@bot.on_message(text.equals("place"))
async def place(chat: Chat) -> None:
    await chat.say("There", place_id="0123456789abcdef")
"""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bot") / "carrier.py"
    file.write_text(BOT, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory, bot: Path) -> AsyncGenerator[Rig]:
    async with (
        rig(tmp_path_factory.mktemp("line")) as running,
        running.application(bot=str(bot)),
    ):
        yield running


@pytest.fixture
async def x(line: Rig) -> AsyncGenerator[XClient]:
    keys = line.keys
    credentials = Credentials(
        keys.consumer_key, keys.consumer_secret, keys.access_token, keys.access_token_secret
    )
    async with XClient(credentials, base_url=line.simulator_url) as client:
        yield client


async def answer(line: Rig, x: XClient, text: str) -> MessageEvent:
    """Write as a customer and give what the bot said to it, as X has it."""
    n_before = len(await line.answers())
    await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, text)
    await line.until_settled(n_answers=n_before + 1)
    newest, *_ = (await x.messages.page(count=1)).events
    assert newest.message_create.sender_id == world.ACCOUNT_ID
    return newest


def attachment(event: MessageEvent) -> dict[str, object]:
    return msgspec.json.decode(event.message_create.message_data.attachment)


async def test_a_picture_alone(line: Rig, x: XClient):
    uploaded = await x.media.upload(samples.png())

    event = await answer(line, x, f"media {uploaded.media_id_string}")

    assert attachment(event)["media"]["id_str"] == uploaded.media_id_string


async def test_everything_at_once(line: Rig, x: XClient):
    uploaded = await x.media.upload(samples.png(), Upload(shared=True))
    avatar = await x.media.upload(samples.png(48, 48))
    profile = await x.profiles.new("Jo, Support", avatar.media_id_string)

    event = await answer(line, x, f"everything {uploaded.media_id_string} {profile.id}")

    data = event.message_create.message_data
    assert event.message_create.custom_profile_id == profile.id
    assert data.text.startswith("All of it")
    assert attachment(event)["media"]["id_str"] == uploaded.media_id_string
    assert [(one.label, one.description, one.metadata) for one in data.quick_reply.options] == [
        ("Yes", "Sure", "y"),
        ("No", "Not now", "n"),
    ]
    assert [(one.type, one.label, one.url) for one in data.ctas] == [
        ("web_url", f"Page {n}", f"https://shop.example/{n}") for n in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("text", "location"),
    [
        (
            "point",
            {
                "type": "shared_coordinate",
                "shared_coordinate": {
                    "coordinates": {"type": "Point", "coordinates": [-122.44, 37.77]}
                },
            },
        ),
        (
            "place",
            {"type": "shared_place", "shared_place": {"place": {"id": "0123456789abcdef"}}},
        ),
    ],
)
async def test_where_something_is(line: Rig, x: XClient, text: str, location: object):
    event = await answer(line, x, text)

    assert attachment(event) == {"type": "location", "location": location}
