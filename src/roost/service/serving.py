"""Serving HTTP: the webhook's paths go straight to intake, everything else to the pages."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable

import uvicorn
from litestar.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

from roost.errors import SettingsError
from roost.intake.webhook import WebhookIntake

DRAIN_WITHIN = 5
"""Seconds that requests in flight have when the application stops."""


def front(intake: WebhookIntake, pages: ASGIApp) -> ASGIApp:
    """Join the webhook and the pages in one ASGI application."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/x/"):
            await intake(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return serve


def listen(host: str, port: int) -> socket.socket:
    """Bind and listen.

    Raises:
        SettingsError: The port is taken, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle's algorithm off: 40 ms less an answer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        is_taken = error.errno == errno.EADDRINUSE
        raise SettingsError(
            "port" if is_taken else "host",
            f"port {port} of {host} is taken" if is_taken else f"cannot listen on {host}: {error}",
            "Choose another, as in ROOST_PORT=8081" if is_taken else "Try 127.0.0.1",
        ) from error
    listening.listen(2048)
    return listening


async def serve(
    app: ASGIApp, listening: socket.socket, *, on_started: Callable[[], Awaitable[None]]
) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        app: What to serve.
        listening: From `listen`.
        on_started: Awaited beside the serving, once requests are answered.
    """
    server = _Server(
        uvicorn.Config(
            app,  # pyright: ignore[reportArgumentType] - the two libraries' ASGI types differ
            http="httptools",
            loop="none",
            lifespan="off",
            access_log=False,
            proxy_headers=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=DRAIN_WITHIN,
        )
    )

    async def once_started() -> None:
        await server.answering.wait()
        await on_started()

    async with asyncio.TaskGroup() as tasks:
        beside = tasks.create_task(once_started())
        await server.serve(sockets=[listening])
        beside.cancel()


class _Server(uvicorn.Server):
    """Says when it answers requests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answering = asyncio.Event()

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answering.set()
