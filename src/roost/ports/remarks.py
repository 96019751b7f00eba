"""What people do in a conversation beside messages, and requests that are made once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from roost.model.ids import ConversationId, UserId
from roost.model.people import PersonId


class RemarkKind(StrEnum):
    """What a remark says: a note, what became of the conversation, or what the bot left unsaid."""

    NOTE = "note"
    HANDED_OFF = "handed_off"
    TAKEN_OVER = "taken_over"
    HANDED_BACK = "handed_back"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something between a conversation's messages that never reaches the customer.

    Attributes:
        account_id: Our account.
        conversation_id: Where it stands.
        kind: What it says.
        person_id: Who did it; `None` for the bot, or for somebody at the command line.
        text: The note, or the reason, the id of who was assigned, or until when it is snoozed as
            ISO 8601, or what the bot wanted to say; may be empty.
        at: When.
    """

    account_id: UserId
    conversation_id: ConversationId
    kind: RemarkKind
    person_id: PersonId | None
    text: str
    at: datetime


class RemarkRows(Protocol):
    """The `remarks` table inside a transaction."""

    async def put(self, remark: Remark) -> None:
        """Store a remark."""
        ...


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A change asked for under a key of the caller's: it is made once, however often it is asked.

    Attributes:
        account_id: Our account.
        person_id: Who asks; another person's equal key is another request.
        key: The caller's; 1 to 200 characters.
        fingerprint: Names what is asked for; an equal key for something else is refused.
    """

    account_id: UserId
    person_id: PersonId
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Answered:
    """How a request was answered when it was first made.

    Attributes:
        fingerprint: Of what was asked for then.
        answer: As it was sent.
    """

    fingerprint: str
    answer: bytes


class RequestRows(Protocol):
    """The `requests` table inside a transaction."""

    async def begin(self, request: RequestKey, *, at: datetime) -> Answered | None:
        """Take a request on; or, where it was made before, give how it was answered.

        Waits for another transaction that is just making the same one.
        """
        ...

    async def finish(self, request: RequestKey, answer: bytes) -> None:
        """Keep the answer to a request begun before."""
        ...

    async def forget(self, request: RequestKey) -> None:
        """Let a request be made again under its key: it has changed nothing."""
        ...
