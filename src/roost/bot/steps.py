"""Steps: what a dialog does outside Roost, once."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import cast

from roost.bot import given, results
from roost.bot.running import Run
from roost.errors import BotError


async def step(
    run: Run,
    function: Callable[..., object],
    args: Sequence[object],
    kwargs: Mapping[str, object],
) -> object:
    """Run a function once, or give what it gave.

    Args:
        run: Of the dialog.
        function: Async, or an ordinary function, which is run in a thread.
        args: For it.
        kwargs: For it; it gets `step_key` where it takes one.

    Raises:
        BotError: The result cannot be kept, or is still to be awaited.
        WrongKind: It is no function, but most likely what one gave.
    """
    given.a_function(function, "function")
    name = name_of(function)

    async def work(step_key: str) -> bytes:
        named = dict(kwargs)
        if _takes_key(function):
            named.setdefault("step_key", step_key)
        if inspect.iscoroutinefunction(results.inspected(function)):
            value = await cast("Awaitable[object]", function(*args, **named))
        else:
            value = await asyncio.to_thread(function, *args, **named)
        if inspect.isawaitable(value):
            raise _not_awaited(value, name, run.place)
        return results.encode(value, of=name, place=run.place)

    packed = await run.work(name, work)
    return results.decode(packed, results.type_of(function), of=name, place=run.place)


def _not_awaited(value: object, name: str, place: str) -> BotError:
    """Make the error for a function that gives what is still to be awaited, as a lambda does."""
    _close(value)
    return BotError(
        f"{name} gives something that is still to be awaited",
        place=place,
        remedy="Pass the async function itself, and what it is to be given:"
        " `await chat.step(fetch, number)`",
    )


def _close(found: object) -> None:
    """Close what nobody will await, so that Python does not tell of it too."""
    if inspect.iscoroutine(found):
        found.close()


def _takes_key(function: Callable[..., object]) -> bool:
    try:
        return "step_key" in inspect.signature(function).parameters
    except ValueError:
        return False  # a type such as `str`, which does not tell what it takes


def name_of(function: Callable[..., object]) -> str:
    """Give the name a function has in journals."""
    inner = results.inspected(function)
    return getattr(inner, "__qualname__", type(inner).__qualname__)
