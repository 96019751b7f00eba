"""A bot that hears everything and says nothing: what is measured is the way to it and back."""

from __future__ import annotations

from roost import Bot, Chat

bot = Bot("silent")


@bot.on_message()
async def hear(_chat: Chat) -> None:
    """Do nothing."""
