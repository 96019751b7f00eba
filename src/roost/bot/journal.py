"""The journal of one dialog: what it passed before is given back, what is new is written down."""

from __future__ import annotations

from collections.abc import Sequence

from roost.bot import failures
from roost.errors import DialogChanged, JournalFull, JournalTooLarge
from roost.model.dialogs import Point

_RAISED = " raised"
"""Ends the kind of a point whose verb raised; its result is the exception."""

CUT_SHORT = "step cut short"
"""Kind of a step that was cancelled, as by `asyncio.timeout`; its result says how long it took."""

_BEGAN = "began"
"""Kind of a first point: what the dialog knew when it began and may be otherwise by now."""

_HOLDING = frozenset(
    {"heard", "woken", "step", f"step{_RAISED}", CUT_SHORT, "now", "random", "recall"}
)
"""Kinds of points whose result the dialog goes on with."""

MOST_POINTS = 1_000
"""Longest journal. A dialog that needs more is a loop that never ends, or several dialogs."""

MOST_BYTES = 16 * 1024 * 1024
"""Largest journal. All of it goes to the bot whenever its dialog goes on."""

_OF_A_POINT = 64
"""Bytes a point takes beside its fingerprint and result; more than it does."""


_ARGUMENTS = "#"
"""Parts what stands for a step's arguments from its name, in fingerprints."""


def with_arguments(name: str, digest: str) -> str:
    """Give the fingerprint of a step: its name, and what stands for its arguments, if any."""
    return f"{name}{_ARGUMENTS}{digest}" if digest else name


def name_in(fingerprint: str) -> str:
    """Give the name in a fingerprint, for people."""
    return fingerprint.partition(_ARGUMENTS)[0]


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
        self._asked_before: set[bytes] = set()
        self._asked_instead: set[bytes] = set()

    @property
    def is_replaying(self) -> bool:
        """Whether the next point has been passed before."""
        return self._reached < len(self._points)

    @property
    def reached(self) -> int:
        """How many points have been passed in this run."""
        return self._reached

    def began(self, facts: bytes) -> bytes:
        """Pass what the dialog knew when it began.

        Args:
            facts: What it knows now; written down where it begins now.

        Returns:
            What it knew; `b""` where nothing was written down.
        """
        if not self._points and facts:
            self.write(_BEGAN, result=facts)
        elif self.is_replaying and self._points[0].kind == _BEGAN:
            self._reached = 1
        return self._points[0].result if self._reached else b""

    def replay(
        self, kind: str, fingerprint: str = "", *, or_kind: str = "", before: str | None = None
    ) -> Point | None:
        """Pass the next point if it was passed before; `None` where it is new.

        Args:
            kind: The verb.
            fingerprint: What else must be the same.
            or_kind: Another kind that may stand there.
            before: The fingerprint that such points had in older journals.

        Raises:
            DialogChanged: Another verb, or the same with another fingerprint, stood here before; or
                it raised an exception that cannot be made again.
            Exception: What the verb raised.
        """
        if not self.is_replaying:
            return None
        point = self._points[self._reached]
        is_same = point.fingerprint in {fingerprint, fingerprint if before is None else before}
        if is_same and point.kind == f"{kind}{_RAISED}":
            raise self._raised(point)
        if not (is_same and point.kind in {kind, or_kind}):
            raise self._changed(point, found=_now(kind, fingerprint, point))
        self._reached += 1
        return point

    def changed(self, found: str) -> DialogChanged:
        """Give the error that what was passed last is not what the code goes on with now."""
        self._reached -= 1
        return self._changed(self._points[self._reached], found=found)

    def _changed(self, point: Point, *, found: str) -> DialogChanged:
        was = _shown(point.kind, point.fingerprint)
        n_kept = self._n_kept()
        return DialogChanged(self._name, self._reached, was=was, found=found, n_kept=n_kept)

    def _raised(self, point: Point) -> Exception:
        error = failures.again(point.result)
        if error is None:
            found = f"that {failures.name_of(point.result)} cannot be made any more"
            return self._changed(point, found=found)
        self._reached += 1
        return error

    def fail(self, kind: str, error: Exception, fingerprint: str = "") -> Exception:
        """Pass a new point whose verb raised.

        Returns:
            The exception as it is raised whenever this point is passed.

        Raises:
            NotKeepable: It cannot be made again.
            JournalFull: The journal has `MOST_POINTS` points.
        """
        kept, same = failures.keep(error)
        self.write(f"{kind}{_RAISED}", fingerprint, kept)
        return same

    def compare(self, point: Point | None, asked: bytes) -> None:
        """Note whether a question that was asked before was asked in the same words.

        Others are no fault, since a text may be mended at any time; but an answer to other words is
        not kept where the dialog does not fit and is to ask again. Where words come at another
        place than they were asked at, and others came there, questions have moved.

        Args:
            point: The one just given back; `None` where the question is new.
            asked: What stands for its words and options now; `b""` where nothing is asked.

        Raises:
            DialogChanged: A question was put before it, or one is gone.
        """
        if point is None:
            if asked in self._asked_before:
                raise self._moved()
            return
        before = point.result
        if before == asked:
            return
        if self._differs_from is None:
            self._differs_from = self._reached - 1
        if asked in self._asked_before or before in self._asked_instead:
            raise self._moved()
        if asked and before:  # journals of before there were such digests have none
            self._asked_before.add(before)
            self._asked_instead.add(asked)

    def _moved(self) -> DialogChanged:
        n = self._differs_from or 0
        was = _shown(self._points[n].kind, self._points[n].fingerprint)
        return DialogChanged(
            self._name,
            n,
            was=was,
            found="another question, as one was put before it or is gone",
            n_kept=self._n_kept(),
        )

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
            raise self._changed(self._points[self._reached], found="the end")

    def hand_over(self) -> tuple[int, tuple[Point, ...]]:
        """Give how many points were handed over before, and those that were not."""
        first = self._n_handed_over
        self._n_handed_over = len(self._points)
        return first, tuple(self._points[first:])


def _size(point: Point) -> int:
    return len(point.result) + len(point.fingerprint) + _OF_A_POINT


def _shown(kind: str, fingerprint: str) -> str:
    return f"{kind}({name_in(fingerprint)})"


def _now(kind: str, fingerprint: str, before: Point) -> str:
    shown = _shown(kind, fingerprint)
    return (
        f"{shown} with other arguments"
        if shown == _shown(before.kind, before.fingerprint)
        else shown
    )
