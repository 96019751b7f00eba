"""Which messages a handler wants: small predicates, combined with `&`, `|` and `~`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from roost.model.folding import folded
from roost.model.messages import Message


@dataclass(frozen=True, slots=True)
class Filter:
    """Decides whether a message is wanted.

    Attributes:
        name: As it would be written, for error messages.
        wants: The predicate.
    """

    name: str
    wants: Callable[[Message], bool]

    def __and__(self, other: Filter) -> Filter:
        return Filter(
            f"({self.name} & {other.name})",
            lambda message: self.wants(message) and other.wants(message),
        )

    def __or__(self, other: Filter) -> Filter:
        return Filter(
            f"({self.name} | {other.name})",
            lambda message: self.wants(message) or other.wants(message),
        )

    def __bool__(self) -> bool:
        """Refuse `and`, `or` and `not`, which would drop one filter without a word.

        Raises:
            TypeError: Always.
        """
        raise TypeError(f"{self.name}: combine filters with `&`, `|` and `~`")

    def __invert__(self) -> Filter:
        return Filter(f"~{self.name}", lambda message: not self.wants(message))


class text:  # noqa: N801 - reads as `text.contains("refund")` where bots are written
    """Filters on a message's text. Case, accents and spare spaces do not count."""

    @staticmethod
    def equals(words: str) -> Filter:
        """Want messages whose whole text is `words`."""
        wanted = folded(words)
        return Filter(f"text.equals({words!r})", lambda message: folded(message.text) == wanted)

    @staticmethod
    def contains(words: str) -> Filter:
        """Want messages in whose text `words` occurs."""
        wanted = folded(words)
        return Filter(f"text.contains({words!r})", lambda message: wanted in folded(message.text))

    @staticmethod
    def matches(pattern: str) -> Filter:
        """Want messages in whose text the regular expression is found; case does not count.

        Raises:
            ValueError: It is no regular expression.
        """
        try:
            compiled = re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"text.matches({pattern!r}): {error}") from error
        return Filter(
            f"text.matches({pattern!r})",
            lambda message: compiled.search(message.text) is not None,
        )
