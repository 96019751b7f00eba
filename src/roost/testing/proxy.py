"""A TCP proxy that stands between two programs and cuts, loses or holds back what they say."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

_PIECE_BYTES = 65_536


class Proxy:
    """Passes bytes on, until it is told not to. Made by `before`.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        answers_lost: How many answers were dropped so far.
        cuts: How many connections were cut so far.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._writers: set[asyncio.StreamWriter] = set()
        self._to_lose = 0
        self._passing = asyncio.Event()
        self._passing.set()
        self.port = 0
        self.answers_lost = 0
        self.cuts = 0

    def lose_answers(self, n: int) -> None:
        """Let the next requests arrive, and cut their connections before the answers come back.

        Args:
            n: How many; they are added to those that are still to be lost.
        """
        self._to_lose += n

    def cut(self) -> None:
        """Cut every connection there is."""
        for writer in self._writers:
            writer.transport.abort()
            self.cuts += 1
        self._writers.clear()

    def hold(self) -> None:
        """Pass nothing on, and keep every connection open."""
        self._passing.clear()

    def go_on(self) -> None:
        """Pass on what was held back, and whatever comes."""
        self._passing.set()

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        try:
            from_target, to_target = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()  # nobody is there: the same to whoever has called
            return
        both = {writer, to_target}
        self._writers |= both
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._copy(reader, to_target, is_answer=False))
                tasks.create_task(self._copy(from_target, writer, is_answer=True))
        finally:
            self._writers -= both
            for one in both:
                one.close()

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(_PIECE_BYTES):
                await self._passing.wait()
                if is_answer and self._to_lose:
                    self._to_lose -= 1
                    self.answers_lost += 1
                    writer.transport.abort()
                    break
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def before(host: str, port: int) -> AsyncGenerator[Proxy]:
    """Stand before a program, on a free port of 127.0.0.1.

    Args:
        host: Where the program listens.
        port: Where the program listens; it need not be there yet.
    """
    proxy = Proxy(host, port)
    async with asyncio.TaskGroup() as tasks:

        def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.create_task(proxy.join(reader, writer))

        server = await asyncio.start_server(join, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        try:
            yield proxy
        finally:
            server.close()
            proxy.go_on()
            proxy.cut()
