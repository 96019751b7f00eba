"""What the desk's API says and takes: one frozen struct for each shape of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from roost.model.people import Role
from roost.ports.desk import Speaker
from roost.ports.remarks import RemarkKind

Login = Annotated[str, Meta(min_length=1, max_length=120, description="What a person logs in as.")]
Password = Annotated[str, Meta(min_length=1, max_length=200)]
Token = Annotated[str, Meta(min_length=1, max_length=100)]
Tag = Annotated[str, Meta(max_length=50, pattern=r"\S")]
Control = Literal["bot", "agent", "queue", "nobody"]
Direction = Literal["in", "out", ""]
LastSpeaker = Literal["customer", "bot", "person", "elsewhere", "ours", ""]
OutgoingState = Literal["queued", "sending", "uncertain", "parked", "dead"]
Attachment = Literal["", "photo", "animated_gif", "video", "media", "location"]
XId = Annotated[str, Meta(pattern="^([0-9]{1,19})?$")]


class Account(Struct, frozen=True, kw_only=True):
    """An account at X that the person may serve.

    Attributes:
        account_id: X's user id.
        screen_name: Without `@`; `""` where the settings name none.
        bot: The bot that serves it; `""` where only people answer.
    """

    account_id: str
    screen_name: str
    bot: str


class Colleague(Struct, frozen=True, kw_only=True):
    """Somebody who logs in here."""

    person_id: str
    name: str


class Me(Struct, frozen=True, kw_only=True):
    """Who is logged in.

    Attributes:
        person_id: Ours.
        login: What they typed.
        name: As colleagues see it.
        role: What they may do.
        accounts: Which conversations they see.
        colleagues: Everybody, by name, so that messages can say who wrote them.
        csrf: To be sent with every change as `X-Roost-CSRF`.
    """

    person_id: str
    login: str
    name: str
    role: Role
    accounts: Sequence[Account]
    colleagues: Sequence[Colleague]
    csrf: str


class LogIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Let me in."""

    login: Login
    password: Password


class OpenLink(Struct, frozen=True, forbid_unknown_fields=True):
    """What a link holds behind its `#`."""

    token: Token


class ChoosePassword(Struct, frozen=True, forbid_unknown_fields=True):
    """Take up an invitation.

    Attributes:
        token: What the link holds.
        password: At least 12 characters.
    """

    token: Token
    password: Password


class Invitation(Struct, frozen=True, kw_only=True):
    """What a link is good for.

    Attributes:
        login: Whom it was made for.
        name: As colleagues see them.
        purpose: `enter` lets in at once, `choose` wants a password first.
    """

    login: str
    name: str
    purpose: Literal["enter", "choose"]


class Customer(Struct, frozen=True, kw_only=True):
    """Who writes to us; names are `""` where X has not told them."""

    user_id: str
    screen_name: str
    name: str


class Conversation(Struct, frozen=True, kw_only=True):
    """A conversation as lists show it; the fields are those of `roost.ports.desk.Summary`.

    Attributes:
        seen_position: As a decimal number; messages of ours up to it have been read.
        dialog: The bot's dialog that waits here; `""` where none does.
        dialog_step: Where in it.
        last_speaker: Who wrote the last message, see `Line`; `""` where that is not known.
        last_person_id: Which of our people; `None` unless `last_speaker` is `person`.
        is_marked_unread: Whether somebody wants it looked at again, however many are `unread`.
    """

    account_id: str
    conversation_id: str
    customer: Customer
    control: Control
    controller_id: str | None
    control_reason: str
    last_at: datetime
    last_direction: Direction
    preview: str
    unread: int
    waiting_since: datetime | None
    is_snoozed: bool
    snoozed_until: datetime | None
    tags: Sequence[str]
    seen_position: str | None
    dialog: str
    dialog_step: str
    last_speaker: LastSpeaker
    last_person_id: str | None
    is_marked_unread: bool


class Conversations(Struct, frozen=True, kw_only=True):
    """Part of a list.

    Attributes:
        conversations: In the view's order.
        after: To be given to get the next part; `None` on the last one.
    """

    conversations: Sequence[Conversation]
    after: str | None


class Counts(Struct, frozen=True, kw_only=True):
    """How many conversations each view has; 1000 stands for that many or more.

    Attributes:
        now: When they were counted, by the clock that times of conversations are by.
    """

    now: datetime
    mine: int
    unassigned: int
    bot: int
    snoozed: int
    resolved: int
    all: int


class Option(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A quick reply."""

    label: str
    metadata: str | None = None
    description: str | None = None


class Link(Struct, frozen=True, kw_only=True):
    """A button."""

    label: str
    url: str


class Content(Struct, frozen=True, kw_only=True):
    """What a message carries, in either direction.

    Attributes:
        attachment: What hangs on it: `photo`, `animated_gif`, `video`, `location`, `media` where
            only its file tells which of the first three it is, or `""`.
    """

    text: str
    quick_replies: Sequence[Option] = ()
    buttons: Sequence[Link] = ()
    attachment: Attachment = ""


class Line(Content, frozen=True, kw_only=True):
    """A message of the transcript.

    Attributes:
        message_id: X's.
        position: Its place in the order, as a decimal number.
        at: When, by X's clock.
        speaker: Who wrote it.
        person_id: Which of our people, where it was one.
        is_quick_reply: Whether the customer tapped an option to say this.
        chosen: The tapped option's metadata.
        profile_id: The custom profile we said it under; `""` for none, or where it is not known.
    """

    message_id: str
    position: str
    at: datetime
    speaker: Speaker
    person_id: str | None
    is_quick_reply: bool
    chosen: str | None
    profile_id: str


class Outgoing(Content, frozen=True, kw_only=True):
    """A message that has not arrived, or not for certain.

    Attributes:
        outbox_id: Our number of it.
        state: What is known of it. `parked` may have arrived, and `dead` has not: both wait for
            somebody to check, resend or drop them.
        reason: Why it is not sent.
        attempts: How often it was tried.
        due_at: Before when it is not tried.
        created_at: When it was written.
        person_id: Which of our people wrote it; `None` for a bot's.
        media_id: The upload that hangs on it; `""` for none.
        profile_id: The custom profile it goes under; `""` for none.
    """

    media_id: str
    profile_id: str
    outbox_id: str
    state: OutgoingState
    reason: str
    attempts: int
    due_at: datetime | None
    created_at: datetime
    person_id: str | None


class Remark(Struct, frozen=True, kw_only=True):
    """Something between messages; `person_id` is `None` where it was the bot."""

    kind: RemarkKind
    person_id: str | None
    text: str
    at: datetime


class ProfileName(Struct, frozen=True, kw_only=True):
    """What customers read where somebody of us speaks under a custom profile."""

    profile_id: str
    name: str


class Transcript(Struct, frozen=True, kw_only=True):
    """Part of a conversation, oldest first.

    Attributes:
        lines: Messages.
        remarks: What was done between them.
        outgoing: What has not arrived; only with the newest part.
        profiles: Those people speak under now.
        before: To be given to get what came before; `None` where nothing did.
    """

    lines: Sequence[Line]
    remarks: Sequence[Remark]
    outgoing: Sequence[Outgoing]
    profiles: Sequence[ProfileName]
    before: str | None


class Reply(Struct, frozen=True, forbid_unknown_fields=True):
    """A message to the customer; limits are those of the account's transport.

    Attributes:
        text: 1 to 10,000 characters with the signature, where there is one; may be empty where
            media is attached.
        quick_replies: Up to 20.
        buttons: Up to 3.
        media_id: An upload; `""` for none.
        speak: `person` sends it under the writer's custom profile or, where they have none, with
            a line that names them; `account` under the account's own name.
        after: Position of the last message the writer has seen. Where the customer or a colleague
            has written since, nothing is sent and the answer is 409 `newer_messages`; without it,
            the reply is sent in any case.
        may_undo: Whether it waits for the seconds of the setting `undo_send_s` before it goes to X,
            so that it can be taken back.
    """

    text: str
    quick_replies: Sequence[Option] = ()
    buttons: Sequence[Link] = ()
    media_id: XId = ""
    speak: Literal["person", "account"] = "person"
    after: Annotated[str, Meta(pattern="^[0-9]{1,19}$")] | None = None
    may_undo: bool = False


class Note(Struct, frozen=True, forbid_unknown_fields=True):
    """Something for colleagues; the customer never sees it."""

    text: Annotated[str, Meta(min_length=1, max_length=5_000, pattern=r"\S")]


class Assign(Struct, frozen=True, forbid_unknown_fields=True):
    """Give the conversation to somebody; `None` for whoever takes it."""

    person_id: Annotated[str, Meta(max_length=64)] | None


class Snooze(Struct, frozen=True, forbid_unknown_fields=True):
    """Put the conversation aside; `None` until the customer writes, which ends it in any case.

    Attributes:
        until: Later than now, and before the year 2100.
    """

    until: Annotated[datetime, Meta(tz=True)] | None = None


MOST_TAGS = 20
"""On one conversation, whoever has put them there."""


class Tags(Struct, frozen=True, forbid_unknown_fields=True):
    """Tags of a conversation, up to 20; each 1 to 50 characters, not only blanks.

    Attributes:
        tags: As they are to be.
        before: As the writer saw them: what others have changed since stays as they made it.
            Without it the conversation has exactly `tags`.
    """

    tags: Annotated[
        Sequence[Annotated[str, Meta(max_length=50, pattern=r"\S")]], Meta(max_length=MOST_TAGS)
    ]
    before: Annotated[Sequence[Annotated[str, Meta(max_length=50)]], Meta(max_length=40)] | None = (
        None
    )


class TagsInUse(Struct, frozen=True):
    """Every tag there is, in their order."""

    tags: Sequence[str]


class Done(Struct, frozen=True):
    """It was done; what came of it shows in the conversation."""

    conversation: Conversation
