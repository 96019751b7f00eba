"""A user is found wherever a delivery describes them, however oddly it does."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from roost.xapi import told_users

CONDENSED = {"id": "22", "name": "Bob", "screen_name": "bob", "followers_count": 3}
JOINED = datetime(2015, 4, 25, 22, 13, 20, tzinfo=UTC)


def last(*bodies: object, user: str = "22"):
    return told_users.last_told([json.dumps(one).encode() for one in bodies], user)


def beside_messages(**more: object) -> dict[str, object]:
    return {"for_user_id": "11", "users": {"11": {"id": "11"}, "22": CONDENSED | more}}


@pytest.mark.parametrize(
    "body",
    [
        beside_messages(),
        {"tweet_create_events": [{"user": {**CONDENSED, "id": 22, "id_str": "22"}}]},
        {"favorite_events": [{"favorited_status": {"user": CONDENSED}}]},
        {"follow_events": [{"source": CONDENSED, "target": {"id": "11", "screen_name": "us"}}]},
    ],
    ids=["message", "post", "like", "follow"],
)
def test_a_user_is_found_wherever_x_describes_them(body) -> None:
    found = last(body)

    assert found is not None
    assert (found[1].name, found[1].screen_name, found[1].followers) == ("Bob", "bob", 3)


@pytest.mark.parametrize(
    "age",
    [{"created_timestamp": "1430000000000"}, {"created_at": "Sat Apr 25 22:13:20 +0000 2015"}],
)
def test_both_ways_of_writing_a_date_are_read(age) -> None:
    found = last(beside_messages(**age))

    assert found is not None
    assert found[1].joined_at == JOINED


def test_the_newest_description_counts_and_a_bare_name_only_where_there_is_no_other() -> None:
    bare = {"user": {"id": "22", "screen_name": "bob"}}

    assert last(bare, beside_messages(name="Old"), beside_messages(name="Older")) is not None
    n, user = last(bare, beside_messages(name="Old"), beside_messages(name="Older")) or (-1, None)
    assert (n, user and user.name) == (1, "Old")
    n, user = last({"a": 1}, bare) or (-1, None)
    assert (n, user and user.screen_name, user and user.followers) == (1, "bob", None)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("https://pbs.twimg.com/profile_images/1/a_normal.jpg", "profile_images/1/a_bigger.jpg"),
        ("https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png", ""),
        (None, ""),
    ],
)
def test_only_a_picture_of_their_own_is_theirs(told, shown) -> None:
    found = last(beside_messages(profile_image_url_https=told))

    assert found is not None
    assert found[1].picture_url.removeprefix("https://pbs.twimg.com/") == shown


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"url": "https://t.co/x"}, "https://t.co/x"),
        (
            {
                "url": "https://t.co/x",
                "entities": {"url": {"urls": [{"expanded_url": "http://bob.example"}]}},
            },
            "http://bob.example",
        ),
        ({"url": "javascript:alert(1)"}, ""),
        ({"url": "http://[bad"}, ""),
        ({"url": ""}, ""),
    ],
)
def test_a_website_is_one_that_a_browser_may_open(fields, shown) -> None:
    found = last(beside_messages(**fields))

    assert found is not None
    assert found[1].website == shown


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[" * 100_000,
        b'{"users":{"22":{"id":"22","screen_name":7}}}',
        b"[1,null]",
    ],
    ids=["empty", "text", "deep", "odd", "other"],
)
def test_what_describes_nobody_is_passed_over(body) -> None:
    assert told_users.last_told([body], "22") is None
    assert told_users.last_told([body, json.dumps(beside_messages()).encode()], "22") is not None


def test_an_odd_date_costs_only_the_date() -> None:
    found = last(beside_messages(created_timestamp="soon"))

    assert found is not None
    assert (found[1].joined_at, found[1].name) == (None, "Bob")
