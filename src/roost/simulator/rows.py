"""Rows by id, that can say which of them have changed."""

from __future__ import annotations

from typing import TypeVar

from typing_extensions import override

V = TypeVar("V")


class Rows(dict[str, V]):
    """A dictionary that notes which keys were set or deleted, once somebody watches.

    Attributes:
        changes: The keys changed since whoever watches last emptied it; `None` while nobody does.
    """

    def __init__(self) -> None:
        super().__init__()
        self.changes: set[str] | None = None

    @override
    def __setitem__(self, key: str, value: V) -> None:
        super().__setitem__(key, value)
        if self.changes is not None:
            self.changes.add(key)

    @override
    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        if self.changes is not None:
            self.changes.add(key)
