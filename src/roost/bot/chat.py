"""The conversation as a handler sees it. Verbs record decisions; the engine carries them out."""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable, Container, Sequence
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar, cast, overload

import msgspec
from typing_extensions import Unpack

from roost.bot import memory, questions, results, speaking, steps
from roost.bot.questions import Option, Patience, Understands
from roost.bot.running import Run
from roost.bot.speaking import Along
from roost.errors import BotError, InvalidMessage, Unanswered
from roost.model.decisions import HandOff, Note, Remember, Reply, Resolve, Tag, Untag
from roost.model.events import MessageReceived, TimerFired, TurnEvent
from roost.model.memories import Scope
from roost.model.messages import Button, Message, OutboundMessage, Profile, QuickReply
from roost.model.timers import CancelTimer, SetTimer
from roost.model.turns import Turn

T = TypeVar("T")
P = ParamSpec("P")

_LONGEST_REASON = 500
_LONGEST_STEP = 80
_DICE = random.SystemRandom()

NOT_UNDERSTOOD = "Sorry, I did not understand that."
"""Said where an answer is not understood and the question has no words of its own for that."""


class Chat:
    """One conversation during one event, a message or a timer, and during the dialog it begins.

    A handler that asks or sleeps is a durable dialog: the process may be killed, upgraded or moved
    between any two of its lines. It is then run again from its first line, and every verb it has
    passed gives what it gave before, and does nothing. So whatever could differ the second time
    belongs into a verb: the time into `now`, chance into `random`, other systems into `step`.

    Attributes:
        event: What happened last: what began the handler, then the answers it gets.
        customer: Whom the conversation is with.
        is_late: Whether the message was written before one that has been handled already: X
            delivered it late, and what was answered since did not know of it.
    """

    def __init__(self, turn: Turn, run: Run) -> None:
        self._run = run
        self._now = turn.now
        self.event: TurnEvent = run.begun_by
        self.is_late: bool = self.event.event_key in turn.late
        self.customer: Profile = turn.customer
        if isinstance(self.event, MessageReceived) and self.event.customer.name:
            self.customer = self.event.customer

    @property
    def message(self) -> Message:
        """What the customer wrote, or tapped.

        Raises:
            BotError: A timer is handled, so there is none.
        """
        if isinstance(self.event, MessageReceived):
            return self.event.message
        raise BotError(
            "chat.message in a timer's handler",
            place=f"on_timer({self.event.name!r})",
            remedy="Put what the handler needs into the timer's `data`",
        )

    @property
    def timer(self) -> TimerFired:
        """The timer that fired.

        Raises:
            BotError: A message is handled, so there is none.
        """
        if isinstance(self.event, TimerFired):
            return self.event
        raise BotError(
            "chat.timer in a message's handler",
            place=f"message {self.event.event_key}",
            remedy="Handle timers in a function of their own, with `@bot.on_timer(name)`",
        )

    async def say(
        self,
        text: str,
        *,
        quick_replies: Sequence[QuickReply] = (),
        buttons: Sequence[Button] = (),
        **more: Unpack[Along],
    ) -> None:
        """Send the customer a message.

        Args:
            text: 1 to 10,000 characters; may be empty where something is attached.
            quick_replies: Up to 20 answers to tap.
            buttons: Up to 3 links.
            **more: What else it carries, see `Along`; at most one attachment.

        Raises:
            InvalidMessage: A limit of X is broken; nothing of this message is sent.

        Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving/
        api-reference/new-event (archived).
        """
        self._run.decide("say", Reply(speaking.message(text, quick_replies, buttons, **more)))

    async def ask(
        self,
        text: str,
        *,
        matching: str | None = None,
        within: timedelta | None = None,
        retries: int = 2,
        on_invalid: str = NOT_UNDERSTOOD,
        quick_replies: Sequence[QuickReply] = (),
    ) -> str:
        """Ask, and give what the customer types, without the spaces around it.

        Args:
            text: The question; as in `say`.
            matching: A regular expression that the whole answer must match; case counts.
            within: How long to wait; `None` for ever.
            retries: How often to ask again after an answer that does not match; 0 or more.
            on_invalid: What to say then, with the same quick replies.
            quick_replies: Answers to tap; a tap gives its label.

        Raises:
            Unanswered: The time has passed, or no answer was understood.
            InvalidMessage: As in `say`.
        """
        understands = questions.matching(re.compile(matching) if matching else None)
        prompt = speaking.message(text, quick_replies)
        taps = {one.metadata for one in quick_replies}
        return await self._asked(prompt, understands, taps, Patience(within, retries, on_invalid))

    async def choose(
        self,
        text: str,
        options: Sequence[Option],
        *,
        within: timedelta | None = None,
        retries: int = 2,
        on_invalid: str = NOT_UNDERSTOOD,
    ) -> Option:
        """Ask for one of several options, and give the one chosen.

        A tap counts, and a typed answer that can only mean one: its label, its number ("2", "the
        second one"), or how it begins.

        Args:
            text: The question; as in `say`.
            options: 1 to 20 labels, or quick replies; their metadata is not used.
            within: How long to wait; `None` for ever.
            retries: How often to ask again after an answer that means none; 0 or more.
            on_invalid: What to say then, with the same quick replies.

        Raises:
            Unanswered: The time has passed, or no answer was understood.
            InvalidMessage: As in `say`.
        """
        taps = questions.offered(options, self._run.next_point)
        understands = questions.among(options, taps)
        offered = {one.metadata for one in taps}
        prompt = speaking.message(text, taps)
        patience = Patience(within, retries, on_invalid)
        return await self._asked(prompt, understands, offered, patience)

    async def confirm(
        self,
        text: str,
        *,
        yes: str = "Yes",
        no: str = "No",
        within: timedelta | None = None,
        retries: int = 2,
        on_invalid: str = NOT_UNDERSTOOD,
    ) -> bool:
        """Ask for yes or no; the usual words for it are understood in the built-in languages.

        Args and errors as in `choose`; `yes` and `no` are the labels.
        """
        labels = (yes, no)
        taps = questions.offered(labels, self._run.next_point)
        understands = questions.yes_or_no(labels, taps)
        offered = {one.metadata for one in taps}
        prompt = speaking.message(text, taps)
        patience = Patience(within, retries, on_invalid)
        return await self._asked(prompt, understands, offered, patience)

    async def _asked(
        self,
        prompt: OutboundMessage,
        understands: Understands[T],
        offered: Container[str | None],
        patience: Patience,
    ) -> T:
        self._run.decide("say", Reply(prompt))
        for n_left in range(patience.retries, -1, -1):
            step = f"ask: {prompt.text}"[:_LONGEST_STEP]
            event = self._run.receive(step, within=patience.within, offered=offered)
            if event is None:
                raise Unanswered(prompt.text, is_late=True)
            self.event = event
            answer = understands(event.message)
            if answer is not None:
                return answer
            if n_left:
                again = speaking.message(patience.on_invalid, prompt.quick_replies)
                self._run.decide("say", Reply(again))
        raise Unanswered(prompt.text, is_late=False)

    @overload
    async def step(
        self, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...
    @overload
    async def step(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...
    async def step(
        self, function: Callable[..., object], *args: object, **kwargs: object
    ) -> object:
        """Do something outside Roost once, and remember what it gave.

        What was said before is committed first, and on its way. The function may run again if the
        process dies before its result is committed; where it takes a parameter `step_key`, it gets
        a text of 32 characters that is then the same, to pass on to systems that know such keys.

        Args:
            function: Async, or an ordinary function, which is run in a thread.
            args: For it.
            kwargs: For it.

        Returns:
            What it returned, as the type it says it returns.

        Raises:
            BotError: The result cannot be kept; return plain values, dataclasses, lists, mappings.
        """
        return await steps.step(self._run, function, args, kwargs)

    async def sleep(self, duration: timedelta) -> None:
        """Go on after a time, whatever happens to the process meanwhile.

        Messages that come in meanwhile go to their handlers. Who takes the conversation over ends
        the dialog.

        Args:
            duration: 0 to 3650 days.

        Raises:
            InvalidTimer: It is outside that.
        """
        self._run.sleep(duration)

    async def now(self) -> datetime:
        """Give the time, aware and in UTC; the same when the dialog is run again."""
        packed = self._run.keep("now", lambda: msgspec.msgpack.encode(self._now))
        return msgspec.msgpack.decode(packed, type=datetime)

    async def random(self) -> float:
        """Give a number from 0 up to 1, drawn once; the same when the dialog is run again."""
        packed = self._run.keep("random", lambda: msgspec.msgpack.encode(_DICE.random()))
        return msgspec.msgpack.decode(packed, type=float)

    async def hand_off(self, reason: str) -> None:
        """Give the conversation to people; the bot is silent until they hand it back.

        Args:
            reason: For them, never shown to the customer; 1 to 500 characters.

        Raises:
            InvalidMessage: The reason is empty or too long.
        """
        if not 1 <= len(reason) <= _LONGEST_REASON:
            raise InvalidMessage(
                "reason", "must have 1 to 500 characters", limit=_LONGEST_REASON, value=len(reason)
            )
        self._run.decide("hand_off", HandOff(reason))

    async def resolve(self) -> None:
        """Be done with the conversation until the customer writes again.

        It takes effect when the handler has ended, and ends the conversation's dialogs. What the
        bot remembers of the conversation is forgotten, what it remembers of the customer stays.
        """
        self._run.decide_again("resolve", Resolve())

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
        tags = [Tag(name) for name in names]
        self._run.decide("tag", *tags, fingerprint=_listed(names))

    async def untag(self, *names: str) -> None:
        """Take words off the conversation; nothing where they are not there.

        Args and errors as in `tag`.
        """
        tags = [Untag(name) for name in names]
        self._run.decide("untag", *tags, fingerprint=_listed(names))

    async def remember(self, name: str, value: object, *, of: Scope = Scope.CUSTOMER) -> None:
        """Keep a value, in place of one of the same name; `None` forgets it.

        Args:
            name: 1 to 100 characters. A customer, or a conversation, has up to 100 names.
            value: Plain values, dataclasses, dates, lists and mappings of them; 4,096 bytes.
            of: What it belongs to; what belongs to a conversation is forgotten when it is resolved.

        Raises:
            BotError: A limit is broken, or the value cannot be kept.
        """
        packed = memory.packed(name, value, of, self._run)
        self._run.decide("remember", Remember(of, name, packed), fingerprint=name)

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
            due_at: When, with a time zone. One that has passed fires at once.
            data: Whatever the handler is to know then; up to 10,000 characters.

        Raises:
            InvalidTimer: One of these limits is broken.
        """
        self._run.decide("set_timer", SetTimer(name, due_at, after, data), fingerprint=name)

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
