"""Handlers: what a function asks for is checked at registration, not at three in the night."""

from __future__ import annotations

import dis
import inspect
import itertools
import typing
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import FunctionType, MappingProxyType

from roost.bot.awaiting import Calls
from roost.bot.chat import Chat
from roost.errors import BotError
from roost.model.events import MessageReceived, TimerFired
from roost.model.messages import Message, Profile

Handler = Callable[..., Coroutine[object, object, None]]
"""An `async def` whose parameters are any of those its event offers."""

Next = Callable[[], Coroutine[object, object, None]]
"""Goes on to the next middleware, and at last to the handler. To be called once, or not at all."""

Middleware = Callable[[Chat, Next], Coroutine[object, object, None]]
"""Runs around handlers, and again whenever a dialog goes on, as handlers do."""

Give = Callable[[Chat], object]

Offers = Mapping[type | tuple[str, type], Give]
"""What a handler may ask for: by the parameter's type, or by its name and type."""

OF_MESSAGES: Offers = MappingProxyType(
    {
        Chat: lambda chat: chat,
        Message: lambda chat: chat.message,
        Profile: lambda chat: chat.customer,
        MessageReceived: lambda chat: chat.event,
        ("text", str): lambda chat: chat.message.text,
    }
)
"""What a message offers its handler."""

OF_TIMERS: Offers = MappingProxyType(
    {
        Chat: lambda chat: chat,
        TimerFired: lambda chat: chat.timer,
        Profile: lambda chat: chat.customer,
        ("data", str): lambda chat: chat.timer.data,
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
        around: Middleware, the outermost first; lists that may still grow.
    """

    function: Handler
    name: str
    place: str
    injected: tuple[tuple[str, Give], ...]
    around: tuple[Sequence[Middleware], ...] = ()

    async def __call__(self, chat: Chat, calls: Calls) -> None:
        """Run the handler, and what is around it.

        Args:
            chat: For both.
            calls: Told of each `go_on()`, so that one that is not awaited is found.
        """
        go_on: Next = partial(self._run, chat)
        for middleware in reversed([one for group in self.around for one in group]):
            go_on = partial(middleware, chat, _noting(go_on, calls))
        await go_on()

    def within(self, middleware: Sequence[Middleware]) -> Registered:
        """Give the same handler with more middleware outside of what it has."""
        return replace(self, around=(middleware, *self.around))

    async def _run(self, chat: Chat) -> None:
        await self.function(**{name: give(chat) for name, give in self.injected})


def _noting(go_on: Next, calls: Calls) -> Next:
    n_calls = itertools.count(1)

    def noted() -> Coroutine[object, object, None]:
        frame = inspect.currentframe()
        by = frame and frame.f_back
        if next(n_calls) > 1:
            raise BotError(
                f"{by.f_code.co_name if by else 'middleware'}: `go_on` is called a second time, so"
                " the handler would run twice",
                place=f"{by.f_code.co_filename}:{by.f_lineno}" if by else "middleware",
                remedy="Call `go_on` once, or not at all",
            )
        made = go_on()
        calls.note(made, "go_on", by)
        return made

    return noted


def register(function: Handler, offers: Offers) -> Registered:
    """Check a handler's signature against what its event offers.

    Raises:
        BotError: It is not `async`, or asks for something that nobody can give.
    """
    place, name = place_of(function), name_of(function)
    if not inspect.iscoroutinefunction(function):
        raise BotError(
            f"handler {name} is not async",
            place=place,
            remedy=f"Write `async def {name}(chat: Chat) -> None:`",
        )
    hints = _hints(function, place)
    injected = tuple(
        (parameter.name, _giver(parameter, hints.get(parameter.name), offers, function))
        for parameter in inspect.signature(function).parameters.values()
    )
    return Registered(function, f"{function.__module__}.{function.__qualname__}", place, injected)


def check_middleware(function: Middleware) -> None:
    """Refuse what cannot run around handlers.

    Raises:
        BotError: It is not `async`, does not take a chat and what comes next, or does nothing with
            the latter.
    """
    _, *more = inspect.signature(function).parameters or ("",)
    if not inspect.iscoroutinefunction(function) or len(more) != 1:
        name = name_of(function)
        raise BotError(
            f"middleware {name} does not fit",
            place=place_of(function),
            remedy=f"Write `async def {name}(chat: Chat, go_on: Next) -> None:`",
        )
    (go_on,) = more
    if inspect.isfunction(function) and not _reads(function, go_on):
        # To drop an event on purpose is to call it in some cases and not in others.
        name = name_of(function)
        raise BotError(
            f"middleware {name} never calls `{go_on}`, so no handler would ever run",
            place=place_of(function),
            remedy=f"Write `await {go_on}()` where the handler is to run",
        )


def _reads(function: FunctionType, name: str) -> bool:
    """Tell whether a function does anything with what it gets under a name."""
    steps = dis.get_instructions(inspect.unwrap(function))
    return any(one.argval == name and one.opname.startswith("LOAD") for one in steps)


def place_of(function: Callable[..., object]) -> str:
    """Give `file:line` of a function."""
    code = inspect.unwrap(function).__code__ if inspect.isfunction(function) else None
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(function)


def name_of(function: Callable[..., object]) -> str:
    """Give a function's name, for people."""
    return getattr(function, "__name__", repr(function))


def kind_of(value: object) -> str:
    """Give the name of a value's class, for people."""
    return f"a value of class {type(value).__name__}"


def _hints(function: Handler, place: str) -> Mapping[str, object]:
    try:
        return typing.get_type_hints(function)
    except NameError as error:
        raise BotError(
            f"handler {name_of(function)}: {error}",
            place=place,
            remedy="Import the name at the top of the file",
        ) from error


def _giver(parameter: inspect.Parameter, kind: object, offers: Offers, function: Handler) -> Give:
    by_name = parameter.kind not in {
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.VAR_POSITIONAL,
        inspect.Parameter.VAR_KEYWORD,
    }
    if by_name and isinstance(kind, type):
        give = offers.get(kind) or offers.get((parameter.name, kind))
        if give is not None:
            return give
    is_typed = parameter.annotation is not inspect.Parameter.empty
    known = ", ".join(f"`{_shown(one)}`" for one in offers)
    raise BotError(
        f"handler {name_of(function)}: nothing fits parameter `{parameter}`",
        place=place_of(function),
        remedy=f"{'' if is_typed else 'Write its type, too. '}A handler can ask for {known}",
    )


def _shown(offer: type | tuple[str, type]) -> str:
    name, kind = (offer.__name__.lower(), offer) if isinstance(offer, type) else offer
    return f"{name}: {kind.__name__}"
