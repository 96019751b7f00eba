"""What X posts to a webhook, as X writes it.

Source: https://developer.x.com/en/docs/x-api/premium/account-activity-api/guides
/account-activity-data-objects (archived).
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from roost.xapi.wire_dm import App, MessageEvent


class CondensedUser(msgspec.Struct, frozen=True):
    """A user as the `users` map has it: numbers as numbers, its age in milliseconds as a string."""

    id: str
    created_timestamp: str
    name: str
    screen_name: str
    protected: bool
    verified: bool
    followers_count: int
    friends_count: int
    statuses_count: int
    profile_image_url: str
    profile_image_url_https: str


class DirectMessageActivity(msgspec.Struct, frozen=True):
    """Messages of one subscribed user; `apps` only where one of them names its app."""

    for_user_id: str
    direct_message_events: list[MessageEvent]
    users: dict[str, CondensedUser]
    apps: dict[str, App] | UnsetType = UNSET
