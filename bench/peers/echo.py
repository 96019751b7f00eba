"""The floor: a bare ASGI callable that reads the body and answers 200; `/sync` waits for the disk.

Run as `python echo.py PORT FILE`, with the very server and event loop that the product uses.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping

import uvicorn
import uvloop

Receive = Callable[[], Awaitable[Mapping[str, object]]]
Send = Callable[[dict[str, object]], Awaitable[None]]

PAGE = bytes(4096)


class Echo:
    """Answers 200 to everything.

    Args:
        descriptor: Of a file that `/sync` appends 4 KB to, and waits until they are on disk.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    async def __call__(self, scope: Mapping[str, object], receive: Receive, send: Send) -> None:
        """Serve one request."""
        while (await receive()).get("more_body"):
            pass
        if scope["path"] == "/sync":
            os.write(self._descriptor, PAGE)
            os.fdatasync(self._descriptor)
        headers = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def main() -> None:
    """Serve until ended."""
    port, path = int(sys.argv[1]), sys.argv[2]
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(2048)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    config = uvicorn.Config(
        Echo(descriptor),
        http="httptools",
        loop="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve(sockets=[listening]))


if __name__ == "__main__":
    main()
