"""Routers: who handles what. The first handler that wants a message gets it; a timer has one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from typing_extensions import override

from roost.bot import entering, handlers, tapping, wanting
from roost.bot.decorating import bare, called
from roost.bot.entering import Beginning
from roost.bot.filters import Filter
from roost.bot.handlers import Handler, Middleware, Offers, Registered
from roost.bot.noticing import Activities
from roost.bot.wanting import Wanting
from roost.bot.welcoming import WelcomeMessage
from roost.errors import BotError, InvalidTimer
from roost.model.messages import Message
from roost.model.timers import HANDED_BACK, check_name

H = TypeVar("H", bound=Handler)
M = TypeVar("M", bound=Middleware)


class Router(Activities):
    """A group of handlers, in a file of its own for example, that a bot or a router includes.

    Decorators register a function and return it unchanged.

    Args:
        name: For errors.

    Example:
        >>> from roost import Bot, Chat
        >>> orders = Router("orders")
        >>> @orders.on_quick_reply("track")
        ... async def track(chat: Chat) -> None:
        ...     await chat.say("Which order?")
        >>> bot = Bot("acme-support")
        >>> bot.include(orders)
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self._wanting: list[Wanting] = []
        self._timers: dict[str, Registered] = {}
        self._fallback: Registered | None = None
        self._around: list[Middleware] = []
        self._beginnings: list[Beginning] = []
        self._is_included = False

    @called
    def on_message(self, wanted: Filter | None = None) -> Callable[[H], H]:
        """Handle messages, typed or tapped, that a filter wants; all of them without one.

        Raises:
            BotError: It is no filter; or the handler is not `async`, asks for something nobody can
                give, or would never be reached.
        """
        wanting.check_filter(wanted, place=repr(self))

        def wants(message: Message) -> bool:
            return wanted is None or wanted.wants(message)

        return self._registering(wants, handlers.OF_MESSAGES, is_choosy=wanted is not None)

    @called
    def on_entry(
        self, *, welcome: Callable[[], WelcomeMessage] | str = "", tweet: str = ""
    ) -> Callable[[H], H]:
        """Handle the first message behind a welcome message, or behind a Post's prompt.

        Args:
            welcome: The function under `@bot.welcome`, or its name; X's ids are looked up.
            tweet: X's id of the Post. With neither of them any entry is wanted, with both either.

        Raises:
            BotError: One is not of that form, or the handler asks for something nobody can give.
                When the bot is loaded: it declares no such welcome message.
        """
        wanted = entering.beginning(welcome, tweet, place=repr(self))

        def decorate(function: H) -> H:
            place = handlers.place_of(function)
            self._beginnings.append(replace(wanted, place=place))
            return self._registering(wanted.wants, handlers.OF_MESSAGES)(function)

        return decorate

    @called
    def on_quick_reply(self, data: str | type) -> Callable[[H], H]:
        """Handle a tap on a quick reply that carries this data, whenever it was offered.

        Where no question waits for an answer, what the customer types counts as a tap on what was
        offered last: the label, its number, or how it begins.

        Args:
            data: The metadata given to `QuickReply`, 1 to 1,000 characters; or a frozen dataclass
                whose values were given as `packed(value)`: the handler gets the value by its type.

        Raises:
            BotError: No quick reply can carry it; or the handler asks for something nobody can
                give, or would never be reached.
        """
        if isinstance(data, type):
            return self._on_data(data)
        wanting.check_metadata(data, place=repr(self))

        def wants(message: Message) -> bool:
            return message.is_quick_reply and message.chosen == data

        return self._registering(wants, handlers.OF_MESSAGES, of_tap=data)

    @called
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
                place=repr(self),
                remedy="Name it as in `chat.set_timer`",
            ) from error

        def decorate(function: H) -> H:
            self._claim_timer(name, handlers.place_of(function))
            self._timers[name] = self._register(function, handlers.OF_TIMERS)
            return function

        return decorate

    @bare
    def on_hand_back(self, function: H) -> H:
        """Handle that people have given a conversation back, from the desk or by `roost hand-back`.

        A bot has at most one such handler. Nothing the customer wrote comes with it.

        Raises:
            BotError: There is one already, or the handler asks for a message.
        """
        return self.on_timer(HANDED_BACK)(function)

    @bare
    def fallback(self, function: H) -> H:
        """Handle the messages that no other handler wants. A bot has at most one.

        Raises:
            BotError: There is one already, or the handler asks for something nobody can give.
        """
        self._claim_fallback(handlers.place_of(function))
        self._fallback = self._register(function, handlers.OF_MESSAGES)
        return function

    @bare
    def middleware(self, function: M) -> M:
        """Run a function around every handler, those registered before included.

        It gets the chat and what comes next, and calls that once, or not at all. It is run again
        with its handler whenever a dialog goes on, so what could differ then belongs into verbs.

        Raises:
            BotError: It is not `async`, or does not take a chat and what comes next.

        Example:
            >>> from roost import Bot, Chat, Next
            >>> bot = Bot("acme-support")
            >>> @bot.middleware
            ... async def polite(chat: Chat, go_on: Next) -> None:
            ...     await go_on()
            ...     await chat.tag("answered")
        """
        handlers.check_middleware(function)
        self._around.append(function)
        return function

    def include(self, router: Router) -> None:
        """Take in what a router has registered, as if it were registered here and now.

        Raises:
            BotError: It is included already, or it and this one handle the same timer or kind of
                activity, or both have a fallback.
        """
        if router is self or router.is_included:
            raise BotError(
                f"{router!r} is included twice", place=repr(self), remedy="Include it once"
            )
        for one in router.registered():
            self._claim_name(one)
        for name in router._timers:
            self._claim_timer(name, repr(router))
        if router._fallback is not None:
            self._claim_fallback(repr(router))
            self._fallback = router._fallback.within(self._around)
        self._take_notices(router, self._around)
        router._is_included = True
        self._beginnings += router._beginnings
        self._timers |= {n: one.within(self._around) for n, one in router._timers.items()}
        taken = [replace(one, handler=one.handler.within(self._around)) for one in router._wanting]
        wanting.check_reached(self._wanting, taken)
        self._wanting += taken

    @property
    def beginnings(self) -> Sequence[Beginning]:
        """What its handlers of `on_entry` want."""
        return self._beginnings

    @property
    def is_included(self) -> bool:
        """Whether a bot or a router has taken in what it has; then nothing can be added."""
        return self._is_included

    def __repr__(self) -> str:
        """Name it as it would be written."""
        return f"{type(self).__name__}({self.name!r})"

    def registered(self) -> Iterable[Registered]:
        """Give every handler."""
        yield from (one.handler for one in self._wanting)
        yield from self._timers.values()
        yield from (one.handler for one in self.notices())
        if self._fallback is not None:
            yield self._fallback

    def _on_data(self, kind: type) -> Callable[[H], H]:
        unpack = tapping.unpacker(kind, place=repr(self))
        offers: dict[type | tuple[str, type], handlers.Give] = {
            **handlers.OF_MESSAGES,
            kind: lambda chat: unpack(chat.message),
        }

        def wants(message: Message) -> bool:
            return message.is_quick_reply and unpack(message) is not None

        return self._registering(wants, offers, of_tap=kind)

    def _claim_name(self, made: Registered) -> None:
        """Refuse another function of a name: a waiting dialog would go on in the wrong one.

        Functions made by one function share theirs; those are told when the first of them waits.
        """
        for one in self.registered():
            is_other = one.function is not made.function and "<locals>" not in one.name
            if is_other and one.name == made.name:
                raise BotError(
                    f"a second handler called {made.name.rpartition('.')[2]}",
                    place=made.place,
                    remedy="Name it differently: dialogs find their handler again by its name;"
                    f" the first is at {one.place}",
                )

    def _claim_timer(self, name: str, place: str) -> None:
        if name in self._timers:
            raise BotError(
                f"a second handler of timer {name!r}",
                place=place,
                remedy=f"Keep one; the first is at {self._timers[name].place}",
            )

    def _claim_fallback(self, place: str) -> None:
        if self._fallback is not None:
            raise BotError(
                "a second fallback",
                place=place,
                remedy=f"Keep one; the first is at {self._fallback.place}",
            )

    @override
    def _register(self, function: Handler, offers: Offers) -> Registered:
        if self._is_included:
            raise BotError(
                f"{self!r} is included already, so {handlers.name_of(function)} would not be heard",
                place=handlers.place_of(function),
                remedy="Register handlers before `include`",
            )
        made = handlers.register(function, offers).within(self._around)
        self._claim_name(made)
        return made

    def _registering(
        self,
        wants: Callable[[Message], bool],
        offers: Offers,
        *,
        of_tap: str | type | None = None,
        is_choosy: bool = True,
    ) -> Callable[[H], H]:
        def decorate(function: H) -> H:
            handler = self._register(function, offers)
            made = Wanting(wants, handler, of_tap, is_choosy)
            wanting.check_reached(self._wanting, [made])
            self._wanting.append(made)
            return function

        return decorate


def by_name(router: Router) -> Mapping[str, Registered]:
    """Give a router's handlers by the names under which dialogs find them again."""
    return {one.name: one for one in router.registered()}
