"""Posts as the v1.1 API and its webhooks write them: Tweets.

Source: https://developer.x.com/en/docs/x-api/v1/data-dictionary/object-model/tweet (archived).
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from roost.xapi.wire_dm import Entities
from roost.xapi.wire_media import Media
from roost.xapi.wire_users import FullUser


class PostEntities(Entities, frozen=True):
    """What the text of a Post refers to; `media` has the first of its media, where it has any."""

    media: list[Media] | UnsetType = UNSET


class ExtendedEntities(msgspec.Struct, frozen=True):
    """All media of a Post: up to four photos, or one GIF or video."""

    media: list[Media]


class ExtendedTweet(msgspec.Struct, frozen=True):
    """The whole of a long text, where the Tweet itself is cut."""

    full_text: str
    display_text_range: tuple[int, int]
    entities: PostEntities
    extended_entities: ExtendedEntities | UnsetType = UNSET


class Permalink(msgspec.Struct, frozen=True):
    """The link that made a Post a quote."""

    url: str
    expanded: str
    display: str


class Tweet(msgspec.Struct, frozen=True, kw_only=True):
    """A Post. Ids are given as a number and as a string; JavaScript can only use the latter.

    `text` is cut to 140 characters where `truncated`; the rest is in `extended_tweet` (webhooks).
    With `tweet_mode=extended` there is `full_text` in its place. `timestamp_ms` is a string.
    """

    created_at: str
    id: int
    id_str: str
    text: str | UnsetType = UNSET
    full_text: str | UnsetType = UNSET
    display_text_range: tuple[int, int] | UnsetType = UNSET
    source: str = ""
    truncated: bool = False
    in_reply_to_status_id: int | None = None
    in_reply_to_status_id_str: str | None = None
    in_reply_to_user_id: int | None = None
    in_reply_to_user_id_str: str | None = None
    in_reply_to_screen_name: str | None = None
    user: FullUser
    geo: object = None
    coordinates: object = None
    place: object = None
    contributors: object = None
    quoted_status_id: int | UnsetType = UNSET
    quoted_status_id_str: str | UnsetType = UNSET
    quoted_status: Tweet | UnsetType = UNSET
    quoted_status_permalink: Permalink | UnsetType = UNSET
    retweeted_status: Tweet | UnsetType = UNSET
    is_quote_status: bool = False
    extended_tweet: ExtendedTweet | UnsetType = UNSET
    quote_count: int = 0
    reply_count: int = 0
    retweet_count: int = 0
    favorite_count: int = 0
    entities: PostEntities
    extended_entities: ExtendedEntities | UnsetType = UNSET
    favorited: bool = False
    retweeted: bool = False
    possibly_sensitive: bool | UnsetType = UNSET
    filter_level: str | UnsetType = UNSET
    lang: str | None = None
    timestamp_ms: str | UnsetType = UNSET
