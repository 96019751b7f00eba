"""How conversations begin: behind a welcome message, by the bot's own name for it, or a Post."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from roost.bot import handlers
from roost.errors import BotError
from roost.model.events import MessageReceived, TurnEvent
from roost.model.messages import Message
from roost.model.x_objects import XKind, XObject


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a handler of `on_entry` wants.

    Attributes:
        welcome: The bot's name of the welcome message; `""` for any.
        tweet: X's id of the Post; `""` for any. With neither any entry is wanted, with both either.
        place: Who wants it, for errors.
    """

    welcome: str
    tweet: str
    place: str

    def wants(self, message: Message) -> bool:
        """Tell whether a message is the first behind what is wanted."""
        entry = message.entry
        if entry is None or not (self.welcome or self.tweet):
            return entry is not None
        return bool(
            (self.welcome and entry.welcome == self.welcome)
            or (self.tweet and entry.post_id == self.tweet)
        )


def beginning(welcome: str | Callable[[], object], tweet: str, *, place: str) -> Beginning:
    """Check what `on_entry` is given.

    Args:
        welcome: The function that `@bot.welcome` declares, its name, or `""`.
        tweet: X's id of a Post, or `""`.
        place: For errors.

    Raises:
        BotError: An id of X stands where a name belongs, or the Post's is none.
    """
    name = welcome if isinstance(welcome, str) else handlers.name_of(welcome)
    if name.isdigit():
        raise BotError(
            f"on_entry: welcome {name!r} is an id of X, which changes when the message is remade",
            place=place,
            remedy="Give the function under `@bot.welcome`, or its name",
        )
    if tweet and not (tweet.isascii() and tweet.isdigit()):
        raise BotError(
            f"on_entry: tweet {tweet!r} is no id of X",
            place=place,
            remedy="Give the digits at the end of the Post's address",
        )
    return Beginning(name, tweet, place)


def check_declared(beginning: Beginning, declared: Mapping[str, object]) -> None:
    """Refuse the wait for a welcome message that the bot does not declare.

    Raises:
        BotError: It is not among `declared`.
    """
    if beginning.welcome and beginning.welcome not in declared:
        known = ", ".join(f"`{one}`" for one in declared) or "none"
        raise BotError(
            f"on_entry: there is no welcome message {beginning.welcome!r}",
            place=beginning.place,
            remedy=f"Declare it with `@bot.welcome`; there is {known}",
        )


def named(event: TurnEvent, at_x: Mapping[str, str]) -> TurnEvent:
    """Give an event with the bot's name of the welcome message it came behind.

    Args:
        event: What happened.
        at_x: Names of the account's welcome messages, by X's id.
    """
    entry = event.message.entry if isinstance(event, MessageReceived) else None
    if not isinstance(event, MessageReceived) or entry is None:
        return event
    welcome = at_x.get(entry.welcome_message_id, "")
    return replace(event, message=replace(event.message, entry=replace(entry, welcome=welcome)))


def welcomes(at_x: tuple[XObject, ...]) -> Mapping[str, str]:
    """Give the names of an account's welcome messages by X's ids of them."""
    return {one.x_id: one.name for one in at_x if one.kind is XKind.WELCOME}
