"""Users, and how they stand to each other, as the v1.1 API writes them.

Source: https://developer.x.com/en/docs/x-api/v1/data-dictionary/object-model/user (archived).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType


class FullUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user as REST answers and Posts have them: `id` a number, `id_str` its digits.

    What is typed `None` has been null for everybody since 2018.
    """

    id: int
    id_str: str
    name: str
    screen_name: str
    location: str | None = ""
    description: str | None = ""
    url: str | None = None
    entities: dict[str, dict[str, list[msgspec.Raw]]] | UnsetType = UNSET
    protected: bool = False
    verified: bool = False
    followers_count: int = 0
    friends_count: int = 0
    listed_count: int = 0
    favourites_count: int = 0
    statuses_count: int = 0
    created_at: str
    profile_image_url: str = ""
    profile_image_url_https: str
    default_profile: bool = True
    default_profile_image: bool = True
    withheld_in_countries: list[str] = []
    utc_offset: None = None
    time_zone: None = None
    lang: None = None
    geo_enabled: bool | None = None
    following: bool | None = None
    follow_request_sent: bool | None = None
    notifications: bool | None = None
    status: msgspec.Raw | UnsetType = UNSET
    email: str | UnsetType | None = UNSET


class RelationSource(msgspec.Struct, frozen=True):
    """The one who is asked about: what they do to the other, and whether they may write."""

    id: int
    id_str: str
    screen_name: str
    following: bool
    followed_by: bool
    following_received: bool | None = None
    following_requested: bool | None = None
    notifications_enabled: bool | None = None
    can_dm: bool = False
    blocking: bool | None = None
    blocked_by: bool | None = None
    muting: bool | None = None
    want_retweets: bool | None = None
    all_replies: bool | None = None
    marked_spam: bool | None = None


class RelationTarget(msgspec.Struct, frozen=True):
    """The other one."""

    id: int
    id_str: str
    screen_name: str
    following: bool
    followed_by: bool
    following_received: bool | None = None
    following_requested: bool | None = None


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
    total_count: int | None = None


class IdPage(Page, frozen=True, kw_only=True):
    """Body of `followers/ids`; strings only where `stringify_ids` was sent."""

    ids: Sequence[int | str]


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
