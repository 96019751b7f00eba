"""The verbs of `Chat` that say nothing: they show, write down, set timers, hand over or end."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import TypeVar, cast

from roost.bot import given, memory, results
from roost.bot.running import Done, Run
from roost.errors import InvalidMessage
from roost.model import texts
from roost.model.decisions import HandOff, Note, Remember, Resolve, ShowTyping, Tag, Untag
from roost.model.memories import Scope
from roost.model.timers import CancelTimer, SetTimer

T = TypeVar("T")

_Called = Coroutine[object, object, object]

_LONGEST_REASON = 500


class Marks:
    """What can be done to a conversation without a word; a part of `Chat`."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __init_subclass__(cls) -> None:
        """Have every verb note its calls, so that one that is not awaited is told of."""
        for name, verb in inspect.getmembers(cls, inspect.iscoroutinefunction):
            if not name.startswith("_"):
                setattr(cls, name, cls._noting(verb))

    @staticmethod
    def _noting(verb: Callable[..., _Called]) -> Callable[..., _Called]:
        @functools.wraps(verb)
        def noted(self: Marks, *args: object, **kwargs: object) -> _Called:
            made = verb(self, *args, **kwargs)
            frame = inspect.currentframe()
            self._run.calls.note(made, f"chat.{verb.__name__}", frame and frame.f_back)
            return made

        return noted

    async def typing(self) -> None:
        """Show the customer that somebody writes, for about three seconds.

        What was said before is committed first, and on its way. Where X does not take the call, or
        takes no more of them for now, nothing is shown and the handler goes on.

        Source: https://developer.x.com/en/docs/x-api/v1/direct-messages
        /typing-indicator-and-read-receipts/api-reference/new-typing-indicator (archived).
        """
        await self._run.signal("typing", ShowTyping())

    async def hand_off(self, reason: str, *, team: str = "") -> None:
        """Give the conversation to people; the bot is silent until they hand it back.

        Args:
            reason: For them, never shown to the customer; 1 to 500 characters.
            team: Whom among them it concerns: the conversation is tagged with it. Up to 50
                characters.

        Raises:
            InvalidMessage: The reason is empty or too long, or the team is no tag.
        """
        if not 1 <= len(reason) <= _LONGEST_REASON:
            raise InvalidMessage(
                "reason", "must have 1 to 500 characters", limit=_LONGEST_REASON, value=len(reason)
            )
        self._run.end_with("hand_off", HandOff(reason, team))

    async def resolve(self) -> None:
        """Be done with the conversation until the customer writes again.

        It takes effect when the handler has ended, and ends the conversation's dialogs. What the
        bot remembers of the conversation is forgotten, what it remembers of the customer stays.
        """
        self._run.end_with("resolve", Resolve(), is_repeated=True)

    async def note(self, text: str) -> None:
        """Leave a note for people; the customer never sees it.

        Args:
            text: 1 to 10,000 characters.

        Raises:
            InvalidMessage: It is empty or too long.
        """
        self._run.decide("note", Note(text))

    async def tag(self, *names: str) -> None:
        """Put words on the conversation, by which people find it.

        Args:
            names: 1 to 50 characters each.

        Raises:
            InvalidMessage: One is empty or too long; none of them is put.
        """
        given.several(names, (str,), "names")
        words = [texts.whole(name) for name in names]
        tags = [Tag(name) for name in words]
        self._run.decide("tag", *tags, fingerprint=_listed(words))

    async def untag(self, *names: str) -> None:
        """Take words off the conversation; nothing where they are not there.

        Args and errors as in `tag`.
        """
        given.several(names, (str,), "names")
        words = [texts.whole(name) for name in names]
        tags = [Untag(name) for name in words]
        self._run.decide("untag", *tags, fingerprint=_listed(words))

    async def remember(self, name: str, value: object, *, of: Scope = Scope.CUSTOMER) -> None:
        """Keep a value, in place of one of the same name; `None` forgets it.

        Args:
            name: 1 to 100 characters. A customer, or a conversation, has up to 100 names.
            value: Plain values, dataclasses, dates, lists and mappings of them; 4,096 bytes.
            of: What it belongs to; what belongs to a conversation is forgotten when it is resolved.

        Raises:
            BotError: A limit is broken, or the value cannot be kept.
        """

        async def made() -> Done:
            return [Remember(of, name, memory.packed(name, value, of, self._run))], b""

        await self._run.perform("remember", made, name)

    async def recall(self, name: str, kind: type[T], *, of: Scope = Scope.CUSTOMER) -> T | None:
        """Give what was remembered under a name; `None` where nothing was.

        Args:
            name: As it was remembered.
            kind: The type of the value, for example `str` or a dataclass.
            of: As it was remembered.

        Raises:
            BotError: It is of another type.
        """
        known = self._run.keep("recall", lambda: self._run.remembered(of, name), name)
        if not known:
            return None
        return cast("T", results.recalled(known, kind, name=name, place=self._run.place))

    async def set_timer(
        self,
        name: str,
        *,
        after: timedelta | None = None,
        due_at: datetime | None = None,
        data: str = "",
    ) -> None:
        """Have `@bot.on_timer(name)` called later: once, never early, whatever happens meanwhile.

        Set again, the timer of this name in this conversation is replaced. One that comes due
        while people control the conversation is dropped, since the bot is silent there.

        Args:
            name: 1 to 100 characters.
            after: How long from now: 0 to 3650 days. Either this or `due_at`.
            due_at: When, with a time zone, in the years 2000 to 2099. One that has passed fires
                at once.
            data: Whatever the handler is to know then; up to 10,000 characters.

        Raises:
            InvalidTimer: One of these limits is broken.
            BotError: There is no `@bot.on_timer(name)`.
        """
        given.a_duration(after, "after")
        timer = SetTimer(name, due_at, after, data)
        self._run.check_timer(name)
        self._run.decide("set_timer", timer, fingerprint=name)

    async def cancel_timer(self, name: str) -> None:
        """Forget a timer of this conversation; nothing happens where there is none.

        Args:
            name: As it was set.

        Raises:
            InvalidTimer: No timer can have such a name.
        """
        self._run.decide("cancel_timer", CancelTimer(name), fingerprint=name)


def _listed(names: Sequence[str]) -> str:
    return ",".join(names)
