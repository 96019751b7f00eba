"""A dialog: asks for an order number, looks the order up once, and asks whether that helped.

Run it with `make demo BOT=examples/order_status.py`, tap *Track an order* on the phone, and kill
the application while the bot waits for your answer: it goes on where it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from roost import Bot, Chat, QuickReply, Unanswered

bot = Bot("order-status")


@dataclass(frozen=True)
class Order:
    """What the shop's own system knows of an order."""

    number: str
    item: str
    status: str
    url: str


async def find_order(number: str) -> Order:
    """Look an order up; here, every order is a lamp."""
    where = f"https://acme.example/track/{number}"
    return Order(number, f"Your lamp ({number})", "on its way", where)


ORDER_NUMBER = r"(?i)(?:my |order |number |is |no\. ?|# ?)*([A-Z])[ -]?([0-9]{4,})[.!]?"
"""Also as `a1234`, `A 1234`, `#A1234` and `my order is A1234`."""


async def which_order(chat: Chat) -> Order | None:
    """Ask for an order's number, and look it up; `None` where there is nothing to go on with."""
    try:
        answer = await chat.ask(
            "What is your order number? It looks like A1234.",
            matching=ORDER_NUMBER,
            within=timedelta(hours=1),
        )
    except Unanswered as error:
        if not error.is_late:
            await chat.hand_off("could not read the order number")
        return None
    number = re.sub(ORDER_NUMBER, r"\1\2", answer).upper()
    return await chat.step(find_order, number)


@bot.on_quick_reply("track")
async def track(chat: Chat) -> None:
    """Track an order."""
    order = await chat.run(which_order)
    if order is None:
        return
    await chat.say(f"{order.item} is {order.status}.")
    if await chat.confirm("Did that answer your question?"):
        await chat.say("Good. Have a nice day!")
    else:
        await chat.say("Then let me get a person.")
        await chat.hand_off("order question not settled")


@bot.fallback
async def menu(chat: Chat) -> None:
    """Offer what there is."""
    await chat.say("What can I do for you?", quick_replies=[QuickReply("Track an order", "track")])
