"""A support desk: the bot settles what it can, and people get the rest, with all that is known.

Run it: `make demo BOT=examples/support_desk.py`, and open the phone and the desk it names.
You should see how *Track an order* ends with the bot, how *Talk to a person* reaches the desk with
a note and a tag, and how the bot is silent until the conversation is handed back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from roost import Bot, Button, Chat, QuickReply, Unanswered, Words, text

bot = Bot("support-desk", words=Words(person=()))

MENU = [
    QuickReply("Track an order", "track", "Needs your order number"),
    QuickReply("Talk to a person", "person", "Usually within 10 minutes"),
]


@dataclass(frozen=True)
class Order:
    """What the shop's own system knows of an order."""

    item: str
    status: str
    url: str


async def find_order(number: str) -> Order:
    """Look an order up; here, every order is a lamp."""
    return Order(f"Your lamp ({number})", "on its way", f"https://acme.example/track/{number}")


@bot.on_quick_reply("track")
async def track(chat: Chat) -> None:
    """Track an order."""
    try:
        number = await chat.ask(
            "What is your order number? It looks like A1234.",
            matching=r"[A-Z][0-9]{4,}",
            within=timedelta(hours=1),
        )
    except Unanswered as error:
        if not error.is_late:
            await chat.hand_off("could not read the order number")
        return
    await chat.remember("order", number)
    order = await chat.step(find_order, number)
    parcel = Button("Track the parcel", order.url)
    await chat.say(f"{order.item} is {order.status}.", buttons=[parcel])
    if await chat.confirm("Did that answer your question?", within=timedelta(days=1)):
        await chat.say("Good. Have a nice day!")
        await chat.resolve()
    else:
        await get_a_person(chat)


@bot.on_quick_reply("person")
@bot.on_message(text.contains("person") | text.contains("refund"))
async def get_a_person(chat: Chat) -> None:
    """Hand over, with what people need to know."""
    order = await chat.recall("order", str)
    if order:
        await chat.note(f"It may be about order {order}.")
        await chat.tag("order")
    await chat.say("One moment, I am getting a person for you.")
    await chat.hand_off("asked for a person")


@bot.fallback
async def menu(chat: Chat) -> None:
    """Offer what there is."""
    await chat.say("Hi, I'm Acme's assistant. What can I do for you?", quick_replies=MENU)
