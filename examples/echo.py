"""The whole of a bot: it says back what it hears.

Run it: `roost chat examples/echo.py`, or on the phone with `make demo BOT=examples/echo.py`.
You should see `You said: hello` after you have written `hello`.
"""

from __future__ import annotations

from roost import Bot, Chat

bot = Bot("echo")


@bot.on_message()
async def echo(chat: Chat, text: str) -> None:
    await chat.say(f"You said: {text}")
