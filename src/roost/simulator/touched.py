"""What one call or action touches in the world: each thing as it was before and as it is after.

Whoever is being recorded is told apart by the context it runs in, so that calls which are answered
side by side are not taken for one another.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Touch(NamedTuple):
    """A thing of the world that was touched.

    Attributes:
        kind: For example `message`.
        key: Its id; where it has none, the ids it stands between, divided by `/`.
        before: The row as it was; `None` where there was none.
        after: The row as it is; likewise.
    """

    kind: str
    key: str
    before: object
    after: object


class Touched:
    """Collects what is touched until it is closed; a thing touched twice counts once."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], tuple[object, object]] = {}
        self._is_closed = False

    def __iter__(self) -> Iterator[Touch]:
        """Give what is different now, in the order in which it was first touched."""
        for (kind, key), (before, after) in self._rows.items():
            if before != after:
                yield Touch(kind, key, before, after)

    def note(self, kind: str, key: str, before: object, after: object) -> None:
        """Note one change, unless this is closed."""
        if not self._is_closed:
            first, _ = self._rows.get((kind, key), (before, after))
            self._rows[kind, key] = first, after

    def close(self) -> None:
        """Take nothing more: what was begun in this context may go on after it."""
        self._is_closed = True
        self._rows.clear()


_CURRENT: ContextVar[Touched | None] = ContextVar("touched", default=None)


@contextmanager
def recording() -> Generator[Touched]:
    """Record what is touched within, and by whatever is awaited within."""
    touched = Touched()
    token = _CURRENT.set(touched)
    try:
        yield touched
    finally:
        touched.close()
        _CURRENT.reset(token)


def is_recording() -> bool:
    """Say whether anybody records."""
    return _CURRENT.get() is not None


def note(kind: str, key: str | tuple[str, ...], before: object, after: object) -> None:
    """Note a change of a thing, if anybody records; `None` stands for a thing that is not there."""
    touched = _CURRENT.get()
    if touched is not None:
        touched.note(kind, key if isinstance(key, str) else "/".join(key), before, after)
