"""The network adapter against a peer whose answers are too large, or lead elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from roost.errors import AnswerTooLarge
from roost.xapi import transport as module
from roost.xapi.transport import Request, aiohttp_transport

Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LONG = timedelta(seconds=60)


@asynccontextmanager
async def peer(answer: Peer) -> AsyncGenerator[str]:
    """Serve every connection with this."""
    tasks: set[asyncio.Task[object] | None] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        try:
            await answer(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=1024)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/x"
    finally:
        server.close()
        for task in tasks:
            if task is not None:
                task.cancel()


def saying(text: bytes, *, then: Peer | None = None) -> Peer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(text)
        await writer.drain()
        if then is not None:
            await then(reader, writer)

    return answer


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    moved = (
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/elsewhere\r\n"
        b"set-cookie: a=b\r\ncontent-length: 0\r\n\r\n"
    )
    async with peer(saying(moved)) as url, aiohttp_transport() as transport:
        answer = await transport.send(Request("GET", url, {"Authorization": "secret"}))
    assert (answer.status, answer.headers["location"]) == (302, "http://127.0.0.1:9/elsewhere")


async def test_an_answer_without_end_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LARGEST_ANSWER", 1 << 16)

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(bytes(4096))
            await writer.drain()

    text = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"
    async with peer(saying(text, then=pour)) as url, aiohttp_transport() as transport:
        with pytest.raises(AnswerTooLarge) as caught:
            await transport.send(Request("GET", url))
    assert caught.value.limit == 1 << 16


@pytest.mark.parametrize(("most", "is_whole"), [(10, True), (9, False)])
async def test_a_download_has_no_more_bytes_than_it_may(most: int, is_whole: bool) -> None:
    text = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789"
    got: list[bytes] = []

    async def keep(piece: bytes) -> None:
        got.append(piece)

    async with peer(saying(text)) as url, aiohttp_transport() as transport:
        asked = transport.download(Request("GET", url), keep, most_bytes=most, answer_within=LONG)
        if is_whole:
            assert (await asked).body == b""
            assert b"".join(got) == b"0123456789"
        else:
            with pytest.raises(AnswerTooLarge):
                await asked
            assert len(b"".join(got)) <= most
