"""Where a handler stands, seen from outside of it: for those that hold others up, or never end."""

from __future__ import annotations

import asyncio
import inspect
import re
import sysconfig
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from roost.bot import handlers

AWAIT = "Await what takes time; give blocking calls to `chat.step` or `asyncio.to_thread`"
"""What the author of a handler is to do that keeps others waiting."""

LIMIT = (
    "Limit what it awaits with `asyncio.timeout`; for a customer or a time, wait with `chat.ask`"
    " or `chat.sleep`"
)
"""What the author of a handler is to do that awaits what never comes."""

_PACKAGE = Path(__file__).resolve().parents[1]
_STANDARD = sysconfig.get_path("stdlib")
_INSTALLED = re.compile(r"/(site|dist)-packages/")
_DUMPED = re.compile(r'^  File "(.*)", line (\d+) in (.*)$', re.MULTILINE)
_ESCAPED = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")


@dataclass(frozen=True, slots=True)
class Line:
    """One call that has not returned.

    Attributes:
        file: As Python names it.
        number: The line it has come to, from 1.
        function: What was called.
    """

    file: str
    number: int
    function: str


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a handler stands.

    Attributes:
        handler: The function's name; `""` where it is not known.
        place: `file:line` of the innermost line of the bot's; `""` where it is not known.
    """

    handler: str = ""
    place: str = ""

    @property
    def named(self) -> str:
        """The handler, at the beginning of a sentence."""
        return f"handler {self.handler}" if self.handler else "a handler"


def of_error(error: BaseException) -> Stand:
    """Tell where an exception was raised."""
    found = traceback.extract_tb(error.__traceback__)
    return _stand([Line(one.filename, one.lineno or 0, one.name) for one in found])


def of_task(task: asyncio.Task[object]) -> Stand:
    """Tell where a task waits; not the one that is just running."""
    return of_coroutine(task.get_coro())


def of_coroutine(awaited: object) -> Stand:
    """Tell where a coroutine waits; not one that is just running."""
    calls: list[Line] = []
    while inspect.iscoroutine(awaited):
        frame = awaited.cr_frame
        if frame is not None:
            calls.append(Line(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        awaited = awaited.cr_await
    return _stand(calls)


def of_dump(text: str) -> Stand:
    """Tell where a thread is of which `faulthandler` has written down the calls.

    Args:
        text: One thread's, the innermost call first. What is not ASCII in it is escaped.
    """
    found = [
        Line(_unescaped(file), int(number), function)
        for file, number, function in _DUMPED.findall(text)
    ]
    return _stand(found[::-1])


def _stand(calls: Sequence[Line]) -> Stand:
    """Tell where the author's code stands, given all calls, the outermost first.

    In code of the author's, for what is installed does as it was told; where none is there, in the
    handler, or else in what is installed.
    """
    starts = [n for n, one in enumerate(calls, 1) if one.file == handlers.__file__]
    within = calls[starts[-1] :] if starts else ()
    theirs = [one for one in calls if not _is_ours(one.file)]
    own = [one for one in theirs if not _INSTALLED.search(one.file)]
    at = next(iter([*own[-1:], *within[:1], *theirs[-1:]]), None)
    handler = within[0].function if within else ""
    return Stand(handler, f"{at.file}:{at.number}" if at else "")


def _is_ours(file: str) -> bool:
    """Tell whether it is Roost's or Python's own."""
    is_inside = file.startswith(f"{_PACKAGE}/") and not file.startswith(f"{_PACKAGE}/demo/")
    is_standard = file.startswith(_STANDARD) and not _INSTALLED.search(file)
    return is_inside or is_standard or file.startswith("<")


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(next(filter(None, found.groups())), 16)), text)
