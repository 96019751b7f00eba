"""What the desk's API says of a customer beside the messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from roost.desk.wire import Conversation
from roost.model.activities import AroundKind

BeginningKind = Literal["welcome_message", "post", AroundKind]


class CustomerProfile(Struct, frozen=True, kw_only=True):
    """A customer as X last described them to the account.

    Attributes:
        user_id: X's.
        screen_name: Without `@`; `""` where X has not told it.
        name: As they call themselves; likewise.
        description: What they say of themselves; `""` for nothing.
        location: Where they say they are; `""` for nothing.
        website: An `http` or `https` address; `""` for none.
        followers: How many follow them; `None` where X has not told it.
        following: How many they follow; likewise.
        posts: How many Posts they have made; likewise.
        is_verified: Whether X marks them as verified.
        is_protected: Whether only their followers see their Posts.
        joined_at: Since when they are at X; `None` where X has not told it.
        has_picture: Whether they have a picture of their own; it is under `customer/picture`.
        told_at: When X told this; `None` where nothing but the names is known.
    """

    user_id: str
    screen_name: str
    name: str
    description: str = ""
    location: str = ""
    website: str = ""
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    is_verified: bool = False
    is_protected: bool = False
    joined_at: datetime | None = None
    has_picture: bool = False
    told_at: datetime | None = None


class Beginning(Struct, frozen=True, kw_only=True):
    """What a conversation began with; the fields are those of `roost.ports.customers.Beginning`."""

    kind: BeginningKind
    at: datetime
    x_id: str
    name: str
    text: str
    event_key: str
    is_ours: bool


class Episode(Struct, frozen=True, kw_only=True):
    """What of a conversation was resolved, as `roost.ports.customers.Episode` has it."""

    message_id: str
    text: str
    began_at: datetime
    resolved_at: datetime
    person_id: str | None


class CustomerNote(Struct, frozen=True, kw_only=True):
    """A note on any conversation with a customer; `person_id` is `None` for the bot."""

    account_id: str
    conversation_id: str
    person_id: str | None
    text: str
    at: datetime


class CustomerPanel(Struct, frozen=True, kw_only=True):
    """What is known of a conversation's customer.

    Attributes:
        profile: As X last described them.
        first_at: Of the first message or activity; `None` where there is none.
        last_at: Of the last message; `None` where there is none.
        received: The customer's messages among the newest 10,000.
        sent: The account's among them.
        beginning: What it began with; `None` where that is not known.
        episodes: What of it was resolved, newest first, up to 20.
        conversations: The same customer's with other accounts that whoever asks may serve, the one
            with the latest message first.
        notes: On all of these, newest first, up to 20.
    """

    profile: CustomerProfile
    first_at: datetime | None
    last_at: datetime | None
    received: int
    sent: int
    beginning: Beginning | None
    episodes: Sequence[Episode]
    conversations: Sequence[Conversation]
    notes: Sequence[CustomerNote]


class CustomerActivity(Struct, frozen=True, kw_only=True):
    """Something that happened around a customer and is no message.

    Attributes:
        kind: What.
        event_key: With `kind` it names the event, for `/api/activity/events`.
        at: When, by X's clock.
        is_ours: Whether our account did it rather than the customer.
        post_id: X's id of the Post it is about; `""` where it is about none.
        author: Screen name of the Post's author, without `@`; `""` where it is not known, or no
            Post.
        text: Of the Post; `""` where it is about none, or where its author has deleted it.
    """

    kind: AroundKind
    event_key: str
    at: datetime
    is_ours: bool
    post_id: str = ""
    author: str = ""
    text: str = ""


class CustomerHistory(Struct, frozen=True, kw_only=True):
    """Part of what happened around a customer, newest first.

    Attributes:
        activities: The part.
        before: To be given to get what came before; `None` where nothing did.
    """

    activities: Sequence[CustomerActivity]
    before: str | None
