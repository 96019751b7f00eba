"""The bot's own process: loads the bot, decides turns, knows nothing of X or the database.

Run by `roost.bot.process` as `python -m roost.bot.host FD REFERENCE`.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from contextlib import closing

from roost.bot import frames, loading
from roost.bot.frames import Begin, Committed, Failed, Ping, Pong, Ready, Unloadable
from roost.bot.router import Bot
from roost.errors import BotError
from roost.model.turns import Progress


async def serve(connection: socket.socket, reference: str) -> int:
    """Load the bot and decide turns until the worker hangs up.

    Returns:
        The process's exit status: 0, or 3 where the bot could not be loaded.
    """
    reader, writer = await asyncio.open_connection(sock=connection)
    with closing(writer):
        return await _serve(reader, writer, reference)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, reference: str) -> int:
    try:
        bot = loading.load(reference)
    except BotError as error:
        frames.write(writer, Unloadable(error.problem, error.place, error.remedy))
        await writer.drain()
        return 3
    frames.write(writer, Ready(bot.name, bot.kinds, tuple(bot.welcomes.values())))
    await _decide_all(bot, reader, writer)
    return 0


async def _decide_all(bot: Bot, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    committed: dict[int, asyncio.Event] = {}
    turns: set[asyncio.Task[None]] = set()
    async with asyncio.TaskGroup() as tasks:
        try:
            while True:
                frame = await frames.read(reader)
                if isinstance(frame, Begin):
                    committed[frame.number] = asyncio.Event()
                    turn = tasks.create_task(_decide(bot, frame, writer, committed))
                    turns.add(turn)
                    turn.add_done_callback(turns.discard)
                elif isinstance(frame, Committed):
                    if frame.number in committed:
                        committed[frame.number].set()
                elif isinstance(frame, Ping):
                    frames.write(writer, Pong())
        except (asyncio.IncompleteReadError, ConnectionError):
            # Nobody is there any more to commit what they decide: they would wait for ever.
            for turn in turns:
                turn.cancel()


async def _decide(
    bot: Bot, begin: Begin, writer: asyncio.StreamWriter, committed: dict[int, asyncio.Event]
) -> None:
    async def hand_over(progress: Progress) -> None:
        frames.write(writer, frames.decided(begin.number, progress))
        await committed[begin.number].wait()
        committed[begin.number].clear()

    try:
        progress = await bot.decide(frames.turn_of(begin), hand_over)
    except Exception as error:  # noqa: BLE001 - a handler may raise anything; it is reported whole
        place = loading.place_in(error, default=f"bot {bot.name}")
        frames.write(writer, Failed(begin.number, f"{type(error).__name__}: {error}", place))
    else:
        frames.write(writer, frames.decided(begin.number, progress))
    finally:
        del committed[begin.number]


def _end_with(parent: int) -> None:
    """End this process once its parent is gone, even while a handler never yields."""
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(1)
    os._exit(0)


def main() -> None:
    """Run as a process."""
    descriptor, reference = int(sys.argv[1]), sys.argv[2]
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    sys.exit(asyncio.run(serve(socket.socket(fileno=descriptor), reference)))


if __name__ == "__main__":
    main()
