"""Where an upload's bytes come from: memory, a file, or a stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing, closing
from dataclasses import dataclass
from pathlib import Path

from roost.errors import InvalidCall


@dataclass(frozen=True, slots=True)
class Stream:
    """Bytes that come piece by piece, of any size, once.

    Attributes:
        pieces: The bytes.
        total_bytes: How many there are altogether; X wants to know before it gets them.
    """

    pieces: AsyncIterable[bytes]
    total_bytes: int


Source = bytes | Path | Stream
"""What can be uploaded."""


async def size(source: Source) -> int:
    """Count a source's bytes.

    Raises:
        InvalidCall: It is a file that cannot be read.
    """
    match source:
        case bytes():
            return len(source)
        case Path():
            try:
                return (await asyncio.to_thread(source.stat)).st_size
            except OSError as error:
                raise _unreadable(source, error) from error
        case Stream(total_bytes=total_bytes):
            return total_bytes


async def chunks(source: Source, n_bytes: int) -> AsyncGenerator[bytes, None]:
    """Give a source's bytes in pieces of `n_bytes`, the last one shorter.

    Raises:
        InvalidCall: A file cannot be read, or a stream holds more or less than it said.
    """
    match source:
        case bytes():
            for begin in range(0, len(source), n_bytes):
                yield source[begin : begin + n_bytes]
        case Path():
            async with aclosing(_of_file(source, n_bytes)) as pieces:
                async for piece in pieces:
                    yield piece
        case Stream():
            async with aclosing(_of_stream(source, n_bytes)) as pieces:
                async for piece in pieces:
                    yield piece


async def _of_file(path: Path, n_bytes: int) -> AsyncGenerator[bytes, None]:
    try:
        with closing(await asyncio.to_thread(path.open, "rb")) as file:
            while piece := await asyncio.to_thread(file.read, n_bytes):
                yield piece
    except OSError as error:
        raise _unreadable(path, error) from error


async def _of_stream(stream: Stream, n_bytes: int) -> AsyncGenerator[bytes, None]:
    held, total = bytearray(), 0
    async for piece in stream.pieces:
        total += len(piece)
        held += piece
        while len(held) >= n_bytes:
            yield bytes(held[:n_bytes])
            del held[:n_bytes]
        if total > stream.total_bytes:
            break
    if total != stream.total_bytes:
        raise InvalidCall(
            "source",
            "the stream holds not as much as it said",
            limit=stream.total_bytes,
            value=total,
        )
    if held:
        yield bytes(held)


def _unreadable(path: Path, error: OSError) -> InvalidCall:
    return InvalidCall("source", f"{path}: {error.strerror or error}")
