"""Bots' own processes for lives that are forked, and the order at which point of a journal to die.

A folder named by `TRIED_FOLDER` holds two kinds of files: `order`, which a test writes, and one for
each story with a line for everything it has passed. Both processes of a life read and write them.
"""

from __future__ import annotations

import asyncio
import io
import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from tests.crash import bots

from roost.bot import frames, host, process
from roost.bot.journal import Journal
from roost.bot.launching import Launched
from roost.bot.standing import Standing
from roost.service import probes

FOLDER, BOT, FORGETS = "TRIED_FOLDER", "TRIED_BOT", "TRIED_FORGETS"
POINT, DECIDED, COMMITTED = "point", "turn.decided", "turn.committed"
ENDED = "ended"
"""A dialog has come to its end; behind it stands how long its journal is then."""

KINDS = (POINT, COMMITTED)
"""Where one walk dies. What is decided and not committed is lost, as what was written last is."""

_AT_ONCE = 12
"""Bots' processes a life may use: one for all, and one for each turn that was lost before."""


class Order(msgspec.Struct, frozen=True):
    """Where to die.

    Attributes:
        story: Whose file is written; the one that is being told.
        kind: `POINT`, or one of `roost.ports.PROBES`.
        n: The n-th time; 0 for never.
    """

    story: str
    kind: str = POINT
    n: int = 0


def give(folder: Path, order: Order) -> None:
    """Have what is passed from now on written down, and the n-th of it be the last of its life."""
    fresh = folder / "order.new"
    fresh.write_bytes(msgspec.json.encode(order))
    fresh.rename(folder / "order")


def passed(folder: Path, story: str, kind: str = POINT) -> Sequence[str]:
    """Give what a story has passed, in order; what was passed again is there again."""
    try:
        lines = (folder / story).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [line.removeprefix(f"{kind} ") for line in lines if line.startswith(f"{kind} ")]


def _pass(folder: Path, kind: str, what: str, die: Callable[[], None]) -> None:
    try:
        order = msgspec.json.decode((folder / "order").read_bytes(), type=Order)
    except FileNotFoundError:
        return
    with (folder / order.story).open("a", encoding="utf-8") as file:
        file.write(f"{kind} {what}\n")
    if order.kind == kind and len(passed(folder, order.story, kind)) == order.n:
        die()


@dataclass(frozen=True, slots=True)
class OrderedProbe:
    """Dies in the application's process where the order says so."""

    folder: Path

    def at(self, name: str) -> None:
        """Write down that the line has come here."""
        if name in {DECIDED, COMMITTED}:
            _pass(self.folder, name, "", lambda: os.kill(os.getpid(), signal.SIGKILL))


class _Host:
    """A bot's process that this one has forked; stands in for asyncio's."""

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.connection = connection

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    async def wait(self) -> None:
        await asyncio.to_thread(os.waitpid, self.pid, 0)


def prepare(environment: Mapping[str, str]) -> None:
    """Fork the bots' processes of this life, and let the application use them; before any loop."""
    folder = Path(environment[FOLDER])
    ready: list[_Host] = []
    for _ in range(_AT_ONCE):
        ready.append(_forked(environment, folder, ready))

    async def start(_: type[process.BotProcess], reference: str) -> process.BotProcess:
        one = ready.pop()
        reader, writer = await asyncio.open_connection(
            sock=one.connection, limit=frames.MAX_FRAME_BYTES
        )
        running = process.BotProcess(Launched(one, reader, writer, nothing(), Standing()))
        await running._greet(reference)
        return running

    bots.decide_in_processes()
    process.BotProcess.start = classmethod(start)
    probes.probe_from = lambda _: OrderedProbe(folder)


def nothing() -> io.FileIO:
    """Give what can be read, and holds nothing."""
    return io.FileIO(os.devnull)


def _forked(environment: Mapping[str, str], folder: Path, before: Sequence[_Host]) -> _Host:
    ours, theirs = socket.socketpair()
    application = os.getpid()
    pid = os.fork()
    if pid:
        theirs.close()
        return _Host(pid, ours)
    status = 1
    try:
        for one in before:
            one.connection.close()
        ours.close()
        os.environ.update(environment)
        _watch_journals(folder, application, forgets=environment.get(FORGETS, ""))
        status = asyncio.run(host.serve(theirs, environment[BOT]))
    finally:
        os._exit(status)


def _watch_journals(folder: Path, application: int, *, forgets: str) -> None:
    """Write down every point that is written, and die where the order says so.

    Args:
        folder: Of order and stories.
        application: Process id of the application, which dies first.
        forgets: The place of the one point whose result is lost on the way back; `""` for none.
    """

    def die() -> None:
        os.kill(application, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    write, replay, end = Journal.write, Journal.replay, Journal.end_replay

    def watched(self: Journal, kind: str, fingerprint: str = "", result: bytes = b"") -> None:
        write(self, kind, fingerprint, result)
        _pass(folder, POINT, f"{kind}({fingerprint[:20]!r})", die)

    def ended(self: Journal) -> None:
        end(self)
        _pass(folder, ENDED, f"{self.reached}", lambda: None)

    def forgetful(self: Journal, kind: str, fingerprint: str = ""):
        point = replay(self, kind, fingerprint)
        if point is None or self.reached != int(forgets):
            return point
        return type(point)(point.kind, point.fingerprint)

    Journal.write, Journal.end_replay = watched, ended
    if forgets:
        Journal.replay = forgetful
