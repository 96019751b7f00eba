"""The smallest bot worth having: it greets, offers two answers, and says back what it hears.

Run it: `make demo BOT=examples/hello.py`, then write on the phone. Save the file to change it.
"""

from __future__ import annotations

from roost import Bot, Chat, QuickReply

bot = Bot("hello")


@bot.on_quick_reply("joke")
async def joke(chat: Chat) -> None:
    await chat.say("Why did the message cross the road? Its webhook was on the other side.")


@bot.on_message()
async def echo(chat: Chat) -> None:
    again = [QuickReply("Tell me a joke", "joke"), QuickReply("Say hello", "hello")]
    await chat.say(f"You said: {chat.message.text}", quick_replies=again)
