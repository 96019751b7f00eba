"""A bot in a conversation, without engine or database: what is committed is kept, the rest lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roost import Bot, Message, Profile, QuickReply
from roost.model.decisions import Decision, HandOff, Remember, Reply
from roost.model.dialogs import Dialog, DialogPhase
from roost.model.events import MessageReceived, TimerFired, TurnEvent
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.memories import Memory, Scope
from roost.model.timers import CancelTimer, SetTimer
from roost.model.turns import Progress, Turn
from roost.testing.clocks import NOON

OURS, HERE = UserId("1001"), ConversationId("1001-2002")
ADA = Profile("2002", "ada", "Ada")


class Killed(Exception):
    """The process died."""


def typed(words: str) -> Message:
    """Give a message somebody typed."""
    return Message(MessageId("1"), words)


def tapped(metadata: str | None, label: str = "label") -> Message:
    """Give a tap on a quick reply."""
    return Message(MessageId("1"), label, metadata, is_quick_reply=True)


async def decided(bot: Bot, turn: Turn) -> tuple[Decision, ...]:
    """Decide a turn whose every part is committed at once; give all that was decided."""
    parts: list[Decision] = []

    async def hand_over(progress: Progress) -> None:
        parts.extend(progress.decisions)

    last = await bot.decide(turn, hand_over)
    return (*parts, *last.decisions)


@dataclass
class Playing:
    """One customer's conversation with a bot.

    Attributes:
        bot: It can be exchanged for another version between two messages.
        said: Texts of the bot's messages, in order.
        replies: The messages themselves.
        handed_off: Reasons.
        memories: What is remembered.
        timers: Those set and not fired, with the time they are due.
        now: Advanced by `pass_time`.
        dies_at: At which step the process dies, once; 0 for none.
        n_steps: Steps so far: one before each commit and one after it.
    """

    bot: Bot
    said: list[str] = field(default_factory=list[str])
    replies: list[Reply] = field(default_factory=list[Reply])
    handed_off: list[str] = field(default_factory=list[str])
    timers: dict[str, datetime] = field(default_factory=dict[str, datetime])
    dialogs: dict[str, Dialog] = field(default_factory=dict[str, Dialog])
    memories: dict[tuple[Scope, str], bytes] = field(default_factory=dict[tuple[Scope, str], bytes])
    now: datetime = NOON
    dies_at: int = 0
    n_steps: int = 0
    _n_events: int = 0

    async def says(self, *texts: str) -> None:
        """Let the customer write; several texts are one turn."""
        await self.happens(*(self.received(typed(text)) for text in texts))

    async def taps(self, label: str) -> None:
        """Let the customer tap a quick reply of the latest message that has it."""
        for reply in reversed(self.replies):
            for option in reply.message.quick_replies:
                if option.label == label:
                    await self.taps_again(option)
                    return
        raise AssertionError(f"nothing offers {label!r}")

    async def taps_again(self, option: QuickReply) -> None:
        """Let the customer tap a quick reply, of however old a message."""
        await self.happens(self.received(tapped(option.metadata, option.label)))

    async def pass_time(self, duration: timedelta) -> None:
        """Let time pass, firing what comes due, in order."""
        until = self.now + duration
        while due := sorted((at, name) for name, at in self.timers.items() if at <= until):
            at, name = due[0]
            del self.timers[name]
            self.now = at
            self._n_events += 1
            key = f"timer-{self._n_events}"
            await self.happens(TimerFired(OURS, key, 0, HERE, name, "", at, at))
        self.now = until

    async def happens(self, *events: TurnEvent) -> None:
        """Handle one turn, again if the process dies in it."""
        pending = list(events)
        for attempt in range(1, 10):
            try:
                await self._handle(pending, attempt)
            except Killed:
                continue
            return
        raise AssertionError("the turn never ends")

    async def _handle(self, pending: list[TurnEvent], attempt: int) -> None:
        dialogs = tuple(self.dialogs.values())
        memories = tuple(Memory(*key, value) for key, value in self.memories.items() if value)
        turn = Turn(
            self.bot.name,
            OURS,
            HERE,
            ADA,
            tuple(pending),
            attempt,
            self.now,
            dialogs,
            memories=memories,
        )

        async def hand_over(progress: Progress) -> None:
            n_left = len(turn.events) - progress.n_handled
            self._commit(progress, pending, n_left)

        last = await self.bot.decide(turn, hand_over)
        self._commit(last, pending, 0)

    def _commit(self, progress: Progress, pending: list[TurnEvent], n_left: int) -> None:
        self._may_die()
        for decision in progress.decisions:
            self._apply(decision)
        for state in progress.dialogs:
            known = self.dialogs.pop(state.dialog_id, None)
            if state.phase is not DialogPhase.ENDED:
                points = (*(known.points[: state.first] if known else ()), *state.points)
                self.dialogs[state.dialog_id] = Dialog(
                    state.dialog_id, state.name, state.begun_by, points, state.phase, state.taking
                )
        del pending[: len(pending) - n_left]
        self._may_die()

    def _apply(self, decision: Decision) -> None:
        match decision:
            case Reply(message=message):
                self.said.append(message.text)
                self.replies.append(decision)
            case HandOff(reason=reason):
                self.handed_off.append(reason)
                self.dialogs.clear()
            case Remember(scope=scope, name=name, value=value):
                self.memories[scope, name] = value
            case SetTimer(name=name):
                self.timers[name] = decision.due(now=self.now)
            case CancelTimer(name=name):
                self.timers.pop(name, None)

    def _may_die(self) -> None:
        self.n_steps += 1
        if self.n_steps == self.dies_at:
            raise Killed

    def received(self, message: Message) -> MessageReceived:
        """Give a message as an event of its own."""
        self._n_events += 1
        key = f"message-{self._n_events}"
        return MessageReceived(OURS, key, self._n_events, HERE, ADA, message, self.now)
