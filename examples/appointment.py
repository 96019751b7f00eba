"""Time: questions that wait only so long, a reminder, and a dialog that sleeps for hours.

Run it: `roost chat examples/appointment.py`, write `hello`, choose a day, and type `/wait 1d`.
You should see the reminder. `/restart` in between kills the application, and changes nothing.
"""

from __future__ import annotations

from datetime import timedelta

from roost import Bot, Chat, QuickReply, Unanswered

bot = Bot("appointment")

DAYS = ["Monday", "Tuesday", "Wednesday"]


@bot.on_quick_reply("book")
async def book(chat: Chat) -> None:
    """Book an appointment."""
    try:
        day = await chat.choose("Which day?", DAYS, within=timedelta(minutes=30))
        name = await chat.ask(
            "Under which name?", matching=r".{1,60}", within=timedelta(minutes=30)
        )
    except Unanswered as error:
        if not error.is_late:
            await chat.hand_off("could not book an appointment")
            return
        await chat.say("I have kept nothing for now. Write again whenever you like.")
        return
    await chat.tag("appointment")
    await chat.note(f"{name} comes on {day}")
    await chat.say(f"{day} it is, {name}. I will remind you.")
    await chat.sleep(timedelta(hours=20))
    if await chat.confirm(f"{name}, are you coming tomorrow?", within=timedelta(hours=3)):
        await chat.say("See you then!")
    else:
        await chat.untag("appointment")
        await chat.say("What a pity. The appointment is cancelled.")


@bot.fallback
async def menu(chat: Chat) -> None:
    """Offer what there is."""
    await chat.say("Welcome!", quick_replies=[QuickReply("Book an appointment", "book")])
