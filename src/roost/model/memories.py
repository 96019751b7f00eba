"""What a bot remembers of a customer or of a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a memory belongs to."""

    CUSTOMER = "customer"
    """It stays as long as the customer is known."""
    CONVERSATION = "conversation"
    """It is forgotten when the conversation is resolved."""


LONGEST_NAME = 100
"""Characters of a memory's name."""

LARGEST_VALUE_BYTES = 4_096
"""Of one memory. All of a conversation's go to the bot with each turn."""

MOST_MEMORIES = 100
"""Of a customer, and of a conversation."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Something remembered.

    Attributes:
        scope: What it belongs to.
        name: 1 to 100 characters; a customer or conversation has one memory of a name.
        value: The value, encoded; never empty.
    """

    scope: Scope
    name: str
    value: bytes
