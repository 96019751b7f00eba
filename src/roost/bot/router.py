"""The bot: what it has registered, and how a turn goes to it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TypeVar

from roost.bot import entering, given, routing, shelf, welcoming
from roost.bot.deciding import Deciding, HandOver
from roost.bot.decorating import called
from roost.bot.handlers import Registered
from roost.bot.handling import OnChanged
from roost.bot.routing import Router
from roost.bot.shelf import Shelf
from roost.bot.speaking import LONGEST_NAME
from roost.bot.welcoming import Declared, WelcomeMessage
from roost.bot.words import Words
from roost.errors import BotError
from roost.model.capabilities import X_V1, check
from roost.model.events import MessageReceived, TimerFired, TurnEvent
from roost.model.messages import OutboundMessage
from roost.model.rendering import X_V2_PLAIN, Rendering, render
from roost.model.timers import HANDED_BACK
from roost.model.turns import Progress, Turn

W = TypeVar("W", bound=Callable[[], WelcomeMessage])

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def _folder_of(frame: FrameType | None) -> Path:
    """Give the folder of the source from which the one of a frame was called."""
    by = frame.f_back if frame else None
    return Path(by.f_code.co_filename).resolve().parent if by else Path.cwd()


class Bot(Router):
    """Answers customers.

    Args:
        name: The bot's identity, by which accounts refer to it: 1 to 40 lower-case letters,
            digits and hyphens.
        on_changed: What becomes of a dialog that waits while its code is changed so that it no
            longer fits what it has passed.
        words: What it understands whatever it is asking, such as "stop" and "person".
        speaks_as: Its name for customers, up to 48 characters. Messages go under the account's
            custom profile of that name; where X has none, they end with the name in a line of its
            own, so that nobody takes the bot for a person.
        folder: Where the files are that it names, such as pictures; that of the file in which this
            is written, where left out.

    Attributes:
        shelf: Finds those files.
        welcomes: The welcome messages it declares, by name.

    Raises:
        BotError: The name is not of that form, or the one it speaks as is too long.

    Example:
        >>> bot = Bot("acme-support")
        >>> @bot.on_message()
        ... async def echo(chat: Chat) -> None:
        ...     await chat.say(f"You said: {chat.message.text}")
    """

    def __init__(
        self,
        name: str,
        *,
        on_changed: OnChanged = OnChanged.HAND_OFF,
        words: Words | None = None,
        speaks_as: str = "",
        folder: Path | None = None,
    ) -> None:
        if not _NAME.fullmatch(name):
            raise BotError(
                f"{name!r} cannot name a bot",
                place=f"Bot({name!r})",
                remedy="Use 1 to 40 lower-case letters, digits and hyphens, as in `acme-support`",
            )
        super().__init__(name)
        self.on_changed = on_changed
        self.words = words or Words()
        if len(speaks_as) > LONGEST_NAME or (speaks_as and not speaks_as.strip()):
            raise BotError(
                f"speaks_as has {len(speaks_as)} characters",
                place=f"Bot({name!r})",
                remedy=f"Use 1 to {LONGEST_NAME} characters, or leave it out",
            )
        self.speaks_as = speaks_as
        self.shelf = Shelf(_folder_of(inspect.currentframe()) if folder is None else folder)
        self.welcomes: dict[str, Declared] = {}

    @called
    def welcome(self, *, default: bool = False) -> Callable[[W], W]:
        """Declare a welcome message; `roost sync` brings it to X.

        Args:
            default: Whether it is shown to everybody who opens a conversation; others are shown by
                links that name them. A bot has one default at most.

        Raises:
            BotError: The function takes something, gives something else than a `WelcomeMessage`, or
                one that breaks a limit of X; or there is one of its name, or a default.

        Example:
            >>> from roost import Bot, QuickReply, WelcomeMessage
            >>> bot = Bot("acme-support")
            >>> @bot.welcome(default=True)
            ... def greeting() -> WelcomeMessage:
            ...     return WelcomeMessage("Hi!", quick_replies=[QuickReply("Track", "track")])
        """

        def decorate(function: W) -> W:
            made = welcoming.declare(
                function, is_default=default, known=self.welcomes, shelf=self.shelf
            )
            self.welcomes[made.name] = made
            return function

        return decorate

    def check(self) -> None:
        """Check what can be checked only once everything is registered.

        Raises:
            BotError: A handler waits behind a welcome message that the bot does not declare, or a
                message names a file that cannot be sent.
        """
        for one in self.beginnings:
            entering.check_declared(one, self.welcomes)
        sources = (one.place.rpartition(":")[0] for one in self.registered())
        shelf.check_sources(sources, self.shelf)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of activities it has handlers for."""
        return frozenset(one.kind for one in self.notices())

    def preview(self, message: OutboundMessage | WelcomeMessage) -> Sequence[Rendering]:
        """Show what a rich and a plain transport would carry of a message, in this order.

        Raises:
            InvalidMessage: A limit of X is broken, or its file cannot be sent.
            WrongKind: It is neither a welcome message nor one to be sent.

        Example:
            >>> from roost import Bot, QuickReply, WelcomeMessage
            >>> message = WelcomeMessage("Hi!", quick_replies=[QuickReply("Track", "track")])
            >>> rich, plain = Bot("acme-support").preview(message)
            >>> print(plain.message.text)
            Hi!
            1. Track
            >>> plain.lost
            ('1 quick reply: typed instead of tapped, and no metadata comes back.',)
        """
        given.one_of((WelcomeMessage, OutboundMessage), message, "message")
        made = message if isinstance(message, OutboundMessage) else self._shown(message)
        check(made, X_V1)
        return [render(made, transport) for transport in (X_V1, X_V2_PLAIN)]

    def _shown(self, message: WelcomeMessage) -> OutboundMessage:
        made = message.outbound()
        return replace(made, media=self.shelf.media(message.media)) if message.media else made

    def handler_for(self, event: TurnEvent) -> Registered | None:
        """Find who gets an event; `None` if nobody wants it."""
        if isinstance(event, TimerFired):
            return self._timers.get(event.name)
        if not isinstance(event, MessageReceived):
            return next((one.handler for one in self.notices() if one.wants(event)), None)
        for one in self._wanting:
            if one.wants(event.message):
                return one.handler
        return self._fallback

    def handler_called(self, name: str) -> Registered | None:
        """Find a handler by its name, to go on with a dialog; `None` if there is none any more."""
        return routing.by_name(self).get(name)

    def offers(self, event: TurnEvent) -> bool:
        """Tell whether an event is a tap that `on_quick_reply` has a handler for."""
        return isinstance(event, MessageReceived) and any(
            one.is_tap and one.wants(event.message) for one in self._wanting
        )

    @property
    def timers(self) -> Container[str]:
        """Names of the timers that have a handler, and of the one that fires on its own."""
        return {*self._timers, HANDED_BACK}

    @property
    def takes_taps(self) -> bool:
        """Whether any handler is there for taps, so that typing can stand for one."""
        return any(one.is_tap for one in self._wanting)

    def asks_for(self, event: MessageReceived) -> bool:
        """Tell whether a handler was registered for such messages, and not just for any."""
        return any(one.is_choosy and one.wants(event.message) for one in self._wanting)

    async def decide(self, turn: Turn, hand_over: HandOver) -> Progress:
        """Handle a turn's events, in order.

        Args:
            turn: What happened.
            hand_over: Commits what must not wait until the turn's end.

        Returns:
            What is left to be committed.
        """
        return await Deciding(self, turn, hand_over).run()
