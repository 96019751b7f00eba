"""Posts as webhooks tell of them: mentions, replies, quotes, reposts, long ones, hidden ones."""

from __future__ import annotations

import re

from tests.scenario.simulator.shapes import FULL, TWEET, assert_shape, told


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
