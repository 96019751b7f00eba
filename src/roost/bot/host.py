"""The bot's own process: loads the bot, decides turns, knows nothing of X or the database.

Run by `roost.bot.process` as `python -m roost.bot.host FD TRACES REFERENCE`.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import socket
import sys
import threading
from contextlib import closing
from functools import partial

from roost.bot import frames, loading, whereabouts
from roost.bot.frames import (
    Abandon,
    Begin,
    Committed,
    Failed,
    Frame,
    Ping,
    Pong,
    Ready,
    Stands,
    Unloadable,
)
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
    welcomes = tuple(bot.welcomes.values())
    frames.write(writer, Ready(bot.name, bot.kinds, welcomes, bot.words.opt_out))
    await _decide_all(bot, reader, writer)
    return 0


async def _decide_all(bot: Bot, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    async with asyncio.TaskGroup() as tasks:
        turns = _Turns(bot, writer, tasks)
        try:
            while True:
                turns.heed(await frames.read(reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            # Nobody is there any more to commit what they decide: they would wait for ever.
            turns.end()


class _Turns:
    """What the process is deciding."""

    def __init__(self, bot: Bot, writer: asyncio.StreamWriter, tasks: asyncio.TaskGroup) -> None:
        self._bot = bot
        self._writer = writer
        self._tasks = tasks
        self._committed: dict[int, asyncio.Event] = {}
        self._running: dict[int, asyncio.Task[None]] = {}

    def heed(self, frame: Frame) -> None:
        """Do what the worker asks for."""
        match frame:
            case Begin(number=number):
                self._committed[number] = asyncio.Event()
                turn = _decide(self._bot, frame, self._writer, self._committed)
                self._running[number] = self._tasks.create_task(turn)
                self._running[number].add_done_callback(partial(self._forget, number))
            case Committed(number=number) if number in self._committed:
                self._committed[number].set()
            case Abandon(number=number) if number in self._running:
                stand = whereabouts.of_task(self._running[number])
                frames.write(self._writer, Stands(number, stand.handler, stand.place))
                self._running[number].cancel()
            case Ping():
                frames.write(self._writer, Pong())
            case _:
                pass

    def end(self) -> None:
        """Cancel every turn."""
        for turn in self._running.values():
            turn.cancel()

    def _forget(self, number: int, ended: asyncio.Task[None]) -> None:
        del ended, self._running[number]


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
        failed = loading.failure(error, default=f"bot {bot.name}")
        said = Failed(begin.number, failed.problem, failed.place, failed.remedy)
        frames.write(writer, said)
    else:
        frames.write(writer, frames.decided(begin.number, progress))
    finally:
        del committed[begin.number]


def _tell_where_when_asked(traces: int) -> None:
    """Write down the calls in progress whenever a signal comes, even while a handler never yields.

    Python's own code writes, in the signal's handler: it needs no bytecode to run, and no lock.
    """
    os.set_blocking(traces, False)
    faulthandler.register(signal.SIGUSR2, file=traces, all_threads=False)


def _end_with(parent: int) -> None:
    """End this process once its parent is gone, even while a handler never yields."""
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(1)
    os._exit(0)


def main() -> None:
    """Run as a process."""
    descriptor, traces, reference = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    _tell_where_when_asked(traces)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    sys.exit(asyncio.run(serve(socket.socket(fileno=descriptor), reference)))


if __name__ == "__main__":
    main()
