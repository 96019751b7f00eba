"""Journals written before what was heard was judged once: dialogs that wait go on with them."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from tests.unit.bot.playing import Playing, tapped, typed

from roost import Bot, Chat
from roost.model.dialogs import Dialog, DialogPhase, Point
from roost.model.messages import Message

HOUR = timedelta(hours=1)


async def order(chat: Chat) -> None:
    name = await chat.ask("Your name?", matching="[A-Z].*")
    size = await chat.choose("Which size?", ["S", "M"])
    gift = await chat.confirm("A gift?")
    await chat.sleep(HOUR)
    await chat.say(f"{name}, {size}, {gift}, {chat.may_write}: {await chat.ask('Anything else?')}")


def heard(playing: Playing, message: Message) -> Point:
    return Point("heard", "", msgspec.msgpack.encode(playing.received(message)))


@pytest.mark.parametrize("n_points", [2, 5, 8, 11, 13, 15])
async def test_it_goes_on(n_points: int) -> None:
    bot = Bot("b")
    bot.on_message()(order)
    playing = Playing(bot)
    said, asked = Point("say", "", b""), Point("receive", "", b"12345678")
    begun_by = playing.received(typed("hi"))
    points = (
        *(said, asked, heard(playing, typed("ada"))),
        *(said, asked, heard(playing, typed("Ada"))),
        *(said, asked, heard(playing, tapped("~message-1:6:1", "M"))),
        *(said, asked, heard(playing, typed("yes"))),
        *(Point("sleep", "", b""), Point("woken", "", b""), said, said, asked),
    )
    name = f"{order.__module__}.{order.__qualname__}"
    phase = DialogPhase.SLEEPING if n_points == 13 else DialogPhase.ASKING
    dialog = Dialog("message-1", name, begun_by, points[:n_points], phase, "")
    playing.dialogs["message-1"] = dialog
    playing.timers["dialog:message-1:12"] = playing.now

    for at, words in ((2, "ada"), (5, "Ada"), (8, "M"), (11, "yes")):
        if n_points <= at:
            await playing.says(words)
    await playing.pass_time(HOUR)
    await playing.says("no")

    assert playing.said[-1:] == ["Ada, M, True, True: no"]
    assert (playing.handed_off, playing.dialogs) == ([], {})
