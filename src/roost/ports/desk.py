"""Conversations as people look at them: lists, counts, transcripts. Sees what is committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from roost.model.ids import ConversationId, UserId
from roost.model.messages import Message, OutboundMessage, Profile
from roost.model.people import PersonId
from roost.ports.remarks import Remark

AT_ONCE = 100
"""Snoozed conversations brought back at once."""

COUNTED_TO = 1_000
"""Counts end here: nobody reads further, and counting on would cost with every row."""


class View(StrEnum):
    """Which conversations a list shows.

    `mine` are those a person has taken, `unassigned` those that wait for anybody, `bot` those a
    bot answers, `resolved` those that are done with: each begins with the customer who has waited
    longest. `snoozed` are those put aside, the next to come back first; `tagged` those with a tag,
    the one that got it last first; `all` are all, the one with the latest message first.
    """

    MINE = "mine"
    UNASSIGNED = "unassigned"
    BOT = "bot"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    TAGGED = "tagged"
    ALL = "all"


class Speaker(StrEnum):
    """Who wrote a message: `elsewhere` is somebody who used X's own app or another one."""

    CUSTOMER = "customer"
    BOT = "bot"
    PERSON = "person"
    ELSEWHERE = "elsewhere"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation as lists show it.

    Attributes:
        account_id: Our account.
        conversation_id: The conversation.
        customer: Who writes to us.
        control: Who decides next: `bot`, `agent`, `queue` or `nobody`.
        controller_id: The agent who has it; `None` unless `control` is `agent`.
        control_reason: Why it was handed off; may be empty.
        last_at: When the last message was written, by X's clock.
        last_direction: `in` from the customer, `out` from us, `""` where it is not known.
        preview: Beginning of the last message.
        unread: Messages of the customer nobody has looked at.
        waiting_since: Since when the customer waits for an answer; `None` if they do not.
        is_snoozed: Whether it was put aside until something happens.
        snoozed_until: When it comes back in any case; `None` where only a message brings it back.
        tags: What it is marked with, in their order.
        seen_position: Of our last message that the customer has read; `None` where X has not said.
        dialog: The bot's dialog that waits here; `""` where none does.
        dialog_step: Where in it.
        last_speaker: Who wrote the last message; `None` where that is not known.
        last_person_id: Which of our people; `None` unless `last_speaker` is `person`.
        is_marked_unread: Whether somebody wants it looked at again.
    """

    account_id: UserId
    conversation_id: ConversationId
    customer: Profile
    control: str
    controller_id: PersonId | None
    control_reason: str
    last_at: datetime
    last_direction: str
    preview: str
    unread: int
    waiting_since: datetime | None
    is_snoozed: bool
    snoozed_until: datetime | None
    tags: Sequence[str]
    seen_position: int | None = None
    dialog: str = ""
    dialog_step: str = ""
    last_speaker: Speaker | None = None
    last_person_id: PersonId | None = None
    is_marked_unread: bool = False


@dataclass(frozen=True, slots=True)
class PageKey:
    """The last conversation of a page, after which the next one begins.

    Attributes:
        number: What the list is ordered by first.
        account_id: Second.
        conversation_id: Third.
    """

    number: int
    account_id: UserId
    conversation_id: ConversationId


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list of conversations.

    Attributes:
        conversations: In the view's order.
        after: Where the next page begins; `None` on the last one.
    """

    conversations: Sequence[Summary]
    after: PageKey | None


@dataclass(frozen=True, slots=True)
class Line:
    """A message of the transcript.

    Attributes:
        message: What it carries.
        position: Its sort key.
        at: When, by X's clock.
        speaker: Who wrote it; `ours` for the moment in which X's echo is here before its answer.
        person_id: Which of our people; `None` unless `speaker` is `person`.
        outbox_id: Our number of it; `None` where it did not leave through the outbox.
        attachment: What hangs on it, as in `Message`; `media` where X has not said what kind.
        profile_id: The custom profile we said it under; `""` for none, or where it is not known.
    """

    message: Message
    position: int
    at: datetime
    speaker: Speaker
    person_id: PersonId | None
    outbox_id: int | None
    attachment: str = ""
    profile_id: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that has not arrived, or not for certain.

    Attributes:
        outbox_id: Our number of it.
        message: What it carries.
        state: `queued`, `sending`, `uncertain`, `parked` or `dead`.
        reason: Why it is not sent; may be empty.
        attempts: How often it was tried.
        due_at: Before when it is not tried; `None` where it waits behind another one.
        created_at: When it was decided.
        person_id: Which of our people wrote it; `None` for a bot's.
    """

    outbox_id: int
    message: OutboundMessage
    state: str
    reason: str
    attempts: int
    due_at: datetime | None
    created_at: datetime
    person_id: PersonId | None

    @property
    def attachment(self) -> str:
        """What hangs on it, as in `Line`."""
        return self.message.attached


@dataclass(frozen=True, slots=True)
class LineKey:
    """The oldest message of a page, before which the next one ends.

    Attributes:
        position: What messages are ordered by first.
        message_id: Second.
        at: When it was written, which is what remarks are ordered by.
    """

    position: int
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Transcript:
    """Part of a conversation, oldest first.

    Attributes:
        lines: Messages.
        remarks: What was done between them.
        outgoing: What has not arrived; only with the newest page.
        before: Where the page of older messages ends; `None` where there are none.
    """

    lines: Sequence[Line]
    remarks: Sequence[Remark]
    outgoing: Sequence[Outgoing]
    before: LineKey | None


class DeskLookup(Protocol):
    """What the desk reads. Each answer is put together from a few queries, each on one moment."""

    async def page(
        self,
        accounts: Sequence[UserId],
        view: View,
        person_id: PersonId,
        *,
        tag: str = "",
        after: PageKey | None,
        limit: int,
    ) -> Page:
        """Give up to `limit` conversations of some accounts; whose are `mine`, `person_id` says.

        `tag` is that of the view `tagged`.
        A conversation that changes its place between two pages can be on both or on neither.
        """
        ...

    async def counts(self, accounts: Sequence[UserId], person_id: PersonId) -> Mapping[View, int]:
        """Count each view's conversations, up to `COUNTED_TO`; none are counted for `tagged`."""
        ...

    async def tags(self, accounts: Sequence[UserId]) -> Sequence[str]:
        """Give every tag that some accounts have given, in their order."""
        ...

    async def summary(self, account_id: UserId, conversation_id: ConversationId) -> Summary | None:
        """Give one conversation; `None` where there is none."""
        ...

    async def delivered(
        self, account_id: UserId, conversation_id: ConversationId, message_id: str
    ) -> bytes | None:
        """Give the body in which X told of a message of a conversation; `None` for no such."""
        ...

    async def transcript(
        self,
        account_id: UserId,
        conversation_id: ConversationId,
        *,
        before: LineKey | None,
        limit: int,
    ) -> Transcript:
        """Give the newest `limit` messages, or the newest before a key."""
        ...
