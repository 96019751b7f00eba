"""Custom profiles as the v1.1 API writes them: another name and picture to speak under.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/custom-profiles (archived).
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType


class AvatarMedia(msgspec.Struct, frozen=True):
    """A picture: named by `id` when sent, by `url` when read."""

    id: str | UnsetType = UNSET
    url: str | UnsetType = UNSET


class Avatar(msgspec.Struct, frozen=True):
    """Holds the picture."""

    media: AvatarMedia


class CustomProfile(msgspec.Struct, frozen=True):
    """A profile; `name` ≤ 48 characters."""

    name: str
    avatar: Avatar
    id: str | UnsetType = UNSET
    created_timestamp: str | UnsetType = UNSET


class OneCustomProfile(msgspec.Struct, frozen=True):
    """Body of `new` (both ways) and of `show`."""

    custom_profile: CustomProfile


class CustomProfileList(msgspec.Struct, frozen=True):
    """Body of `list`; no `next_cursor` means that was all."""

    custom_profiles: list[CustomProfile]
    next_cursor: str | UnsetType = UNSET
