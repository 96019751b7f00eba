"""HTTP without a network: requests go straight to ASGI applications of the same process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import cast
from urllib.parse import unquote, urlsplit

from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message

from roost.errors import AnswerLost, AnswerTooLarge, NotSent
from roost.xapi.transport import ANSWER_WITHIN, Request, Response, Sink

_PORTS = {"http": 80, "https": 443}


class InProcess:
    """`roost.xapi.transport.Transport` to applications that are mounted at an origin."""

    def __init__(self, applications: Mapping[str, ASGIApp] | None = None) -> None:
        """Make one.

        Args:
            applications: By origin, for example `{"https://bot.example": app}`.
        """
        self._applications: MutableMapping[str, ASGIApp] = {}
        for origin, application in (applications or {}).items():
            self.mount(origin, application)

    def mount(self, origin: str, application: ASGIApp) -> None:
        """Let an application answer everything at an origin.

        Args:
            origin: Scheme, host and, where it is not the usual one, port.
            application: ASGI; its lifespan is its owner's business.
        """
        self._applications[origin.rstrip("/")] = application

    async def send(self, request: Request, *, answer_within: timedelta = ANSWER_WITHIN) -> Response:
        """Let the application at the request's origin answer.

        Raises:
            NotSent: There is none.
            AnswerLost: It gave no whole answer in time, or broke the connection.
        """
        parts = urlsplit(request.url)
        application = self._applications.get(f"{parts.scheme}://{parts.netloc}")
        if application is None:
            raise NotSent(f"{request.method} {parts.netloc}: nothing is mounted there")
        exchange = _Exchange(request)
        try:
            async with asyncio.timeout(answer_within.total_seconds()):
                await application(_scope(request), exchange.receive, exchange.send)
        except (TimeoutError, ConnectionError) as error:
            raise AnswerLost(f"{request.method} {parts.netloc}: {error!r}") from error
        return exchange.response()

    async def download(
        self, request: Request, sink: Sink, *, most_bytes: int, answer_within: timedelta
    ) -> Response:
        """Let the application answer, and hand that on as one piece.

        Raises:
            AnswerTooLarge: It has more bytes.
        """
        answer = await self.send(request, answer_within=answer_within)
        if answer.status != HTTPStatus.OK:
            return answer
        if len(answer.body) > most_bytes:
            raise AnswerTooLarge(f"{request.method} {urlsplit(request.url).netloc}", most_bytes)
        await sink(answer.body)
        return Response(answer.status, answer.headers, b"")


@dataclass
class _Exchange:
    request: Request
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict[str, str])
    parts: list[bytes] = field(default_factory=list[bytes])
    whole: asyncio.Event = field(default_factory=asyncio.Event)
    _is_read: bool = False

    async def receive(self) -> HTTPReceiveMessage:
        if self._is_read:
            await self.whole.wait()  # the client stays until it has its answer
            return {"type": "http.disconnect"}
        self._is_read = True
        return {"type": "http.request", "body": self.request.body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            pairs = message["headers"]
            self.headers = {name.decode().lower(): value.decode() for name, value in pairs}
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                self.whole.set()

    def response(self) -> Response:
        if not self.whole.is_set():
            raise AnswerLost(f"{self.request.method} {self.request.url}: no whole answer")
        return Response(self.status, self.headers, b"".join(self.parts))


def _scope(request: Request) -> HTTPScope:
    parts = urlsplit(request.url)
    given = {name.lower(): value for name, value in request.headers.items()}
    headers = {"host": parts.netloc, "content-length": str(len(request.body)), **given}
    port = parts.port or _PORTS[parts.scheme]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(parts.path) or "/",
        "raw_path": (parts.path or "/").encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname or "", port),
        "extensions": {},
        "state": {},
    }
    return cast("HTTPScope", cast("object", scope))
