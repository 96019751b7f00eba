"""What was called and never awaited: it would do nothing, and nobody would notice."""

from __future__ import annotations

import inspect
from collections.abc import Coroutine
from dataclasses import dataclass
from types import FrameType

from roost.errors import BotError


@dataclass(frozen=True, slots=True)
class _Call:
    made: Coroutine[object, object, object]
    name: str
    by: str
    place: str

    @property
    def is_forgotten(self) -> bool:
        return inspect.getcoroutinestate(self.made) == inspect.CORO_CREATED


class Calls:
    """What has to be awaited of what was called in one run of a handler."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []

    def note(
        self, made: Coroutine[object, object, object], name: str, by: FrameType | None
    ) -> None:
        """Note a call.

        Args:
            made: What is to be awaited.
            name: What was called, as it is written: `chat.say`.
            by: Who called it.
        """
        place = f"{by.f_code.co_filename}:{by.f_lineno}" if by else name
        self._calls.append(_Call(made, name, f"{by.f_code.co_name}: " if by else "", place))

    @property
    def last_place(self) -> str:
        """`file:line` of the latest call; `""` where there is none."""
        return self._calls[-1].place if self._calls else ""

    def check(self) -> None:
        """Refuse a call that nobody has awaited.

        Raises:
            BotError: The first of them; names the line it stands in.
        """
        forgotten = [one for one in self._calls if one.is_forgotten]
        for one in forgotten:
            one.made.close()
        for one in forgotten[:1]:
            raise BotError(
                f"{one.by}`{one.name}` is not awaited, so it does nothing",
                place=one.place,
                remedy=f"Write `await {one.name}({'…' if '.' in one.name else ''})`",
            )
