"""Reading a JSON body the way X does: a fault is answered with code 214, its path and its kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

import msgspec

from roost.simulator.calls import JSON, Answer, Call
from roost.simulator.refusals import Refusal, refusal

_LONG = re.compile(r"[0-9]{1,19}")


def malformed(message: str) -> Refusal:
    """Make X's refusal of a body that does not fit the schema.

    Source: answers recorded in `tweepy/tweepy#1483`; that the status is 400 is assumed.
    """
    return refusal(214, status=400, message=message)


class Node:
    """One value of a JSON body, and the path to it."""

    def __init__(self, value: object, path: str = "") -> None:
        self.value = value
        self.path = path

    @classmethod
    def read(cls, body: bytes) -> Node:
        """Decode a body.

        Raises:
            Refusal: It is not well-formed JSON.
        """
        try:
            return cls(msgspec.json.decode(body))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise malformed("Bad request. The body is not well-formed JSON.") from error

    @classmethod
    def of(cls, call: Call) -> Node:
        """Decode the body of a call that has to be JSON.

        Raises:
            Refusal: 415 with an empty body where its content type is another; 214 where it is not
                well-formed.
        """
        if call.media_type not in {JSON, ""}:
            raise Refusal(Answer(415), reason=f"content type {call.media_type!r}")
        return cls.read(call.body)

    def get(self, name: str) -> Node | None:
        """Give a field of an object, `None` where it is missing or null."""
        found = self._fields().get(name)
        return None if found is None else Node(found, self._below(name))

    def need(self, name: str) -> Node:
        """Give a field of an object that has to be there."""
        found = self.get(name)
        if found is None:
            raise malformed(f"{self._below(name)}: required field is missing")
        return found

    def text(self, longest: int | None = None) -> str:
        """Give a string of at least one character.

        Args:
            longest: In code points; `None` for no limit.
        """
        if not isinstance(self.value, str):
            raise self.invalid("String")
        if not self.value:
            raise malformed(f"{self.path}: must not be empty")
        if longest is not None and len(self.value) > longest:
            raise malformed(f"{self.path}: is longer than {longest} characters")
        return self.value

    def one_of(self, *words: str) -> str:
        """Give a string that is one of a few."""
        if self.value not in words:
            raise self.invalid(" or ".join(words))
        return str(self.value)

    def long(self) -> str:
        """Give an id, sent as a number or as a string of digits."""
        text = str(self.value) if isinstance(self.value, int) else self.value
        if isinstance(text, str) and _LONG.fullmatch(text):
            return text
        raise self.invalid("Long")

    def number(self, lowest: float, highest: float) -> float:
        """Give a number within bounds."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.invalid("Double")
        if not lowest <= value <= highest:
            raise self.invalid("Double")
        return value

    def items(self, fewest: int, most: int) -> Sequence[Node]:
        """Give the elements of an array."""
        if not isinstance(self.value, list):
            raise self.invalid("Seq")
        values = cast("list[object]", self.value)
        if not fewest <= len(values) <= most:
            raise malformed(f"{self.path}: holds {len(values)}, allowed are {fewest} to {most}")
        return [Node(value, f"{self.path}[{n}]") for n, value in enumerate(values)]

    def invalid(self, kind: str) -> Refusal:
        """Make X's refusal of a value that is not of a kind."""
        shown = self.value if isinstance(self.value, str | int | float) else ""
        if isinstance(shown, bool):
            shown = "true" if shown else "false"
        where = f"{self.path}: " if self.path else ""
        return malformed(f"{where}'{shown}' is not a valid {kind}")

    def _fields(self) -> dict[str, object]:
        if not isinstance(self.value, dict):
            raise self.invalid("Map")
        return cast("dict[str, object]", self.value)

    def _below(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name
