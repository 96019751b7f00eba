"""Lives of one application: begun by forking, ended by SIGKILL, one after the other."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import select
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.crash.places import ROOT, python_path

LOADED_WITHIN = 120.0
"""Seconds until everything is imported; the machine may be busy."""

GONE_WITHIN = 30.0
"""Seconds until every process of a nursery has ended, once the nursery has."""

_NURSERY = "TRIED_NURSERY"


class LeftBehind(AssertionError):
    """Processes of a nursery have outlived it; they were killed now."""


class Life:
    """One running application.

    Attributes:
        pid: Its process id, its own until the next life begins.
        ended: Settled with the signal that ended it; 0 where it ended by itself.
    """

    def __init__(self, pid: int, ended: asyncio.Task[int]) -> None:
        self.pid = pid
        self.ended = ended

    async def kill(self) -> None:
        """End it at once, if it has not ended by itself, and wait for that."""
        if not self.ended.done():
            os.kill(self.pid, signal.SIGKILL)
        await self.ended

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)


class Nursery:
    """Begins lives. One lives at a time."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, log: Path
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._log = log

    def printed(self) -> str:
        """Give the end of what it and its lives have printed."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-4_000:]

    @asynccontextmanager
    async def life(self, environment: Mapping[str, str]) -> AsyncGenerator[Life]:
        """Begin a life; on leaving it is killed, if it still lives."""
        self._writer.write(json.dumps(dict(environment)).encode() + b"\n")
        pid = (await self._heard())["pid"]
        async with asyncio.TaskGroup() as tasks:
            life = Life(pid, tasks.create_task(self._end()))
            try:
                yield life
            finally:
                await life.kill()

    async def _end(self) -> int:
        return (await self._heard())["signal"]

    async def _heard(self) -> dict[str, int]:
        line = await self._reader.readline()
        if not line:
            raise ConnectionError(f"the nursery is gone: {self.printed()}")
        return json.loads(line)

    async def until_loaded(self) -> None:
        """Wait until lives can be begun."""
        async with asyncio.timeout(LOADED_WITHIN):
            await self._heard()


@asynccontextmanager
async def nursery(
    log: Path, environment: Mapping[str, str] | None = None
) -> AsyncGenerator[Nursery]:
    """Load the application once.

    Args:
        log: What lives print is appended to it.
        environment: What every life has from the beginning, beside what this process has.

    Raises:
        LeftBehind: A life, or a bot's process of one, has not ended.
    """
    ours, theirs = socket.socketpair()
    name = secrets.token_hex(8)
    with theirs, log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.crash.nursery", str(theirs.fileno())),
            pass_fds=[theirs.fileno()],
            stdout=output,
            stderr=output,
            cwd=ROOT,
            env={
                **os.environ,
                **(environment or {}),
                "PYTHONPATH": python_path(),
                _NURSERY: name,
            },
        )
    reader, writer = await asyncio.open_connection(sock=ours)
    try:
        made = Nursery(reader, writer, log)
        await made.until_loaded()
        yield made
    finally:
        writer.close()
        await process.wait()
        await _until_gone(name)


async def _until_gone(name: str) -> None:
    ends_at = asyncio.get_running_loop().time() + GONE_WITHIN
    while left := members(name):
        patience = ends_at - asyncio.get_running_loop().time()
        if not await asyncio.to_thread(_ended, left[0], patience):
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            raise LeftBehind(f"{len(left)} processes of a nursery run on: {left}")


def _ended(pid: int, patience: float) -> bool:
    """Wait for the end of a process that is nobody's child; false where there was none in time."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], max(0.0, patience))[0])
    finally:
        os.close(process)


def members(name: str) -> list[int]:
    """Give the process ids of a nursery and of all it has made; none where there is no `/proc`.

    Args:
        name: Of the nursery, in the environment it was begun with.
    """
    mark = f"{_NURSERY}={name}".encode()
    found: list[int] = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in place.read_bytes().split(b"\0"):
                found.append(int(place.parent.name))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # gone, or somebody else's
    return found
