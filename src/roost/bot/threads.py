"""Threads of a bot's process: a call has one of its own, and waits for none that hangs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from typing_extensions import override

T = TypeVar("T")
P = ParamSpec("P")

ENDS_WITHIN = 5.0
"""Seconds a call may go on for which nobody waits any more."""


class Threads(ThreadPoolExecutor):
    """Runs each call at once, in a thread that ends with it.

    No thread can be ended from outside: a call that hangs stays, with all it holds, as long as the
    process does.

    Args:
        loop: Whose calls they are.
        on_left: Told, in the loop, of each call that goes on though it was given up `ENDS_WITHIN`
            before.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, on_left: Callable[[], None]) -> None:
        super().__init__(max_workers=1)  # it starts none of its own
        self._loop = loop
        self._on_left = on_left

    @override
    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        call = _Call[T](self._given_up)
        work = partial(fn, *args, **kwargs)
        # A daemon, so that one that hangs does not keep the process from ending.
        threading.Thread(target=call.work, args=(work,), daemon=True).start()
        return call

    def _given_up(self, is_done: Callable[[], bool]) -> None:
        self._loop.call_later(ENDS_WITHIN, self._look, is_done)

    def _look(self, is_done: Callable[[], bool]) -> None:
        if not is_done():
            self._on_left()


class _Call(Future[T]):
    """One call.

    Args:
        given_up: Told, in the loop, that nobody waits for it any more though it goes on; it is
            given what tells whether it has ended.
    """

    def __init__(self, given_up: Callable[[Callable[[], bool]], None]) -> None:
        super().__init__()
        self._given_up = given_up

    @override
    def cancel(self) -> bool:
        is_cancelled = super().cancel()
        if not is_cancelled and not self.done():
            self._given_up(self.done)
        return is_cancelled

    def work(self, work: Callable[[], T]) -> None:
        """Do it, in this thread."""
        if not self.set_running_or_notify_cancel():
            return
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - whoever awaits it is told, whatever it is
            self.set_exception(error)
        else:
            self.set_result(result)
