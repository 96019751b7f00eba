"""What breaks a limit of X, refused before anything is sent."""

from __future__ import annotations

from roost.errors.roots import RoostError


def _sizes(limit: int | None, value: int | None) -> str:
    found = "" if value is None else f", found {value}"
    return "" if limit is None else f" (limit {limit}{found})"


class InvalidMessage(RoostError):
    """A message breaks a limit of its transport. Raised where it is written; nothing was sent.

    Attributes:
        field: The offending part, for example `quick_replies[3].label`.
        problem: What is wrong with it, without field, limit and value.
        is_size: Whether it is the size that is wrong; else `problem` shows what was found.
        limit: The largest value allowed, in the unit of `problem`; of a size, or a count.
        value: The value found, in the same unit.
    """

    def __init__(
        self, field: str, problem: str, *, limit: int, value: int, is_size: bool = True
    ) -> None:
        super().__init__(f"{field}: {problem}{_sizes(limit, value) if is_size else ''}")
        self.field = field
        self.problem = problem
        self.is_size = is_size
        self.limit = limit
        self.value = value

    remedy = "Mend that part: nothing of what breaks a limit is sent, and nothing is cut"
    """What to do about it, for whoever wrote the message."""

    @property
    def excess(self) -> int:
        """By how much the value is over the limit; 0 where the fault is another."""
        return max(0, self.value - self.limit)


class InvalidCall(RoostError):
    """An argument of a call of X is wrong. Raised before anything is sent.

    Attributes:
        argument: Its name, for example `count`.
        problem: What is wrong with it, without name, limit and value.
        limit: The largest value allowed, where one was broken.
        value: The value found, in the same unit.
    """

    def __init__(
        self, argument: str, problem: str, *, limit: int | None = None, value: int | None = None
    ) -> None:
        super().__init__(f"{argument}: {problem}{_sizes(limit, value)}")
        self.argument = argument
        self.problem = problem
        self.limit = limit
        self.value = value

    @property
    def excess(self) -> int:
        """By how much the value is over the limit; 0 where the fault is another."""
        return max(0, (self.value or 0) - (self.limit or 0))
