"""Which turn a bot's process works at: written down by it at each step, read when it is silent.

In a file that has no name, since a process that a handler keeps busy can say nothing any more.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Coroutine, Generator
from types import TracebackType

from typing_extensions import override

_FIELDS = struct.Struct("=QQ")


class Standing:
    """What one process has written down.

    Args:
        descriptor: Of the file; -1 for none, of which nothing is known.
    """

    def __init__(self, descriptor: int = -1) -> None:
        self._descriptor = descriptor
        self._begun = 0

    def enter(self, number: int) -> None:
        """Write down that a turn goes on; 0 for none."""
        self._begun = max(self._begun, number)
        if self._descriptor >= 0:
            os.pwrite(self._descriptor, _FIELDS.pack(number, self._begun), 0)

    @property
    def turn(self) -> int:
        """The number of the turn the process works at; 0 for none of those that are known."""
        return self._read()[0]

    def has_begun(self, number: int) -> bool:
        """Tell whether a turn was begun, or may have been."""
        return self._descriptor < 0 or number <= self._read()[1]

    def _read(self) -> tuple[int, int]:
        if self._descriptor < 0:
            return 0, 0
        fields = os.pread(self._descriptor, _FIELDS.size, 0)
        if len(fields) < _FIELDS.size:
            return 0, 0  # nothing was begun yet
        turn, begun = _FIELDS.unpack(fields)
        return turn, begun

    def close(self) -> None:
        """Close the file; nothing is known after that."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class Marked(Coroutine[object, object, None]):
    """A turn's coroutine that writes down when it goes on, and when it waits.

    What it has other tasks do is not marked.

    Args:
        turn: Decides it.
        number: Its number, from 1.
        standing: Where that is written down.
    """

    def __init__(
        self, turn: Coroutine[object, object, None], number: int, standing: Standing
    ) -> None:
        self._turn = turn
        self._number = number
        self._standing = standing

    @override
    def send(self, value: object, /) -> object:
        self._standing.enter(self._number)
        try:
            return self._turn.send(value)
        finally:
            self._standing.enter(0)

    @override
    def throw(
        self,
        typ: type[BaseException] | BaseException,
        _value: object = None,
        _trace: TracebackType | None = None,
        /,
    ) -> object:
        self._standing.enter(self._number)
        error = typ if isinstance(typ, BaseException) else typ()
        try:
            return self._turn.throw(error)
        finally:
            self._standing.enter(0)

    @override
    def close(self) -> None:
        self._turn.close()

    @override
    def __await__(self) -> Generator[object, object, None]:
        return self._turn.__await__()
