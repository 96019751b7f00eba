"""What was called and never awaited: it would do nothing, and nobody would notice."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Coroutine
from dataclasses import dataclass
from types import FrameType
from weakref import WeakSet

from roost.errors import BotError

STRAYED = "a verb in a task that its handler has left behind"
"""What the event loop is told of one; the error is in `exception`."""


_DECIDING: WeakSet[asyncio.Task[object]] = WeakSet()
"""The tasks of turns: what is raised in them is told."""


def note_turn() -> None:
    """Note that the task this is called in decides a turn."""
    task = asyncio.current_task()
    if task is not None:
        _DECIDING.add(task)


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
        self._ended = ""

    def note(
        self, made: Coroutine[object, object, object], name: str, by: FrameType | None
    ) -> None:
        """Note a call.

        Args:
            made: What is to be awaited.
            name: What was called, as it is written: `chat.say`.
            by: Who called it.

        Raises:
            BotError: The handler is over, so that the call would do nothing. In a task that no turn
                waits for, the event loop is told of it too, since nobody may ask that task.
        """
        place = f"{by.f_code.co_filename}:{by.f_lineno}" if by else name
        if self._ended:
            made.close()
            error = _strayed(name, self._ended, place)
            if asyncio.current_task() not in _DECIDING:
                loop = asyncio.get_running_loop()
                loop.call_exception_handler({"message": STRAYED, "exception": error})
            raise error
        self._calls.append(_Call(made, name, f"{by.f_code.co_name}: " if by else "", place))

    def end(self, handler: str) -> None:
        """Note that the handler of this name has returned, or waits for what has not happened."""
        self._ended = handler

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


def _strayed(name: str, handler: str, place: str) -> BotError:
    return BotError(
        f"`{name}` of a `chat` whose handler has returned, so it does nothing: {handler}",
        place=place,
        remedy=f"Write `await {name}(…)` in the handler itself; for what comes later there are"
        " `await chat.sleep(…)` and `await chat.set_timer(…)`",
    )
