"""A bot whose dialog asks, does a step, asks again; each step is written down outside."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from roost import Bot, Chat

bot = Bot("asking")


def find(number: str, step_key: str) -> str:
    """Look an order up, and leave a trace of it."""
    with Path(os.environ["TRIED_STEPS"]).open("a", encoding="utf-8") as file:
        file.write(f"{step_key}\n")
    return f"a lamp ({number})"


@bot.on_message()
async def order(chat: Chat) -> None:
    """Sell a lamp."""
    number = await chat.ask("Which order?", matching="[A-Z][0-9]+", within=timedelta(hours=1))
    await chat.say("One moment.")
    item = await chat.step(find, number)
    await chat.say(f"It is {item}.")
    colour = await chat.choose("Which colour?", ["Red", "Green", "Blue"])
    await chat.sleep(timedelta(seconds=0.2))
    await chat.say(f"{colour} it is.")
