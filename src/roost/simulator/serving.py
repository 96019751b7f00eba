"""Serving a simulator over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from roost.errors import SettingsError
from roost.simulator import breaking
from roost.simulator.app import Simulator
from roost.simulator.breaking import BREAKING, CLOSE, RESET

STOP_WITHIN_S = 2
"""How long calls that are being answered may take once the server is to stop."""

KEPT_OPEN_S = 75
"""How long a connection without a call stays open: longer than clients keep theirs, so that none
sends its next call into one that is just being closed."""

_PORTS_TRIED = 20
_BACKLOG = 2_048


class _Protocol(HttpToolsProtocol):
    """Lets the application break the connection its call came on."""

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {BREAKING: {RESET: self._reset, CLOSE: self._close}}

    def _reset(self) -> None:
        breaking.reset(self.transport)

    def _close(self) -> None:
        self.transport.close()


class _Server(uvicorn.Server):
    """A server that says when it is ready, and leaves signals to whoever runs it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = asyncio.Event()

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_ready.set()

    @override
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def listening(simulator: Simulator, host: str, port: int) -> AsyncGenerator[str]:
    """Serve an entered simulator while the context lasts, and give its address.

    Leaving it ends the simulator's streams for good, so that a simulator is served once.

    Args:
        simulator: Entered already.
        host: Address to listen at.
        port: The first port to try; 0 for any. Where it is taken, the next free one is used.

    Raises:
        SettingsError: No port could be had.
    """
    with bind(host, port) as listener:
        config = uvicorn.Config(
            simulator.asgi,
            http=_Protocol,
            lifespan="off",
            access_log=False,
            log_level="warning",
            proxy_headers=False,  # who the peer really is decides whether its word is taken
            server_header=False,
            timeout_graceful_shutdown=STOP_WITHIN_S,
            timeout_keep_alive=KEPT_OPEN_S,
        )
        server = _Server(config)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve(sockets=[listener]))
            await server.is_ready.wait()
            try:
                yield address_of(listener)
            finally:
                simulator.close_streams()
                server.should_exit = True


async def serve(simulator: Simulator, host: str, port: int, *, is_quiet: bool = False) -> None:
    """Run a simulator until SIGINT or SIGTERM, and say on one line where its phone is.

    Args:
        simulator: Not yet entered.
        host: Address to listen at.
        port: The first port to try; 0 for any.
        is_quiet: Say nothing.

    Raises:
        SettingsError: No port could be had, or a file the world names cannot be read.
    """
    async with simulator, listening(simulator, host, port) as address:
        with _until_signalled() as stop:
            if not is_quiet:
                sys.stdout.write(f"X, offline, is at {address}; its phone: {address}/_sim/phone\n")
                sys.stdout.flush()
            await stop.wait()


def bind(host: str, port: int) -> socket.socket:
    """Listen at a port, or at the next free one after it.

    Raises:
        SettingsError: None of twenty was free, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    reason = ""
    for candidate in range(port, port + _PORTS_TRIED) if port else [0]:
        # asyncio turns off Nagle's algorithm only where the protocol is named, and with it on,
        # every answer of two writes waits 40 ms for the client's delayed acknowledgement.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(_BACKLOG)  # now, since two may bind one port and only one may listen
        except (OSError, OverflowError) as error:
            listener.close()
            reason = str(error)
        else:
            return listener
    raise SettingsError("port", f"cannot listen at {host}:{port}: {reason}", "Choose another.")


def address_of(listener: socket.socket) -> str:
    """Give the URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _until_signalled() -> Generator[asyncio.Event]:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with contextlib.ExitStack() as stack:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
            stack.callback(loop.remove_signal_handler, number)
        yield stop
