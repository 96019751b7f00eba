"""What a decider wants to happen: one frozen class per verb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from roost.errors import InvalidMessage
from roost.model.ids import MessageId
from roost.model.memories import Scope
from roost.model.messages import OutboundMessage
from roost.model.posts import PublicReply
from roost.model.timers import CancelTimer, SetTimer

LONGEST_TAG = 50
"""Characters of a tag."""

LONGEST_NOTE = 10_000
"""Characters of a note."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Send the customer a message.

    Attributes:
        message: What to send; already checked against the account's capabilities.
    """

    message: OutboundMessage


@dataclass(frozen=True, slots=True)
class ReplyPublicly:
    """Answer a Post, for all to see.

    Attributes:
        reply: What to post, and under what.
    """

    reply: PublicReply


@dataclass(frozen=True, slots=True)
class HandOff:
    """Give the conversation to the agents' queue.

    Attributes:
        reason: For the agents, never shown to the customer; 1 to 500 characters.
        team: Who among them: the conversation is tagged with it, so that they find it. Up to 50
            characters; `""` for whoever is there.

    Raises:
        InvalidMessage: The team is no tag.
    """

    reason: str
    team: str = ""

    def __post_init__(self) -> None:
        """Check the team."""
        if self.team:
            _check("team", self.team, LONGEST_TAG)


@dataclass(frozen=True, slots=True)
class ShowTyping:
    """Show the customer that somebody writes, for about three seconds."""


@dataclass(frozen=True, slots=True)
class MarkRead:
    """Show the customer that their messages have been read.

    Attributes:
        message_id: X's id of the last one that has; those before it are read too.
    """

    message_id: MessageId


Signal = ShowTyping | MarkRead
"""Decisions that are shown at once or not at all: nothing is kept of them, nothing is repeated."""


@dataclass(frozen=True, slots=True)
class Resolve:
    """Be done with the conversation until the customer writes again.

    A customer who has written meanwhile is not done: then the bot gets that message.
    """


@dataclass(frozen=True, slots=True)
class Note:
    """Leave a note for people; the customer never sees it.

    Attributes:
        text: 1 to 10,000 characters.

    Raises:
        InvalidMessage: It is empty or too long.
    """

    text: str

    def __post_init__(self) -> None:
        """Check the limit."""
        _check("note", self.text, LONGEST_NOTE)


@dataclass(frozen=True, slots=True)
class Tag:
    """Put a word on the conversation, by which people find it; nothing where it is there already.

    Attributes:
        name: 1 to 50 characters, not only blanks.

    Raises:
        InvalidMessage: It is none.
    """

    name: str

    def __post_init__(self) -> None:
        """Check the limit."""
        _check("tag", self.name, LONGEST_TAG)


@dataclass(frozen=True, slots=True)
class Untag:
    """Take a word off the conversation; nothing where it is not there.

    Attributes: as in `Tag`.
    """

    name: str

    def __post_init__(self) -> None:
        """Check the limit."""
        _check("tag", self.name, LONGEST_TAG)


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep a value, in place of one of the same name.

    Attributes:
        scope: What it belongs to.
        name: 1 to 100 characters.
        value: Encoded, 1 to 4,096 bytes; `b""` forgets what was remembered.
    """

    scope: Scope
    name: str
    value: bytes


Marking = Note | Tag | Untag | Remember
"""Decisions that only write something down."""

Decision = Reply | ReplyPublicly | HandOff | Resolve | SetTimer | CancelTimer | Marking | Signal
"""The closed union of decisions."""

DECISION_TYPES: Mapping[str, type[Decision]] = MappingProxyType(
    {
        "reply": Reply,
        "reply_publicly": ReplyPublicly,
        "hand_off": HandOff,
        "set_timer": SetTimer,
        "cancel_timer": CancelTimer,
        "resolve": Resolve,
        "note": Note,
        "tag": Tag,
        "untag": Untag,
        "remember": Remember,
        "show_typing": ShowTyping,
        "mark_read": MarkRead,
    }
)
"""Each verb's name on the wire between processes, and its class."""


def _check(field: str, text: str, limit: int) -> None:
    if not text.strip() or len(text) > limit:
        problem = f"must have 1 to {limit:,} characters"
        raise InvalidMessage(field, problem, limit=limit, value=len(text))
