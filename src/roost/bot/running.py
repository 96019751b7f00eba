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

import msgspec

from roost.bot import failures, given
from roost.bot.awaiting import Calls
from roost.bot.journal import Journal
from roost.bot.occasions import Known, Occasion
from roost.bot.questions import Question
from roost.bot.speaking import Voice
from roost.errors import BotError, InvalidMessage
from roost.model import answers
from roost.model.decisions import Decision, Remember
from roost.model.dialogs import Dialog, DialogPhase, DialogState
from roost.model.events import MessageReceived, TimerFired, TurnEvent
from roost.model.media import MediaFile
from roost.model.memories import Scope
from roost.model.timers import CancelTimer, SetTimer

Commit = Callable[[Sequence[Decision], DialogState], Awaitable[None]]
"""Hands over what was decided so far; returns once it is committed."""

TIMER_PREFIX = "dialog:"
"""Begins the names of the timers that dialogs set for themselves."""

RESTART, CANCEL = "restart", "cancel"
"""What people order a dialog to do, by a timer that is due at once."""


def order_for(dialog_id: str, what: str) -> str:
    """Name the timer that orders a dialog to restart or to end."""
    return f"{TIMER_PREFIX}{dialog_id}:{what}"


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
        self._verb = ""
        self._step = ""
        self._is_stored = is_stored
        self._phase = DialogPhase.RUNNING
        self._is_over = False
        self.calls = Calls()
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
    def may_write(self) -> bool:
        """Whether the customer has ever written to us."""
        return self._occasion.may_write

    @property
    def voice(self) -> Voice:
        """Under whose name it speaks."""
        return self._occasion.voice

    @property
    def is_replaying(self) -> bool:
        """Whether the next point has been passed before."""
        return self._journal.is_replaying

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
            point = self._journal.replay(verb, fingerprint)
            if point is None:
                self._journal.write(verb, fingerprint, result)
                self._decisions += decisions
            else:
                failures.raise_again(point.result, place=self._place)

    async def attach(self, verb: str, path: str) -> MediaFile:
        """Look at a file for the next point; in a thread, as a video takes a while.

        Where the dialog waits there is no next point: the file is for what it has asked.

        Raises:
            InvalidMessage: It cannot be sent.
        """
        if self.is_waiting:
            return await asyncio.to_thread(self._occasion.shelf.media, path)
        with self._passing(verb):
            try:
                return await asyncio.to_thread(self._occasion.shelf.media, path)
            except InvalidMessage as error:
                self._journal.write(verb, result=failures.packed(error, of=verb, place=self._place))
                raise

    def decide_again(self, verb: str, decision: Decision) -> None:
        """Pass a point whose decision counts even where it was passed before.

        For what takes effect only with the turn's last commit, and may be decided twice.
        """
        with self._passing(verb):
            if self._journal.replay(verb) is None:
                self._journal.write(verb)
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

    async def work(self, name: str, function: Callable[[str], Awaitable[bytes]]) -> bytes:
        """Pass a step: what was decided before it is committed, then the function runs.

        Args:
            name: Of the step; must be the same when the dialog is run again.
            function: Given a key that is the same whenever this step is run again.
        """
        with self._passing("step"):
            point = self._journal.replay("step", name)
            if point is not None:
                failures.raise_again(point.result, place=self._place)
                return point.result
            await self._hand_over(f"step {name}")
            try:
                result = await function(self._step_key())
            except BotError:
                raise
            except Exception as error:
                # The same as is raised when the dialog is run again, so that both go alike.
                result = failures.packed(error, of=name, place=self._place)
                self._journal.write("step", name, result)
                raised = failures.unpacked(result, place=self._place)
                raise raised.with_traceback(error.__traceback__) from error
            self._journal.write("step", name, result)
            return result

    def receive(
        self, step: str, *, within: timedelta | None, asked: Question
    ) -> MessageReceived | None:
        """Pass a wait for the customer's next message.

        Args:
            step: What is waited for, for people.
            within: How long; `None` for ever.
            asked: What was asked.

        Returns:
            The message; `None` where the time has passed.

        Raises:
            Suspended: There is none yet.
        """
        with self._passing("receive"):
            timer, words = self._begin_waiting("receive", within, asked.words)
            point = self._journal.replay("heard")
            if point is not None:
                return _message(point.result) if point.result else None
            event = self._take(timer, step, asked=replace(asked, words=words))
            if not isinstance(event, MessageReceived):
                self._journal.write("heard")
                return None
            if within is not None:
                self._decisions.append(CancelTimer(timer))
            self._journal.write("heard", result=msgspec.msgpack.encode(event))
            return event

    def sleep(self, duration: timedelta) -> None:
        """Pass a wait for a time.

        Raises:
            Suspended: The time has not come.
            WrongKind: It is no `timedelta`.
        """
        given.a_duration(duration, "duration")
        with self._passing("sleep"):
            timer, _ = self._begin_waiting("sleep", duration)
            if self._journal.replay("woken") is None:
                self._take(timer, "sleep", asked=None)
                self._journal.write("woken")

    def finish(self) -> tuple[Sequence[Decision], DialogState | None]:
        """Give what is still to be committed, once the handler has returned or waits.

        Returns:
            The decisions, and the dialog's state where it was stored before, or has to be.

        Raises:
            DialogChanged: The handler ended before it came to what it had passed before.
            BotError: It has called a verb, and not awaited it.
        """
        self._is_over = True
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
        self, verb: str, within: timedelta | None, words: bytes = b""
    ) -> tuple[str, bytes]:
        """Give the timer's name, and what stands for the words in which it began to wait."""
        timer = f"{TIMER_PREFIX}{self.next_point}"
        point = self._journal.replay(verb)
        if point is not None:
            self._journal.compare(point, words)
            return timer, point.result
        self._journal.write(verb, result=words)
        if within is not None:
            self._decisions.append(SetTimer(timer, after=within))
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
        if self._is_over:
            raise BotError(
                f"`{verb}` of a `chat` whose handler has returned, so it does nothing",
                place=self._place,
                remedy="Use `chat` only in the handler it is given to, and await there all it does",
            )
        if self.is_waiting:
            raise Suspended
        if self._verb:
            raise BotError(
                f"`{verb}` while `{self._verb}` is not done",
                place=self._place,
                remedy="Await one verb of `chat` after the other",
            )
        self._verb = verb
        try:
            yield
        finally:
            self._verb = ""


def _message(packed: bytes) -> MessageReceived:
    return msgspec.msgpack.decode(packed, type=MessageReceived)
