"""A bot behind `ports.Decider`: its process is started, watched, ended and replaced here."""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Callable

import structlog

from roost.bot import frames, whereabouts
from roost.bot.frames import (
    Abandon,
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
from roost.bot.welcoming import Declared
from roost.bot.whereabouts import Stand
from roost.errors import BotError, DeciderLost, FrameTooLarge, HandlerFailed
from roost.model.opting import BUILT_IN
from roost.model.turns import Progress, Turn

_log = structlog.stdlib.get_logger("roost.bot")


_PULSE = 0.25

_TELLS_WITHIN, _LOOKS_EVERY = 1.0, 0.02
"""Seconds a process has to tell where a handler stands; after how many to look whether it has."""

_DUMP_BYTES = 65_536
"""A hundred calls are less than this, unless files have very long names."""

BLOCKED_AFTER = 2.0
"""Seconds one handler may keep a process from answering; then new turns go to another process."""

LOADS_WITHIN = 30.0
"""Seconds a bot has to be imported."""

_SETTINGS = "ROOST_"
"""How the variables begin in which the application's settings are, secrets and keys among them."""


class Overdue(TimeoutError):
    """The handlers of a turn took longer than they may. It was cancelled, or its process ended.

    Attributes:
        stand: Where they stood.
        has_blocked: Whether they kept the process from answering.
    """

    def __init__(self, stand: Stand, *, has_blocked: bool) -> None:
        super().__init__("deadline passed")
        self.stand = stand
        self.has_blocked = has_blocked


class BotProcess:
    """One running process of one bot.

    Attributes:
        blocked_at: Where the handler stood for which it was ended; `None` for none.
    """

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        traces: io.FileIO,
    ) -> None:
        self._traces = traces
        self._process = process
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._turns: dict[int, asyncio.Queue[Frame | None]] = {}
        self._loop = asyncio.get_running_loop()
        self._heard_at = self._loop.time()
        self.blocked_at: Stand | None = None
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
        traces_end, theirs_too = os.pipe()
        os.set_blocking(traces_end, False)
        traces = os.fdopen(traces_end, "rb", buffering=0)
        with contextlib.ExitStack() as opened:
            opened.callback(ours.close)
            opened.callback(traces.close)
            with theirs, os.fdopen(theirs_too, "wb"):
                process = await _spawned(reference, theirs.fileno(), theirs_too)
            reader, writer = await asyncio.open_connection(sock=ours, limit=frames.MAX_FRAME_BYTES)
            opened.pop_all()
        running = cls(process, reader, writer, traces)
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
            stand = await self.look()
            raise BotError(
                f"it was not loaded after {LOADS_WITHIN:.0f} s",
                place=stand.place or reference,
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
                if isinstance(frame, (Decided, Failed, Stands)) and frame.number in self._turns:
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
            Overdue: They took longer.
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
        except TimeoutError as error:
            is_over = self._abandon(number)
            raise await self._overdue(queue, has_blocked=not is_over) from error
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

    async def _overdue(self, queue: asyncio.Queue[Frame | None], *, has_blocked: bool) -> Overdue:
        """Tell where a turn stands that has not ended in time: the process, or its signal, does."""
        if has_blocked:
            return Overdue(await self.look(), has_blocked=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_TELLS_WITHIN):
                while (frame := await queue.get()) is not None:
                    if isinstance(frame, Stands):
                        return Overdue(Stand(frame.handler, frame.place), has_blocked=False)
        # What blocks it since a moment ago may be another turn.
        is_alone = len(self._turns) == 1
        return Overdue(await self.look() if is_alone else Stand(), has_blocked=is_alone)

    async def look(self) -> Stand:
        """Tell where the handler stands that keeps the process from answering."""
        self._read_traces()  # of an earlier look, come late
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGUSR2)
        text, until = b"", self._loop.time() + _TELLS_WITHIN
        while self._loop.time() < until:
            await asyncio.sleep(_LOOKS_EVERY)
            part = self._read_traces()
            if text and not part:
                break
            text += part
        return whereabouts.of_dump(text.decode("ascii", errors="replace"))

    def _read_traces(self) -> bytes:
        there = None if self._traces.closed else self._traces.read(_DUMP_BYTES)
        return there or b""

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
        self._traces.close()


async def _spawned(reference: str, *descriptors: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-B",  # cached bytecode of a file saved twice in a second would be taken for fresh
        "-m",
        "roost.bot.host",
        *map(str, descriptors),
        reference,
        pass_fds=descriptors,
        start_new_session=True,
        env=_environment(),
    )


def _log_strayed(error: BotError) -> None:
    _log.error("task left behind", reason=str(error))


def _progress(frame: Frame | None, name: str) -> Progress:
    match frame:
        case Decided():
            return frames.progress_of(frame)
        case Failed():
            raise HandlerFailed(frame.problem, place=frame.place, remedy=frame.remedy)
        case _:
            raise DeciderLost(f"the process of bot {name} is gone")


def _environment() -> dict[str, str]:
    """Give what a bot may know: its own variables, and none of the application's settings.

    It needs no token and no key. What it raises is told in the desk, and may quote all it sees.
    """
    return {name: text for name, text in os.environ.items() if not name.startswith(_SETTINGS)}
