"""The proxy passes on, loses, holds back and cuts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from roost.testing import proxy
from roost.testing.proxy import Proxy


class Echo:
    """Says back every line, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                self.heard.append(line)
                writer.write(b"heard " + line)
        writer.close()


@asynccontextmanager
async def between() -> AsyncGenerator[tuple[Echo, Proxy]]:
    echo = Echo()
    async with asyncio.TaskGroup() as tasks:

        def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.create_task(echo.serve(reader, writer))

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server, proxy.before(*server.sockets[0].getsockname()[:2]) as standing:
            yield echo, standing


async def ask(standing: Proxy, line: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", standing.port)
    writer.write(line)
    try:
        return await reader.readline()
    except ConnectionError:
        return b"cut"
    finally:
        writer.close()


async def test_what_is_said_is_passed_on() -> None:
    async with between() as (_, standing):
        assert await ask(standing, b"hello\n") == b"heard hello\n"


async def test_an_answer_is_lost_after_the_request_was_heard() -> None:
    async with between() as (echo, standing):
        standing.lose_answers(1)
        assert await ask(standing, b"one\n") in {b"", b"cut"}
        assert await ask(standing, b"two\n") == b"heard two\n"
        assert echo.heard == [b"one\n", b"two\n"]
        assert standing.answers_lost == 1


async def test_what_is_held_back_comes_later() -> None:
    async with between() as (_, standing), asyncio.timeout(20):
        standing.hold()
        answer = asyncio.ensure_future(ask(standing, b"hello\n"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await asyncio.shield(answer)
        standing.go_on()
        assert await answer == b"heard hello\n"


async def test_connections_are_cut() -> None:
    async with between() as (_, standing), asyncio.timeout(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", standing.port)
        writer.write(b"hello\n")
        await reader.readline()
        standing.cut()
        with contextlib.suppress(ConnectionError):
            assert await reader.readline() == b""
        assert standing.cuts == 2
        writer.close()


async def test_nobody_behind_it_is_a_connection_that_breaks() -> None:
    async with between() as (_, standing):
        port = standing.port
    async with proxy.before("127.0.0.1", port) as alone:
        assert await ask(alone, b"hello\n") in {b"", b"cut"}
