"""A support desk: the bot settles what it can, and people get the rest, with all that is known.

Run it: `make demo`, and open the stage it names, which has a phone and the desk side by side. You
should see how *Track an order* ends with the bot, how *Talk to a person* reaches the desk with a
note and a tag, how the bot is silent until the conversation is handed back, and how it then asks
whether that helped.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from urllib.parse import quote

from roost import Bot, Button, Chat, QuickReply, Unanswered, WelcomeMessage, Words, text
from roost.demo.order_status import Order, which_order
from roost.xapi.clock import SystemClock

REFUND = ("refund", "a refund", "a refund please", "I want a refund", "I want my money back")
"""Understood whatever is being asked, as the built-in words for a person are."""

bot = Bot(
    "support-desk",
    speaks_as="Acme Assistant",
    words=Words(person=(*Words().person, *REFUND)),
)

HAS_NIGHTS = bool(os.environ.get("ACME_NIGHTS"))
"""Whether people go home: only where somebody moves the clock on, as in the demo."""

OPEN_FOR = timedelta(hours=16)
"""How far into a day that it is moved on by they are still there."""

MENU = [
    QuickReply("Track an order", "track", "Needs your order number"),
    QuickReply("Talk to a person", "person", "Usually within 10 minutes"),
]


@bot.welcome(default=True)
def greeting() -> WelcomeMessage:
    """Greet whoever opens the conversation; `roost sync` brings it to X."""
    return WelcomeMessage("Hi, I'm Acme's assistant. What can I do for you?", quick_replies=MENU)


@bot.on_quick_reply("track")
async def track(chat: Chat) -> None:
    """Track an order."""
    order = await chat.run(which_order)
    if order is None:
        return
    await chat.remember("order", order.number)
    await chat.say(
        f"{order.item} is {order.status}.",
        buttons=[Button("Track the parcel", order.url), Button("Tell others", _post_about(order))],
        media="lamp.png",
    )
    is_settled = await chat.confirm(
        "Did that answer your question?", no="Talk to a person", within=timedelta(days=1)
    )
    if is_settled:
        await chat.say("Good. Have a nice day!")
        await chat.resolve()
    else:
        await get_a_person(chat)


def _post_about(order: Order) -> str:
    """Give the address at which X lets the customer write a Post about an order."""
    return f"https://x.com/intent/tweet?text={quote(f'{order.item} is {order.status}!')}"


@bot.on_quick_reply("person")
@bot.on_message(text.contains("person") | text.contains("refund") | text.contains("money back"))
async def get_a_person(chat: Chat) -> None:
    """Hand over, with what people need to know."""
    order = await chat.recall("order", str)
    if order:
        await chat.note(f"It may be about order {order}.")
        await chat.tag("order")
    is_open = await chat.step(_is_open, await chat.now())
    said = "I am getting a person for you." if is_open else "We are back in the morning."
    await chat.say(f"One moment. {said}")
    await chat.hand_off("asked for a person")


def _is_open(now: datetime) -> bool:
    """Tell whether people are there, however long the demo runs by the machine's own clock."""
    hours_on = round((now - SystemClock().now()) / timedelta(hours=1))
    return not HAS_NIGHTS or timedelta(hours=max(hours_on, 0) % 24) < OPEN_FOR


@bot.on_hand_back
async def ask_how_it_was(chat: Chat) -> None:
    """Ask whether people could help; who says no, or anything else twice, gets them again."""
    try:
        is_solved = await chat.confirm(
            "Did we solve it for you?",
            no="Not yet",
            within=timedelta(days=1),
            retries=1,
            on_invalid="Is it solved, then? Whatever else you write goes to a person.",
        )
    except Unanswered as error:
        if not error.is_late:
            await get_a_person(chat)
        return
    if is_solved:
        await chat.tag("satisfied")
        await chat.say("Glad to hear it. Have a nice day!")
        await chat.resolve()
    else:
        await chat.say("I am sorry. I am getting them back.")
        await chat.hand_off("not solved yet")


@bot.fallback
async def menu(chat: Chat) -> None:
    """Offer what there is."""
    name = chat.customer.name or "there"
    await chat.say(f"Hello {name}! What can I do for you?", quick_replies=MENU)
