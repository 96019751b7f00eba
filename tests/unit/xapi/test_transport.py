"""A request's parts have times of their own, over real connections."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from roost.errors import AnswerLost, NotSent
from roost.model import uptime
from roost.xapi.begun_by import begun_by, is_too_late
from roost.xapi.transport import AiohttpTransport, Phases, Request, aiohttp_transport

LONG = timedelta(seconds=20)
SOON = timedelta(milliseconds=50)
BRISK = timedelta(milliseconds=500)
"""Enough for a step of this process's own, on a busy machine."""
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def server(serve: Serve) -> AsyncGenerator[str]:
    """Serve connections with a function; they are closed when the block is left."""
    writers: list[asyncio.StreamWriter] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await serve(reader, writer)

    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    listening.bind(("127.0.0.1", 0))
    async with await asyncio.start_server(accept, sock=listening, limit=1_024) as running:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        running.close()
        for writer in writers:
            writer.close()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take the head of a request and say nothing."""
    await reader.readuntil(b"\r\n\r\n")


async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the head at once, and the body later than a head may take."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n")
    await writer.drain()
    await asyncio.sleep(BRISK.total_seconds() * 3)
    writer.write(b"ok")
    await writer.drain()


async def test_an_answer_that_does_not_begin_is_given_up_before_the_whole_time() -> None:
    async with (
        server(silent) as url,
        aiohttp_transport(phases=Phases(write=LONG, first_byte=SOON)) as transport,
    ):
        with pytest.raises(AnswerLost, match="TimeoutError"):
            await transport.send(Request("POST", url, body=b"{}"), answer_within=LONG)


async def test_a_request_that_is_not_taken_is_given_up_before_the_whole_time() -> None:
    async with (
        server(silent) as url,
        aiohttp_transport(phases=Phases(write=SOON, first_byte=LONG)) as transport,
    ):
        with pytest.raises(AnswerLost, match="TimeoutError"):
            await transport.send(Request("POST", url, body=b"x" * (64 << 20)), answer_within=LONG)


async def test_a_small_request_is_not_timed_as_if_it_were_still_being_written() -> None:
    async with (
        server(slowly) as url,
        aiohttp_transport(phases=Phases(write=BRISK, first_byte=LONG)) as transport,
    ):
        for body in (b"", b"{}"):
            answer = await transport.send(Request("POST", url, body=body), answer_within=LONG)
            assert answer.body == b"ok"


async def test_an_answer_that_has_begun_has_the_whole_time() -> None:
    async with (
        server(slowly) as url,
        aiohttp_transport(phases=Phases(write=BRISK, first_byte=BRISK)) as transport,
    ):
        answer = await transport.send(Request("GET", url), answer_within=LONG)
        assert answer.body == b"ok"


async def test_without_phases_only_the_whole_is_timed() -> None:
    async with server(silent) as url, aiohttp_transport() as transport:
        with pytest.raises(AnswerLost, match="TimeoutError"):
            await transport.send(Request("GET", url), answer_within=SOON)


async def test_what_cannot_be_connected_to_was_not_sent() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unheard.getsockname()[1]}/"
        async with aiohttp_transport(phases=Phases()) as transport:
            with pytest.raises(NotSent):
                await transport.send(Request("GET", url))


async def test_a_handshake_that_does_not_end_is_given_up_as_not_sent() -> None:
    """The peer takes the connection and never says a word of TLS."""

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)

    async with (
        server(mute) as url,
        aiohttp_transport(phases=Phases(connect=SOON, write=LONG, first_byte=LONG)) as transport,
    ):
        request = Request("POST", url.replace("http://", "https://"), body=b"{}")
        with pytest.raises(NotSent, match=r"[Tt]imeout"):
            await transport.send(request, answer_within=LONG)


async def test_a_connection_that_is_not_free_in_time_is_given_up_as_not_sent() -> None:
    taken = asyncio.Event()

    async def holding(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silent(reader, writer)
        taken.set()

    async with (
        server(holding) as url,
        aiohttp_transport(connections=1, phases=Phases()) as patient,
        asyncio.TaskGroup() as tasks,
    ):
        first = tasks.create_task(patient.send(Request("GET", url)))
        await taken.wait()
        hasty = AiohttpTransport(patient._session, Phases(connect=SOON))
        with pytest.raises(NotSent):
            await hasty.send(Request("GET", url))
        first.cancel()


async def test_a_cancellation_of_the_caller_is_no_timeout() -> None:
    async with server(silent) as url, aiohttp_transport(phases=Phases()) as transport:
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(transport.send(Request("GET", url)))
            await asyncio.sleep(SOON.total_seconds())
            sending.cancel()
        assert sending.cancelled()


@pytest.mark.parametrize("too_late_by", [1.0, -20.0])
async def test_of_a_request_that_was_to_begin_earlier_not_a_byte_is_written(
    too_late_by: float,
) -> None:
    heard = bytearray()

    async def listening(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while more := await reader.read(1_024):
            heard.extend(more)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    latest = uptime.now() - too_late_by
    async with server(listening) as url, aiohttp_transport(phases=Phases()) as transport:
        with begun_by(latest):
            if too_late_by < 0:
                await transport.send(Request("POST", url, body=b"{}"))
            else:
                with pytest.raises(NotSent, match="long ago"):
                    await transport.send(Request("POST", url, body=b"{}"))
        is_silent = not heard
        await transport.send(Request("GET", url))
    assert is_silent == (too_late_by > 0)
    assert b"GET" in heard


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="the system cannot tell")
async def test_a_machine_that_has_slept_meanwhile_begins_nothing_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept, real = [1_000.0], time.clock_gettime

    def gettime(clock: int) -> float:
        return real(time.CLOCK_MONOTONIC) + (slept[0] if clock == time.CLOCK_BOOTTIME else 0.0)

    monkeypatch.setattr(time, "clock_gettime", gettime)
    with begun_by(uptime.now() + LONG.total_seconds()):
        before = is_too_late()
        slept[0] += 60.0
        assert (before, is_too_late()) == (False, True)
