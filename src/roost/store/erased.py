"""That a transaction erases something, for whoever cleans the files after it."""

from __future__ import annotations


class Erased:
    """How often something was erased since it was last cleared.

    Attributes:
        n: How often.
        is_thorough: Whether some of it is to go also from where its rows have once been.
    """

    __slots__ = ("is_thorough", "n")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.n = 0
        self.is_thorough = False

    def note(self, *, is_thorough: bool = False) -> None:
        """Count once."""
        self.n += 1
        self.is_thorough |= is_thorough
