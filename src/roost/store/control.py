"""The control socket: how commands reach the process that owns the database.

One JSON object per line each way: `{"call": name, "args": {…}}` is answered by `{"ok": value}` or
by `{"error": sentence}`; before either, any number of `{"more": value}` may come. Whoever may open
the socket may call everything: it is the file's mode, 0600, that decides.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import socket
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Mapping,
)
from contextlib import aclosing, asynccontextmanager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import cast

import msgspec

from roost.errors import RoostError, SettingsError, StoreError, StoreUnavailable

MAX_MESSAGE_BYTES = 1 << 20
"""Longest request or answer, its line end included."""

_PRIVATE_FILE = 0o600

logger = logging.getLogger(__name__)

SOCKET = "control.sock"
"""Its name in the data folder; made by the process that owns the database."""

Call = Callable[..., Awaitable[object]]
"""Something to be called by name: takes keyword arguments and gives a value that JSON can carry, or
an async iterator of such values, which are passed on one by one."""


class _Request(msgspec.Struct, frozen=True):
    call: str
    args: dict[str, object] = {}


class _Answer(msgspec.Struct, frozen=True):
    ok: object = None
    error: str | None = None
    more: object | msgspec.UnsetType = msgspec.UNSET


_requests = msgspec.json.Decoder(_Request)
_answers = msgspec.json.Decoder(_Answer)


@asynccontextmanager
async def serving(path: Path, calls: Mapping[str, Call]) -> AsyncGenerator[None]:
    """Answer calls on a socket until the block is left; calls still running are then cancelled.

    Only the database's owner may do this: a socket found at `path` is a dead owner's and goes.

    Raises:
        SettingsError: The path is too long for a socket.
    """
    with _listening(path) as listener:
        async with asyncio.TaskGroup() as tasks:
            talks: set[asyncio.Task[None]] = set()

            def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                talk = tasks.create_task(_talk(reader, writer, calls))
                talks.add(talk)
                talk.add_done_callback(talks.discard)

            server = await asyncio.start_unix_server(accept, sock=listener, limit=MAX_MESSAGE_BYTES)
            try:
                yield
            finally:
                server.close()
                for talk in talks:
                    talk.cancel()


@contextmanager
def _listening(path: Path) -> Generator[socket.socket]:
    path.unlink(missing_ok=True)
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as listener:
        try:
            listener.bind(str(path))
        except OSError as error:
            raise SettingsError(
                "data folder", f"no socket can be made at {path}: {error}", "Choose a shorter path"
            ) from error
        try:
            # Nobody can connect before `listen`, so nobody slips in before the mode is right.
            path.chmod(_PRIVATE_FILE)
            yield listener
        finally:
            path.unlink(missing_ok=True)


async def _talk(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, calls: Mapping[str, Call]
) -> None:
    with closing(writer):
        try:
            while True:
                async with aclosing(_answer(await reader.readuntil(b"\n"), calls)) as lines:
                    async for line in lines:
                        writer.write(line)
                        await writer.drain()
        except asyncio.LimitOverrunError:
            writer.write(_line({"error": f"a request has at most {MAX_MESSAGE_BYTES} bytes"}))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            # The caller has gone, which is how a talk ends.
            return


async def _answer(line: bytes, calls: Mapping[str, Call]) -> AsyncGenerator[bytes]:
    try:
        name, call = _called(line, calls)
    except StoreError as error:
        yield _line({"error": str(error)})
        return
    try:
        value = await call()
        if isinstance(value, AsyncIterator):
            async for piece in cast("AsyncIterator[object]", value):
                yield _bounded(_line({"more": piece}))
            value = None
        answer = _bounded(_line({"ok": value}))
    except RoostError as error:
        answer = _line({"error": str(error)})
    except Exception:
        logger.exception("control call failed", extra={"call": name})
        answer = _line({"error": f"{name} failed; the service's log says why"})
    yield answer


def _bounded(answer: bytes) -> bytes:
    if len(answer) > MAX_MESSAGE_BYTES:
        raise StoreError("answer too long")
    return answer


def _called(line: bytes, calls: Mapping[str, Call]) -> tuple[str, Callable[[], Awaitable[object]]]:
    try:
        request = _requests.decode(line)
    except msgspec.DecodeError as error:
        raise StoreError(f"not a request: {error}") from error
    call = calls.get(request.call)
    if call is None:
        raise StoreError(f"no such call: {request.call}")
    try:
        inspect.signature(call).bind(**request.args)
    except TypeError as error:
        raise StoreError(f"{request.call}: {error}") from error
    return request.call, partial(call, **request.args)


def _line(answer: Mapping[str, object]) -> bytes:
    return msgspec.json.encode(answer) + b"\n"


async def ask(path: Path, call: str, /, **args: object) -> object:
    """Call the owner by its control socket and give what it answers.

    Args:
        path: The socket.
        call: The call's name.
        **args: Its arguments; anything JSON can carry.

    Raises:
        StoreUnavailable: No owner listens there. Nothing was done.
        StoreError: The request is too long, the owner refused it, or it ended before it answered;
            the message says which.
    """
    async with aclosing(_asked(path, call, args)) as answers:
        async for answer in answers:
            if answer.more is msgspec.UNSET:
                return answer.ok
    raise StoreError(f"{call}: the service ended before it answered")


async def follow(path: Path, call: str, /, **args: object) -> AsyncGenerator[object]:
    """Call the owner and give what it answers piece by piece; arguments and errors as in `ask`."""
    async with aclosing(_asked(path, call, args)) as answers:
        async for answer in answers:
            if answer.more is not msgspec.UNSET:
                yield answer.more


async def _asked(path: Path, call: str, args: Mapping[str, object]) -> AsyncGenerator[_Answer]:
    """Give every line of an answer; the last one is the only one without `more`."""
    request = _line({"call": call, "args": args})
    if len(request) > MAX_MESSAGE_BYTES:
        raise StoreError(f"{call}: a request has at most {MAX_MESSAGE_BYTES} bytes")
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=MAX_MESSAGE_BYTES)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise StoreUnavailable(f"no Roost is listening at {path}") from error
    with closing(writer):
        writer.write(request)
        try:
            await writer.drain()
            while True:
                answer = _answers.decode(await reader.readuntil(b"\n"))
                if answer.error is not None:
                    raise StoreError(answer.error)
                yield answer
                if answer.more is msgspec.UNSET:
                    return
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise StoreError(f"{call}: the service ended before it answered") from error
