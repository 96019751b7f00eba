"""The conversation as a handler sees it. Verbs record decisions; the engine carries them out."""

from __future__ import annotations

from collections.abc import Sequence

from roost.errors import InvalidMessage
from roost.model import capabilities
from roost.model.decisions import Decision, HandOff, Reply
from roost.model.events import MessageReceived
from roost.model.messages import Button, Message, OutboundMessage, Profile, QuickReply
from roost.model.turns import Turn

_LONGEST_REASON = 500


class Chat:
    """One conversation during one message.

    Attributes:
        message: What the customer wrote, or tapped.
        customer: Who wrote.
    """

    def __init__(self, turn: Turn, event: MessageReceived) -> None:
        self.message: Message = event.message
        self.customer: Profile = event.customer if event.customer.name else turn.customer
        self._decisions: list[Decision] = []

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

    def decided(self) -> tuple[Decision, ...]:
        """Give what has been recorded so far, in order."""
        return tuple(self._decisions)
