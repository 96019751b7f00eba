"""A way to a server whose TCP connections are cut, or fall silent, whatever they carry."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

_LOOK_EVERY = 0.1
"""Seconds; a connection that was just coming in as the others were cut is found then."""


class Severed:
    """Stands between clients and a server on 127.0.0.1.

    Attributes:
        port: Where clients come in.
        n_cut: How many connections were cut.

    Args:
        upstream: The server's port.
        allowed: Asked at each new connection: how many bytes of the server's it may carry before
            it is cut; `None` for any number.
    """

    def __init__(self, upstream: int, allowed: Callable[[], int | None]) -> None:
        self.port = 0
        self.n_cut = 0
        self._upstream = upstream
        self._allowed = allowed
        self._open: set[asyncio.StreamWriter] = set()
        self._silent: set[asyncio.StreamWriter] = set()
        self._joining: set[asyncio.Task[None]] = set()

    def silence_all(self) -> None:
        """Pass nothing more on over the connections there are, without anybody being told."""
        self._silent |= self._open

    def cut_all(self) -> None:
        """Cut every connection."""
        for writer in list(self._open):
            self._cut(writer)

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect one client to the server until either of them, or the connection, is gone."""
        joining = asyncio.current_task()
        assert joining is not None
        self._joining.add(joining)
        joining.add_done_callback(self._joining.discard)
        await self._join(reader, writer)

    async def end(self) -> None:
        """Cut every connection, and wait until nothing passes bytes on still."""
        while self._joining:
            self.cut_all()
            await asyncio.wait(self._joining, timeout=_LOOK_EVERY)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        allowed = self._allowed()
        back, on = await asyncio.open_connection("127.0.0.1", self._upstream)
        self._open.add(writer)
        try:
            async with asyncio.TaskGroup() as tasks:
                ways = [
                    tasks.create_task(self._pass_on(reader, writer, on)),
                    tasks.create_task(self._pass_back(back, writer, allowed)),
                ]
                _, others = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for other in others:
                    other.cancel()
        finally:
            self._open.discard(writer)
            self._silent.discard(writer)
            for end in (writer, on):
                end.transport.abort()

    async def _pass_back(
        self, back: asyncio.StreamReader, writer: asyncio.StreamWriter, allowed: int | None
    ) -> None:
        n_bytes = 0
        while data := await _read(back):
            if allowed is not None and n_bytes + len(data) > allowed:
                await _write(writer, data[: allowed - n_bytes])
                self._cut(writer)
                return
            n_bytes += len(data)
            if writer not in self._silent:
                await _write(writer, data)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on: asyncio.StreamWriter
    ) -> None:
        while data := await _read(reader):
            if writer not in self._silent:
                await _write(on, data)

    def _cut(self, writer: asyncio.StreamWriter) -> None:
        self._open.discard(writer)
        self.n_cut += 1
        writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> bytes:
    """Give what comes next; nothing once the connection is gone, however it went."""
    try:
        return await reader.read(65_536)
    except ConnectionError:
        return b""


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Pass something on, unless the connection is gone."""
    with contextlib.suppress(ConnectionError):
        writer.write(data)
        await writer.drain()


@asynccontextmanager
async def severed(upstream: int, allowed: Callable[[], int | None]) -> AsyncGenerator[Severed]:
    """Stand before a server until the block is left."""
    between = Severed(upstream, allowed)
    server = await asyncio.start_server(between.join, "127.0.0.1", 0)
    between.port = server.sockets[0].getsockname()[1]
    try:
        yield between
    finally:
        server.close()
        await between.end()
