"""What Roost reads of the activities X tells; whatever else X writes is ignored.

X writes ids as numbers in one place and as strings in the next, and leaves out what it does not
know. `roost.xapi.wire_events` has the same activities whole, as X writes them.

Source: https://developer.x.com/en/docs/x-api/premium/account-activity-api/guides
/account-activity-data-objects (archived).
"""

from __future__ import annotations

import msgspec

from roost.xapi.wire_dm import Target, Url
from roost.xapi.wire_events import Revocation


class Person(msgspec.Struct, frozen=True):
    """A user: `id` is a string in relations, elsewhere a number beside `id_str`."""

    id: int | str = ""
    id_str: str = ""
    name: str = ""
    screen_name: str = ""


class Named(msgspec.Struct, frozen=True):
    """A user whom a text names."""

    id_str: str = ""


class PostEntities(msgspec.Struct, frozen=True):
    """What a Post's text refers to."""

    urls: list[Url] = []
    user_mentions: list[Named] = []


class Whole(msgspec.Struct, frozen=True):
    """The whole of a long text."""

    full_text: str
    entities: PostEntities = PostEntities()


class ToldPost(msgspec.Struct, frozen=True):
    """A Post; `timestamp_ms` (a string) only on the outermost."""

    id_str: str
    user: Person = Person()
    text: str = ""
    full_text: str = ""
    entities: PostEntities = PostEntities()
    extended_tweet: Whole | None = None
    created_at: str = ""
    timestamp_ms: str = ""
    in_reply_to_status_id_str: str | None = None
    in_reply_to_user_id_str: str | None = None
    is_quote_status: bool = False
    quoted_status_id_str: str | None = None
    quoted_status: ToldPost | None = None
    retweeted_status: ToldPost | None = None


class ToldLike(msgspec.Struct, frozen=True):
    """A like; `timestamp_ms` is a number here, and was a string once."""

    favorited_status: ToldPost
    user: Person
    timestamp_ms: int | str = ""
    created_at: str = ""


class ToldRelation(msgspec.Struct, frozen=True):
    """A follow, block or mute, or the end of one."""

    type: str
    source: Person
    target: Person
    created_timestamp: int | str = ""


class ToldStatus(msgspec.Struct, frozen=True):
    """Which Post was deleted, and whose it was."""

    id: str
    user_id: str


class ToldDeletion(msgspec.Struct, frozen=True):
    """A Post its author deleted."""

    status: ToldStatus
    timestamp_ms: int | str = ""


class ToldTyping(msgspec.Struct, frozen=True):
    """Somebody is writing."""

    sender_id: str
    target: Target
    created_timestamp: int | str = ""


class ToldRead(msgspec.Struct, frozen=True):
    """Somebody has read everything up to a message."""

    sender_id: str
    target: Target
    last_read_event_id: str
    created_timestamp: int | str = ""


class ToldUser(msgspec.Struct, frozen=True):
    """What happened to a user's authorization."""

    revoke: Revocation
