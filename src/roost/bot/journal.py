"""The journal of one dialog: what it passed before is given back, what is new is written down."""

from __future__ import annotations

from collections.abc import Sequence

from roost.errors import DialogChanged, JournalFull
from roost.model.dialogs import Point

MOST_POINTS = 1_000
"""Longest journal. A dialog that needs more is a loop that never ends, or several dialogs."""


class Journal:
    """Points in order: first those known from before, then new ones.

    Args:
        name: Of the dialog, for errors.
        known: What was passed before; their results are given back, nothing is done again.
    """

    def __init__(self, name: str, known: Sequence[Point] = ()) -> None:
        self._name = name
        self._points = list(known)
        self._reached = 0
        self._n_handed_over = len(self._points)

    @property
    def is_replaying(self) -> bool:
        """Whether the next point has been passed before."""
        return self._reached < len(self._points)

    @property
    def reached(self) -> int:
        """How many points have been passed in this run."""
        return self._reached

    def replay(self, kind: str, fingerprint: str = "") -> Point | None:
        """Pass the next point if it was passed before; `None` where it is new.

        Raises:
            DialogChanged: Another verb, or the same with another fingerprint, stood here before.
        """
        if not self.is_replaying:
            return None
        point = self._points[self._reached]
        if (point.kind, point.fingerprint) != (kind, fingerprint):
            raise DialogChanged(
                self._name,
                self._reached,
                was=_shown(point.kind, point.fingerprint),
                found=_shown(kind, fingerprint),
            )
        self._reached += 1
        return point

    def write(self, kind: str, fingerprint: str = "", result: bytes = b"") -> None:
        """Pass a new point.

        Raises:
            JournalFull: The journal has `MOST_POINTS` points.
        """
        if len(self._points) >= MOST_POINTS:
            raise JournalFull(self._name, limit=MOST_POINTS)
        self._points.append(Point(kind, fingerprint, result))
        self._reached += 1

    def end_replay(self) -> None:
        """Check that the dialog did not end before it reached all it had passed before.

        Raises:
            DialogChanged: It did.
        """
        if self.is_replaying:
            point = self._points[self._reached]
            raise DialogChanged(
                self._name,
                self._reached,
                was=_shown(point.kind, point.fingerprint),
                found="the end",
            )

    def hand_over(self) -> tuple[int, tuple[Point, ...]]:
        """Give how many points were handed over before, and those that were not."""
        first = self._n_handed_over
        self._n_handed_over = len(self._points)
        return first, tuple(self._points[first:])


def _shown(kind: str, fingerprint: str) -> str:
    return f"{kind}({fingerprint})"
