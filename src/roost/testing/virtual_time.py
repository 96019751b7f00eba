"""An event loop that does not wait: when nothing is left to do now, it is later at once.

Hours of timers, polls and patience pass in seconds, in the same order as in real time. Work that
other threads do takes no time by this clock.

Example:
    >>> import asyncio
    >>> async def sleep() -> float:
    ...     loop = asyncio.get_running_loop()
    ...     begun = loop.time()
    ...     await asyncio.sleep(86_400)
    ...     return loop.time() - begun
    >>> run(sleep())
    86400.0
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import TypeVar

from typing_extensions import override

T = TypeVar("T")


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop with a clock of its own, which begins at 0.

    Whatever hands work to another thread says so with `elsewhere`: until it is back, no time
    passes.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._elsewhere = 0
        super().__init__(_Impatient(self))

    @override
    def time(self) -> float:
        """Give the virtual time in seconds."""
        return self._now

    @property
    def is_waiting_for_threads(self) -> bool:
        """Whether another thread has work of this loop's."""
        return self._elsewhere > 0

    @contextmanager
    def elsewhere(self) -> Generator[None]:
        """Let no time pass within the block."""
        self._elsewhere += 1
        try:
            yield
        finally:
            self._elsewhere -= 1

    def skip(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds


class _Impatient(selectors.DefaultSelector):
    """Skips the time it would otherwise wait for descriptors."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None or self._loop.is_waiting_for_threads:
            return super().select(None)
        self._loop.skip(timeout)
        return []


def run(work: Coroutine[None, None, T]) -> T:
    """Run something in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(work)


def running() -> VirtualTimeLoop:
    """Give the running loop.

    Raises:
        TypeError: It is none of virtual time.
        RuntimeError: There is none.
    """
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualTimeLoop):
        raise TypeError("this needs a loop of virtual time: roost.testing.virtual_time.run")
    return loop
