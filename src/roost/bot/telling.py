"""What a handler raised that its author cannot read as it is: what is told instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from roost.bot.running import Suspended
from roost.errors import BotError, RoostError

Group = BaseExceptionGroup[BaseException]
"""What tasks have raised together, as those of an `asyncio.TaskGroup`."""


def first_of(error: BaseException) -> BaseException:
    """Give the exception itself, or of a group the first that is none."""
    return next(_each_of(error), error)


def instead_of(error: SystemExit | Group, *, place: str) -> Exception | None:
    """Give what is raised instead of what a handler raised; `None` for just that.

    Args:
        error: What it raised. Of a group, that a verb of `chat` waits in it, or what one raised.
        place: `file:line` of the handler.
    """
    if isinstance(error, SystemExit):
        return BotError(
            "`sys.exit` in a handler ends nothing but the handler",
            place=place,
            remedy="Return where it is done, and raise an exception where something is wrong",
        )
    found = list(_each_of(error))
    if any(isinstance(one, Suspended) for one in found):
        return BotError(
            "a verb of `chat` waits in a task of a group, which takes that for a failure",
            place=place,
            remedy="Await one verb of `chat` after the other, in the handler itself",
        )
    return next((one for one in found if isinstance(one, RoostError)), None)


def _each_of(error: BaseException) -> Iterator[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        yield error
        return
    for one in cast("Group", error).exceptions:
        yield from _each_of(one)
