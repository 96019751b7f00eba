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
from roost.bot.awaiting import STRAYED
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
    Strayed,
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
    asyncio.get_running_loop().set_exception_handler(partial(_tell, writer))
    async with asyncio.TaskGroup() as tasks:
        turns = _Turns(bot, writer, tasks)
        try:
            while True:
                turns.heed(await frames.read(reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            # Nobody is there any more to commit what they decide: they would wait for ever.
            turns.end()


def _tell(
    writer: asyncio.StreamWriter, loop: asyncio.AbstractEventLoop, context: dict[str, object]
) -> None:
    """Tell the worker of what a task has done that its handler had left behind."""
    error = context.get("exception")
    if not isinstance(error, BotError):
        loop.default_exception_handler(context)
    elif context.get("message") == STRAYED:
        frames.write(writer, Strayed(error.problem, error.place, error.remedy))


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
        frames.write(writer, frames.decided(begin.number, progress))
    except asyncio.CancelledError as error:
        running = asyncio.current_task()
        if running is None or running.cancelling():
            raise
        _fail(bot, begin, error, writer)  # the handler's own, as of a task of its own it awaited
    except Exception as error:  # noqa: BLE001 - a handler may raise anything; it is reported whole
        _fail(bot, begin, error, writer)
    finally:
        del committed[begin.number]


def _fail(bot: Bot, begin: Begin, error: BaseException, writer: asyncio.StreamWriter) -> None:
    failed = loading.failure(error, default=f"bot {bot.name}")
    said = Failed(begin.number, _whole(failed.problem), _whole(failed.place), failed.remedy)
    frames.write(writer, said)


def _whole(text: str) -> str:
    """Give a text that can be sent: half an emoji, as of one cut short, cannot."""
    return text.encode(errors="backslashreplace").decode()


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
