"""A message on its way out: its row in the outbox, and how an attempt ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import OutboundMessage


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One message in the outbox, claimed for sending or for reconciling.

    Attributes:
        outbox_id: Ours, unique per account; rises in the order messages were decided.
        account_id: Who sends.
        conversation_id: Where to.
        recipient_id: The customer's user id.
        message: What to send.
        attempt: 1 on the first try.
        baseline: Highest message position known in the conversation when the attempt began; our
            message, if X took it, has a higher one.
        attempted_at: When the attempt began, by the service's clock.
    """

    outbox_id: int
    account_id: UserId
    conversation_id: ConversationId
    recipient_id: UserId
    message: OutboundMessage
    attempt: int
    baseline: int
    attempted_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """X has the message, under this id."""

    message_id: MessageId


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Nothing was sent; try again then."""

    when: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Uncertain:
    """X may have the message; reconcile before anything else."""

    reason: str


@dataclass(frozen=True, slots=True)
class Dead:
    """X will not take the message; a person must look."""

    reason: str


Outcome = Sent | RetryAt | Uncertain | Dead
"""How one attempt ended."""
