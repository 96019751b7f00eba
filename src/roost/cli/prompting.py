"""Asking a person at the terminal, who may press Ctrl-C instead of answering."""

from __future__ import annotations

import asyncio
import getpass
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager


def line(prompt: str = "") -> str:
    """Ask on standard error for a line; give it with its end, `""` where the input has ended.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    with _interruptible():
        print(prompt, end="", file=sys.stderr, flush=True)
        return sys.stdin.readline()


def secret(prompt: str) -> str:
    """Ask at the terminal for a line that is not shown, and give it without its end.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.
        EOFError: The input has ended.
    """
    with _interruptible():
        return getpass.getpass(prompt, sys.stderr)


@contextmanager
def _interruptible() -> Generator[None]:
    """Let Ctrl-C end the reading of a line, which asyncio's own handler leaves to go on.

    That one cancels the task, which notices nothing before the line has come.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise KeyboardInterrupt  # it came just before the question
        yield
    finally:
        signal.signal(signal.SIGINT, before)
