"""A menu with all that a message carries: a photo, a point on the map, links, answers to tap.

Run it: `roost chat examples/snow_report.py`, write anything, and type `1`, `map` or `music`.
You should see a welcome, the report, the resort's place, a button that opens a playlist, and one
that invites a friend: its link opens a conversation that greets them with another welcome message.

The photo is `slope.png`, beside this file. At X, `roost sync` brings both welcome messages there,
and `roost welcome list` shows the id of the invitation.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from roost import Bot, Button, Chat, Point, QuickReply, Router, WelcomeMessage
from roost.xapi import links

bot = Bot("snow-report")
router = Router("resort")

INVITATION = os.environ.get("SNOW_INVITATION", "")
"""X's id of the welcome message `invitation`; "" for the default one."""

MENU = [
    QuickReply("Snow report", "report", "How much has fallen"),
    QuickReply("Snow photo", "photo", "What it looks like"),
    QuickReply("Map", "map", "Where to find us"),
    QuickReply("Music for the lift", "music", "A playlist"),
    QuickReply("Bring a friend", "friend", "A link that greets them"),
]


@dataclass(frozen=True)
class Snow:
    """What the weather station knows."""

    fresh_cm: int
    lifts_open: int


async def measure() -> Snow:
    """Ask the weather station; here, it always snows."""
    return Snow(fresh_cm=12, lifts_open=8)


@bot.welcome(default=True)
def greeting() -> WelcomeMessage:
    """Greet whoever opens the conversation."""
    return WelcomeMessage("Welcome to the mountain! What can I do for you?", quick_replies=MENU)


@bot.welcome()
def invitation() -> WelcomeMessage:
    """Greet whoever follows a friend's link."""
    return WelcomeMessage(
        "A friend wants you on the mountain. Have a look!", quick_replies=MENU[:2]
    )


@router.on_quick_reply("report")
async def report(chat: Chat) -> None:
    snow = await chat.step(measure)
    news = f"{snow.fresh_cm} cm of fresh snow, {snow.lifts_open} lifts are open."
    await chat.say(news, quick_replies=MENU)


@router.on_quick_reply("photo")
async def photo(chat: Chat) -> None:
    await chat.say("This morning:", media="slope.png", quick_replies=MENU)


@router.on_quick_reply("map")
async def find_us(chat: Chat) -> None:
    await chat.say("Here we are.", point=Point(longitude=-121.75, latitude=46.85))


@router.on_quick_reply("music")
async def music(chat: Chat) -> None:
    playlist = Button("Listen", "https://music.example/snow")
    await chat.say("For the way up:", buttons=[playlist])


@router.on_quick_reply("friend")
async def bring_a_friend(chat: Chat) -> None:
    link = links.direct_message(chat.account.user_id, welcome_message_id=INVITATION)
    await chat.say("This link greets them:", buttons=[Button("To the mountain", link)])


bot.include(router)


@bot.fallback
async def menu(chat: Chat) -> None:
    await chat.say("Welcome to the mountain! What can I do for you?", quick_replies=MENU)
