"""Taps that carry data: each offered seat is a value, and its handler gets that value by its type.

Run it: `roost chat examples/typed_replies.py`, write anything, and type `2`, `7` or `row 7`.
You should see which seat is yours, and what it costs. `3` is asked again: it could be the row, or
the third of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from roost import Bot, Chat, QuickReply, packed

bot = Bot("typed-replies")


@dataclass(frozen=True)
class Seat:
    """What a quick reply carries; at most 1,000 characters when packed."""

    row: int
    price: int


SEATS = [Seat(3, 40), Seat(7, 25), Seat(12, 15)]


@bot.on_quick_reply(Seat)
async def book(chat: Chat, seat: Seat) -> None:
    await chat.remember("seat", seat)
    await chat.say(f"A seat in row {seat.row} is yours, for ${seat.price}.")


@bot.fallback
async def offer(chat: Chat) -> None:
    mine = await chat.recall("seat", Seat)
    before = f"You have row {mine.row}. " if mine else ""
    seats = [QuickReply(f"Row {seat.row}", packed(seat), f"${seat.price}") for seat in SEATS]
    await chat.say(f"{before}Where would you like to sit?", quick_replies=seats)
