"""How secrets cannot be read back."""

from __future__ import annotations

from roost.errors.roots import RoostError


class SecretsUnreadable(RoostError):
    """Stored tokens cannot be read: their key is missing, open to others, or not the right one.

    Nothing was changed, and no new key was made in place of one that is missed.

    Attributes:
        problem: What is wrong, without what to do.
        remedy: What to do, in one sentence.
    """

    def __init__(self, what: str, problem: str, remedy: str) -> None:
        super().__init__(f"{what}: {problem}. {remedy}")
        self.problem = f"{what}: {problem}"
        self.remedy = remedy
