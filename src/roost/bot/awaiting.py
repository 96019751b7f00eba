"""Verbs that were called and never awaited: they would do nothing, and nobody would notice."""

from __future__ import annotations

import inspect
from collections.abc import Coroutine
from dataclasses import dataclass
from types import FrameType

from roost.errors import BotError


@dataclass(frozen=True, slots=True)
class _Call:
    made: Coroutine[object, object, object]
    verb: str
    place: str

    @property
    def is_forgotten(self) -> bool:
        return inspect.getcoroutinestate(self.made) == inspect.CORO_CREATED


class Calls:
    """The verbs called in one run of a handler."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []

    def note(
        self, made: Coroutine[object, object, object], verb: str, by: FrameType | None
    ) -> None:
        """Note a call.

        Args:
            made: What is to be awaited.
            verb: Its name.
            by: Who called it.
        """
        place = f"{by.f_code.co_filename}:{by.f_lineno}" if by else f"chat.{verb}"
        self._calls.append(_Call(made, verb, place))

    def check(self) -> None:
        """Refuse a verb that nobody has awaited.

        Raises:
            BotError: The first of them; names the line it stands in.
        """
        forgotten = [one for one in self._calls if one.is_forgotten]
        for one in forgotten:
            one.made.close()
        for one in forgotten[:1]:
            raise BotError(
                f"`chat.{one.verb}` is not awaited, so it does nothing",
                place=one.place,
                remedy=f"Write `await chat.{one.verb}(…)`",
            )
