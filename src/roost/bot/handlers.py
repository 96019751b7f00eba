"""Handlers: what a function asks for is checked at registration, not at three in the night."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from roost.bot.chat import Chat
from roost.errors import BotError
from roost.model.messages import Message, Profile

Handler = Callable[..., Awaitable[None]]
"""An `async def` whose parameters are any of those in `INJECTED`."""

INJECTED: Mapping[type, Callable[[Chat], object]] = MappingProxyType(
    {
        Chat: lambda chat: chat,
        Message: lambda chat: chat.message,
        Profile: lambda chat: chat.customer,
    }
)
"""What a handler may ask for, by the parameter's type."""


@dataclass(frozen=True, slots=True)
class Registered:
    """One handler.

    Attributes:
        function: As written.
        place: `file:line` of it.
        wants: Whether it wants a message.
        injected: What its parameters get, by name.
    """

    function: Handler
    place: str
    wants: Callable[[Message], bool]
    injected: tuple[tuple[str, type], ...]

    async def __call__(self, chat: Chat) -> None:
        """Run the handler."""
        await self.function(**{name: INJECTED[kind](chat) for name, kind in self.injected})


def register(function: Handler, wants: Callable[[Message], bool]) -> Registered:
    """Check a handler's signature.

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
    injected: list[tuple[str, type]] = []
    for parameter in inspect.signature(function).parameters.values():
        kind = hints.get(parameter.name)
        if (
            not isinstance(kind, type)
            or kind not in INJECTED
            or parameter.kind is inspect.Parameter.POSITIONAL_ONLY
        ):
            known = ", ".join(f"`{one.__name__.lower()}: {one.__name__}`" for one in INJECTED)
            raise BotError(
                f"handler {_name(function)}: nothing fits parameter `{parameter}`",
                place=place,
                remedy=f"A handler can ask for {known}",
            )
        injected.append((parameter.name, kind))
    return Registered(function, place, wants, tuple(injected))


def place_of(function: Handler) -> str:
    """Give `file:line` of a function."""
    code = inspect.unwrap(function).__code__ if inspect.isfunction(function) else None
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(function)


def _name(function: Handler) -> str:
    return getattr(function, "__name__", repr(function))
