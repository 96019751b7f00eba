"""Why a durable dialog cannot go on."""

from __future__ import annotations

from roost.errors.roots import RoostError


class DialogError(RoostError):
    """A durable dialog cannot go on."""


class DialogChanged(DialogError):
    """A dialog, run again, came to another point than the one it had passed. Nothing was sent.

    Either its code was changed while it waited, or it does not do the same twice: it reads a clock,
    a random number or another system without `chat.now`, `chat.random` or `chat.step`.

    Attributes:
        name: Of the dialog.
        n: Which point, 0 for the first.
        n_kept: How many points before it end with an answer, a step or the like that still holds.
    """

    def __init__(self, name: str, n: int, *, was: str, found: str, n_kept: int = 0) -> None:
        super().__init__(f"dialog {name}, point {n}: it was {was}, now it is {found}")
        self.name = name
        self.n = n
        self.n_kept = n_kept


class JournalFull(DialogError):
    """A dialog has passed more points than a journal holds.

    Attributes:
        name: Of the dialog.
        limit: Most points.
    """

    def __init__(self, name: str, *, limit: int) -> None:
        super().__init__(
            f"dialog {name} has passed {limit} points (limit {limit}). End it, and begin another"
            " one for what is left: `await chat.set_timer(…)`, or the customer's next message"
        )
        self.name = name
        self.limit = limit


class JournalTooLarge(DialogError):
    """What a dialog's steps have given, all together, is more than a journal holds.

    Attributes:
        name: Of the dialog.
        n_bytes: Size of the journal with the point that no longer fits.
        limit: Largest size, in bytes.
    """

    def __init__(self, name: str, *, n_bytes: int, limit: int) -> None:
        super().__init__(
            f"dialog {name}: its journal would have {n_bytes:,} bytes (limit {limit:,})."
            " Have steps return what the dialog needs of them, or a key to look it up by"
        )
        self.name = name
        self.n_bytes = n_bytes
        self.limit = limit


class Unanswered(DialogError):
    """A question got no answer in time, or none it understands.

    A handler may catch it. Where it does not, a dialog without an answer ends quietly, and one that
    does not understand is handed to people.

    Attributes:
        question: What was asked.
        is_late: Whether time ran out; else no answer was understood.
    """

    def __init__(self, question: str, *, is_late: bool) -> None:
        super().__init__(f"{'no answer in time' if is_late else 'not understood'}: {question}")
        self.question = question
        self.is_late = is_late
