"""Every kind of activity X tells becomes an event of its own type."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.model.activities import (
    ACTIVITY_TYPES,
    AccessRevoked,
    Liked,
    Mentioned,
    MessagesRead,
    PostDeleted,
    Posted,
    Quoted,
    Replied,
    Reposted,
    TypingStarted,
)
from roost.model.events import KINDS, Unrecognised
from roost.model.messages import Profile
from roost.model.posts import PostReference
from roost.testing.clocks import NOON
from roost.xapi import envelope, signing

US = "1001"
ADA = Profile("2002", "ada", "Ada")
SHOP_USER = {"id": 1001, "id_str": "1001", "screen_name": "shop", "name": "Shop"}
ADA_USER = {"id": 2002, "id_str": "2002", "screen_name": "ada", "name": "Ada"}


def decode(body: object):
    raw = json.dumps(body).encode()
    signature = signing.signature_of(raw, "s")
    verified = signing.verify(raw, signature=signature, consumer_secrets=["s"])
    return envelope.decode(verified, received_at=NOON)


def one(name: str, element: object, **more: object):
    (event,) = decode({"for_user_id": US, name: [element], **more}).events
    return event


def tweet(number: str = "1580600000000000001", user: object = ADA_USER, **more: object):
    return {
        "created_at": "Thu Oct 13 16:10:37 +0000 2022",
        "id": int(number),
        "id_str": number,
        "text": "@shop a &amp; b https://t.co/abc",
        "in_reply_to_status_id_str": None,
        "user": user,
        "is_quote_status": False,
        "entities": {
            "hashtags": [],
            "symbols": [],
            "urls": [{"url": "https://t.co/abc", "expanded_url": "https://shop.example/a"}],
            "user_mentions": [{"screen_name": "shop", "id": 1001, "id_str": "1001"}],
        },
        "timestamp_ms": "1665677437000",
        **more,
    }


def test_a_mention() -> None:
    event = one("tweet_create_events", tweet(), user_has_blocked="false")
    assert isinstance(event, Mentioned)
    assert event.event_key == event.post.post_id == "1580600000000000001"
    assert event.position == 1580600000000000001
    assert (event.account_id, event.conversation_id, event.customer) == (US, "1001-2002", ADA)
    assert event.post.text == "@shop a & b https://shop.example/a"
    assert event.post.mentioned == ("1001",)
    assert event.at == datetime(2022, 10, 13, 16, 10, 37, tzinfo=UTC)


def test_the_whole_of_a_long_text_is_read() -> None:
    long = {"full_text": "all of it", "display_text_range": [0, 9], "entities": {}}
    event = one("tweet_create_events", tweet(truncated=True, extended_tweet=long, text="all…"))
    # What X cuts it also moves: who is named stands in the whole text's entities.
    assert isinstance(event, Unrecognised)
    named = {"user_mentions": [{"id_str": "1001"}]}
    event = one("tweet_create_events", tweet(extended_tweet={**long, "entities": named}))
    assert isinstance(event, Mentioned)
    assert event.post.text == "all of it"


def test_a_reply_a_quote_and_a_repost() -> None:
    ours = tweet("1580000000000000007", SHOP_USER)
    answered = {
        "in_reply_to_status_id_str": "1580000000000000007",
        "in_reply_to_user_id_str": "1001",
    }
    reply = one("tweet_create_events", tweet(**answered))
    assert isinstance(reply, Replied)
    assert reply.post.in_reply_to == PostReference("1580000000000000007", "1001")

    quoted = {
        "is_quote_status": True,
        "quoted_status_id_str": "1580000000000000007",
        "quoted_status": ours,
    }
    quote = one("tweet_create_events", tweet(**quoted, **answered))
    assert isinstance(quote, Quoted)
    assert quote.post.quoted == PostReference("1580000000000000007", "1001")

    repost = one("tweet_create_events", tweet(**quoted, retweeted_status=ours))
    assert isinstance(repost, Reposted)
    assert repost.post.reposted == PostReference("1580000000000000007", "1001")


def test_a_post_of_our_own_is_posted_whatever_it_answers() -> None:
    event = one("tweet_create_events", tweet(user=SHOP_USER, in_reply_to_status_id_str="7"))
    assert isinstance(event, Posted)
    assert (event.customer.user_id, event.conversation_id) == (US, "1001-1001")
    assert event.post.in_reply_to == PostReference("7")


def test_a_like_of_ours_and_one_of_somebody_s() -> None:
    def liked(post: object, user: object):
        return one(
            "favorite_events",
            {
                "id": "0f" * 16,
                "created_at": "Wed Oct 12 18:40:00 +0000 2022",
                "timestamp_ms": 1665600000140,
                "favorited_status": post,
                "user": user,
            },
        )

    theirs = liked(tweet(user=SHOP_USER), ADA_USER)
    assert isinstance(theirs, Liked)
    assert (theirs.is_ours, theirs.customer) == (False, ADA)
    ours = liked(tweet(), SHOP_USER)
    assert isinstance(ours, Liked)
    assert (ours.is_ours, ours.customer) == (True, ADA)
    assert ours.event_key != theirs.event_key
    assert ours.at == datetime.fromtimestamp(1665600000.140, UTC)


@pytest.mark.parametrize("name", ["follow", "unfollow", "block", "unblock", "mute", "unmute"])
def test_relations_under_either_key(name: str) -> None:
    us, ada = {"id": "1001", "screen_name": "shop"}, {"id": "2002", "screen_name": "ada"}
    keys = {f"{name}_events", f"{name.removeprefix('un')}_events"}
    told = {"type": name, "created_timestamp": "1665678000000"}
    for key in keys:
        event = one(key, {**told, "source": ada, "target": us})
        assert (KINDS[type(event)], event.is_ours) == (
            {"mute": "muted", "unmute": "unmuted"}.get(name, f"{name}ed"),
            False,
        )
        assert event.customer == Profile("2002", "ada")
        mine = one(key, {**told, "source": us, "target": ada})
        assert (mine.is_ours, mine.customer) == (True, Profile("2002", "ada"))
        assert mine.event_key != event.event_key


def test_typing_and_reading() -> None:
    told = {
        "created_timestamp": "1665500101000",
        "sender_id": "2002",
        "target": {"recipient_id": "1001"},
    }
    users = {"2002": {"id": "2002", "name": "Ada", "screen_name": "ada"}}
    typing = one("direct_message_indicate_typing_events", told, users=users)
    assert isinstance(typing, TypingStarted)
    assert typing.customer == ADA
    last = "1580000000000000009"
    read = one("direct_message_mark_read_events", {**told, "last_read_event_id": last})
    assert isinstance(read, MessagesRead)
    assert (read.message_id, read.customer) == (last, Profile("2002"))


def test_a_deletion() -> None:
    event = one(
        "tweet_delete_events",
        {"status": {"id": "777", "user_id": US}, "timestamp_ms": "1665677500000"},
    )
    assert isinstance(event, PostDeleted)
    assert (event.event_key, event.account_id) == ("777", US)


def test_a_revocation_names_its_account_inside() -> None:
    told = {
        "date_time": "2022-10-13T09:48:12+00:00",
        "target": {"app_id": "7700001"},
        "source": {"user_id": US},
    }
    decoded = decode({"user_event": {"revoke": told}})
    (event,) = decoded.events
    assert isinstance(event, AccessRevoked)
    assert (decoded.account_id, event.account_id, event.app_id) == (US, US, "7700001")
    assert event.at == datetime(2022, 10, 13, 9, 48, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "element"),
    [
        ("tweet_create_events", tweet(user=ADA_USER, entities={})),
        ("tweet_create_events", tweet(user={})),
        ("tweet_create_events", {**tweet(), "timestamp_ms": "", "created_at": "yesterday"}),
        ("tweet_delete_events", {"status": {"id": "7", "user_id": "2002"}, "timestamp_ms": "1"}),
        ("follow_events", {"type": "wave", "source": {"id": "1"}, "target": {"id": US}}),
        (
            "follow_events",
            {
                "type": "follow",
                "created_timestamp": "1",
                "source": {"id": "5"},
                "target": {"id": "6"},
            },
        ),
        (
            "direct_message_indicate_typing_events",
            {"created_timestamp": "1", "sender_id": US, "target": {"recipient_id": US}},
        ),
        ("user_event", {"revoke": {"date_time": "soon", "target": {"app_id": "1"}}}),
    ],
)
def test_what_is_odd_is_kept_as_unrecognised(name: str, element: object) -> None:
    assert isinstance(one(name, element), Unrecognised)


@given(
    st.sampled_from(
        [
            "tweet_create_events",
            "tweet_delete_events",
            "favorite_events",
            "follow_events",
            "direct_message_indicate_typing_events",
            "direct_message_mark_read_events",
            "user_event",
        ]
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "id_str", "user", "source", "status", "revoke", "target"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
)
def test_no_json_value_breaks_decoding(name: str, value: object) -> None:
    assert decode({"for_user_id": US, name: [value]}).events


def test_every_kind_has_a_class_of_its_own() -> None:
    assert len(set(ACTIVITY_TYPES.values())) == len(ACTIVITY_TYPES)
