"""Giving an answer to the client, or breaking the connection instead of it or within it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import cast

from litestar.types import HTTPScope, Message, Receive, Send

from roost.simulator.calls import Answer, Break

SILENT_FOR = timedelta(minutes=10)
"""How long a client is left without an answer, in real time, before its connection is reset."""

BREAKING = "roost.breaking"
"""The ASGI extension by which a server lets a connection be broken."""

RESET = "reset"
CLOSE = "close"

_Ways = Mapping[str, Callable[[], None]]


async def deliver(answer: Answer, scope: HTTPScope, receive: Receive, send: Send) -> None:
    """Give an answer to the client, as far as it is to come.

    Raises:
        ConnectionAbortedError: The connection is to break and the server has no way to do that,
            as within one process. Whoever called the application has lost the answer.
    """
    match answer.broken:
        case None:
            await send_whole(send, answer)
        case Break.SILENCE:
            if not await _is_gone(receive, within=SILENT_FOR):
                await _break(scope, receive, RESET)
        case Break.RESET:
            await _break(scope, receive, RESET)
        case Break.MIDWAY:
            await send(_start(answer))
            half = answer.body[: len(answer.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            await _break(scope, receive, CLOSE)


async def send_whole(send: Send, answer: Answer) -> None:
    """Give a whole answer to the client."""
    await send(_start(answer))
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


def reset(transport: asyncio.Transport) -> None:
    """Reset a connection: the other end reads `ECONNRESET`, not the end of the stream."""
    connection = transport.get_extra_info("socket")
    # To linger for no time means to send RST instead of FIN.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _start(answer: Answer) -> Message:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    if answer.status != HTTPStatus.NO_CONTENT:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    return {"type": "http.response.start", "status": answer.status, "headers": headers}


async def _break(scope: HTTPScope, receive: Receive, how: str) -> None:
    ways = _ways(scope)
    if how not in ways:
        raise ConnectionAbortedError(f"the connection broke: {how}")
    ways[how]()
    # Until the server knows, an answer that is not whole would be a fault of the application.
    await _is_gone(receive, within=None)


def _ways(scope: HTTPScope) -> _Ways:
    plain = cast("Mapping[str, object]", scope)
    extensions = cast("Mapping[str, _Ways]", plain.get("extensions") or {})
    return extensions.get(BREAKING, {})


async def _is_gone(receive: Receive, *, within: timedelta | None) -> bool:
    """Wait until the client has closed the connection."""
    try:
        async with asyncio.timeout(None if within is None else within.total_seconds()):
            while (await receive())["type"] != "http.disconnect":
                continue
    except TimeoutError:
        return False
    return True
