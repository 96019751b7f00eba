"""The journal of one dialog: what it passed before is given back, what is new is written down."""

from __future__ import annotations

from collections.abc import Sequence

from roost.errors import DialogChanged, JournalFull, JournalTooLarge
from roost.model.dialogs import Point

_HOLDING = frozenset({"heard", "woken", "step", "now", "random", "recall"})
"""Kinds of points whose result the dialog goes on with."""

MOST_POINTS = 1_000
"""Longest journal. A dialog that needs more is a loop that never ends, or several dialogs."""

MOST_BYTES = 16 * 1024 * 1024
"""Largest journal. All of it goes to the bot whenever its dialog goes on."""

_OF_A_POINT = 64
"""Bytes a point takes beside its fingerprint and result; more than it does."""


class Journal:
    """Points in order: first those known from before, then new ones.

    Args:
        name: Of the dialog, for errors.
        known: What was passed before; their results are given back, nothing is done again.
    """

    def __init__(self, name: str, known: Sequence[Point] = ()) -> None:
        self._name = name
        self._points = list(known)
        self._n_bytes = sum(map(_size, known))
        self._reached = 0
        self._n_handed_over = len(self._points)
        self._differs_from: int | None = None

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
                n_kept=self._n_kept(),
            )
        self._reached += 1
        return point

    def compare(self, point: Point, asked: bytes) -> None:
        """Note whether a question that was asked before was asked in the same words.

        Args:
            point: The one just given back.
            asked: What stands for its words and options now. Others are no fault, since a text may
                be mended at any time; but an answer to other words is not kept where the dialog
                does not fit and is to ask again.
        """
        if point.result != asked and self._differs_from is None:
            self._differs_from = self._reached - 1

    def _n_kept(self) -> int:
        """Count the points up to the last one that still holds."""
        end = self._reached if self._differs_from is None else self._differs_from
        holding = [n for n in range(end) if self._points[n].kind in _HOLDING]
        return holding[-1] + 1 if holding else 0

    def write(self, kind: str, fingerprint: str = "", result: bytes = b"") -> None:
        """Pass a new point.

        Raises:
            JournalFull: The journal has `MOST_POINTS` points.
            JournalTooLarge: With this one it would have more than `MOST_BYTES`.
        """
        if len(self._points) >= MOST_POINTS:
            raise JournalFull(self._name, limit=MOST_POINTS)
        point = Point(kind, fingerprint, result)
        self._n_bytes += _size(point)
        if self._n_bytes > MOST_BYTES:
            raise JournalTooLarge(self._name, n_bytes=self._n_bytes, limit=MOST_BYTES)
        self._points.append(point)
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
                n_kept=self._n_kept(),
            )

    def hand_over(self) -> tuple[int, tuple[Point, ...]]:
        """Give how many points were handed over before, and those that were not."""
        first = self._n_handed_over
        self._n_handed_over = len(self._points)
        return first, tuple(self._points[first:])


def _size(point: Point) -> int:
    return len(point.result) + len(point.fingerprint) + _OF_A_POINT


def _shown(kind: str, fingerprint: str) -> str:
    return f"{kind}({fingerprint})"
