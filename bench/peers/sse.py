"""The bare hop to live pages: a POST is answered 200 and told to every open stream, nothing more.

Run as `python sse.py PORT`, with the very server and event loop that the product uses.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping

import uvicorn
import uvloop

Receive = Callable[[], Awaitable[Mapping[str, object]]]
Send = Callable[[dict[str, object]], Awaitable[None]]

_MESSAGE_ID = re.compile(rb'"id":\s*"(\d+)"')


class Told:
    """Tells every open stream of the message in each body that is posted."""

    def __init__(self) -> None:
        self._streams: set[asyncio.Queue[bytes]] = set()

    async def __call__(self, scope: Mapping[str, object], receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["method"] == "POST":
            await self._tell(receive, send)
        elif scope["path"] == "/api/changes":
            await self._stream(receive, send)
        else:
            await _answer(send)

    async def _tell(self, receive: Receive, send: Send) -> None:
        body, is_more = b"", True
        while is_more:
            part = await receive()
            body += bytes(part.get("body", b""))
            is_more = bool(part.get("more_body"))
        found = _MESSAGE_ID.search(body)
        if found is not None:
            told = json.dumps({"kind": "message_received", "ref": found[1].decode()})
            event = f"event: change\r\ndata: {told}\r\n\r\n".encode()
            for stream in self._streams:
                stream.put_nowait(event)
        await _answer(send)

    async def _stream(self, receive: Receive, send: Send) -> None:
        events: asyncio.Queue[bytes] = asyncio.Queue()
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        self._streams.add(events)
        events.put_nowait(b"event: ready\r\ndata: {}\r\n\r\n")
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(_pass_on(events, send))
            while (await receive())["type"] != "http.disconnect":
                pass
            self._streams.discard(events)
            sending.cancel()


async def _pass_on(events: asyncio.Queue[bytes], send: Send) -> None:
    while True:
        body = await events.get()
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _answer(send: Send) -> None:
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def main() -> None:
    """Serve until ended."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", int(sys.argv[1])))
    listening.listen(2048)
    config = uvicorn.Config(
        Told(),
        http="httptools",
        loop="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve(sockets=[listening]))


if __name__ == "__main__":
    main()
