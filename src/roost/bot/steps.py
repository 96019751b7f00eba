"""Steps: what a dialog does outside Roost, once."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import cast

from roost.bot import given, results
from roost.bot.running import Run
from roost.errors import BotError

_ATOMS = (type(None), bool, int, float, str, bytes, date, datetime, timedelta)
_DIGITS = 8


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
        BotError: The result cannot be kept.
        WrongKind: It is no function, but most likely what one gave.
    """
    given.a_function(function, "function", "chat.step(find, number)")
    name = name_of(function)

    async def work(step_key: str) -> bytes:
        named = dict(kwargs)
        if _takes_key(function):
            named.setdefault("step_key", step_key)
        if inspect.iscoroutinefunction(results.inspected(function)):
            value = await cast("Awaitable[object]", function(*args, **named))
        else:
            value = await asyncio.to_thread(function, *args, **named)
        _check_awaited(value, of=name, place=run.place)
        return results.encode(value, of=name, place=run.place)

    packed = await run.work(name, work, given_to=_digest(function, args, kwargs))
    return results.decode(packed, results.type_of(function), of=name, place=run.place)


def _check_awaited(value: object, *, of: str, place: str) -> None:
    """Refuse what a function gave that is still to be awaited, as a lambda does.

    Raises:
        BotError: Nobody would await it.
    """
    if inspect.iscoroutine(value):
        value.close()  # that it is not awaited is said in other words
    if inspect.isawaitable(value):
        raise BotError(
            f"{of} gives something that is still to be awaited",
            place=place,
            remedy="Pass the async function itself, and what it is to be given:"
            " `await chat.step(fetch, number)`",
        )


def _takes_key(function: Callable[..., object]) -> bool:
    try:
        return "step_key" in inspect.signature(function).parameters
    except ValueError:
        return False  # a type such as `str`, which does not tell what it takes


def _digest(
    function: Callable[..., object], args: Sequence[object], kwargs: Mapping[str, object]
) -> str:
    """Give what stands for the plain values a step is given; `""` where it is given nothing."""
    if isinstance(function, functools.partial):
        args, kwargs = (*function.args, *args), {**function.keywords, **kwargs}
    if not args and not kwargs:
        return ""
    plain = repr((_plain(args), _plain(kwargs)))
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()[:_DIGITS]


def _plain(value: object) -> object:
    """Leave plain values as they are; any other may be written otherwise although it is the same.

    So a class may get another field while dialogs wait.
    """
    if isinstance(value, list | tuple):
        return [_plain(one) for one in cast("Sequence[object]", value)]
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return sorted((repr(_plain(key)), repr(_plain(one))) for key, one in items)
    return value if type(value) in _ATOMS else "…"


def name_of(function: Callable[..., object]) -> str:
    """Give the name a function has in journals."""
    inner = results.inspected(function)
    return getattr(inner, "__qualname__", type(inner).__qualname__)
