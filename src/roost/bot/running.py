"""One run of a handler: from its first line, through its journal, to where it waits or ends.

A dialog that waits is not kept in memory. Its handler is unwound, and run again from its first line
when there is something to go on with; what it has passed before comes out of its journal.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import msgspec

from roost.bot import facts, given, hearing
from roost.bot.awaiting import Calls
from roost.bot.hearing import Heard, Hearing
from roost.bot.journal import CUT_SHORT, Journal, with_arguments
from roost.bot.occasions import TIMER_PREFIX, Known, Occasion
from roost.bot.passing import Passage
from roost.bot.questions import Question
from roost.bot.speaking import Voice
from roost.model import answers
from roost.model.decisions import Decision, Remember
from roost.model.dialogs import Dialog, DialogPhase, DialogState
from roost.model.events import MessageReceived, TimerFired, TurnEvent
from roost.model.media import MediaFile
from roost.model.memories import Scope
from roost.model.timers import CancelTimer, SetTimer

T = TypeVar("T")

Commit = Callable[[Sequence[Decision], DialogState], Awaitable[None]]
"""Hands over what was decided so far; returns once it is committed."""

Done = tuple[Sequence[Decision], bytes]
"""What a verb decides, and its result for the record."""

_MAY, _MAY_NOT = b"\1", b"\0"
"""Results of a wait for a time: whether the customer had written by then."""


class Suspended(BaseException):
    """Unwinds a handler that waits for something that has not happened yet.

    Not an `Exception`, so that a handler's own `except Exception` lets it through.
    """


class Run:
    """What the verbs of `Chat` work on.

    Args:
        dialog: As it was left; one that begins has no points.
        occasion: Why it is run.
        is_stored: Whether the database knows of the dialog.
        commit: Hands over before the end.
        place: `file:line` of the handler, for errors.

    Attributes:
        facts: What was known when the dialog began, or has waited for a time last.
        calls: The verbs that were called, awaited or not.
        question: What it waits for an answer to; `None` where it does not.
    """

    def __init__(
        self,
        dialog: Dialog,
        *,
        occasion: Occasion,
        is_stored: bool,
        commit: Commit,
        place: str,
    ) -> None:
        self._dialog = dialog
        self._journal = Journal(dialog.name, dialog.points)
        self._occasion = occasion
        self._incoming = occasion.event
        self._commit = commit
        self._place = place
        self._decisions: list[Decision] = []
        self._step = ""
        self._is_stored = is_stored
        self._phase = DialogPhase.RUNNING
        self._done_by = ""
        known = self._journal.began(facts.packed(occasion.facts, dialog.begun_by))
        self.facts = facts.unpacked(known) if known else occasion.facts
        self.calls = Calls()
        self._passage = Passage(self._journal, self.calls, place)
        self.question: Question | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether the handler was unwound because there was nothing to go on with."""
        return self._phase in {DialogPhase.ASKING, DialogPhase.SLEEPING}

    @property
    def begun_by(self) -> TurnEvent:
        """The event the handler was given."""
        return self._dialog.begun_by

    @property
    def place(self) -> str:
        """`file:line` of the handler."""
        return self._place

    @property
    def voice(self) -> Voice:
        """Under whose name it speaks."""
        return self._occasion.voice

    @property
    def next_point(self) -> str:
        """Name the point that comes next, the same whenever the dialog is run again."""
        return f"{self._dialog.dialog_id}:{self._journal.reached}"

    @property
    def has_taken(self) -> bool:
        """Whether what came in was taken, or there was nothing to take."""
        return self._incoming is None

    def decide(
        self, verb: str, *decisions: Decision, fingerprint: str = "", result: bytes = b""
    ) -> None:
        """Pass a point that only decides; the result is for the record."""
        with self._passing(verb):
            if self._journal.replay(verb, fingerprint) is None:
                self._journal.write(verb, fingerprint, result)
                self._decisions += decisions

    async def perform(
        self, verb: str, make: Callable[[], Awaitable[Done]], fingerprint: str = ""
    ) -> None:
        """Pass a point that decides what depends on the world, or on files; once.

        Raises:
            Exception: What was raised when it was passed first.
        """
        with self._passing(verb):
            if self._journal.replay(verb, fingerprint) is None:
                decisions, result = await self._passage.attempt(verb, make(), fingerprint)
                self._journal.write(verb, fingerprint, result)
                self._decisions += decisions

    async def attach(self, path: str) -> MediaFile:
        """Look at a file that is to be said; in a thread, as a video takes a while.

        Raises:
            InvalidMessage: It cannot be sent.
        """
        return await asyncio.to_thread(self._occasion.shelf.media, path)

    def end_with(self, verb: str, decision: Decision, *, is_repeated: bool = False) -> None:
        """Pass a point that only decides, and ends the dialog with the turn.

        Args:
            verb: Which.
            decision: What.
            is_repeated: Whether it counts even where it was passed before: for what takes effect
                only with the turn's last commit, and may be decided twice.
        """
        with self._passing(verb):
            self._done_by = verb
            is_new = self._journal.replay(verb) is None
            if is_new:
                self._journal.write(verb)
            if is_new or is_repeated:
                self._decisions.append(decision)

    async def signal(self, verb: str, decision: Decision) -> None:
        """Pass a point that is shown at once: what was decided before is committed with it."""
        with self._passing(verb):
            if self._journal.replay(verb) is None:
                self._journal.write(verb)
                self._decisions.append(decision)
                await self._hand_over(verb)

    def keep(self, verb: str, make: Callable[[], bytes], fingerprint: str = "") -> bytes:
        """Pass a point whose result is made once, at no risk, and remembered."""
        with self._passing(verb):
            point = self._journal.replay(verb, fingerprint)
            if point is not None:
                return point.result
            result = make()
            self._journal.write(verb, fingerprint, result)
            return result

    def remembered(self, scope: Scope, name: str) -> bytes:
        """Give what is remembered, this run's own decisions included; `b""` for nothing."""
        return self._remembering().get((scope, name), b"")

    def names_remembered(self, scope: Scope) -> frozenset[str]:
        """Give the names under which something is remembered."""
        known = self._remembering().items()
        return frozenset(name for (of, name), value in known if of is scope and value)

    def _remembering(self) -> Known:
        mine = [one for one in self._decisions if isinstance(one, Remember)]
        return {**self._occasion.known, **{(one.scope, one.name): one.value for one in mine}}

    async def work(
        self, name: str, function: Callable[[str], Awaitable[bytes]], *, given_to: str
    ) -> bytes:
        """Pass a step: what was decided before it is committed, then the function runs.

        Args:
            name: Of the step; must be the same when the dialog is run again.
            function: Given a key that is the same whenever this step is run again.
            given_to: Stands for its arguments; must be the same, too. Older journals lack it.
        """
        whole = with_arguments(name, given_to)
        with self._passing("step"):
            point = self._journal.replay("step", whole, or_kind=CUT_SHORT, before=name)
            if point is not None:
                await self._passage.cut_again(point)
                return point.result
            await self._hand_over(f"step {name}")
            doing = self._passage.cut(whole, function(self._step_key()))
            result = await self._passage.attempt("step", doing, whole)
            self._journal.write("step", whole, result)
            return result

    def receive(
        self,
        step: str,
        asked: Question,
        by: Hearing[T],
        *,
        within: timedelta | None,
        is_last: bool,
    ) -> Heard | None:
        """Pass a wait for the customer's next message.

        Args:
            step: What is waited for, for people.
            asked: What was asked.
            by: Says what a message means to it.
            within: How long; `None` for ever.
            is_last: Whether it is not asked again where the message means nothing.

        Returns:
            The message, and what it meant when it came; `None` where the time has passed.

        Raises:
            Suspended: There is none yet.
        """
        with self._passing("receive"):
            timer, words = self._begin_waiting("receive", within, asked.words, by.verb)
            point = self._journal.replay("heard")
            if point is not None:
                return self._heard(point.result, by, is_last=is_last) if point.result else None
            event = self._take(timer, step, asked=replace(asked, words=words))
            if not isinstance(event, MessageReceived):
                self._journal.write("heard")
                return None
            if within is not None:
                self._decisions.append(CancelTimer(timer))
            heard = Heard(event, by.judge(event.message, is_last=is_last))
            self._journal.write("heard", result=hearing.packed(heard))
            self.facts = msgspec.structs.replace(self.facts, may_write=True)
            return heard

    def _heard(self, known: bytes, by: Hearing[T], *, is_last: bool) -> Heard:
        heard = hearing.unpacked(known)
        self.facts = msgspec.structs.replace(self.facts, may_write=True)
        if heard.verdict is None:
            return Heard(heard.event, by.judge(heard.event.message, is_last=is_last))
        if heard.verdict.answer is not None and by.give(heard.verdict.answer) is None:
            raise self._journal.changed(f"{by.verb}() without the option that was chosen")
        return heard

    def sleep(self, duration: timedelta) -> None:
        """Pass a wait for a time.

        Raises:
            Suspended: The time has not come.
            WrongKind: It is no `timedelta`.
        """
        given.a_duration(duration, "duration")
        with self._passing("sleep"):
            timer, _ = self._begin_waiting("sleep", duration)
            point = self._journal.replay("woken")
            if point is None:
                self._take(timer, "sleep", asked=None)
                is_met = self._occasion.facts.may_write
                self._journal.write("woken", result=_MAY if is_met else _MAY_NOT)
                self.facts = msgspec.structs.replace(self.facts, may_write=is_met)
            elif point.result:
                self.facts = msgspec.structs.replace(self.facts, may_write=point.result == _MAY)

    def check_timer(self, name: str) -> None:
        """Refuse to set a timer that has no handler.

        Raises:
            BotError: It has none.
        """
        if not self._journal.is_replaying and name not in self._occasion.timers:
            self._passage.refuse(
                f"`chat.set_timer({name!r})`: no handler is there for such a timer",
                remedy=f"Write one under `@bot.on_timer({name!r})`, or mend the name",
            )

    def finish(self) -> tuple[Sequence[Decision], DialogState | None]:
        """Give what is still to be committed, once the handler has returned or waits.

        Returns:
            The decisions, and the dialog's state where it was stored before, or has to be.

        Raises:
            DialogChanged: The handler ended before it came to what it had passed before.
            BotError: It has called a verb, and not awaited it; or it went on after such an error.
        """
        self._passage.close()
        self.calls.check()
        self.calls.end(self._dialog.name)
        if not self.is_waiting:
            self._journal.end_replay()
        if not (self.is_waiting or self._is_stored):
            return self._decisions, None
        if self.is_waiting:
            return self._decisions, self._state(self._phase, self._step)
        return self._decisions, self._state(DialogPhase.ENDED, "")

    def _begin_waiting(
        self, verb: str, within: timedelta | None, words: bytes = b"", fingerprint: str = ""
    ) -> tuple[str, bytes]:
        """Give the timer's name, and what stands for the words in which it began to wait."""
        timer = f"{TIMER_PREFIX}{self.next_point}"
        timers = [] if within is None else [SetTimer(timer, after=within)]
        point = self._journal.replay(verb, fingerprint, before="")
        self._journal.compare(point, words)
        if point is not None:
            return timer, point.result
        if self._done_by:
            self._passage.refuse(
                f"`chat.{fingerprint or verb}` behind `chat.{self._done_by}`, which ends the"
                " dialog, so nobody waits for what it waits for",
                remedy=f"Wait before `chat.{self._done_by}`, and end the handler behind it",
            )
        self._journal.write(verb, fingerprint, words)
        self._decisions += timers
        return timer, words

    def _take(self, timer: str, step: str, *, asked: Question | None) -> TurnEvent:
        """Take what came in if it fits; `asked` is `None` where no message is wanted."""
        event = self._incoming
        if event is not None and self._fits(event, timer, asked):
            self._incoming = None
            return event
        self._step = step
        self._phase = DialogPhase.SLEEPING if asked is None else DialogPhase.ASKING
        self.question = asked
        raise Suspended

    def _fits(self, event: TurnEvent, timer: str, asked: Question | None) -> bool:
        if isinstance(event, TimerFired):
            return event.name == timer
        if asked is None or not isinstance(event, MessageReceived):
            return False
        if self._occasion.is_word:
            return answers.named(event.message.text, asked.labels) is not None
        return asked.is_meant_by(event.message)

    async def _hand_over(self, step: str) -> None:
        state = self._state(DialogPhase.RUNNING, step)
        if self._decisions or state.points:
            decisions, self._decisions = self._decisions, []
            self._is_stored = True
            await self._commit(decisions, state)

    def _state(self, phase: DialogPhase, step: str) -> DialogState:
        first, points = self._journal.hand_over()
        dialog = self._dialog
        return DialogState(
            dialog_id=dialog.dialog_id,
            name=dialog.name,
            begun_by=dialog.begun_by,
            first=first,
            points=points,
            phase=phase,
            taking=self._occasion.key if phase is DialogPhase.RUNNING else "",
            step=step,
            is_rewound=self._dialog.is_rewound,
        )

    def _step_key(self) -> str:
        event = self._dialog.begun_by
        parts = (event.account_id, event.conversation_id, event.event_key, self._journal.reached)
        return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]

    @contextmanager
    def _passing(self, verb: str) -> Generator[None]:
        if self.is_waiting and not self._passage.is_over:
            raise Suspended
        with self._passage.of(verb):
            yield
