"""Rows by id, that can say which of them have changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from typing_extensions import override

from roost.simulator import touched

K = TypeVar("K", bound=str | tuple[str, ...])
V = TypeVar("V")


class Rows(dict[K, V]):
    """A dictionary that notes which keys were set or deleted.

    What it begins with is not noted. Change it by setting and deleting single keys alone.

    Attributes:
        changes: The keys changed since whoever watches last emptied it; `None` while nobody does.
    """

    def __init__(self, kind: str, rows: Mapping[K, V] | None = None) -> None:
        """Make one.

        Args:
            kind: What a row is, in a word, for people.
            rows: What it holds at first.
        """
        super().__init__(rows or {})
        self._kind = kind
        self.changes: set[K] | None = None

    @override
    def __setitem__(self, key: K, value: V) -> None:
        touched.note(self._kind, key, self.get(key), value)
        super().__setitem__(key, value)
        if self.changes is not None:
            self.changes.add(key)

    @override
    def __delitem__(self, key: K) -> None:
        touched.note(self._kind, key, self.get(key), None)
        super().__delitem__(key)
        if self.changes is not None:
            self.changes.add(key)
