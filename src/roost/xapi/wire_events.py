"""The kinds of activity beside messages, as X posts them to a webhook.

Numbers and strings are mixed just as X mixes them.

Source: https://developer.x.com/en/docs/x-api/premium/account-activity-api/guides
/account-activity-data-objects (archived), and bodies captured in public test suites.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from roost.xapi.wire_activity import CondensedUser
from roost.xapi.wire_dm import Target
from roost.xapi.wire_tweets import Tweet
from roost.xapi.wire_users import FullUser


class Typing(msgspec.Struct, frozen=True):
    """Somebody is writing. It has no id and no type."""

    created_timestamp: str
    sender_id: str
    target: Target


class TypingActivity(msgspec.Struct, frozen=True):
    """Told to the one who will receive the message."""

    for_user_id: str
    direct_message_indicate_typing_events: list[Typing]
    users: dict[str, CondensedUser]


class ReadMark(msgspec.Struct, frozen=True):
    """`sender_id` has read everything up to a message that `target` wrote. It has no id."""

    created_timestamp: str
    sender_id: str
    target: Target
    last_read_event_id: str


class ReadActivity(msgspec.Struct, frozen=True):
    """Told to the one whose messages were read."""

    for_user_id: str
    direct_message_mark_read_events: list[ReadMark]
    users: dict[str, CondensedUser]


class PostActivity(msgspec.Struct, frozen=True):
    """Posts by or about a user; `user_has_blocked` only where another mentions them."""

    for_user_id: str
    tweet_create_events: list[Tweet]
    user_has_blocked: bool | UnsetType = UNSET


class DeletedStatus(msgspec.Struct, frozen=True):
    """What was deleted; both ids are strings."""

    id: str
    user_id: str


class PostDeletion(msgspec.Struct, frozen=True):
    """A Post its author deleted; `timestamp_ms` is a string here."""

    status: DeletedStatus
    timestamp_ms: str


class PostDeletionActivity(msgspec.Struct, frozen=True):
    """Told to the author's app: it has to delete its copy."""

    for_user_id: str
    tweet_delete_events: list[PostDeletion]


class Favorite(msgspec.Struct, frozen=True):
    """A like; `id` is 32 hexadecimal digits, `timestamp_ms` a number here."""

    id: str
    created_at: str
    timestamp_ms: int
    favorited_status: Tweet
    user: FullUser


class FavoriteActivity(msgspec.Struct, frozen=True):
    """Told to who liked, and to whose Post it is. Nothing is told when a like is taken back."""

    for_user_id: str
    favorite_events: list[Favorite]


class RelationUser(msgspec.Struct, frozen=True):
    """A user in follow, block and mute events: `id` a string, colours -1, absent text `""`."""

    id: str
    name: str
    screen_name: str
    location: str
    description: str
    url: str
    protected: bool
    verified: bool
    followers_count: int
    friends_count: int
    favourites_count: int
    statuses_count: int
    created_at: str
    profile_image_url: str
    profile_image_url_https: str
    listed_count: int = 0
    default_profile: bool = True
    default_profile_image: bool = True
    profile_use_background_image: bool = False
    profile_background_tile: bool = False
    profile_background_image_url: str = ""
    profile_background_image_url_https: str = ""
    profile_background_color: int = -1
    profile_link_color: int = -1
    profile_sidebar_border_color: int = -1
    profile_sidebar_fill_color: int = -1
    profile_text_color: int = -1
    contributors_enabled: bool = False
    follow_request_sent: bool = False
    geo_enabled: bool = False
    is_translator: bool = False
    notifications: bool = False
    lang: str = ""
    time_zone: str = ""
    utc_offset: int = 0


class RelationEvent(msgspec.Struct, frozen=True):
    """`source` follows, blocks or mutes `target`, or no longer does.

    `type` is one of `follow`, `unfollow`, `block`, `unblock`, `mute`, `unmute`.
    """

    type: str
    created_timestamp: str
    target: RelationUser
    source: RelationUser


class FollowActivity(msgspec.Struct, frozen=True):
    """Follows, and their end, by a user; follows of a user."""

    for_user_id: str
    follow_events: list[RelationEvent]


class BlockActivity(msgspec.Struct, frozen=True):
    """Blocks, and their end, by a user."""

    for_user_id: str
    block_events: list[RelationEvent]


class MuteActivity(msgspec.Struct, frozen=True):
    """Mutes, and their end, by a user."""

    for_user_id: str
    mute_events: list[RelationEvent]


class RevokedApp(msgspec.Struct, frozen=True):
    """The app that lost its authorization."""

    app_id: str


class RevokingUser(msgspec.Struct, frozen=True):
    """The user who took it back."""

    user_id: str


class Revocation(msgspec.Struct, frozen=True):
    """A user took an app's authorization back; `date_time` is ISO 8601 in UTC."""

    date_time: str
    target: RevokedApp
    source: RevokingUser


class UserEvent(msgspec.Struct, frozen=True):
    """What happened to a user's authorization."""

    revoke: Revocation


class UserActivity(msgspec.Struct, frozen=True):
    """An object where the other kinds have an array, and for nobody: there is no `for_user_id`."""

    user_event: UserEvent
