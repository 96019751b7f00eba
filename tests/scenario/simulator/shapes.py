"""What X's webhook bodies look like, as the tests know it: not from the code under test."""

from __future__ import annotations

from collections.abc import Mapping

CONDENSED = {
    "id": str,
    "created_timestamp": str,
    "name": str,
    "screen_name": str,
    "protected": bool,
    "verified": bool,
    "followers_count": int,
    "friends_count": int,
    "statuses_count": int,
    "profile_image_url": str,
    "profile_image_url_https": str,
}
"""Reference 7.1: the `users` map; `location`, `description` and `url` only where they are set."""

FULL = {
    "id": int,
    "id_str": str,
    "name": str,
    "screen_name": str,
    "location": str,
    "description": str,
    "url": None,
    "protected": bool,
    "verified": bool,
    "followers_count": int,
    "friends_count": int,
    "listed_count": int,
    "favourites_count": int,
    "statuses_count": int,
    "created_at": str,
    "profile_image_url": str,
    "profile_image_url_https": str,
    "default_profile": bool,
    "default_profile_image": bool,
    "withheld_in_countries": list,
    **dict.fromkeys(
        ["utc_offset", "time_zone", "lang", "geo_enabled", "following", "follow_request_sent"]
    ),
    "notifications": None,
}
"""Reference 8.5: Posts and likes; what is None is null for everybody."""

COLOURS = ("background", "link", "sidebar_border", "sidebar_fill", "text")

TWEET = {
    "created_at": str,
    "id": int,
    "id_str": str,
    "text": str,
    "source": str,
    "truncated": bool,
    "in_reply_to_status_id": None,
    "in_reply_to_status_id_str": None,
    "in_reply_to_user_id": None,
    "in_reply_to_user_id_str": None,
    "in_reply_to_screen_name": None,
    "user": dict,
    "geo": None,
    "coordinates": None,
    "place": None,
    "contributors": None,
    "is_quote_status": bool,
    "quote_count": int,
    "reply_count": int,
    "retweet_count": int,
    "favorite_count": int,
    "entities": dict,
    "favorited": bool,
    "retweeted": bool,
    "filter_level": str,
    "lang": str,
    "timestamp_ms": str,
}
"""Reference 7.5: a Post that answers nobody."""


def assert_shape(value: Mapping[str, object], shape: Mapping[str, type | None]) -> None:
    """Check that an object has exactly these fields, of exactly these types."""
    found = {name: None if field is None else type(field) for name, field in value.items()}
    assert found == dict(shape)


def told(hook, *user_ids: str):
    """Give the bodies a webhook got, by the user they were for."""
    bodies = {got.json["for_user_id"]: got.json for got in hook.received}
    assert bodies.keys() == set(user_ids)
    assert {got.content_type for got in hook.received} == {"application/json"}
    return bodies
