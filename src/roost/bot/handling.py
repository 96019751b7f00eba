"""What deciding a turn needs to know of a bot: its handlers, and what they were given with it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from enum import StrEnum
from typing import Protocol

from roost.bot.handlers import Registered
from roost.bot.shelf import Shelf
from roost.bot.welcoming import Declared
from roost.bot.words import Words
from roost.model.events import MessageReceived, TurnEvent


class OnChanged(StrEnum):
    """What becomes of a dialog whose code no longer fits what it has passed."""

    HAND_OFF = "hand_off"
    """People get the conversation, with the reason."""
    ASK_AGAIN = "ask_again"
    """It goes on behind the last answer, step or sleep that still fits: what was said, done and
    asked after that is said, done and asked again, and what the customer answered last is not
    taken. An answer fits where the same words were asked at the same place."""
    RESTART = "restart"
    """It begins anew, from its first line: all of it is said, done and asked again."""


class Handlers(Protocol):
    """What a bot knows of its handlers."""

    @property
    def words(self) -> Words:
        """What is understood whatever is being asked."""
        ...

    @property
    def speaks_as(self) -> str:
        """The name it speaks as; `""` for none."""
        ...

    @property
    def shelf(self) -> Shelf:
        """Where the files are that it names."""
        ...

    @property
    def welcomes(self) -> Mapping[str, Declared]:
        """The welcome messages it declares, by name."""
        ...

    @property
    def timers(self) -> Container[str]:
        """Names of the timers that have a handler."""
        ...

    @property
    def on_changed(self) -> OnChanged:
        """What becomes of a dialog that no longer fits."""
        ...

    def handler_for(self, event: TurnEvent) -> Registered | None:
        """Find who gets an event; `None` if nobody wants it."""
        ...

    def handler_called(self, name: str) -> Registered | None:
        """Find a handler by its name."""
        ...

    @property
    def takes_taps(self) -> bool:
        """Whether any handler is there for taps."""
        ...

    def asks_for(self, event: MessageReceived) -> bool:
        """Tell whether a handler was registered for such messages, and not just for any."""
        ...

    def offers(self, event: TurnEvent) -> bool:
        """Tell whether an event is a tap that a handler was registered for."""
        ...
