"""The truth log: what exists and what was said over the wire, append-only."""

from __future__ import annotations

from collections import deque
from itertools import islice
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from roost.simulator.clock import SimulatorClock, milliseconds


class Ledger:
    """Numbered lines of JSON: `{"n": 1, "at": "<ms>", "kind": "message", …}`.

    Nothing that distorts deliveries or answers reaches it. Where a file is given, all of it is in
    the file; the newest lines are in memory either way, so a first `n` above 1 tells of a gap.
    """

    def __init__(
        self, clock: SimulatorClock, file: BinaryIO | None = None, *, kept: int = 50_000
    ) -> None:
        """Make one.

        Args:
            clock: Dates the lines.
            file: Unbuffered, open for appending; closed by this object.
            kept: Lines kept in memory.
        """
        self._clock = clock
        self._file = file
        self._lines: deque[bytes] = deque(maxlen=kept)
        self._n = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def append(self, kind: str, **facts: object) -> None:
        """Write a line."""
        self._n += 1
        at = str(milliseconds(self._clock.now()))
        line = msgspec.json.encode({"n": self._n, "at": at, "kind": kind, **facts}) + b"\n"
        self._lines.append(line)
        if self._file is not None:
            self._file.write(line)

    def text(self, *, after: int = 0) -> bytes:
        """Give the lines in memory as NDJSON, oldest first.

        Args:
            after: Only lines with a greater `n`.
        """
        left_out = max(0, after - (self._n - len(self._lines)))
        return b"".join(islice(self._lines, left_out, None))
