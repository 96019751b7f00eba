"""Users, and how they stand to each other, as the v1.1 API writes them.

Source: https://developer.x.com/en/docs/x-api/v1/data-dictionary/object-model/user (archived).
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType


class FullUser(msgspec.Struct, frozen=True):
    """A user as REST answers and Posts have them: `id` a number, `id_str` its digits.

    What is typed `None` has been null for everybody since 2018.
    """

    id: int
    id_str: str
    name: str
    screen_name: str
    location: str
    description: str
    url: str | None
    entities: dict[str, dict[str, list[msgspec.Raw]]] | UnsetType
    protected: bool
    verified: bool
    followers_count: int
    friends_count: int
    listed_count: int
    favourites_count: int
    statuses_count: int
    created_at: str
    profile_image_url: str
    profile_image_url_https: str
    default_profile: bool = True
    default_profile_image: bool = True
    withheld_in_countries: list[str] = []
    utc_offset: None = None
    time_zone: None = None
    lang: None = None
    geo_enabled: None = None
    following: None = None
    follow_request_sent: None = None
    notifications: None = None
    status: msgspec.Raw | UnsetType = UNSET
    email: UnsetType | None = UNSET


class NamedUser(msgspec.Struct, frozen=True):
    """A user as `users/lookup` names them (the fields Roost reads)."""

    id_str: str
    name: str = ""
    screen_name: str = ""


class RelationSource(msgspec.Struct, frozen=True):
    """The one who is asked about: what they do to the other, and whether they may write."""

    id: int
    id_str: str
    screen_name: str
    following: bool
    followed_by: bool
    following_received: bool
    following_requested: bool
    notifications_enabled: bool
    can_dm: bool
    blocking: bool
    blocked_by: bool
    muting: bool
    want_retweets: bool
    all_replies: bool
    marked_spam: bool


class RelationTarget(msgspec.Struct, frozen=True):
    """The other one."""

    id: int
    id_str: str
    screen_name: str
    following: bool
    followed_by: bool
    following_received: bool
    following_requested: bool


class Relationship(msgspec.Struct, frozen=True):
    """Two users."""

    source: RelationSource
    target: RelationTarget


class Friendship(msgspec.Struct, frozen=True):
    """Body of `friendships/show`."""

    relationship: Relationship


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What every page of followers has; a cursor of 0 means that there is no such page."""

    next_cursor: int
    next_cursor_str: str
    previous_cursor: int
    previous_cursor_str: str
    total_count: None = None


class IdPage(Page, frozen=True, kw_only=True):
    """Body of `followers/ids`; strings only where `stringify_ids` was sent."""

    ids: list[int] | list[str]


class UserPage(Page, frozen=True, kw_only=True):
    """Body of `followers/list`."""

    users: list[FullUser]


class ResourceLimit(msgspec.Struct, frozen=True):
    """One rate limit as it stands; `reset` in seconds since 1970."""

    limit: int
    remaining: int
    reset: int


class RateLimitStatus(msgspec.Struct, frozen=True):
    """Body of `application/rate_limit_status`: limits by family and path.

    `rate_limit_context` names the token asked with, as `access_token` or as `application`.
    """

    rate_limit_context: dict[str, str]
    resources: dict[str, dict[str, ResourceLimit]]
