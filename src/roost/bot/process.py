"""A bot behind `ports.Decider`: its process is started, watched, ended and replaced here."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
import sys
from collections.abc import AsyncGenerator, Callable

import structlog

from roost.bot import frames
from roost.bot.frames import (
    Abandon,
    Committed,
    Decided,
    Failed,
    Frame,
    Ping,
    Pong,
    Ready,
    Strayed,
    Unloadable,
)
from roost.bot.welcoming import Declared
from roost.errors import BotError, DeciderLost, FrameTooLarge, HandlerFailed
from roost.model.opting import BUILT_IN
from roost.model.turns import Progress, Turn

_log = structlog.stdlib.get_logger("roost.bot")


_PULSE = 0.25

BLOCKED_AFTER = 2.0
"""Seconds one handler may keep a process from answering; then new turns go to another process."""

LOADS_WITHIN = 30.0
"""Seconds a bot has to be imported."""

_SETTINGS = "ROOST_"
"""How the variables begin in which the application's settings are, secrets and keys among them."""


class BotProcess:
    """One running process of one bot."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._turns: dict[int, asyncio.Queue[Frame | None]] = {}
        self._loop = asyncio.get_running_loop()
        self._heard_at = self._loop.time()
        self.has_blocked = False
        self._is_gone = False
        self._is_retiring = False
        self.name = ""
        self.kinds: frozenset[str] = frozenset()
        self.welcomes: tuple[Declared, ...] = ()
        self.opt_out = BUILT_IN
        self.on_strayed: Callable[[BotError], None] = _log_strayed

    @classmethod
    async def start(cls, reference: str) -> BotProcess:
        """Start a process and wait until the bot is loaded.

        Raises:
            BotError: The bot cannot be loaded; says where and what to do.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-B",  # cached bytecode of a file saved twice in a second would be taken for fresh
                "-m",
                "roost.bot.host",
                str(theirs.fileno()),
                reference,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env=_environment(),
            )
        reader, writer = await asyncio.open_connection(sock=ours, limit=frames.MAX_FRAME_BYTES)
        running = cls(process, reader, writer)
        try:
            await running._greet(reference)
        except BaseException:
            await running.stop()
            raise
        return running

    async def _greet(self, reference: str) -> None:
        try:
            async with asyncio.timeout(LOADS_WITHIN):
                frame = await frames.read(self._reader)
        except TimeoutError as error:
            raise BotError(
                f"it was not loaded after {LOADS_WITHIN:.0f} s",
                place=reference,
                remedy="Keep long work out of the module's top level",
            ) from error
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise BotError(
                "its process ended while it was loaded",
                place=reference,
                remedy="Look above for what it printed",
            ) from error
        if isinstance(frame, Unloadable):
            raise BotError(frame.problem, place=frame.place, remedy=frame.remedy)
        if isinstance(frame, Ready):
            self.name, self.kinds = frame.name, frame.kinds
            self.welcomes, self.opt_out = frame.welcomes, frame.opt_out

    async def run(self) -> None:
        """Pass on what the bot says until its process is gone."""
        try:
            while True:
                frame = await frames.read(self._reader)
                if isinstance(frame, (Decided, Failed)) and frame.number in self._turns:
                    self._turns[frame.number].put_nowait(frame)
                elif isinstance(frame, Pong):
                    self._heard_at = self._loop.time()
                elif isinstance(frame, Strayed):
                    error = BotError(frame.problem, place=frame.place, remedy=frame.remedy)
                    self.on_strayed(error)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
            _log.info("bot process gone", bot=self.name, reason=type(error).__name__)
        finally:
            self._is_gone = True
            try:
                await self.stop()
            finally:
                for queue in self._turns.values():
                    queue.put_nowait(None)

    async def until_blocked(self, seconds: float) -> None:
        """Wait until a handler has kept the process from answering for so long."""
        while True:
            if self._turns:
                self._write(Ping())
            else:
                self._heard_at = self._loop.time()
            slept_since = self._loop.time()
            await asyncio.sleep(_PULSE)
            # What kept this process from listening is not the bot's doing.
            self._heard_at += max(0.0, self._loop.time() - slept_since - _PULSE)
            if self._loop.time() - self._heard_at >= seconds:
                return

    @property
    def is_silent(self) -> bool:
        """Whether a handler keeps the process from answering just now."""
        return self._loop.time() - self._heard_at >= BLOCKED_AFTER

    async def decide(self, turn: Turn, *, within: float) -> AsyncGenerator[Progress]:
        """Decide one turn; closed before its end, it takes the whole process with it.

        Args:
            turn: What is to be decided.
            within: Seconds its handlers may take; the commits between are not counted.

        Raises:
            TimeoutError: They took longer. The turn was cancelled, or its process ended where that
                does not listen.
            HandlerFailed: One raised.
            DeciderLost: The process is gone.
        """
        if self._is_gone:
            raise DeciderLost(f"bot {self.name} is not running")
        number = next(self._numbers)
        queue = self._turns[number] = asyncio.Queue[Frame | None]()
        is_over = False
        try:
            self._begin(number, turn)
            while not is_over:
                frame, within = await self._hear(queue, within)
                progress = _progress(frame, self.name)
                is_over = progress.final
                yield progress
                if not is_over:
                    self._write(Committed(number))
        except (DeciderLost, HandlerFailed):
            is_over = True
            raise
        except TimeoutError:
            is_over = self._abandon(number)
            raise
        finally:
            del self._turns[number]
            if not is_over:
                _log.warning("bot process ended: a turn was not finished", bot=self.name)
                self.kill()
            self._end_if_retired()

    async def _hear(
        self, queue: asyncio.Queue[Frame | None], within: float
    ) -> tuple[Frame | None, float]:
        """Give what the bot says next, and the seconds that are left."""
        asked_at = self._loop.time()
        async with asyncio.timeout(within):
            frame = await queue.get()
        return frame, within - (self._loop.time() - asked_at)

    def _abandon(self, number: int) -> bool:
        """Have a turn cancelled; false where the process does not listen."""
        if self.is_silent:
            return False
        self._write(Abandon(number))
        return True

    def _begin(self, number: int, turn: Turn) -> None:
        try:
            self._write(frames.begin(number, turn))
        except FrameTooLarge as error:
            raise HandlerFailed(str(error), place=f"bot {self.name}") from error

    def _write(self, frame: Frame) -> None:
        """Send a frame; one that is gone hears nothing, and whoever waits for it is told so."""
        if not self._is_gone:
            frames.write(self._writer, frame)

    def retire(self) -> None:
        """End the process once the turns it has are decided; it gets no more."""
        self._is_retiring = True
        self._end_if_retired()

    def _end_if_retired(self) -> None:
        if self._is_retiring and not self._turns:
            self.kill()

    @property
    def is_usable(self) -> bool:
        """Whether a further turn may be given to it."""
        return not (self._is_gone or self._is_retiring)

    def kill(self) -> None:
        """End the process at once (SIGKILL); its turns are lost and will be redone."""
        self._is_gone = True
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def stop(self) -> None:
        """End the process and wait for it."""
        self._writer.close()
        self.kill()
        await self._process.wait()


def _log_strayed(error: BotError) -> None:
    _log.error("task left behind", reason=str(error))


def _progress(frame: Frame | None, name: str) -> Progress:
    match frame:
        case Decided():
            return frames.progress_of(frame)
        case Failed():
            raise HandlerFailed(frame.problem, place=frame.place)
        case _:
            raise DeciderLost(f"the process of bot {name} is gone")


def _environment() -> dict[str, str]:
    """Give what a bot may know: its own variables, and none of the application's settings.

    It needs no token and no key. What it raises is told in the desk, and may quote all it sees.
    """
    return {name: text for name, text in os.environ.items() if not name.startswith(_SETTINGS)}
