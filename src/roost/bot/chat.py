"""The conversation as a handler sees it. Verbs record decisions; the engine carries them out."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar, overload

import msgspec
from typing_extensions import Unpack

from roost.bot import asking, given, hearing, publicly, questions, speaking, steps
from roost.bot.hearing import Hearing
from roost.bot.marks import Marks
from roost.bot.questions import Option, Patience, Question
from roost.bot.running import Done, Run
from roost.bot.speaking import Along, Beside, Said
from roost.errors import BotError
from roost.model import activities
from roost.model.decisions import MarkRead, ReplyPublicly
from roost.model.events import KINDS, MessageReceived, TimerFired, TurnEvent
from roost.model.messages import Button, Entry, Message, Profile, QuickReply
from roost.model.posts import Post
from roost.model.turns import Turn

T = TypeVar("T")
P = ParamSpec("P")

_DICE = random.SystemRandom()

NOT_UNDERSTOOD = "Sorry, I did not understand that."
"""Said where an answer is not understood and the question has no words of its own for that."""


class Chat(Marks):
    """One conversation during one event, and during the dialog it begins.

    An event is a message, a timer or an activity.

    A handler that asks or sleeps is a durable dialog: the process may be killed, upgraded or moved
    between any two of its lines. It is then run again from its first line, and every verb it has
    passed gives what it gave before, and does nothing. So whatever could differ the second time
    belongs into a verb: the time into `now`, chance into `random`, other systems into `step`.

    Attributes:
        event: What happened last: what began the handler, then the answers it gets.
        customer: Whom the conversation is with, as known when the handler began.
        account: Our account; X tells its id only.
        is_late: Whether the message was written before one that has been handled already: X
            delivered it late, and what was answered since did not know of it.
    """

    def __init__(self, turn: Turn, run: Run) -> None:
        super().__init__(run)
        self._now, self._at_x = turn.now, turn.at_x
        self.event: TurnEvent = run.begun_by
        self.is_late: bool = run.facts.is_late
        self.account = Profile(turn.account_id)
        self.customer: Profile = run.facts.customer

    @property
    def message(self) -> Message:
        """What the customer wrote, or tapped.

        Raises:
            BotError: A timer or an activity is handled, so there is none.
        """
        if isinstance(self.event, MessageReceived):
            return self.event.message
        raise self._not_there("message", "Put what the handler needs into the timer's `data`")

    @property
    def timer(self) -> TimerFired:
        """The timer that fired.

        Raises:
            BotError: Something else is handled, so there is none.
        """
        if isinstance(self.event, TimerFired):
            return self.event
        raise self._not_there("timer", "Handle timers with `@bot.on_timer(name)`")

    @property
    def post(self) -> Post:
        """The Post that a mention, an answer, a quote, a repost or a like is about.

        Raises:
            BotError: Something else is handled, so there is none.
        """
        post = activities.post_of(self.event)
        if post is not None:
            return post
        raise self._not_there("post", "Handle Posts with `@bot.on_mention` and the like")

    @property
    def entry(self) -> Entry | None:
        """The welcome message or Post behind which the message at hand was written, if any."""
        return self.event.message.entry if isinstance(self.event, MessageReceived) else None

    @property
    def may_write(self) -> bool:
        """Whether the customer has ever written to us; a bot never writes first.

        As it was when the handler began, or has slept last, and the same when it is run again.
        """
        return self._run.facts.may_write

    def _not_there(self, name: str, remedy: str) -> BotError:
        match self.event:
            case MessageReceived(event_key=key):
                whose, place = "a message's", f"message {key}"
            case TimerFired(name=timer):
                whose, place = "a timer's", f"on_timer({timer!r})"
            case _ as activity:
                whose, place = "an activity's", f"on_event({KINDS[type(activity)]!r})"
        return BotError(f"chat.{name} in {whose} handler", place=place, remedy=remedy)

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
            **more: What else it carries, see `Along`, such as `media="photo.png"`; at most one
                attachment.

        Raises:
            InvalidMessage: A limit of X is broken, or the file cannot be sent; nothing of this
                message is sent.

        Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving/
        api-reference/new-event (archived).
        """
        await asking.say(self._run, speaking.message(text, quick_replies, buttons, **more))

    async def reply_publicly(
        self,
        text: str,
        *,
        continue_in_dm: bool = False,
        welcome: Callable[[], object] | str = "",
    ) -> None:
        """Answer the Post that a mention, a reply or a quote is about, for all to see, once.

        Args:
            text: Weighs 1 to 280 as X counts a Post; X puts the names of those addressed first.
            continue_in_dm: Whether a *Send a private message* button goes with it; not counted.
            welcome: Which welcome message greets whoever taps it; else the default one.

        Raises:
            InvalidMessage: The text is empty or too long; nothing is sent.
            BotError: Something else is handled, or X has no such welcome message.

        Source: https://developer.x.com/en/docs/x-api/v1/tweets/post-and-engage/api-reference
        /post-statuses-update (archived).
        """
        place = self._run.place

        async def made() -> Done:
            link = ""
            if continue_in_dm:
                link = publicly.link_to(self.account.user_id, self._at_x, welcome, place=place)
            return [ReplyPublicly(publicly.reply_to(self.event, text, link, place=place))], b""

        await self._run.perform("reply_publicly", made)

    async def ask(
        self,
        text: str,
        *,
        matching: str | None = None,
        within: timedelta | None = None,
        retries: int = 2,
        on_invalid: str = NOT_UNDERSTOOD,
        quick_replies: Sequence[QuickReply] = (),
        **more: Unpack[Beside],
    ) -> str:
        """Ask, and give what the customer types, without the spaces around it.

        Args:
            text: The question; as in `say`.
            matching: A regular expression that the whole answer must match; case counts.
            within: How long to wait; `None` for ever.
            retries: How often to ask again after an answer that does not match; 0 or more.
            on_invalid: What to say then, with the same quick replies.
            quick_replies: Answers to tap; a tap gives its label. So does the label however it is
                written, and its number, unless that matches by itself or labels hold numbers.
            **more: What else the question carries, see `Beside`.

        Raises:
            Unanswered: The time has passed, or no answer was understood.
            InvalidMessage: As in `say`.
        """
        wanted = questions.pattern(matching, place=self._run.place)
        asked = self._question(speaking.message(text, quick_replies, **more))
        by = hearing.typed(questions.text_or_label(wanted, asked))
        return await self._asked(asked, by, Patience(within, retries, on_invalid))

    async def choose(
        self,
        text: str,
        options: Sequence[Option],
        *,
        within: timedelta | None = None,
        retries: int = 2,
        on_invalid: str = NOT_UNDERSTOOD,
        **more: Unpack[Beside],
    ) -> Option:
        """Ask for one of several options, and give the one chosen.

        A tap counts, and a typed answer that can only mean one: its label, its number ("2", "the
        second one"), how it begins, or the number by which it differs ("7" for "Row 7").

        Args:
            text: The question; as in `say`.
            options: 1 to 20 labels, or quick replies; their metadata is not used.
            within: How long to wait; `None` for ever.
            retries: How often to ask again after an answer that means none; 0 or more.
            on_invalid: What to say then, with the same quick replies.
            **more: What else the question carries, see `Beside`.

        Raises:
            Unanswered: The time has passed, or no answer was understood.
            InvalidMessage: As in `say`.
        """
        asked = self._question(speaking.message(text, questions.offered(options), **more))
        by = hearing.chosen(questions.among(options, asked), options)
        return await self._asked(asked, by, Patience(within, retries, on_invalid))

    async def confirm(
        self,
        text: str,
        *,
        yes: str = "Yes",
        no: str = "No",
        within: timedelta | None = None,
        retries: int = 2,
        on_invalid: str = NOT_UNDERSTOOD,
        **more: Unpack[Beside],
    ) -> bool:
        """Ask for yes or no; the usual words for it are understood in the built-in languages.

        Args and errors as in `choose`; `yes` and `no` are the labels.
        """
        labels = (yes, no)
        asked = self._question(speaking.message(text, questions.offered(labels), **more))
        by = hearing.confirmed(questions.yes_or_no(labels, asked))
        return await self._asked(asked, by, Patience(within, retries, on_invalid))

    def _question(self, said: Said) -> Question:
        return questions.question(said, self._run.next_point)

    async def _asked(self, asked: Question, by: Hearing[T], patience: Patience) -> T:
        waiting = asking.Waiting(patience, self._hear)
        return await asking.answer(self._run, asked, by, waiting)

    def _hear(self, event: MessageReceived) -> None:
        self.event = event

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
            WrongKind: It is no function, but most likely what one gave.
            Exception: What it raised, with what of it is plain values; again, and without being
                run, whenever the dialog goes on.
        """
        return await steps.step(self._run, function, args, kwargs)

    async def run(
        self,
        dialog: Callable[Concatenate[Chat, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a part of a dialog that has a function of its own, and give what it gives.

        Its points are in this dialog's journal, between two that name it, so that a change of which
        parts there are is noticed. Where it raises, so does this.

        Args:
            dialog: `async def part(chat: Chat, …)`.
            args: For it, behind the chat.
            kwargs: For it.

        Raises:
            WrongKind: It is no function, but most likely what one gave.
        """
        given.a_function(dialog, "dialog", "chat.run(part, number)")
        name = steps.name_of(dialog)
        self._run.decide("run", fingerprint=name)
        result = await dialog(self, *args, **kwargs)
        self._run.decide("ran", fingerprint=name)
        return result

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

    async def mark_read(self) -> None:
        """Show the customer that the message at hand, and all before it, have been read.

        Where X does not take the call, nothing is shown and the handler goes on.

        Raises:
            BotError: A timer or an activity is handled, so there is no message.

        Source: https://developer.x.com/en/docs/x-api/v1/direct-messages
        /typing-indicator-and-read-receipts/api-reference/new-read-receipt (archived).
        """
        self._run.decide("mark_read", MarkRead(self.message.message_id))
