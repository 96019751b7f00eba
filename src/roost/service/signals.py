"""SIGINT and SIGTERM: the first one asks the application to stop, a second one ends it at once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Generator
from contextlib import ExitStack, contextmanager


class Stop:
    """Whether and why the application is to stop.

    Attributes:
        asked: Set once it is.
        number: The signal that asked; `None` before.
    """

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.number: signal.Signals | None = None

    def ask(self, number: signal.Signals) -> None:
        """Ask the application to stop."""
        self.number = number
        self.asked.set()


@contextmanager
def heard() -> Generator[Stop]:
    """Hear signals until the block is left, or until one has come: the next has its usual effect.

    To be entered on the running loop, in the main thread.
    """
    stop = Stop()
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:

        def hear(number: signal.Signals) -> None:
            stop.ask(number)
            stack.close()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, hear, number)
            stack.callback(loop.remove_signal_handler, number)
        yield stop
