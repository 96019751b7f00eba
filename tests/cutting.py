"""A PostgreSQL whose connections can be cut at the worst moment."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from enum import Enum
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

_SOCKET = ".s.PGSQL.5432"


class Cut(Enum):
    """When a connection is cut that has just been told to commit."""

    BEFORE = "the server never hears of it"
    AFTER = "the server has done it, its answer is lost"


class Cutter:
    """Stands between clients and a server; passes everything on until it is told to cut.

    Attributes:
        dsn: The server's database, reached through here.
        n_cut: How many connections have been cut while they committed.
    """

    def __init__(self, dsn: str, folder: Path) -> None:
        parts = urlsplit(dsn)
        self._parts = parts
        user = f"{login}@" if (login := parts.netloc.rpartition("@")[0]) else "@"
        self.dsn = urlunsplit(parts._replace(netloc=user, query=f"host={quote(str(folder))}"))
        self.n_cut = 0
        self._at_commit: Cut | None = None
        self._is_letting_in = True
        self._silenced: list[asyncio.Event] = []
        self._writers: list[asyncio.StreamWriter] = []

    def at_next_commit(self, cut: Cut) -> None:
        """Cut the next connection that is told to commit."""
        self._at_commit = cut

    def cut_all(self) -> None:
        """Cut every connection."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    def silence_all(self) -> None:
        """Pass nothing more on over the connections there are, without anybody being told."""
        for silenced in self._silenced:
            silenced.set()

    def shut(self) -> None:
        """Cut every connection and let nobody in."""
        self._is_letting_in = False
        self.cut_all()

    def let_in(self) -> None:
        """Let clients in again."""
        self._is_letting_in = True

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect one client to the server until either of them is gone."""
        if not self._is_letting_in:
            writer.close()
            return
        silenced = asyncio.Event()
        self._silenced.append(silenced)
        from_server, to_server = await self._reach()
        self._writers += [writer, to_server]
        with contextlib.suppress(ConnectionError):
            async with asyncio.TaskGroup() as tasks:
                back = tasks.create_task(_copy(from_server, writer, silenced))
                await self._pass_on(reader, from_server, to_server, back=back, silenced=silenced)
        writer.close()
        to_server.close()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        folder = parse_qs(self._parts.query).get("host")
        if folder:
            return await asyncio.open_unix_connection(Path(folder[0]) / _SOCKET)
        host, port = self._parts.hostname or "127.0.0.1", self._parts.port or 5432
        return await asyncio.open_connection(host, port)

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        from_server: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        *,
        back: asyncio.Task[None],
        silenced: asyncio.Event,
    ) -> None:
        while data := await reader.read(65_536):
            if silenced.is_set():
                continue
            cut = self._at_commit if b"COMMIT\0" in data else None
            if cut is None:
                to_server.write(data)
                await to_server.drain()
                continue
            self._at_commit = None
            self.n_cut += 1
            back.cancel()
            if cut is Cut.AFTER:
                with contextlib.suppress(asyncio.CancelledError):
                    await back
                to_server.write(data)
                await from_server.read(65_536)
            break
        back.cancel()


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, silenced: asyncio.Event
) -> None:
    while data := await reader.read(65_536):
        if not silenced.is_set():
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def cutter(dsn: str) -> AsyncGenerator[Cutter]:
    """Stand before a server that is reached by a socket in a folder."""
    with tempfile.TemporaryDirectory(prefix="roost-cut-") as folder:
        cutting = Cutter(dsn, Path(folder))
        server = await asyncio.start_unix_server(cutting.join, Path(folder) / _SOCKET)
        try:
            yield cutting
        finally:
            server.close()
            cutting.cut_all()
