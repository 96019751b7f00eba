"""Posting, deleting and liking through the API and by hand, and Posts as the phone sees them."""

from __future__ import annotations

import pytest
from tests import uploads

from roost.simulator.entries import Rules

UPDATE = "/1.1/statuses/update.json"
LIKE = "/1.1/favorites/create.json"
UNLIKE = "/1.1/favorites/destroy.json"
COMPOSE = "https://twitter.com/messages/compose?recipient_id=1001"


async def test_a_post_comes_back_as_x_has_it(x):
    posted = await x.form(UPDATE, status="See https://shop.example/o/7 & #hurry @ada")

    tweet = posted.json
    assert posted.status == 200
    assert tweet["text"].startswith("See https://t.co/")
    assert tweet["text"].endswith(" &amp; #hurry @ada")
    assert tweet["entities"]["urls"][0]["expanded_url"] == "https://shop.example/o/7"
    assert tweet["entities"]["hashtags"][0]["text"] == "hurry"
    assert tweet["entities"]["user_mentions"][0]["id_str"] == "2002"
    assert tweet["user"]["statuses_count"] == 1
    assert not tweet.keys() & {"timestamp_ms", "filter_level", "full_text", "extended_tweet"}


async def test_new_clients_get_the_whole_text_and_trimmed_users_where_they_ask(x):
    text = "w" * 150

    tweet = (await x.form(UPDATE, status=text, tweet_mode="extended", trim_user="true")).json
    old = (await x.get("/1.1/account/verify_credentials.json")).json["status"]

    assert tweet["full_text"] == text
    assert tweet["display_text_range"] == [0, 150]
    assert tweet["truncated"] is False
    assert "text" not in tweet
    assert tweet["user"] == {"id": 1001, "id_str": "1001"}
    assert old["truncated"] is True
    assert "extended_tweet" not in old
    assert len(old["text"]) == 140


@pytest.mark.parametrize("name", ["query", "json"])
async def test_parameters_are_taken_wherever_they_are(x, name: str):
    if name == "query":
        answer = await x.call("POST", UPDATE, query={"status": "Hello"})
    else:
        body = b'{"status": "Hello", "trim_user": true}'
        answer = await x.call("POST", UPDATE, body=body, content_type="application/json")

    assert answer.json["text"] == "Hello"


@pytest.mark.parametrize("status", ["", "  "])
async def test_nothing_cannot_be_posted(x, status: str):
    assert (await x.form(UPDATE, status=status)).fault == (403, 38, "status parameter is missing.")


async def test_texts_are_weighed(x):
    link = "https://shop.example/" + "x" * 300

    assert (await x.form(UPDATE, status="a" * 280)).status == 200
    assert (await x.form(UPDATE, status="a" * 281)).fault[:2] == (403, 186)
    assert (await x.form(UPDATE, status="語" * 140)).status == 200
    assert (await x.form(UPDATE, status="語" * 141)).fault[:2] == (403, 186)
    assert (await x.form(UPDATE, status="a" * 256 + " " + link)).status == 200
    assert (await x.form(UPDATE, status="a" * 257 + " " + link)).fault[:2] == (403, 186)


async def test_the_same_is_not_posted_twice_on_a_day(x):
    first = await x.form(UPDATE, status="https://shop.example Hello")

    assert (await x.form(UPDATE, status="https://shop.example  Hello")).fault == (
        403,
        187,
        "Status is a duplicate.",
    )
    reply = {"in_reply_to_status_id": first.json["id_str"]}
    assert (await x.form(UPDATE, status="https://shop.example Hello", **reply)).status == 200
    x.advance(hours=25)
    assert (await x.form(UPDATE, status="https://shop.example Hello")).status == 200


async def test_three_hundred_posts_in_three_hours(stage):
    x = await stage.simulator(stage.world(Rules()))
    for n in range(300):
        assert (await x.form(UPDATE, status=f"{n}")).status == 200

    assert (await x.form(UPDATE, status="more")).fault[:2] == (403, 185)
    x.advance(hours=3)
    assert (await x.form(UPDATE, status="more")).status == 200


async def test_a_reply_has_to_name_whom_it_answers_unless_x_does_it(x):
    post_id = (await x.act("2002", "post", text="where is my parcel? @twin")).json["id"]
    reply = {"in_reply_to_status_id": post_id}

    ignored = (await x.form(UPDATE, status="On its way", **reply)).json
    named = (await x.form(UPDATE, status="On its way, @Ada", **reply)).json
    filled = await x.form(UPDATE, status="On it", auto_populate_reply_metadata="true", **reply)
    alone = await x.form(
        UPDATE,
        status="On its way!",
        auto_populate_reply_metadata="true",
        exclude_reply_user_ids="1002,2002",
        **reply,
    )

    assert ignored["in_reply_to_status_id_str"] is None
    assert named["in_reply_to_status_id_str"] == post_id
    assert (named["in_reply_to_user_id"], named["in_reply_to_screen_name"]) == (2002, "ada")
    assert filled.json["text"] == "@ada @twin On it"
    assert filled.json["display_text_range"] == [11, 16]
    assert alone.json["text"] == "@ada On its way!"


async def test_leading_mentions_do_not_count(x):
    post_id = (await x.act("2002", "post", text="?")).json["id"]

    answer = await x.form(
        UPDATE,
        status="a" * 280,
        in_reply_to_status_id=post_id,
        auto_populate_reply_metadata="true",
    )

    assert answer.status == 200


@pytest.mark.parametrize(
    ("value", "fault"), [("4711", (403, 385)), ("x", (400, 214)), ("9" * 20, (400, 214))]
)
async def test_what_is_not_there_cannot_be_answered(x, value: str, fault: tuple[int, int]):
    answer = await x.form(UPDATE, status="Hi", in_reply_to_status_id=value)

    assert answer.fault[:2] == fault


async def test_a_deep_link_is_a_button_and_does_not_count(x):
    link = f"{COMPOSE}&welcome_message_id=7&text=Hi%20%26%20bye"

    posted = await x.form(UPDATE, status="a" * 280, attachment_url=link, tweet_mode="extended")
    (shown,) = (await x.control("GET", "/posts?user_id=1001")).json["posts"]

    tweet = posted.json
    assert tweet["display_text_range"] == [0, 280]
    assert tweet["full_text"][280:] == f" {tweet['entities']['urls'][0]['url']}"
    assert tweet["entities"]["urls"][0]["expanded_url"] == link
    assert shown["text"] == "a" * 280
    assert shown["deep_link"] == {
        "recipient_id": "1001",
        "welcome_message_id": "7",
        "text": "Hi & bye",
    }
    assert shown["tweet"] == {**tweet, "favorited": False}


async def test_a_deep_link_at_the_end_of_a_text_is_one_too(x):
    await x.form(UPDATE, status=f"Write to us {COMPOSE}")
    await x.form(UPDATE, status=f"Not {COMPOSE} here")

    last, first = (await x.control("GET", "/posts?user_id=1001")).json["posts"]

    assert first["deep_link"]["recipient_id"] == "1001"
    assert last["deep_link"] is None


async def test_the_address_of_a_post_makes_a_quote(x):
    post_id = (await x.act("2002", "post", text="Nice")).json["id"]
    address = f"https://x.com/ada/status/{post_id}"

    attached = (await x.form(UPDATE, status="Thanks", attachment_url=address)).json
    typed = (await x.form(UPDATE, status=f"Thanks {address}")).json

    assert attached["quoted_status_id_str"] == typed["quoted_status_id_str"] == post_id
    assert attached["display_text_range"] == [0, 6]
    assert "display_text_range" not in typed


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/",
        "https://x.com/ada/status/4711",
        "https://x.com/messages/compose?recipient_id=4711",
        "https://x.com/messages/compose?text=Hi",
        "https://x.com.evil.example/messages/compose?recipient_id=1001",
        "http://[x",
        "x",
    ],
)
async def test_nothing_else_can_be_attached(x, url: str):
    answer = await x.form(UPDATE, status="Hi", attachment_url=url)

    assert answer.fault == (400, 44, "attachment_url parameter is invalid.")


async def test_media_and_a_link_exclude_each_other(x):
    media_id = await uploads.picture(x)
    both = await x.form(UPDATE, status="Hi", media_ids=media_id, attachment_url=COMPOSE)
    assert both.fault[:2] == (403, 386)


@pytest.mark.parametrize("text", ["d ada psst", "M ADA psst", "d @ada psst", "m. ada psst"])
async def test_a_shortcut_sends_a_message_instead(x, text: str):
    answer = await x.form(UPDATE, status=text)

    data = answer.json["event"]["message_create"]["message_data"]
    assert data["text"] == "psst"
    assert (await x.control("GET", "/posts?user_id=1001")).json == {"posts": [], "next": None}
    assert len((await x.get("/1.1/direct_messages/events/list.json")).json["events"]) == 1


async def test_a_shortcut_is_posted_or_refused_where_asked_for(x):
    text = "d ada psst"

    literal = await x.form(UPDATE, status=text, enable_dmcommands="false")
    refused = await x.form(UPDATE, status=text, fail_dmcommands="true")

    assert literal.json["text"] == text
    assert refused.fault[:2] == (403, 151)
    assert (await x.form(UPDATE, status="M. Poirot arrives")).fault[:2] == (403, 150)
    assert (await x.form(UPDATE, status="d bob psst")).fault[:2] == (403, 150)
    assert (await x.form(UPDATE, status="d ada")).status == 200


@pytest.mark.parametrize(
    ("level", "status", "fault"),
    [("read", "Hi", (403, 261)), ("read-write", "d ada psst", (403, 93))],
)
async def test_a_token_may_do_only_what_it_was_given_for(stage, level: str, status: str, fault):
    world = stage.world()
    apps = (stage.replace(world.apps[0], access_level=level), world.apps[1])
    x = await stage.simulator(stage.replace(world, apps=apps))

    assert (await x.form(UPDATE, status=status)).fault[:2] == fault


async def test_a_post_is_deleted_by_its_author_alone_and_reposts_go_with_it(x):
    post_id = (await x.form(UPDATE, status="oops")).json["id_str"]
    await x.act("2002", "post", kind="repost", post_id=post_id)
    await x.act("2002", "like", post_id=post_id)
    reply = (await x.act("2002", "post", text="why?", post_id=post_id)).json["id"]
    path = f"/1.1/statuses/destroy/{post_id}.json"

    assert (await x.form(path, x.signed("1002"))).fault[:2] == (403, 179)
    deleted = await x.form(path)

    assert (deleted.status, deleted.json["text"]) == (200, "oops")
    assert (await x.form(path)).fault == (404, 144, "No status found with that ID.")
    assert (await x.form("/1.1/statuses/destroy/x.json")).fault[:2] == (400, 214)
    (left,) = (await x.control("GET", "/posts?user_id=2002")).json["posts"]
    assert left["post_id"] == reply
    assert left["tweet"]["in_reply_to_status_id_str"] == post_id
    assert left["tweet"]["user"]["favourites_count"] == 0


async def test_a_post_is_liked_once_and_unliked_once(x):
    post_id = (await x.act("2002", "post", text="Nice")).json["id"]

    liked = await x.form(LIKE, id=post_id)
    shown = (await x.control("GET", "/posts?user_id=2002")).json["posts"][0]
    again = await x.form(LIKE, id=post_id)
    unliked = await x.form(UNLIKE, id=post_id)

    assert (liked.json["favorited"], liked.json["favorite_count"]) == (True, 1)
    assert shown["liked_by"] == ["1001"]
    assert again.fault == (403, 139, "You have already favorited this status.")
    assert (unliked.json["favorited"], unliked.json["favorite_count"]) == (False, 0)
    assert (await x.form(UNLIKE, id=post_id)).fault[:2] == (404, 144)
    assert (await x.form(LIKE, id="4711")).fault[:2] == (404, 144)
    assert (await x.form(LIKE)).fault[:2] == (403, 38)


async def test_hidden_posts_cannot_be_liked(stage):
    world = stage.world()
    users = {user.user_id: user for user in world.users}
    users["2002"] = stage.replace(users["2002"], protected=True)
    x = await stage.simulator(stage.replace(world, users=tuple(users.values())))
    hidden = (await x.act("2002", "post", text="psst")).json["id"]
    blocked = (await x.act("2003", "post", text="Hi")).json["id"]

    assert (await x.form(LIKE, id=hidden)).fault[:2] == (403, 179)
    assert (await x.form(LIKE, id=blocked)).fault[:2] == (403, 179)
    own = await x.act("2002", "like", post_id=hidden)
    assert own.status == 200


async def test_posts_are_given_a_hundred_at_once(x):
    made = [(await x.act("2002", "post", text=str(n))).json["id"] for n in range(101)]

    page = (await x.control("GET", "/posts?user_id=2002")).json
    rest = (await x.control("GET", f"/posts?user_id=2002&after={page['next']}")).json

    assert [post["post_id"] for post in page["posts"]] == made[:0:-1]
    assert [post["post_id"] for post in rest["posts"]] == made[:1]
    assert rest["next"] is None
    unknown = await x.control("GET", "/posts?user_id=4711")
    assert (unknown.status, unknown.json["errors"][0]["field"]) == (422, "user_id")


async def test_posts_and_likes_survive_an_export(x):
    post_id = (await x.form(UPDATE, status="Hi #all", attachment_url=COMPOSE)).json["id_str"]
    await x.act("2002", "like", post_id=post_id)
    await x.act("2002", "post", kind="repost", post_id=post_id)
    before = (await x.control("GET", "/posts?user_id=2002")).json

    state = (await x.control("GET", "/state")).json
    assert (await x.control("PUT", "/state", state)).status == 204

    assert (await x.control("GET", "/posts?user_id=2002")).json == before
    assert before["posts"][0]["tweet"]["retweeted_status"]["favorite_count"] == 1
    newer = (await x.act("2002", "post", text="more")).json["id"]
    assert int(newer) > int(post_id)


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        ("post", {"text": " "}, "text"),
        ("post", {"text": "a" * 281}, "text"),
        ("post", {"text": "a", "to": "4711"}, "to"),
        ("post", {"text": "a", "post_id": "4711"}, "post_id"),
        ("post", {"kind": "repost", "post_id": "4711"}, "post_id"),
        ("post", {"kind": "quote", "text": "a"}, "post_id"),
        ("post", {"kind": "shout", "text": "a"}, "kind"),
        ("post", {"text": "a", "link": "https://shop.example"}, "link"),
        ("like", {"post_id": "4711"}, "post_id"),
        ("delete_post", {}, "post_id"),
        ("send_dm", {"to": "1001", "text": "a", "post_id": "4711"}, "post_id"),
    ],
)
async def test_what_cannot_be_posted_by_hand_is_named_by_field(x, action: str, fields, field: str):
    answer = await x.act("2002", action, **fields)

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, field)


async def test_what_was_done_to_a_post_cannot_be_done_again(x):
    own = (await x.act("2002", "post", text="Hi", link=COMPOSE)).json["id"]
    other = (await x.act("1001", "post", text="Hi", kind="mention", to="2002")).json["id"]
    for action, fields in [
        ("like", {"post_id": other}),
        ("post", {"kind": "repost", "post_id": other}),
    ]:
        assert (await x.act("2002", action, **fields)).status == 200
        again = await x.act("2002", action, **fields)
        assert (again.status, again.json["errors"][0]["field"]) == (422, "post_id")

    deleted = await x.act("2002", "delete_post", post_id=other)
    assert deleted.json["errors"][0]["message"] == "is somebody else's"
    both = await x.act("2002", "post", kind="quote", post_id=own, text="a", link=COMPOSE)
    assert both.json["errors"][0]["field"] == "link"
    elsewhere = await x.write("Hi", to="1002", post_id=own)
    assert elsewhere.json["errors"][0]["field"] == "post_id"
    plain = await x.write("Hi", post_id=other)
    assert plain.json["errors"][0]["field"] == "post_id"


async def test_a_protected_post_is_for_followers_and_not_repeated(stage):
    world = stage.world()
    users = {user.user_id: user for user in world.users}
    users["2002"] = stage.replace(users["2002"], protected=True)
    users["1002"] = stage.replace(users["1002"], follows=("2002",))
    x = await stage.simulator(stage.replace(world, users=tuple(users.values())))
    post_id = (await x.act("2002", "post", text="psst")).json["id"]

    seen = await x.act("1002", "post", kind="repost", post_id=post_id)
    unseen = await x.act("1001", "post", kind="repost", post_id=post_id)

    assert seen.json["errors"][0]["message"] == "is for its author's followers only"
    assert "may see" in unseen.json["errors"][0]["message"]


async def test_a_repost_of_a_repost_is_one_of_the_original(x):
    original = (await x.act("2002", "post", text="Hi")).json["id"]
    repost = (await x.act("1001", "post", kind="repost", post_id=original)).json["id"]

    again = (await x.act("1002", "post", kind="repost", post_id=repost)).json["events"][0]

    assert again["retweeted_status"]["id_str"] == original
    assert again["text"] == "RT @ada: Hi"
