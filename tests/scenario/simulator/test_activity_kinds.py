"""Every kind of activity, field by field as X writes it, played by hand and through the API."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from roost.simulator.clock import from_milliseconds

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


async def test_typing_has_neither_id_nor_type_and_is_told_to_the_recipient_alone(stage):
    x, hook = await stage.subscribed("1001", "1002")

    await x.act("1002", "typing", to="1001")
    await x.deliveries(1)

    body = told(hook, "1001")["1001"]
    assert body.keys() == {"for_user_id", "direct_message_indicate_typing_events", "users"}
    assert body["direct_message_indicate_typing_events"] == [
        {
            "created_timestamp": x.simulator.simulation.world.timestamp(),
            "sender_id": "1002",
            "target": {"recipient_id": "1001"},
        }
    ]
    assert body["users"].keys() == {"1001", "1002"}
    for user in body["users"].values():
        assert_shape(user, CONDENSED)


async def test_a_read_mark_has_no_id_and_names_the_latest_message_read(stage):
    x, hook = await stage.subscribed("1001")
    await x.send("one")
    second = (await x.send("two")).json["event"]["id"]
    await x.deliveries(2)
    hook.received.clear()

    await x.act("2002", "read", to="1001")
    await x.deliveries(3)

    body = told(hook, "1001")["1001"]
    assert body.keys() == {"for_user_id", "direct_message_mark_read_events", "users"}
    assert body["direct_message_mark_read_events"] == [
        {
            "created_timestamp": x.simulator.simulation.world.timestamp(),
            "sender_id": "2002",
            "target": {"recipient_id": "1001"},
            "last_read_event_id": second,
        }
    ]
    assert body["users"].keys() == {"1001", "2002"}


async def test_a_mention_is_a_post_with_a_full_user_and_says_whether_its_author_is_blocked(stage):
    x, hook = await stage.subscribed("1001")

    post_id = (await x.act("2002", "post", text="@acme my parcel is late")).json["id"]
    await x.deliveries(1)

    body = told(hook, "1001")["1001"]
    assert body.keys() == {"for_user_id", "user_has_blocked", "tweet_create_events"}
    assert body["user_has_blocked"] is False
    (tweet,) = body["tweet_create_events"]
    shape = {
        **TWEET,
        "in_reply_to_user_id": int,
        "in_reply_to_user_id_str": str,
        "in_reply_to_screen_name": str,
    }
    assert_shape(tweet, shape)
    assert_shape(tweet["user"], FULL)
    assert (tweet["id"], tweet["id_str"]) == (int(post_id), post_id)
    assert (tweet["in_reply_to_user_id"], tweet["in_reply_to_screen_name"]) == (1001, "acme")
    assert tweet["text"] == "@acme my parcel is late"
    assert tweet["source"] == '<a href="http://twitter.com" rel="nofollow">Twitter Web Client</a>'
    assert tweet["entities"] == {
        "hashtags": [],
        "symbols": [],
        "urls": [],
        "user_mentions": [
            {
                "screen_name": "acme",
                "name": "acme",
                "id": 1001,
                "id_str": "1001",
                "indices": [0, 5],
            }
        ],
    }
    now = x.clock.now()
    assert tweet["timestamp_ms"] == x.simulator.simulation.world.timestamp()
    assert tweet["created_at"].endswith(f"{now:%H:%M:%S} +0000 {now.year}")


async def test_whoever_is_blocked_is_said_to_be(stage):
    x, hook = await stage.subscribed("2003")  # has blocked 1001

    await x.form("/1.1/statuses/update.json", status="hey @bob")
    await x.deliveries(1)

    assert told(hook, "2003")["2003"]["user_has_blocked"] is True


async def test_ones_own_post_says_nothing_of_blocks(stage):
    x, hook = await stage.subscribed("1001")

    await x.form("/1.1/statuses/update.json", status="Hello & welcome")
    await x.deliveries(1)

    body = told(hook, "1001")["1001"]
    assert body.keys() == {"for_user_id", "tweet_create_events"}
    (tweet,) = body["tweet_create_events"]
    assert_shape(tweet, TWEET)
    assert tweet["text"] == "Hello &amp; welcome"
    assert tweet["source"] == '<a href="https://acme.example" rel="nofollow">Acme Desk</a>'


async def test_a_long_text_is_cut_and_whole_in_extended_tweet(stage):
    x, hook = await stage.subscribed("1001")
    text = "word " * 50 + "#end"

    await x.act("1001", "post", text=text)
    await x.deliveries(1)

    (tweet,) = told(hook, "1001")["1001"]["tweet_create_events"]
    assert_shape(tweet, {**TWEET, "extended_tweet": dict, "possibly_sensitive": bool})
    assert tweet["truncated"] is True
    assert len(tweet["text"]) <= 140
    assert re.fullmatch(r"(word )+word… https://t\.co/\w{10}", tweet["text"])
    (url,) = tweet["entities"]["urls"]
    assert url["expanded_url"] == f"https://twitter.com/i/web/status/{tweet['id_str']}"
    assert tweet["text"][slice(*url["indices"])] == url["url"]
    assert tweet["entities"]["hashtags"] == []
    extended = tweet["extended_tweet"]
    assert extended.keys() == {"full_text", "display_text_range", "entities"}
    assert extended["full_text"] == text
    assert extended["display_text_range"] == [0, len(text)]
    assert extended["entities"]["hashtags"][0]["text"] == "end"


async def told_of(stage, kind: str, **text: str):
    """Let a user post and another do something to it; give its id and what the first hears."""
    x, hook = await stage.subscribed("1001")
    post_id = (await x.form("/1.1/statuses/update.json", status="Hello @ada")).json["id_str"]
    await x.deliveries(1)
    hook.received.clear()
    await x.act("1002", "post", kind=kind, post_id=post_id, **text)
    await x.deliveries(2)
    body = told(hook, "1001")["1001"]
    assert ("user_has_blocked" in body) == (kind == "reply")
    (tweet,) = body["tweet_create_events"]
    assert tweet["user"]["id_str"] == "1002"
    return post_id, tweet


async def test_a_reply_names_what_it_answers_and_shows_no_leading_mentions(stage):
    post_id, tweet = await told_of(stage, "reply", text="indeed")

    assert tweet["in_reply_to_status_id_str"] == post_id
    assert tweet["in_reply_to_status_id"] == int(post_id)
    assert tweet["in_reply_to_user_id_str"] == "1001"
    assert tweet["text"] == "@acme @ada indeed"
    assert tweet["display_text_range"] == [11, 17]
    assert not tweet.keys() & {"retweeted_status", "quoted_status"}


async def test_a_quote_holds_what_it_quotes_and_the_link_to_it(stage):
    post_id, tweet = await told_of(stage, "quote", text="indeed")

    assert tweet["is_quote_status"] is True
    assert (tweet["quoted_status_id"], tweet["quoted_status_id_str"]) == (int(post_id), post_id)
    assert tweet["quoted_status"]["text"] == "Hello @ada"
    assert tweet["quoted_status"]["quote_count"] == 1
    assert tweet["quoted_status_permalink"] == {
        "url": tweet["entities"]["urls"][0]["url"],
        "expanded": f"https://twitter.com/acme/status/{post_id}",
        "display": tweet["entities"]["urls"][0]["display_url"],
    }
    assert tweet["display_text_range"] == [0, 6]
    assert "retweeted_status" not in tweet


async def test_a_repost_holds_what_it_repeats_and_its_mentions_move(stage):
    post_id, tweet = await told_of(stage, "repost")

    assert tweet["text"] == "RT @acme: Hello @ada"
    assert tweet["retweeted_status"]["id_str"] == post_id
    assert tweet["retweeted_status"]["retweet_count"] == 1
    assert [one["indices"] for one in tweet["entities"]["user_mentions"]] == [[3, 8], [16, 20]]
    assert "quoted_status" not in tweet


async def test_a_repost_is_not_told_to_those_it_merely_mentions(stage):
    x, hook = await stage.subscribed("1002")
    post_id = (await x.form("/1.1/statuses/update.json", status="Hello @twin")).json["id_str"]
    await x.deliveries(1)

    await x.act("2002", "post", kind="repost", post_id=post_id)
    await x.act("2002", "post", text="for @twin")
    await x.deliveries(2)

    texts = [got.json["tweet_create_events"][0]["text"] for got in hook.received]
    assert texts == ["Hello @twin", "for @twin"]


async def test_posts_of_protected_users_are_told_to_their_followers_alone(stage):
    world = stage.world()
    hidden = stage.replace(world.users[2], protected=True, follows=("1001",))
    x, hook = await stage.subscribed("1001", users=[hidden])

    await x.act("2002", "post", text="psst @acme")
    await x.act("1001", "follow", to="2002")  # asks only
    await x.act("2002", "post", text="@acme again")
    await x.write("a message")
    await x.deliveries(1)

    assert hook.received[0].json.keys() == {"for_user_id", "direct_message_events", "users"}


async def test_a_deleted_post_is_told_to_its_author_with_strings_only(stage):
    x, hook = await stage.subscribed("1001")
    post_id = (await x.act("1001", "post", text="oops @twin")).json["id"]
    await x.deliveries(1)
    hook.received.clear()

    await x.act("1001", "delete_post", post_id=post_id)
    await x.deliveries(2)

    assert told(hook, "1001")["1001"] == {
        "for_user_id": "1001",
        "tweet_delete_events": [
            {
                "status": {"id": post_id, "user_id": "1001"},
                "timestamp_ms": x.simulator.simulation.world.timestamp(),
            }
        ],
    }


async def test_a_like_has_a_hexadecimal_id_and_a_number_of_milliseconds(stage):
    x, hook = await stage.subscribed("1001", "1002")
    post_id = (await x.act("1001", "post", text="Like this")).json["id"]
    await x.deliveries(1)
    hook.received.clear()

    await x.act("1002", "like", post_id=post_id)
    await x.deliveries(3)

    bodies = told(hook, "1001", "1002")
    assert bodies["1001"]["favorite_events"] == bodies["1002"]["favorite_events"]
    assert bodies["1001"].keys() == {"for_user_id", "favorite_events"}
    (like,) = bodies["1001"]["favorite_events"]
    shape = {"id": str, "created_at": str, "timestamp_ms": int}
    assert_shape(like, {**shape, "favorited_status": dict, "user": dict})
    assert re.fullmatch(r"[0-9a-f]{32}", like["id"])
    assert str(like["timestamp_ms"]) == x.simulator.simulation.world.timestamp()
    assert like["favorited_status"]["id_str"] == post_id
    assert like["favorited_status"]["favorite_count"] == 1
    assert_shape(like["user"], FULL)
    assert like["user"]["id_str"] == "1002"
    assert like["user"]["favourites_count"] == 1


async def test_taking_a_like_back_is_told_to_nobody(stage):
    x, hook = await stage.subscribed("1001")
    post_id = (await x.act("1001", "post", text="Like this")).json["id"]
    await x.act("2002", "like", post_id=post_id)
    await x.deliveries(2)

    assert (await x.act("2002", "unlike", post_id=post_id)).json["deliveries"] == []
    await x.write("next")
    await x.deliveries(3)

    assert "direct_message_events" in hook.received[2].json


@pytest.mark.parametrize(
    ("action", "key"),
    [
        ("follow", "follow_events"),
        ("unfollow", "follow_events"),
        ("block", "block_events"),
        ("unblock", "block_events"),
        ("mute", "mute_events"),
        ("unmute", "mute_events"),
    ],
)
async def test_relations_have_users_of_their_own_shape_and_no_key_for_the_negative(
    stage, action: str, key: str
):
    x, hook = await stage.subscribed("1001")
    if action.startswith("un"):
        await x.act("1001", action.removeprefix("un"), to="2002")
        await x.deliveries(1)
        hook.received.clear()

    await x.act("1001", action, to="2002")
    await x.deliveries(2 if action.startswith("un") else 1)

    body = told(hook, "1001")["1001"]
    assert body.keys() == {"for_user_id", key}
    (event,) = body[key]
    assert event.keys() == {"type", "created_timestamp", "target", "source"}
    assert event["type"] == action
    assert from_milliseconds(event["created_timestamp"]) <= x.clock.now()
    assert (event["source"]["id"], event["target"]["id"]) == ("1001", "2002")
    for user in (event["source"], event["target"]):
        assert "id_str" not in user
        assert [user[f"profile_{part}_color"] for part in COLOURS] == [-1] * 5
        assert user["location"] == user["description"] == user["url"] == ""
        assert type(user["followers_count"]) is int
        assert None not in user.values()
    assert event["target"]["followers_count"] == int(action == "follow")


async def test_a_follow_is_told_to_both_sides_and_the_rest_to_whoever_does_it(stage):
    x, hook = await stage.subscribed("1001")

    await x.act("2002", "follow", to="1001")
    for action in ("unfollow", "mute", "unmute", "block", "unblock"):
        assert (await x.act("2002", action, to="1001")).json["deliveries"] == []
    await x.deliveries(1)

    assert told(hook, "1001")["1001"]["follow_events"][0]["source"]["id"] == "2002"


async def test_what_changes_nothing_is_told_to_nobody(stage):
    x, _ = await stage.subscribed("1001")

    for action in ("unfollow", "unblock"):
        answer = await x.act("1001", action, to="2002")
        assert (answer.json["events"], answer.json["deliveries"]) == ([], [])
    for action in ("follow", "mute", "block"):
        assert len((await x.act("1001", action, to="2002")).json["deliveries"]) == 1
        assert (await x.act("1001", action, to="2002")).json["deliveries"] == []


async def test_an_authorization_taken_back_is_told_to_nobody_by_name_and_ends_everything(stage):
    x, hook = await stage.subscribed("1001", "1002")

    answer = await x.act("1001", "revoke_app", app_id="13090192")
    await x.deliveries(1)

    assert answer.json["deliveries"] == [{"delivery_id": "1", "for_user_id": None}]
    (got,) = hook.received  # whose signature the webhook has verified
    now = x.clock.now()
    assert got.json == {
        "user_event": {
            "revoke": {
                "date_time": f"{now:%Y-%m-%dT%H:%M:%S}+00:00",
                "target": {"app_id": "13090192"},
                "source": {"user_id": "1001"},
            }
        }
    }
    assert (await x.get("/1.1/account/verify_credentials.json")).fault[:2] == (401, 89)
    await x.write("nobody hears this")
    await x.write("but this", to="1002")
    rows = await x.deliveries(2)
    assert [row.for_user_id for row in rows] == [None, "1002"]


async def test_both_participants_hear_of_a_message_begun_from_a_post(stage):
    x, hook = await stage.subscribed("1001", "1002")
    link = "https://x.com/messages/compose?recipient_id=1001&text=Hi%20there"
    posted = await x.form("/1.1/statuses/update.json", status="Ask us", attachment_url=link)
    post_id = posted.json["id_str"]
    await x.deliveries(1)
    hook.received.clear()

    await x.write("Hi there", by="1002", post_id=post_id)
    await x.deliveries(3)

    for body in told(hook, "1001", "1002").values():
        (event,) = body["direct_message_events"]
        assert event["initiated_via"] == {"tweet_id": post_id}
