"""Health for whoever watches: `/healthz` (the process answers), `/readyz` (and can do its work)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
from litestar.types import Receive, Scope, Send

from roost.errors import StoreUnavailable
from roost.service.signals import Stop

ANSWERS_WITHIN = 2.0
"""Seconds that the database has to show that it takes transactions."""

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
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                await self._check()
        except TimeoutError:
            return f"the database has not answered for {ANSWERS_WITHIN:g} s"
        except StoreUnavailable:
            return "the database cannot be used"
        return ""

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


async def _answer(send: Send, status: int, says: dict[str, bool | str]) -> None:
    body = msgspec.json.encode(says)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
