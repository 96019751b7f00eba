"""HTTP as bytes in, bytes out: the one seam through which Roost and its simulator make requests."""

from __future__ import annotations

import asyncio
import io
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from types import SimpleNamespace
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override
from yarl import URL

from roost.errors import AnswerLost, AnswerTooLarge, NotSent, TransportError
from roost.xapi.begun_by import is_too_late

T = TypeVar("T")

CONNECT_WITHIN = timedelta(seconds=5)
"""For name resolution, TCP and TLS together."""

ANSWER_WITHIN = timedelta(seconds=30)
"""For a whole request, connecting included."""

LARGEST_ANSWER = 16 << 20
"""Bytes of an answer that is read whole; X's lists stay far below."""


@dataclass(frozen=True, slots=True)
class Phases:
    """How long the parts of a request may take, within the time for all of it.

    Attributes:
        connect: For a free connection, name resolution, TCP and TLS together.
        write: From there to the end of the request.
        first_byte: From there to the answer's head.
    """

    connect: timedelta = CONNECT_WITHIN
    write: timedelta = timedelta(seconds=10)
    first_byte: timedelta = timedelta(seconds=20)


_LARGE_BYTES = 256 * 1024
_PIECE_PAUSE_S = 0.005  # long enough for a piece to leave by itself


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, signed and encoded.

    Attributes:
        method: HTTP method.
        url: Absolute, percent-encoded exactly as signed.
        headers: Without `Host` and `Content-Length`, which follow from the rest.
        body: As sent; empty for none.
        pieces: In how many writes the body goes out, with a pause after each, as over a slow line.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    pieces: int = 1


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
            NotSent: Not one byte was written: the name, the connection or TLS failed, or it was
                to begin earlier; see `roost.xapi.begun_by`.
            AnswerLost: Something was written and no whole answer came back in time.
            AnswerTooLarge: It has more than `LARGEST_ANSWER` bytes.
        """
        ...

    async def download(
        self, request: Request, sink: Sink, *, most_bytes: int, answer_within: timedelta
    ) -> Response:
        """Send one request and hand its answer on piece by piece.

        Args:
            request: What to ask for.
            sink: Is handed the pieces of an answer of status 200, in order.
            most_bytes: How many there may be.
            answer_within: For all of it.

        Returns:
            The answer; without its body where that went to `sink`.

        Raises:
            NotSent: As for `send`.
            AnswerLost: As for `send`; `sink` may have got a part.
            AnswerTooLarge: There are more bytes; `sink` got no more than were allowed.
        """
        ...


Sink = Callable[[bytes], Awaitable[None]]
"""Takes a piece of an answer."""

Read = Callable[[aiohttp.ClientResponse], Awaitable[T]]
"""Makes something of an answer that has begun."""


class AiohttpTransport:
    """The network adapter. Open it with `aiohttp_transport`."""

    def __init__(self, session: aiohttp.ClientSession, phases: Phases | None = None) -> None:
        self._session = session
        self._phases = phases

    async def send(self, request: Request, *, answer_within: timedelta = ANSWER_WITHIN) -> Response:
        """Send one request; see `Transport.send`."""

        async def whole(received: aiohttp.ClientResponse) -> Response:
            return _response(received, await _body(request, received))

        return await self._timed(request, whole, answer_within)

    async def download(
        self, request: Request, sink: Sink, *, most_bytes: int, answer_within: timedelta
    ) -> Response:
        """Send one request and hand its answer on; see `Transport.download`."""

        async def handed_on(received: aiohttp.ClientResponse) -> Response:
            if received.status != HTTPStatus.OK:
                return _response(received, await _body(request, received))
            await _hand_on(request, received, sink, most_bytes)
            return _response(received, b"")

        return await self._timed(request, handed_on, answer_within)

    async def _timed(self, request: Request, read: Read[T], answer_within: timedelta) -> T:
        progress = _Progress(self._phases, len(request.body))
        try:
            async with progress.phase:
                return await self._exchange(request, read, progress, answer_within)
        except TimeoutError as error:
            raise _failure(request, error, was_written=progress.is_written) from error

    async def _exchange(
        self, request: Request, read: Read[T], progress: _Progress, answer_within: timedelta
    ) -> T:
        connect = self._phases.connect if self._phases else CONNECT_WITHIN
        timeout = aiohttp.ClientTimeout(
            total=answer_within.total_seconds(), connect=connect.total_seconds()
        )
        answer: T | None = None
        before = _cancellations()
        try:
            async with self._session.request(
                request.method,
                URL(request.url, encoded=True),
                headers=_headers(request),
                data=_payload(request),
                allow_redirects=False,
                timeout=timeout,
                trace_request_ctx=progress,
            ) as received:
                progress.answer_began()
                answer = await read(received)
        except asyncio.CancelledError:
            # The client cancels its own writing when an answer comes before the body was sent, and
            # lets that out; a cancellation of ours is counted by the task.
            if _cancellations() > before:
                raise
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _failure(request, error, was_written=progress.is_written) from error
        if answer is None:
            raise AnswerLost(f"{request.method} {request.url}: ended before the answer")
        return answer


def _response(received: aiohttp.ClientResponse, body: bytes) -> Response:
    headers = {name.lower(): text for name, text in received.headers.items()}
    return Response(received.status, headers, body)


async def _body(request: Request, received: aiohttp.ClientResponse) -> bytes:
    pieces: list[bytes] = []

    async def keep(piece: bytes) -> None:
        pieces.append(piece)

    await _hand_on(request, received, keep, LARGEST_ANSWER)
    return b"".join(pieces)


async def _hand_on(
    request: Request, received: aiohttp.ClientResponse, sink: Sink, most_bytes: int
) -> None:
    left = most_bytes
    async for piece in received.content.iter_any():
        left -= len(piece)
        if left < 0:
            raise AnswerTooLarge(f"{request.method} {urlsplit(request.url).netloc}", most_bytes)
        await sink(piece)


def _cancellations() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task else 0


def _headers(request: Request) -> Mapping[str, str]:
    if request.pieces == 1:
        return request.headers
    # Without it, a body that comes in pieces would be sent in chunks.
    return {**request.headers, "content-length": str(len(request.body))}


def _payload(request: Request) -> bytes | io.BytesIO | AsyncGenerator[bytes] | None:
    """Give a body as the client wants it: large ones are to be read piece by piece."""
    if request.pieces > 1:
        return _in_pieces(request.body, request.pieces)
    body = request.body
    return io.BytesIO(body) if len(body) > _LARGE_BYTES else body or None


async def _in_pieces(body: bytes, pieces: int) -> AsyncGenerator[bytes]:
    size = max(1, -(-len(body) // pieces))
    for begin in range(0, len(body), size):
        yield body[begin : begin + size]
        await asyncio.sleep(_PIECE_PAUSE_S)


def _failure(request: Request, error: Exception, *, was_written: bool) -> TransportError:
    host = urlsplit(request.url).netloc
    what = f"{request.method} {host}: {type(error).__name__}: {error}"
    if was_written and not isinstance(error, aiohttp.ClientConnectorError):
        return AnswerLost(what)
    return NotSent(what)


class _Progress:
    """How far a request has come, and the time its current part has left."""

    def __init__(self, phases: Phases | None, body_bytes: int) -> None:
        self.is_written = False
        self.phase = asyncio.timeout(None)
        self._phases = phases
        self._bytes_left = body_bytes

    def head_sent(self) -> None:
        """Note that bytes leave now.

        Raises:
            NotSent: It is too late for that; none has left.
        """
        if is_too_late():
            raise NotSent("it was to begin long ago")
        self.is_written = True
        if self._phases is not None:
            self._allow(self._phases.write if self._bytes_left else self._phases.first_byte)

    def body_sent(self, n_bytes: int) -> None:
        """Note that a part of the body has left."""
        self._bytes_left -= n_bytes
        if self._phases is not None and self._bytes_left <= 0:
            self._allow(self._phases.first_byte)

    def answer_began(self) -> None:
        """Note that the answer's head is there: what is left has what is left of the whole time."""
        if not self.phase.expired():
            self.phase.reschedule(None)

    def _allow(self, time: timedelta) -> None:
        if not self.phase.expired():
            self.phase.reschedule(asyncio.get_running_loop().time() + time.total_seconds())


async def _head_sent(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    sent: aiohttp.TraceRequestHeadersSentParams,
) -> None:
    del session, sent
    context.trace_request_ctx.head_sent()


async def _body_sent(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    sent: aiohttp.TraceRequestChunkSentParams,
) -> None:
    del session
    context.trace_request_ctx.body_sent(len(sent.chunk))


class _Resolver(AbstractResolver):
    """Gives the addresses it was told, and asks the system for all others."""

    def __init__(self, names: Callable[[], Mapping[str, str]]) -> None:
        self._names = names
        self._system = aiohttp.ThreadedResolver()

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        address = self._names().get(host)
        if address is None:
            return await self._ask_system(host, port, family)
        ip, _, other_port = address.partition(":")
        return [
            ResolveResult(
                hostname=host,
                host=ip,
                port=int(other_port or port),
                family=socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def _ask_system(
        self, host: str, port: int, family: socket.AddressFamily
    ) -> list[ResolveResult]:
        try:
            return await self._system.resolve(host, port, family)
        except UnicodeError as error:  # a name that IDNA cannot write, such as `a..b`
            raise OSError(f"{host!r} is not a host name: {error}") from error

    @override
    async def close(self) -> None:
        await self._system.close()


def _no_names() -> Mapping[str, str]:
    return {}


@asynccontextmanager
async def aiohttp_transport(
    *,
    connections: int = 100,
    names: Callable[[], Mapping[str, str]] = _no_names,
    authorities: ssl.SSLContext | None = None,
    phases: Phases | None = None,
) -> AsyncGenerator[AiohttpTransport]:
    """Open the network adapter.

    Args:
        connections: Most connections open at once; more requests wait.
        names: Gives hosts whose address is not to be looked up, as `{"host": "ip[:port]"}`.
        authorities: Whom to trust for `https`; the system's where left out.
        phases: How long parts of a request may take; only the whole is timed where left out.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(_head_sent)
    trace.on_request_chunk_sent.append(_body_sent)
    connector = aiohttp.TCPConnector(
        limit=connections,
        keepalive_timeout=15,
        resolver=_Resolver(names),
        ssl=True if authorities is None else authorities,
        use_dns_cache=False,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trace_configs=[trace],
    ) as session:
        yield AiohttpTransport(session, phases)
