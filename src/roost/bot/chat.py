"""The conversation as a handler sees it. Verbs record decisions; the engine carries them out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from roost.errors import BotError, InvalidMessage
from roost.model import capabilities
from roost.model.decisions import Decision, HandOff, Reply
from roost.model.events import MessageReceived, TimerFired, TurnEvent
from roost.model.messages import Button, Message, OutboundMessage, Profile, QuickReply
from roost.model.timers import CancelTimer, SetTimer
from roost.model.turns import Turn

_LONGEST_REASON = 500


class Chat:
    """One conversation during one event: a message, or a timer.

    Attributes:
        event: What happened.
        customer: Whom the conversation is with.
    """

    def __init__(self, turn: Turn, event: TurnEvent) -> None:
        self.event: TurnEvent = event
        self.customer: Profile = turn.customer
        if isinstance(event, MessageReceived) and event.customer.name:
            self.customer = event.customer
        self._decisions: list[Decision] = []

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
    ) -> None:
        """Send the customer a message.

        Args:
            text: 1 to 10,000 characters.
            quick_replies: Up to 20 answers to tap.
            buttons: Up to 3 links.

        Raises:
            InvalidMessage: A limit of X is broken; nothing of this message is sent.

        Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving/
        api-reference/new-event (archived).
        """
        message = OutboundMessage(text, tuple(quick_replies), tuple(buttons))
        capabilities.check(message, capabilities.X_V1)
        self._decisions.append(Reply(message))

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
        self._decisions.append(HandOff(reason))

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
        self._decisions.append(SetTimer(name, due_at, after, data))

    async def cancel_timer(self, name: str) -> None:
        """Forget a timer of this conversation; nothing happens where there is none.

        Args:
            name: As it was set.

        Raises:
            InvalidTimer: No timer can have such a name.
        """
        self._decisions.append(CancelTimer(name))

    def decided(self) -> tuple[Decision, ...]:
        """Give what has been recorded so far, in order."""
        return tuple(self._decisions)
