"""A bot behind `ports.Decider`: its process is started, watched, ended and replaced here."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
from collections.abc import AsyncGenerator, Callable, Coroutine

import structlog

from roost.bot import frames, launching, whereabouts
from roost.bot.frames import (
    Abandon,
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
from roost.bot.launching import Launched
from roost.bot.losses import HeldUp, LetsNotGo, Loss, Overdue
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

ENDED_AFTER = 5.0
"""Seconds after which such a process is ended: its turn has failed, the others are redone."""

_BEHIND = 10
"""How far such a process stands back from others, as in `nice`."""

LOADS_WITHIN = 30.0
"""Seconds a bot has to be imported."""


class BotProcess:
    """One running process of one bot.

    Attributes:
        is_burdened: Set once a thread goes on in it for which nobody waits any more.
    """

    def __init__(self, made: Launched) -> None:
        self._process = made.process
        self._reader, self._writer = made.reader, made.writer
        self._traces, self._standing = made.traces, made.standing
        self._seen = 0, Stand()
        self._numbers = itertools.count(1)
        self._turns: dict[int, asyncio.Queue[Frame | Loss]] = {}
        self._loop = asyncio.get_running_loop()
        self._heard_at = self._loop.time()
        self._blocked_by, self._blocked_at = 0, Stand()
        self.is_burdened = asyncio.Event()
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
        running = cls(await launching.launch(reference))
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
        except (asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
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
                self._heed(await frames.read(self._reader))
        except (asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
            _log.info("bot process gone", bot=self.name, reason=type(error).__name__)
        finally:
            self._is_gone = True
            try:
                await self.stop()
            finally:
                for queue in self._turns.values():
                    queue.put_nowait(Loss.GONE)

    def _heed(self, frame: Frame) -> None:
        match frame:
            case Decided() | Failed() | Stands() if frame.number in self._turns:
                self._turns[frame.number].put_nowait(frame)
            case Pong():
                self._heard_at = self._loop.time()
            case Strayed():
                error = BotError(frame.problem, place=frame.place, remedy=frame.remedy)
                self.on_strayed(error)
            case Burdened():
                self.is_burdened.set()
            case _:
                pass

    async def until_blocked(self, seconds: float) -> None:
        """Wait until a handler has kept the process from answering for so long."""
        while True:
            if self._turns:
                self._tell(Ping())
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
            LetsNotGo: They kept the process from answering, and it was ended for that.
            HeldUp: Those of another turn did.
            HandlerFailed: One raised.
            DeciderLost: The process is gone.
        """
        if self._is_gone:
            raise DeciderLost(f"bot {self.name} is not running")
        number = next(self._numbers)
        queue = self._turns[number] = asyncio.Queue[Frame | Loss]()
        is_over = False
        try:
            self._begin(number, turn)
            while not is_over:
                frame, within = await self._hear(queue, within)
                progress = self._progress(frame, number)
                is_over = progress.final
                yield progress
                if not is_over:
                    self._tell(Committed(number))
        except (DeciderLost, HandlerFailed, LetsNotGo):
            is_over = True
            raise
        except TimeoutError as error:
            guilty = self._guilty() if self.is_silent else 0
            is_over = not self.is_silent or guilty not in {0, number}
            raise await self._overdue(number, guilty) from error
        finally:
            del self._turns[number]
            if not is_over:
                _log.warning("bot process ended: a turn was not finished", bot=self.name)
                self.kill()
            self._end_if_retired()

    def _tell(self, frame: Frame) -> None:
        """Send a frame. A process that is gone gets none: `run` tells its turns so."""
        if not self._writer.is_closing():
            frames.write(self._writer, frame)

    def _begin(self, number: int, turn: Turn) -> None:
        try:
            self._tell(frames.begin(number, turn))
        except FrameTooLarge as error:
            raise HandlerFailed(str(error), place=f"bot {self.name}") from error

    def _progress(self, frame: Frame | Loss, number: int) -> Progress:
        match frame:
            case Decided():
                try:
                    return frames.progress_of(frame)
                except ValueError as error:
                    self._tell(Abandon(number))
                    raise HandlerFailed(
                        f"what it decided cannot be taken: {error}",
                        place=f"bot {self.name}",
                        remedy="Give verbs values of the kinds they say they take",
                    ) from error
            case Failed():
                raise HandlerFailed(frame.problem, place=frame.place, remedy=frame.remedy)
            case Loss.HELD_UP:
                self._tell(Abandon(number))
            case _ if self._blocked_by == number:
                raise LetsNotGo(self._blocked_at)
            case _ if not self._blocked_by:
                raise DeciderLost(f"the process of bot {self.name} is gone")
            case _:
                pass
        raise HeldUp(f"the process of bot {self.name} was kept from answering")

    async def _hear(
        self, queue: asyncio.Queue[Frame | Loss], within: float
    ) -> tuple[Frame | Loss, float]:
        """Give what the bot says next, and the seconds that are left."""
        asked_at = self._loop.time()
        async with asyncio.timeout(within):
            frame = await queue.get()
        return frame, within - (self._loop.time() - asked_at)

    async def _overdue(self, number: int, guilty: int) -> Overdue | DeciderLost:
        """Tell what became of a turn that has not ended in time.

        Where it stands, the process tells; where a handler keeps it from that, its signal.
        """
        if guilty == number:
            self._blocked_by, self._blocked_at = number, await self.look()
            return Overdue(self._blocked_at, has_blocked=True)
        if self.is_silent and not guilty:
            return DeciderLost(f"the process of bot {self.name} does not answer")
        queue = self._turns[number]
        self._tell(Abandon(number))
        if guilty:
            return HeldUp(f"the process of bot {self.name} does not answer")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_TELLS_WITHIN):
                while not isinstance(frame := await queue.get(), Loss):
                    if isinstance(frame, Stands):
                        return Overdue(Stand(frame.handler, frame.place), has_blocked=False)
        # What blocks it since a moment ago may be another turn.
        is_alone = self._guilty() == number
        return Overdue(await self.look() if is_alone else Stand(), has_blocked=is_alone)

    def _guilty(self) -> int:
        """Give the number of the turn that keeps the process from answering; 0 for any of them."""
        alone = next(iter(self._turns)) if len(self._turns) == 1 else 0
        return self._standing.turn or alone

    def set_apart(self) -> None:
        """Leave the process to the turn that keeps it from answering, behind all others.

        It gets no more of them, those that it has not begun are held up, and others are served
        first by the processor. It ends with the turns it has.
        """
        self.retire()
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _BEHIND)
        for number, queue in self._turns.items():
            if not self._standing.has_begun(number):
                queue.put_nowait(Loss.HELD_UP)

    async def end_blocked(self) -> None:
        """End a process that a handler keeps from answering; its turn is told where it stood."""
        self._blocked_by, self._blocked_at = self._guilty(), await self.look()
        self.kill()

    async def look(self) -> Stand:
        """Tell where the handler stands that keeps the process from answering."""
        self._read_traces()  # of an earlier look, come late
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGUSR2)
        text, until = b"", self._loop.time() + _TELLS_WITHIN
        while self._loop.time() < until:
            since = self._loop.time()
            await asyncio.sleep(_LOOKS_EVERY)
            until += self._loop.time() - since - _LOOKS_EVERY  # for which nobody could tell
            part = self._read_traces()
            if text and not part:
                break
            text += part
        stand, guilty = whereabouts.of_dump(text.decode("ascii", errors="replace")), self._guilty()
        if stand == Stand() and guilty and guilty == self._seen[0]:
            return self._seen[1]  # set apart, it may not get to tell again on a busy machine
        self._seen = guilty, stand
        return stand

    def _read_traces(self) -> bytes:
        there = None if self._traces.closed else self._traces.read(_DUMP_BYTES)
        return there or b""

    def retire(self) -> None:
        """End the process once the turns it has are decided; it gets no more."""
        self._is_retiring = True
        self._end_if_retired()

    def retire_if_idle(self) -> None:
        """End the process if it has no turns."""
        if not self._turns:
            self.retire()

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
        self._standing.close()
        self._traces.close()


def _log_strayed(error: BotError) -> None:
    _log.error("task left behind", reason=str(error))


async def outlived(process: BotProcess, watching: Coroutine[object, object, None]) -> None:
    """See a process to its end, watching it; whatever happens with it, it goes no further.

    Where watching it ends, so does the process.
    """
    guard = asyncio.ensure_future(watching)
    guard.add_done_callback(lambda _: process.kill())
    try:
        found = await asyncio.gather(process.run(), return_exceptions=True)
    finally:
        guard.cancel()
    for error in (*found, *await asyncio.gather(guard, return_exceptions=True)):
        if isinstance(error, Exception):
            _log.error("bot process given up", bot=process.name, exc_info=error)
