"""A bot's process as its worker sees it: a pair of sockets, and frames."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing
from pathlib import Path

from roost.bot import frames, host
from roost.bot.frames import Decided, Ready
from roost.model.events import MessageReceived
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Message, Profile
from roost.model.turns import Turn
from roost.testing.clocks import NOON

ASKS = """
from roost import Bot, Chat
bot = Bot("asks")

@bot.on_message()
async def ask(chat: Chat) -> None:
    await chat.typing()
    await chat.say("never seen")
"""

OURS, CONVERSATION = UserId("1001"), ConversationId("1001-2002")
ADA = Profile("2002", "ada", "Ada")
HELLO = MessageReceived(OURS, "1", 1, CONVERSATION, ADA, Message(MessageId("1"), "hello"), NOON)
TURN = Turn("asks", OURS, CONVERSATION, ADA, (HELLO,), 1, NOON)


async def test_when_the_worker_hangs_up_turns_that_wait_for_it_end(tmp_path: Path) -> None:
    bot = tmp_path / "asks.py"
    bot.write_text(ASKS)
    ours, theirs = socket.socketpair()
    with theirs:
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(host.serve(theirs, str(bot)))
            reader, writer = await asyncio.open_connection(sock=ours)
            with closing(writer):
                assert isinstance(await frames.read(reader), Ready)
                frames.write(writer, frames.begin(1, TURN))
                first = await frames.read(reader)
                assert isinstance(first, Decided), "and now it waits for the commit"
    assert serving.result() == 0
