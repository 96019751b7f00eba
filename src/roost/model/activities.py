"""What happens around one of our accounts beside messages: one class for each kind.

Source: https://developer.x.com/en/docs/x-api/premium/account-activity-api/guides
/account-activity-data-objects (archived).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args

from roost.model.ids import ConversationId, UserId
from roost.model.messages import Profile
from roost.model.posts import Post


@dataclass(frozen=True, slots=True)
class Happened:
    """What every activity says.

    Attributes:
        account_id: Our account.
        event_key: The same whenever the same activity is delivered again.
        position: Sort key, see `roost.model.ids.position_of`.
        conversation_id: The one-to-one conversation with `customer`, which need not have begun.
        customer: Whom it is about beside us; our account itself where it is about nobody else.
        at: When, by X's clock.
    """

    account_id: UserId
    event_key: str
    position: int
    conversation_id: ConversationId
    customer: Profile
    at: datetime


@dataclass(frozen=True, slots=True)
class PostActivity(Happened):
    """Something about a Post.

    Attributes:
        post: The Post that brought it about.
    """

    post: Post


@dataclass(frozen=True, slots=True)
class Posted(PostActivity):
    """Our account posted, answered, quoted or reposted something; `customer` is our account."""


@dataclass(frozen=True, slots=True)
class Mentioned(PostActivity):
    """A Post of the customer's names our account."""


@dataclass(frozen=True, slots=True)
class Replied(PostActivity):
    """A Post of the customer's answers another one, of ours or in a thread that names us."""


@dataclass(frozen=True, slots=True)
class Quoted(PostActivity):
    """A Post of the customer's quotes another one."""


@dataclass(frozen=True, slots=True)
class Reposted(PostActivity):
    """The customer has reposted something; `post` is the repost."""


@dataclass(frozen=True, slots=True)
class Liked(PostActivity):
    """Somebody likes a Post; that a like is taken back is never told.

    Attributes:
        is_ours: Whether our account likes a Post of the customer's; otherwise the customer likes
            one.
    """

    is_ours: bool


@dataclass(frozen=True, slots=True)
class Relation(Happened):
    """Something between our account and another user.

    Attributes:
        is_ours: Whether our account did it; otherwise the customer did it to us. X tells of
            unfollows, blocks and mutes only where our account did it.
    """

    is_ours: bool


@dataclass(frozen=True, slots=True)
class Followed(Relation):
    """One follows the other."""


@dataclass(frozen=True, slots=True)
class Unfollowed(Relation):
    """One follows the other no longer."""


@dataclass(frozen=True, slots=True)
class Blocked(Relation):
    """One has blocked the other."""


@dataclass(frozen=True, slots=True)
class Unblocked(Relation):
    """One blocks the other no longer."""


@dataclass(frozen=True, slots=True)
class Muted(Relation):
    """One has muted the other."""


@dataclass(frozen=True, slots=True)
class Unmuted(Relation):
    """One mutes the other no longer."""


@dataclass(frozen=True, slots=True)
class PostDeleted(Happened):
    """Our account has deleted a Post of its own; `event_key` is the Post's id.

    What Roost holds of the Post is erased when this is filed.
    """


@dataclass(frozen=True, slots=True)
class TypingStarted(Happened):
    """The customer is writing to us; X shows it for about three seconds."""


@dataclass(frozen=True, slots=True)
class MessagesRead(Happened):
    """The customer has read our messages.

    Attributes:
        message_id: X's id of the last one read; all before it are read too.
    """

    message_id: str


@dataclass(frozen=True, slots=True)
class AccessRevoked(Happened):
    """The owner of our account has taken the app's authorization back.

    Attributes:
        app_id: X's id of the app.
    """

    app_id: str


Activity = (
    Posted
    | Mentioned
    | Replied
    | Quoted
    | Reposted
    | Liked
    | Followed
    | Unfollowed
    | Blocked
    | Unblocked
    | Muted
    | Unmuted
    | PostDeleted
    | TypingStarted
    | MessagesRead
    | AccessRevoked
)
"""The closed union of activities."""

ABOUT_POSTS = (Posted, Mentioned, Replied, Quoted, Reposted, Liked)
"""Those that hold a Post."""


def post_of(event: object) -> Post | None:
    """Give the Post that an activity is about; `None` where it is about none."""
    return event.post if isinstance(event, ABOUT_POSTS) else None


def is_ours(event: object) -> bool:
    """Tell whether our account did it: liked a Post, or followed, blocked or muted somebody."""
    return isinstance(event, (Liked, Relation)) and event.is_ours


ACTIVITY_TYPES: Mapping[str, type[Activity]] = MappingProxyType(
    {
        "posted": Posted,
        "mentioned": Mentioned,
        "replied": Replied,
        "quoted": Quoted,
        "reposted": Reposted,
        "liked": Liked,
        "followed": Followed,
        "unfollowed": Unfollowed,
        "blocked": Blocked,
        "unblocked": Unblocked,
        "muted": Muted,
        "unmuted": Unmuted,
        "post_deleted": PostDeleted,
        "typing_started": TypingStarted,
        "messages_read": MessagesRead,
        "access_revoked": AccessRevoked,
    }
)
"""Each kind, as stored, and its class."""

AroundKind = Literal[
    "blocked",
    "followed",
    "liked",
    "mentioned",
    "muted",
    "quoted",
    "replied",
    "reposted",
    "unblocked",
    "unfollowed",
    "unmuted",
]
"""What happens between an account and a customer beside messages and what goes with them."""

AROUND_CUSTOMERS: tuple[AroundKind, ...] = get_args(AroundKind)
"""These kinds, in the order of the alphabet."""
