"""The bot that is measured: it says back what it hears."""

from __future__ import annotations

from roost import Bot, Chat

bot = Bot("bench")


@bot.on_message()
async def echo(chat: Chat) -> None:
    """Say it back."""
    await chat.say(chat.message.text)
