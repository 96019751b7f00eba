"""The bot's own process: loads the bot, decides turns, knows nothing of X or the database.

Run by `roost.bot.process` as `python -m roost.bot.host FD TRACES STANDING REFERENCE`.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import socket
import sys
import threading
from collections.abc import Coroutine
from contextlib import closing
from functools import partial

from roost.bot import frames, loading, whereabouts
from roost.bot.awaiting import STRAYED
from roost.bot.endings import ending_of
from roost.bot.frames import (
    Abandon,
    Begin,
    Burdened,
    Committed,
    Decided,
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
from roost.bot.standing import Marked, Standing
from roost.bot.threads import Threads
from roost.errors import BotError, FrameTooLarge
from roost.model.turns import Progress


async def serve(connection: socket.socket, reference: str, standing: Standing | None = None) -> int:
    """Load the bot and decide turns until the worker hangs up.

    Args:
        connection: To the worker.
        reference: Of the bot.
        standing: Where it is written down which turn goes on, if anywhere.

    Returns:
        The process's exit status: 0, or 3 where the bot could not be loaded.
    """
    reader, writer = await asyncio.open_connection(sock=connection)
    with closing(writer):
        return await _serve(reader, writer, reference, standing or Standing())


async def _serve(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    reference: str,
    standing: Standing,
) -> int:
    try:
        bot = loading.load(reference)
    except BotError as error:
        frames.write(writer, Unloadable(error.problem, error.place, error.remedy))
        await writer.drain()
        return 3
    welcomes = tuple(bot.welcomes.values())
    frames.write(writer, Ready(bot.name, bot.kinds, welcomes, bot.words.opt_out))
    await _decide_all(bot, reader, writer, standing)
    return 0


async def _decide_all(
    bot: Bot, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, standing: Standing
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(partial(_tell, writer))
    loop.set_default_executor(Threads(loop, partial(frames.write, writer, Burdened())))
    async with asyncio.TaskGroup() as tasks:
        turns = _Turns(bot, writer, tasks, standing)
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

    def __init__(
        self,
        bot: Bot,
        writer: asyncio.StreamWriter,
        tasks: asyncio.TaskGroup,
        standing: Standing,
    ) -> None:
        self._standing = standing
        self._turns: dict[int, Coroutine[object, object, None]] = {}
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
                self._turns[number] = turn
                marked = Marked(turn, number, self._standing)
                self._running[number] = self._tasks.create_task(marked)
                self._running[number].add_done_callback(partial(self._forget, number))
            case Committed(number=number) if number in self._committed:
                self._committed[number].set()
            case Abandon(number=number) if number in self._running:
                stand = whereabouts.of_coroutine(self._turns[number])
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
        del ended, self._running[number], self._turns[number], self._committed[number]


async def _decide(
    bot: Bot, begin: Begin, writer: asyncio.StreamWriter, committed: dict[int, asyncio.Event]
) -> None:
    async def hand_over(progress: Progress) -> None:
        writer.write(_packed(frames.decided(begin.number, progress), bot))
        await committed[begin.number].wait()
        committed[begin.number].clear()

    found = await ending_of(bot.decide(frames.turn_of(begin), hand_over))
    writer.write(_ending(begin.number, found, bot))


def _ending(number: int, found: Progress | BaseException, bot: Bot) -> bytes:
    if isinstance(found, Progress):
        try:
            return _packed(frames.decided(number, found), bot)
        except (BotError, TypeError, ValueError) as error:
            found = error
    failed = loading.failure(found, default=f"bot {bot.name}")
    return frames.packed(Failed(number, failed.problem, failed.place, failed.remedy))


def _packed(decided: Decided, bot: Bot) -> bytes:
    try:
        return frames.packed(decided)
    except FrameTooLarge as error:
        raise BotError(
            f"what was decided at once is too much: {error.size:,} bytes (limit {error.limit:,})",
            place=f"bot {bot.name}",
            remedy="Say less in one turn, or wait for the customer with `chat.ask` in between",
        ) from error


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
    descriptor, traces, standing = map(int, sys.argv[1:4])
    reference = sys.argv[4]
    _tell_where_when_asked(traces)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    sys.exit(asyncio.run(serve(socket.socket(fileno=descriptor), reference, Standing(standing))))


if __name__ == "__main__":
    main()
