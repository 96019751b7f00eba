"""What a delivery tells of a user, wherever in it that stands.

X describes users in three ways: in the `users` map beside messages, as the author of a Post or
like, and as one side of a follow, block or mute.

Source: https://developer.x.com/en/docs/x-api/premium/account-activity-api/guides
/account-activity-data-objects (archived).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import urlsplit

import msgspec

from roost.xapi import reading

_SHOWN = "_bigger."
"""Of the sizes X has of a picture, the one of 73 by 73 pixels.

Source: https://developer.x.com/en/docs/x-api/v1/accounts-and-users/user-profile-images-and-banners
(archived).
"""


class _Link(msgspec.Struct, frozen=True):
    expanded_url: str | None = None


class _Links(msgspec.Struct, frozen=True):
    urls: list[_Link] = []


class _Entities(msgspec.Struct, frozen=True):
    url: _Links = _Links()


class _User(msgspec.Struct, frozen=True):
    name: str = ""
    screen_name: str = ""
    description: str | None = None
    location: str | None = None
    url: str | None = None
    entities: _Entities = _Entities()
    followers_count: int | None = None
    friends_count: int | None = None
    statuses_count: int | None = None
    verified: bool | None = None
    protected: bool | None = None
    created_timestamp: str = ""
    created_at: str = ""
    profile_image_url_https: str | None = None
    default_profile_image: bool = False


@dataclass(frozen=True, slots=True)
class ToldUser:
    """A user as X told of them.

    Attributes:
        name: The display name.
        screen_name: Without `@`.
        description: What they say of themselves; `""` for nothing.
        location: Where they say they are; `""` for nothing.
        website: An `http` or `https` address; `""` for none.
        followers: How many follow them; `None` where X did not say.
        following: How many they follow; likewise.
        posts: How many Posts they have made; likewise.
        is_verified: Whether X marks them as verified.
        is_protected: Whether only their followers see their Posts.
        joined_at: Since when they are at X; `None` where X did not say.
        picture_url: Where their picture is; `""` where they have none of their own.
    """

    name: str
    screen_name: str
    description: str = ""
    location: str = ""
    website: str = ""
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    is_verified: bool = False
    is_protected: bool = False
    joined_at: datetime | None = None
    picture_url: str = ""


def last_told(bodies: Iterable[bytes], user_id: str) -> tuple[int, ToldUser] | None:
    """Find the first of some deliveries that describes a user; which, and how.

    One that says no more than a name counts only where no other describes them.

    Args:
        bodies: As received, newest first.
        user_id: Whom.
    """
    named: tuple[int, ToldUser] | None = None
    for n, body in enumerate(bodies):
        for one in _told(body, user_id):
            if one.followers is not None:
                return n, one
            named = named or (n, one)
    return named


def _told(body: bytes, user_id: str) -> Iterator[ToldUser]:
    try:
        pending: list[object] = [msgspec.json.decode(body)]
    except (msgspec.DecodeError, RecursionError):
        return  # kept as it came, though it is no JSON
    while pending:
        match one := pending.pop():
            case dict():
                fields = cast("dict[str, object]", one)
                pending += fields.values()
                if user_id in {fields.get("id"), fields.get("id_str")} and "screen_name" in fields:
                    yield from _user(fields)
            case list():
                pending += cast("list[object]", one)
            case _:
                pass


def _user(fields: dict[str, object]) -> Iterator[ToldUser]:
    try:
        user = msgspec.convert(fields, _User)
    except msgspec.ValidationError:
        return  # X writes them otherwise than it says
    yield ToldUser(
        name=user.name,
        screen_name=user.screen_name,
        description=reading.readable(user.description or "", ()),
        location=reading.readable(user.location or "", ()),
        website=_website(user),
        followers=user.followers_count,
        following=user.friends_count,
        posts=user.statuses_count,
        is_verified=bool(user.verified),
        is_protected=bool(user.protected),
        joined_at=_joined(user),
        picture_url=_picture(user),
    )


def _website(user: _User) -> str:
    shown = next((one.expanded_url for one in user.entities.url.urls if one.expanded_url), user.url)
    return shown if shown and _scheme(shown) in {"http", "https"} else ""


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def _joined(user: _User) -> datetime | None:
    if not user.created_timestamp and not user.created_at:
        return None
    try:
        return reading.time_written(user.created_timestamp, user.created_at)
    except ValueError:
        return None


def _picture(user: _User) -> str:
    url = user.profile_image_url_https or ""
    if user.default_profile_image or "/profile_images/" not in url:
        return ""
    return url.replace("_normal.", _SHOWN)
