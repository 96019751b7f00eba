"""What a decider wants to happen: one frozen class per verb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from roost.model.messages import OutboundMessage
from roost.model.timers import CancelTimer, SetTimer


@dataclass(frozen=True, slots=True)
class Reply:
    """Send the customer a message.

    Attributes:
        message: What to send; already checked against the account's capabilities.
    """

    message: OutboundMessage


@dataclass(frozen=True, slots=True)
class HandOff:
    """Give the conversation to the agents' queue.

    Attributes:
        reason: For the agents, never shown to the customer; 1 to 500 characters.
    """

    reason: str


Decision = Reply | HandOff | SetTimer | CancelTimer
"""The closed union of decisions."""

DECISION_TYPES: Mapping[str, type[Decision]] = MappingProxyType(
    {
        "reply": Reply,
        "hand_off": HandOff,
        "set_timer": SetTimer,
        "cancel_timer": CancelTimer,
    }
)
"""Each verb's name on the wire between processes, and its class."""
