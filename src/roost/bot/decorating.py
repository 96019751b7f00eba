"""Decorators with and without parentheses: which of the two is written wrongly is said at once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from roost.bot import filters, handlers
from roost.errors import BotError

P = ParamSpec("P")
T = TypeVar("T")


def bare(method: Callable[P, T]) -> Callable[P, T]:
    """Make a method a decorator that takes no parentheses.

    Raises:
        BotError: (the method) It was written with parentheses, so that it got no handler.
    """

    @functools.wraps(method)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        router, *handler = args
        if not handler and not kwargs:
            name = handlers.name_of(method)
            raise BotError(
                f"{name} takes no parentheses",
                place=repr(router),
                remedy=f"Write `@bot.{name}` above `async def`",
            )
        return method(*args, **kwargs)

    return checked


def called(method: Callable[P, T]) -> Callable[P, T]:
    """Make a method a decorator that needs parentheses.

    Raises:
        BotError: (the method) It was written without them, so that it got the handler itself.
    """

    @functools.wraps(method)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        _, *given = args
        if given and inspect.isfunction(given[0]) and given[0].__module__ != filters.__name__:
            name = handlers.name_of(method)
            raise BotError(
                f"{name} needs parentheses",
                place=handlers.place_of(given[0]),
                remedy=f"Write `@bot.{name}({_wanted(method)})`",
            )
        return method(*args, **kwargs)

    return checked


def _wanted(method: Callable[..., object]) -> str:
    """Give the names of what has to stand between the parentheses."""
    _, *parameters = inspect.signature(method).parameters.values()
    return ", ".join(one.name for one in parameters if one.default is inspect.Parameter.empty)
