"""What happens, as a stream that pages follow."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import msgspec

RESYNC = "resync"


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One event of the stream.

    Attributes:
        event_id: Rises by one.
        name: For example `message`.
        value: What happened, or what makes it; written as JSON for those alone who ask.
    """

    event_id: int
    name: str
    value: object

    @property
    def data(self) -> bytes:
        """The event as JSON."""
        return msgspec.json.encode(self.value() if callable(self.value) else self.value)


class Live:
    """Keeps the latest events; readers remember only where they are.

    A reader too slow to keep up is told to `resync`: it costs no memory, whoever it is.
    """

    def __init__(self, first_id: int, *, kept: int = 1_000) -> None:
        """Make one.

        Args:
            first_id: Greater than any id of an earlier run, so that a page that comes back after
                a restart is not taken for one that has seen everything.
            kept: How many events a reader may be behind.
        """
        self._events: deque[LiveEvent] = deque(maxlen=kept)
        self._next_id = first_id
        self._changed = asyncio.Event()
        self._is_closed = False

    @property
    def newest(self) -> int:
        """The latest event's id, or the one below the first."""
        return self._next_id - 1

    def publish(self, name: str, value: object) -> None:
        """Tell every reader.

        Args:
            name: For example `message`.
            value: What happened, which must not change any more; or a function that makes it, of
                what does not change.
        """
        self._events.append(LiveEvent(self._next_id, name, value))
        self._next_id += 1
        self._wake()

    def close(self) -> None:
        """End every reader's stream, for good."""
        self._is_closed = True
        self._wake()

    async def follow(self, after: int) -> AsyncGenerator[LiveEvent]:
        """Give what happens, until the stream is closed.

        Args:
            after: The last event the reader has seen. Where it is unknown or no longer kept, the
                first event given is `resync`.
        """
        seen = after
        while not self._is_closed:
            if not self._is_known(seen):
                seen = self.newest
                yield LiveEvent(seen, RESYNC, {})
            elif seen < self.newest:
                event = self._events[seen - self.newest]
                seen = event.event_id
                yield event
            else:
                await self._changed.wait()

    def _is_known(self, seen: int) -> bool:
        return self.newest - len(self._events) <= seen <= self.newest

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
