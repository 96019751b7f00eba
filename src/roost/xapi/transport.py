"""HTTP as bytes in, bytes out: the one seam through which Roost and its simulator make requests."""

from __future__ import annotations

import io
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Protocol

import aiohttp
from yarl import URL

from roost.errors import AnswerLost, NotSent, TransportError

CONNECT_WITHIN = timedelta(seconds=5)
"""For name resolution, TCP and TLS together."""

ANSWER_WITHIN = timedelta(seconds=30)
"""For a whole request, connecting included."""

_LARGE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, signed and encoded.

    Attributes:
        method: HTTP method.
        url: Absolute, percent-encoded exactly as signed.
        headers: Without `Host` and `Content-Length`, which follow from the rest.
        body: As sent; empty for none.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer, whole.

    Attributes:
        status: HTTP status.
        headers: Names in lower case.
        body: As received, after any transfer coding.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """Makes HTTP requests.

    Never follows a redirect, never repeats a request, keeps no cookies, and says whether anything
    was written when it fails.
    """

    async def send(self, request: Request, *, answer_within: timedelta = ANSWER_WITHIN) -> Response:
        """Send one request and read the whole answer.

        Raises:
            NotSent: Not one byte was written: the name, the connection or TLS failed.
            AnswerLost: Something was written and no whole answer came back in time.
        """
        ...


class AiohttpTransport:
    """The network adapter. Open it with `aiohttp_transport`."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def send(self, request: Request, *, answer_within: timedelta = ANSWER_WITHIN) -> Response:
        """Send one request; see `Transport.send`."""
        progress = SimpleNamespace(written=False)
        timeout = aiohttp.ClientTimeout(
            total=answer_within.total_seconds(), connect=CONNECT_WITHIN.total_seconds()
        )
        try:
            async with self._session.request(
                request.method,
                URL(request.url, encoded=True),
                headers=request.headers,
                data=_payload(request.body),
                allow_redirects=False,
                timeout=timeout,
                trace_request_ctx=progress,
            ) as answer:
                body = await answer.read()
                return Response(
                    answer.status,
                    {name.lower(): text for name, text in answer.headers.items()},
                    body,
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _failure(request, error, was_written=progress.written) from error


def _payload(body: bytes) -> bytes | io.BytesIO | None:
    """Give a body as the client wants it: large ones are to be read piece by piece."""
    return io.BytesIO(body) if len(body) > _LARGE_BYTES else body or None


def _failure(request: Request, error: Exception, *, was_written: bool) -> TransportError:
    what = f"{request.method} {URL(request.url).origin()}: {type(error).__name__}: {error}"
    if was_written and not isinstance(error, aiohttp.ClientConnectorError):
        return AnswerLost(what)
    return NotSent(what)


async def _mark_written(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    sent: aiohttp.TraceRequestHeadersSentParams,
) -> None:
    del session, sent
    context.trace_request_ctx.written = True


@asynccontextmanager
async def aiohttp_transport(*, connections: int = 100) -> AsyncGenerator[AiohttpTransport]:
    """Open the network adapter.

    Args:
        connections: Most connections open at once; more requests wait.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(_mark_written)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=15),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trace_configs=[trace],
    ) as session:
        yield AiohttpTransport(session)
