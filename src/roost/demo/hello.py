"""The demo's own bot: greets, offers what it can do, and says who is speaking."""

from __future__ import annotations

from roost import Bot, Button, Chat, QuickReply, text

bot = Bot("hello")

LONGEST_ECHO = 9_000
"""A Direct Message holds 10,000 characters."""

MENU = (
    QuickReply("Track an order", "track", description="With a made-up order"),
    QuickReply("Opening hours", "hours", description="When people are here"),
    QuickReply("What is this?", "about", description="One line about Roost"),
    QuickReply("Talk to a person", "person", description="Who answers in the desk"),
)


@bot.on_quick_reply("track")
async def track(chat: Chat) -> None:
    """Answer with a button."""
    await chat.say(
        "Order A1234 left our warehouse this morning.",
        buttons=[Button("Track the parcel", "https://example.com/track/A1234")],
    )


@bot.on_quick_reply("hours")
async def hours(chat: Chat) -> None:
    """Answer with a text."""
    await chat.say("We are here Monday to Friday, 9 to 17.", quick_replies=MENU)


@bot.on_quick_reply("about")
async def about(chat: Chat) -> None:
    """Say what this is."""
    await chat.say("I am a Roost bot. Kill the application while I think: I still answer, once.")


@bot.on_quick_reply("person")
@bot.on_message(text.matches(r"\b(a|real) (person|human)\b"))
async def person(chat: Chat) -> None:
    """Be silent until people hand the conversation back."""
    await chat.say("I will get somebody. They answer right here.")
    await chat.hand_off("asked for a person")


@bot.on_message(text.matches(r"^\s*(hi|hello|hey|good (morning|day|evening))\b"))
async def greet(chat: Chat) -> None:
    """Greet who greets."""
    await chat.say(
        f"Hello {chat.customer.name or 'there'}! What can I do for you?", quick_replies=MENU
    )


@bot.fallback
async def anything(chat: Chat) -> None:
    """Say back what was not understood."""
    heard = chat.message.text
    if len(heard) > LONGEST_ECHO:
        heard = f"{len(heard):,} characters, more than I can say back"
    await chat.say(f"You said: {heard}", quick_replies=MENU)
