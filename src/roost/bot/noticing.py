"""Handlers of what happens around the account beside messages: follows, likes, mentions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

from roost.bot import handlers
from roost.bot.chat import Chat
from roost.bot.decorating import bare, called
from roost.bot.handlers import Handler, Middleware, Offers, Registered
from roost.errors import BotError
from roost.model import activities
from roost.model.activities import ABOUT_POSTS, ACTIVITY_TYPES, Activity
from roost.model.events import KINDS
from roost.model.messages import Profile
from roost.model.posts import Post

H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Notice:
    """A handler and the activities it wants.

    Attributes:
        kind: Which ones.
        of_others: Whether only those which others brought about, and not our account itself.
        handler: Who gets them.
    """

    kind: str
    of_others: bool
    handler: Registered

    def wants(self, event: Activity) -> bool:
        """Tell whether the handler is there for an activity."""
        is_left_out = self.of_others and activities.is_ours(event)
        return KINDS[type(event)] == self.kind and not is_left_out


class Activities(ABC):
    """The decorators for activities; a part of `Router`.

    Each registers a function and returns it unchanged, so that one function can have several. What
    happens in a conversation that people control goes to nobody. A bot may answer somebody who has
    never written in public only, see `Chat.may_write`.
    """

    def __init__(self) -> None:
        self._notices: list[Notice] = []

    @bare
    def on_follow(self, function: H) -> H:
        """Handle somebody who follows the account; what it brings is a `Followed`.

        Raises:
            BotError: There is such a handler already, or this one asks for something that the
                activity does not bring, such as a message.
        """
        return self._notice(function, "followed", of_others=True)

    @bare
    def on_like(self, function: H) -> H:
        """Handle somebody who likes a Post of the account: a `Liked`, a `Post`. Errors as above."""
        return self._notice(function, "liked", of_others=True)

    @bare
    def on_mention(self, function: H) -> H:
        """Handle a Post that names the account: a `Mentioned`, a `Post`. Errors as in `on_follow`.

        One that answers, quotes or reposts something is no mention: `on_reply`, `on_quote`,
        `on_repost`.
        """
        return self._notice(function, "mentioned")

    @bare
    def on_reply(self, function: H) -> H:
        """Handle a Post that answers another: a `Replied`, a `Post`. Errors as in `on_follow`."""
        return self._notice(function, "replied")

    @bare
    def on_quote(self, function: H) -> H:
        """Handle a Post that quotes another: a `Quoted`, a `Post`. Errors as in `on_follow`."""
        return self._notice(function, "quoted")

    @bare
    def on_repost(self, function: H) -> H:
        """Handle a repost: a `Reposted`, a `Post`. Errors as in `on_follow`."""
        return self._notice(function, "reposted")

    @bare
    def on_block(self, function: H) -> H:
        """Handle a block: a `Blocked`. Errors as in `on_follow`.

        X tells only of those whom our account has blocked (`is_ours`).
        """
        return self._notice(function, "blocked")

    @bare
    def on_read(self, function: H) -> H:
        """Handle that the customer has read our messages: a `MessagesRead`. Errors as above."""
        return self._notice(function, "messages_read")

    @bare
    def on_typing(self, function: H) -> H:
        """Handle that the customer is writing: a `TypingStarted`. Errors as in `on_follow`."""
        return self._notice(function, "typing_started")

    @bare
    def on_revoke(self, function: H) -> H:
        """Handle that the account's owner has taken the app's authorization back.

        It brings an `AccessRevoked`. Nothing can be sent any more; a `step` can tell people.
        Errors as in `on_follow`.
        """
        return self._notice(function, "access_revoked")

    @called
    def on_event(self, kind: str) -> Callable[[H], H]:
        """Handle activities of any kind, also those that our account itself brought about.

        Args:
            kind: For example `unfollowed`; see `roost.model.activities.ACTIVITY_TYPES`.

        Raises:
            BotError: There is no such kind; or as in `on_follow`.
        """
        if kind not in ACTIVITY_TYPES:
            known = ", ".join(f"`{one}`" for one in ACTIVITY_TYPES)
            raise BotError(
                f"on_event: there is no kind {kind!r}", place=repr(self), remedy=f"Use {known}"
            )

        def decorate(function: H) -> H:
            return self._notice(function, kind)

        return decorate

    def notices(self) -> Iterator[Notice]:
        """Give every handler of activities, in the order of registration."""
        yield from self._notices

    def _notice(self, function: H, kind: str, *, of_others: bool = False) -> H:
        if not callable(function):
            raise BotError(
                f"{function!r} cannot handle {kind}",
                place=repr(self),
                remedy="Write the decorator without parentheses, above `async def`",
            )
        self._claim_kind(kind, handlers.place_of(function), of_others=of_others)
        handler = self._register(function, OFFERS[kind])
        self._notices.append(Notice(kind, of_others, handler))
        return function

    def _take_notices(self, other: Activities, around: list[Middleware]) -> None:
        """Take in another's handlers."""
        for one in other.notices():
            self._claim_kind(one.kind, one.handler.place, of_others=one.of_others)
        self._notices += [
            replace(one, handler=one.handler.within(around)) for one in other.notices()
        ]

    def _claim_kind(self, kind: str, place: str, *, of_others: bool) -> None:
        for one in self._notices:
            if (one.kind, one.of_others) == (kind, of_others):
                raise BotError(
                    f"a second handler of {kind}",
                    place=place,
                    remedy=f"Keep one; the first is at {one.handler.place}",
                )

    @abstractmethod
    def _register(self, function: Handler, offers: Offers) -> Registered:
        """Check and wrap a handler."""


def _offers_of(kind: type[Activity]) -> Offers:
    offers: dict[type | tuple[str, type], handlers.Give] = {
        Chat: lambda chat: chat,
        Profile: lambda chat: chat.customer,
        kind: lambda chat: chat.event,
    }
    if issubclass(kind, ABOUT_POSTS):
        offers[Post] = lambda chat: chat.post
    return MappingProxyType(offers)


OFFERS: Mapping[str, Offers] = MappingProxyType(
    {kind: _offers_of(cls) for kind, cls in ACTIVITY_TYPES.items()}
)
"""What each kind of activity offers its handler."""
