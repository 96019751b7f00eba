"""Handlers: what a function asks for is checked at registration, not at three in the night."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from roost.bot.chat import Chat
from roost.errors import BotError
from roost.model.events import TimerFired
from roost.model.messages import Message, Profile

Handler = Callable[..., Awaitable[None]]
"""An `async def` whose parameters are any of those its event offers."""

Offers = Mapping[type, Callable[[Chat], object]]
"""What a handler may ask for, by the parameter's type."""

OF_MESSAGES: Offers = MappingProxyType(
    {
        Chat: lambda chat: chat,
        Message: lambda chat: chat.message,
        Profile: lambda chat: chat.customer,
    }
)
"""What a message offers its handler."""

OF_TIMERS: Offers = MappingProxyType(
    {
        Chat: lambda chat: chat,
        TimerFired: lambda chat: chat.timer,
        Profile: lambda chat: chat.customer,
    }
)
"""What a timer offers its handler."""


@dataclass(frozen=True, slots=True)
class Registered:
    """One handler.

    Attributes:
        function: As written.
        name: `module.function`, by which a waiting dialog finds it again.
        place: `file:line` of it.
        injected: What gives its parameters their values, by name.
    """

    function: Handler
    name: str
    place: str
    injected: tuple[tuple[str, Callable[[Chat], object]], ...]

    async def __call__(self, chat: Chat) -> None:
        """Run the handler."""
        await self.function(**{name: give(chat) for name, give in self.injected})


def register(function: Handler, offers: Offers) -> Registered:
    """Check a handler's signature against what its event offers.

    Raises:
        BotError: It is not `async`, or asks for something that nobody can give.
    """
    place = place_of(function)
    if not inspect.iscoroutinefunction(function):
        raise BotError(
            f"handler {_name(function)} is not async",
            place=place,
            remedy=f"Write `async def {_name(function)}(chat: Chat) -> None:`",
        )
    try:
        hints = typing.get_type_hints(function)
    except NameError as error:
        raise BotError(
            f"handler {_name(function)}: {error}",
            place=place,
            remedy="Import the name at the top of the file",
        ) from error
    injected: list[tuple[str, Callable[[Chat], object]]] = []
    for parameter in inspect.signature(function).parameters.values():
        kind = hints.get(parameter.name)
        if (
            not isinstance(kind, type)
            or kind not in offers
            or parameter.kind is inspect.Parameter.POSITIONAL_ONLY
        ):
            known = ", ".join(f"`{one.__name__.lower()}: {one.__name__}`" for one in offers)
            raise BotError(
                f"handler {_name(function)}: nothing fits parameter `{parameter}`",
                place=place,
                remedy=f"A handler can ask for {known}",
            )
        injected.append((parameter.name, offers[kind]))
    name = f"{function.__module__}.{function.__qualname__}"
    return Registered(function, name, place, tuple(injected))


def place_of(function: Handler) -> str:
    """Give `file:line` of a function."""
    code = inspect.unwrap(function).__code__ if inspect.isfunction(function) else None
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(function)


def _name(function: Handler) -> str:
    return getattr(function, "__name__", repr(function))
