"""Serving HTTP: the webhook's paths go straight to intake, everything else to the pages."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

import uvicorn
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from roost.errors import SettingsError
from roost.intake.webhook import WebhookIntake
from roost.service.health import PATHS, Health
from roost.service.signals import Stop

LINGER = 1.0
"""Seconds that idle connections are still served when the application stops, each with one answer
that closes it: whoever is about to use one must not find it closed."""

DRAIN_WITHIN = 2
"""Seconds that requests in flight have after that; intake never takes longer."""

KEPT_OPEN_S = 75
"""Seconds that a connection without a request stays open: longer than X or a proxy in front keeps
it, so that no delivery is sent into one that is just being closed."""

_BACKLOG = 2048
_LOOK_AGAIN = 0.02
_LAST = (b"connection", b"close")


def front(
    intake: WebhookIntake,
    pages: ASGIApp,
    health: Health,
    stop: Stop,
    *,
    further: Mapping[str, ASGIApp] = MappingProxyType({}),
) -> ASGIApp:
    """Join webhook, pages and health in one ASGI application, and what else is at one path.

    Once it is to stop, every answer says that its connection is closed.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if stop.asked.is_set():
            send = _closing(send)
        if scope["type"] == "http" and scope["path"].startswith("/x/"):
            await intake(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] in PATHS:
            await health(scope, receive, send)
        else:
            await further.get(scope["path"], pages)(scope, receive, send)

    return serve


def _closing(send: Send) -> Send:
    async def send_last(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], _LAST]
        await send(message)

    return send_last


@contextmanager
def bound(host: str, port: int, *, is_shared: bool) -> Generator[socket.socket]:
    """Have a port until the block is left.

    Args:
        host: Address of this machine.
        port: 0 for any free one.
        is_shared: Whether other processes of the same user may have the port too; then nobody
            connects before it is served. Otherwise clients wait from now on.

    Raises:
        SettingsError: The port is taken, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle's algorithm off: 40 ms less an answer.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        option = socket.SO_REUSEPORT if is_shared else socket.SO_REUSEADDR
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, option, 1)
        listener.settimeout(0)
        try:
            listener.bind((host, port))
            if not is_shared:
                listener.listen(_BACKLOG)
        except OSError as error:
            raise _refusal(host, port, error) from error
        yield listener


def _refusal(host: str, port: int, error: OSError) -> SettingsError:
    if error.errno == errno.EADDRINUSE:
        remedy = "Choose another, as in ROOST_PORT=8081"
        return SettingsError("port", f"port {port} of {host} is taken", remedy)
    return SettingsError("host", f"cannot listen on {host}: {error}", "Try 127.0.0.1")


def address_of(listener: socket.socket) -> str:
    """Give the URL of a bound socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve(
    app: ASGIApp,
    listener: socket.socket,
    stop: Stop,
    *,
    on_started: Callable[[], Awaitable[None]],
    trusted_proxies: Sequence[str] = (),
) -> None:
    """Serve until asked to stop, then until what is in flight has been answered.

    Args:
        app: What to serve.
        listener: From `bound`.
        stop: Ends it.
        on_started: Awaited beside the serving, once requests are answered.
        trusted_proxies: Addresses or networks of which `X-Forwarded-For` is believed.
    """
    server = _Server(
        uvicorn.Config(
            app,  # pyright: ignore[reportArgumentType] - the two libraries' ASGI types differ
            http=HttpToolsProtocol,
            loop="none",
            lifespan="off",
            access_log=False,
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=list(trusted_proxies),
            log_level="warning",
            server_header=False,
            backlog=_BACKLOG,
            timeout_graceful_shutdown=DRAIN_WITHIN,
            timeout_keep_alive=KEPT_OPEN_S,
        )
    )

    async def once_started() -> None:
        await server.answering.wait()
        await on_started()

    async def once_stopping() -> None:
        await stop.asked.wait()
        server.should_exit = True

    async with asyncio.TaskGroup() as tasks:
        beside = [tasks.create_task(once_started()), tasks.create_task(once_stopping())]
        await server.serve(sockets=[listener])
        for task in beside:
            task.cancel()


class _Server(uvicorn.Server):
    """Says when it answers requests, leaves signals alone, and stops without refusing anybody."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answering = asyncio.Event()

    @override
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answering.set()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in sockets or ():
            await self._close(listener)
        await self._until_unconnected(LINGER)
        await super().shutdown(sockets)

    async def _close(self, listener: socket.socket) -> None:
        """Take over who has connected and waits, then listen no more.

        Closing a listening socket resets whoever waits at it, so nothing happens in between.
        """
        waiting: list[socket.socket] = []
        while True:
            try:
                waiting.append(listener.accept()[0])
            except BlockingIOError:
                break
        for server in self.servers:
            server.close()
        listener.close()
        for one in waiting:
            one.settimeout(0)
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, one)

    def _protocol(self) -> asyncio.Protocol:
        return HttpToolsProtocol(self.config, self.server_state, self.lifespan.state)

    async def _until_unconnected(self, at_most: float) -> None:
        for _ in range(int(at_most / _LOOK_AGAIN)):
            if not self.server_state.connections:
                return
            await asyncio.sleep(_LOOK_AGAIN)
