"""Until when a request may begin: what a stopped process was about to do, others may have done."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from roost.model import uptime

_LATEST: ContextVar[float | None] = ContextVar("begun_by", default=None)


@contextmanager
def begun_by(latest: float | None) -> Generator[None]:
    """Let requests that are made in the block fail if they have not begun by then.

    Not one byte of them is written: a transport looks right before the first.

    Args:
        latest: By `roost.model.uptime.now`, which goes on while the process is stopped or the
            machine sleeps; `None` for whenever they can.
    """
    before = _LATEST.set(latest)
    try:
        yield
    finally:
        _LATEST.reset(before)


def is_too_late() -> bool:
    """Tell whether a request of this task must not begin any more."""
    latest = _LATEST.get()
    return latest is not None and uptime.now() > latest
