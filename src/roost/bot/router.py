"""The bot: who handles what. The first handler that wants a message gets it; a timer has one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from roost.bot import handlers
from roost.bot.deciding import Deciding, HandOver, OnChanged
from roost.bot.filters import Filter
from roost.bot.handlers import Handler, Offers, Registered
from roost.errors import BotError, InvalidTimer
from roost.model.capabilities import X_V1
from roost.model.events import MessageReceived, TurnEvent
from roost.model.messages import Message
from roost.model.timers import check_name
from roost.model.turns import Progress, Turn

H = TypeVar("H", bound=Handler)

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Bot:
    """Answers customers.

    Decorators register a function and return it unchanged.

    Args:
        name: The bot's identity, by which accounts refer to it: 1 to 40 lower-case letters,
            digits and hyphens.
        on_changed: What becomes of a dialog that waits while its code is changed so that it no
            longer fits what it has passed.

    Raises:
        BotError: The name is not of that form.

    Example:
        >>> bot = Bot("acme-support")
        >>> @bot.on_message()
        ... async def echo(chat: Chat) -> None:
        ...     await chat.say(f"You said: {chat.message.text}")
    """

    def __init__(self, name: str, *, on_changed: OnChanged = OnChanged.HAND_OFF) -> None:
        if not _NAME.fullmatch(name):
            raise BotError(
                f"{name!r} cannot name a bot",
                place=f"Bot({name!r})",
                remedy="Use 1 to 40 lower-case letters, digits and hyphens, as in `acme-support`",
            )
        self.name = name
        self._handlers: list[tuple[Callable[[Message], bool], Registered]] = []
        self._timers: dict[str, Registered] = {}
        self._fallback: Registered | None = None
        self._named: dict[str, Registered] = {}
        self._offered: set[str | None] = set()
        self.on_changed = on_changed

    def on_message(self, wanted: Filter | None = None) -> Callable[[H], H]:
        """Handle messages, typed or tapped, that a filter wants; all of them without one.

        Raises:
            BotError: The handler is not `async`, or asks for something nobody can give.
        """
        if callable(wanted):
            raise BotError(
                "on_message needs parentheses",
                place=handlers.place_of(wanted),
                remedy="Write `@bot.on_message()`",
            )

        def wants(message: Message) -> bool:
            return wanted is None or wanted.wants(message)

        return self._registering(wants)

    def on_quick_reply(self, metadata: str) -> Callable[[H], H]:
        """Handle a tap on a quick reply that carries this metadata, whenever it was offered.

        Args:
            metadata: As given to `QuickReply`; 1 to 1,000 characters.

        Raises:
            BotError: No quick reply can carry such metadata.
        """
        if not 1 <= len(metadata) <= X_V1.quick_reply_metadata:
            raise BotError(
                f"on_quick_reply: metadata has {len(metadata)} characters",
                place=f"Bot({self.name!r})",
                remedy=f"Use 1 to {X_V1.quick_reply_metadata} characters",
            )

        def wants(message: Message) -> bool:
            return message.is_quick_reply and message.chosen == metadata

        self._offered.add(metadata)
        return self._registering(wants)

    def on_timer(self, name: str) -> Callable[[H], H]:
        """Handle a timer that `chat.set_timer` set under this name, once it has fired.

        Args:
            name: As given to `set_timer`; 1 to 100 characters. A name has one handler.

        Raises:
            BotError: No timer can have such a name, it has a handler already, or the handler asks
                for something that a timer does not bring, such as a message.
        """
        try:
            check_name(name)
        except InvalidTimer as error:
            raise BotError(
                f"on_timer: {error}",
                place=f"Bot({self.name!r})",
                remedy="Name it as in `chat.set_timer`",
            ) from error

        def decorate(function: H) -> H:
            if name in self._timers:
                raise BotError(
                    f"a second handler of timer {name!r}",
                    place=handlers.place_of(function),
                    remedy=f"Keep one; the first is at {self._timers[name].place}",
                )
            self._timers[name] = self._register(function, handlers.OF_TIMERS)
            return function

        return decorate

    def fallback(self, function: H) -> H:
        """Handle the messages that no other handler wants. A bot has at most one.

        Raises:
            BotError: There is one already, or the handler asks for something nobody can give.
        """
        if self._fallback is not None:
            raise BotError(
                "a second fallback",
                place=handlers.place_of(function),
                remedy=f"Keep one; the first is at {self._fallback.place}",
            )
        self._fallback = self._register(function, handlers.OF_MESSAGES)
        return function

    def handler_for(self, event: TurnEvent) -> Registered | None:
        """Find who gets an event; `None` if nobody wants it."""
        if not isinstance(event, MessageReceived):
            return self._timers.get(event.name)
        for wants, handler in self._handlers:
            if wants(event.message):
                return handler
        return self._fallback

    def handler_called(self, name: str) -> Registered | None:
        """Find a handler by its name, to go on with a dialog; `None` if there is none any more."""
        return self._named.get(name)

    def offers(self, event: TurnEvent) -> bool:
        """Tell whether an event is a tap that `on_quick_reply` has a handler for."""
        return isinstance(event, MessageReceived) and event.message.chosen in self._offered

    async def decide(self, turn: Turn, hand_over: HandOver) -> Progress:
        """Handle a turn's events, in order.

        Args:
            turn: What happened.
            hand_over: Commits what must not wait until the turn's end.

        Returns:
            What is left to be committed.
        """
        return await Deciding(self, turn, hand_over).run()

    def _register(self, function: Handler, offers: Offers) -> Registered:
        handler = handlers.register(function, offers)
        self._named[handler.name] = handler
        return handler

    def _registering(self, wants: Callable[[Message], bool]) -> Callable[[H], H]:
        def decorate(function: H) -> H:
            self._handlers.append((wants, self._register(function, handlers.OF_MESSAGES)))
            return function

        return decorate
