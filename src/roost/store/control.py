"""The control socket: how commands reach the process that owns the database.

One JSON object per line each way: `{"call": name, "args": {…}}` is answered by `{"ok": value}` or
by `{"error": sentence}`; before either, any number of `{"more": value}` may come. Whoever may open
the socket may call everything: it is the file's mode, 0600, that decides.
"""

from __future__ import annotations

import asyncio
import inspect
import socket
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Mapping,
)
from contextlib import ExitStack, aclosing, asynccontextmanager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import cast

import msgspec
import structlog

from roost.errors import RoostError, SettingsError, StoreError, StoreLocked, StoreUnavailable
from roost.store import ownership

MAX_MESSAGE_BYTES = 1 << 20
"""Longest request or answer, its line end included."""

_PRIVATE_FILE = 0o600

logger = structlog.stdlib.get_logger("roost.store")

SOCKET = "control.sock"
"""Its name in the data folder. Further processes, where one database allows several, have
`control-2.sock` and so on."""

_FURTHER = "control-{}.sock"
_PLACES = 64

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


@contextmanager
def place(folder: Path) -> Generator[Path]:
    """Have a socket's path in a folder to oneself until the block is left: the first that is free.

    Raises:
        StoreLocked: Others have all of them.
    """
    with ExitStack() as stack:
        yield _first_free(folder, stack)


def _first_free(folder: Path, stack: ExitStack) -> Path:
    names = (SOCKET, *(_FURTHER.format(n) for n in range(2, _PLACES + 1)))
    for name in names[:-1]:
        try:
            stack.enter_context(ownership.locked(folder / name))
        except StoreLocked:
            continue
        return folder / name
    stack.enter_context(ownership.locked(folder / names[-1]))
    return folder / names[-1]


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
        logger.exception("control call failed", call=name)
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
    """Call a process of a data folder by its control socket and give what it answers.

    Args:
        path: The socket; where nobody listens, another one of its folder is called.
        call: The call's name.
        **args: Its arguments; anything JSON can carry.

    Raises:
        StoreUnavailable: Nobody listens there. Nothing was done.
        StoreError: The request is too long, the owner refused it, or it ended before it answered;
            the message says which.
    """
    request = _request(call, args)
    for candidate in (path, *_others(path)):
        try:
            return await _ask(candidate, call, request)
        except StoreUnavailable:
            continue
    raise StoreUnavailable(f"no Roost is listening at {path}")


async def follow(path: Path, call: str, /, **args: object) -> AsyncGenerator[object]:
    """Call a process and give what it answers piece by piece; arguments and errors as in `ask`."""
    request = _request(call, args)
    for candidate in (path, *_others(path)):
        try:
            async with aclosing(_asked(candidate, call, request)) as answers:
                async for answer in answers:
                    if answer.more is not msgspec.UNSET:
                        yield answer.more
        except StoreUnavailable:
            continue
        else:
            return
    raise StoreUnavailable(f"no Roost is listening at {path}")


def _request(call: str, args: Mapping[str, object]) -> bytes:
    request = _line({"call": call, "args": args})
    if len(request) > MAX_MESSAGE_BYTES:
        raise StoreError(f"{call}: a request has at most {MAX_MESSAGE_BYTES} bytes")
    return request


async def ask_each(folder: Path, call: str, /) -> list[object]:
    """Call every process of a data folder and give what each answers; errors as in `ask`."""
    answers: list[object] = []
    first = folder / SOCKET
    request = _line({"call": call, "args": {}})
    for path in (first, *_others(first)):
        try:
            answers.append(await _ask(path, call, request))
        except StoreUnavailable:
            continue
    if not answers:
        raise StoreUnavailable(f"no Roost is listening in {folder}")
    return answers


def _others(path: Path) -> list[Path]:
    return [one for one in sorted(path.parent.glob(_FURTHER.format("*"))) if one != path]


async def _ask(path: Path, call: str, request: bytes) -> object:
    async with aclosing(_asked(path, call, request)) as answers:
        async for answer in answers:
            if answer.more is msgspec.UNSET:
                return answer.ok
    raise StoreError(f"{call}: the service ended before it answered")


async def _asked(path: Path, call: str, request: bytes) -> AsyncGenerator[_Answer]:
    """Give every line of an answer; the last one is the only one without `more`."""
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
