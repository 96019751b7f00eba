"""A menu with all that a message carries: links, a point on the map, and answers to tap or type.

Run it: `roost chat examples/snow_report.py`, write anything, and type `1`, `map` or `music`.
You should see the report, the resort's place, and a button that opens a playlist.
"""

from __future__ import annotations

from dataclasses import dataclass

from roost import Bot, Button, Chat, Point, QuickReply, Router

bot = Bot("snow-report")
router = Router("resort")

MENU = [
    QuickReply("Snow report", "report", "How much has fallen"),
    QuickReply("Map", "map", "Where to find us"),
    QuickReply("Music for the lift", "music", "A playlist"),
]


@dataclass(frozen=True)
class Snow:
    """What the weather station knows."""

    fresh_cm: int
    lifts_open: int


async def measure() -> Snow:
    """Ask the weather station; here, it always snows."""
    return Snow(fresh_cm=12, lifts_open=8)


@router.on_quick_reply("report")
async def report(chat: Chat) -> None:
    snow = await chat.step(measure)
    news = f"{snow.fresh_cm} cm of fresh snow, {snow.lifts_open} lifts are open."
    await chat.say(news, quick_replies=MENU)


@router.on_quick_reply("map")
async def find_us(chat: Chat) -> None:
    await chat.say("Here we are.", point=Point(longitude=-121.75, latitude=46.85))


@router.on_quick_reply("music")
async def music(chat: Chat) -> None:
    playlist = Button("Listen", "https://music.example/snow")
    await chat.say("For the way up:", buttons=[playlist])


bot.include(router)


@bot.fallback
async def menu(chat: Chat) -> None:
    await chat.say("Welcome to the mountain! What can I do for you?", quick_replies=MENU)
