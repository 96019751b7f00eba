"""X's end of `dm.events.new`: answers every message at once, and says which delivery it answers.

Run by itself, `python bench/stub.py PORT`, it serves until it is ended.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import cast

import uvloop

OnAnswer = Callable[[int, int], None]
"""Told of each message sent: the customer's id, and the delivery's message id it quotes."""

PATH = b"POST /1.1/direct_messages/events/new.json "

_RECIPIENT = re.compile(rb'"recipient_id":\s*"(\d+)"')
_QUOTED = re.compile(rb'"text":\s*"\[(\d+)\]')
_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_SIGNED = re.compile(rb"authorization:\s*OAuth .*oauth_signature=", re.IGNORECASE)
_HEAD = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
_BODY = (
    b'{"event":{"type":"message_create","id":"%d","created_timestamp":"1665500200197",'
    b'"message_create":{"target":{"recipient_id":"%s"},"sender_id":"1001",'
    b'"message_data":{"text":"%s","entities":{"hashtags":[],"symbols":[],"user_mentions":[],'
    b'"urls":[]}}}}}'
)
_REFUSAL = b'{"errors":[{"code":34,"message":"Sorry, that page does not exist"}]}'


class StubX:
    """Accepts messages.

    Args:
        on_answer: Told of each.

    Attributes:
        refused: Requests that were no signed message, and were answered 404.
    """

    def __init__(self, on_answer: OnAnswer) -> None:
        self.refused = 0
        self._on_answer = on_answer
        # Above every id that deliveries have, as X's would be.
        self._ids = itertools.count(2**62)

    def respond(self, head: bytes, body: bytes) -> bytes:
        """Give the whole HTTP answer to one request."""
        recipient, quoted = _RECIPIENT.search(body), _QUOTED.search(body)
        if not head.startswith(PATH) or not _SIGNED.search(head) or not recipient or not quoted:
            self.refused += 1
            return _HEAD % (b"404 Not Found", len(_REFUSAL)) + _REFUSAL
        self._on_answer(int(recipient[1]), int(quoted[1]))
        answer = _BODY % (next(self._ids), recipient[1], quoted[1])
        return _HEAD % (b"200 OK", len(answer)) + answer

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncGenerator[int]:
        """Serve on 127.0.0.1; gives the port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", port)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()


class _Connection(asyncio.Protocol):
    def __init__(self, stub: StubX) -> None:
        self._stub = stub
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            body = self._buffer[end + 4 : whole]
            self._buffer = self._buffer[whole:]
            self._transport.write(self._stub.respond(head, body))


async def _serve(port: int) -> None:
    def ignore(customer_id: int, message_id: int) -> None:
        del customer_id, message_id

    async with StubX(ignore).serving(port):
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
