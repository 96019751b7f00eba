"""Health for whoever watches: `/healthz` (the process answers), `/readyz` (and can do its work)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager

import msgspec
import structlog
from litestar.types import Receive, Scope, Send

from roost.errors import DiskTrouble, StoreUnavailable
from roost.service.signals import Stop

ANSWERS_WITHIN = 2.0
"""Seconds that the database has to show that it takes transactions."""

LOOK_EVERY = 2.0
"""Seconds between two looks whether this process is ready."""

SPARE_DESCRIPTORS = 2
"""With fewer, neither can a bot be started anew nor X be called."""

_log = structlog.stdlib.get_logger("roost.service")

_OK, _METHOD_NOT_ALLOWED, _UNAVAILABLE = 200, 405, 503


class Health:
    """Says whether this process is alive, and whether it is ready.

    Args:
        check: Runs a transaction that changes nothing.
        stop: A process that stops is not ready, so that a load balancer turns elsewhere.
    """

    def __init__(self, check: Callable[[], Awaitable[None]], stop: Stop) -> None:
        self._check = check
        self._stop = stop

    async def problem(self) -> str:
        """Say in a few words why this process is not ready; empty where it is."""
        if self._stop.asked.is_set():
            return "stopping"
        return await self._trouble() if _has_descriptors() else "too many files are open"

    async def _trouble(self) -> str:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                await self._check()
        except TimeoutError:
            return f"the database has not answered for {ANSWERS_WITHIN:g} s"
        except DiskTrouble as error:
            return f"the database cannot be used: {error.trouble}"
        except StoreUnavailable:
            return "the database cannot be used"
        return ""

    @asynccontextmanager
    async def watched(self) -> AsyncGenerator[None]:
        """Say in the log, until the block is left, when this process is no more ready, and why."""
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._watch())
            try:
                yield
            finally:
                watching.cancel()

    async def _watch(self) -> None:
        said = ""
        while not self._stop.asked.is_set():
            problem = await self.problem()
            if problem != said:
                tell = _log.error if problem else _log.warning
                tell("not ready" if problem else "ready again", reason=problem or said)
                said = problem
            await asyncio.sleep(LOOK_EVERY)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer a request for one of `PATHS`: 200, or 503 with the reason."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await _answer(send, _METHOD_NOT_ALLOWED, {"ok": False, "reason": "GET or HEAD"})
            return
        problem = await self.problem() if scope["path"] == READY else ""
        if problem:
            await _answer(send, _UNAVAILABLE, {"ok": False, "reason": problem})
        else:
            await _answer(send, _OK, {"ok": True})


ALIVE, READY = "/healthz", "/readyz"
PATHS = frozenset({ALIVE, READY})
"""What `Health` answers. Neither says anything that may not be known to everybody."""


def _has_descriptors() -> bool:
    with ExitStack() as had:
        try:
            for _ in range(SPARE_DESCRIPTORS):
                had.callback(os.close, os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
        except OSError:
            return False
    return True


async def _answer(send: Send, status: int, says: dict[str, bool | str]) -> None:
    body = msgspec.json.encode(says)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
