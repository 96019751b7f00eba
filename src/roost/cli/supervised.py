"""A process that somebody supervises ends with its supervisor."""

from __future__ import annotations

import os
import signal
import threading

_LOOK_AGAIN = 1.0


def end_with_parent() -> None:
    """End this process, properly, within a second or two of its parent's end."""
    threading.Thread(target=_watch, args=(os.getppid(),), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(_LOOK_AGAIN)
    os.kill(os.getpid(), signal.SIGTERM)
