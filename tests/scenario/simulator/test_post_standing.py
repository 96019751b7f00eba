"""Posts that X has taken away, or that their author lets few answer; reposts, and who sees what."""

from __future__ import annotations

import pytest

from roost.simulator.app import Options
from roost.simulator.entries import Rules
from roost.xapi.transport import Request

UPDATE = "/1.1/statuses/update.json"
LIKE = "/1.1/favorites/create.json"
SHOW = "/1.1/statuses/show.json"


async def post(x, by: str = "2002", text: str = "Come in", **fields: str) -> str:
    done = await x.act(by, "post", text=text, **fields)
    assert done.status < 300, done.body
    return done.json["id"]


async def answer(x, to: str, **who):
    return await x.form(UPDATE, status="@ada indeed", in_reply_to_status_id=to, **who)


@pytest.mark.parametrize(
    ("replies_from", "text", "is_let"),
    [
        ("everyone", "Ask", True),
        ("followed", "Ask", False),
        ("followed", "Ask @acme", True),
        ("mentioned", "Ask", False),
        ("mentioned", "Ask @acme", True),
    ],
)
async def test_an_author_says_who_may_answer(x, replies_from: str, text: str, is_let):
    asked = await post(x, text=text, replies_from=replies_from)

    said = await answer(x, asked)
    by_hand = await x.act("1001", "post", text="Indeed", kind="reply", post_id=asked)

    assert said.status == (200 if is_let else 403)
    assert (by_hand.status < 300) is is_let
    if not is_let:
        assert said.fault[1] == 433
        assert by_hand.json["errors"][0]["field"] == "post_id"


async def test_those_the_author_follows_may_answer_and_the_author_always(x):
    asked = await post(x, replies_from="followed")

    assert (await answer(x, asked)).fault[:2] == (403, 433)
    await x.act("2002", "follow", to="1001")
    assert (await answer(x, asked)).status == 200
    alone = await post(x, text="And", replies_from="mentioned")
    own = await x.act("2002", "post", text="More", kind="reply", post_id=alone)
    assert own.status < 300


@pytest.mark.parametrize(("action", "fault"), [("withdraw_post", 421), ("remove_post", 422)])
async def test_what_x_takes_away_is_gone_for_others_until_it_is_given_back(x, action, fault):
    gone = await post(x)
    repeated = (await x.form(f"/1.1/statuses/retweet/{gone}.json")).json["id_str"]
    quote = await post(x, by="1002", text="See", kind="quote", post_id=gone)
    await x.act("2002", action, post_id=gone)

    assert (await x.get(SHOW, id=gone)).fault[:2] == (404, fault)
    assert (await x.form(LIKE, id=repeated)).status == 200  # one's own repost is still there
    assert (await x.call("GET", SHOW, query={"id": repeated}, who=x.signed("1002"))).fault[:2] == (
        404,
        fault,
    )
    assert (await answer(x, gone)).fault[:2] == (403, 385)
    assert "quoted_status" not in (await x.get(SHOW, id=quote)).json
    liked = await x.act("1001", "like", post_id=gone)
    assert (liked.status, liked.json["errors"][0]["field"]) == (422, "post_id")

    await x.act("2002", "restore_post", post_id=gone)
    assert (await x.get(SHOW, id=gone)).json["id_str"] == gone
    assert (await x.get(SHOW, id=quote)).json["quoted_status"]["id_str"] == gone


async def test_with_a_limited_post_nobody_does_anything_but_see_it(x):
    limited = await post(x)
    await x.act("2002", "limit_post", post_id=limited)

    assert (await x.get(SHOW, id=limited)).status == 200
    for said in (
        await x.form(LIKE, id=limited),
        await x.form(f"/1.1/statuses/retweet/{limited}.json"),
        await answer(x, limited),
    ):
        assert said.fault[:2] == (403, 425)
    for action in ({"action": "like"}, {"action": "post", "kind": "repost"}):
        said = await x.act("1001", action.pop("action"), post_id=limited, **action)
        assert (said.status, said.json["errors"][0]["field"]) == (422, "post_id")


async def test_x_rules_on_posts_of_the_user_that_is_named(x):
    theirs = await post(x)

    for user_id, post_id in [("1001", theirs), ("2002", "77"), ("2002", "")]:
        said = await x.act(user_id, "limit_post", post_id=post_id)
        assert (said.status, said.json["errors"][0]["field"]) == (422, "post_id")


async def test_a_standing_is_kept_in_the_state(x):
    gone = await post(x, replies_from="mentioned")
    await x.act("2002", "withdraw_post", post_id=gone)
    state = await x.control("GET", "/state")

    await x.control("POST", "/reset")
    assert (await x.control("PUT", "/state", state.json)).status < 300

    assert (await x.get(SHOW, id=gone)).fault[:2] == (404, 421)


async def test_a_repost_is_told_shown_and_taken_back(stage):
    x, hook = await stage.subscribed("1001")
    original = await post(x)

    made = await x.form(f"/1.1/statuses/retweet/{original}.json", tweet_mode="extended")
    await x.deliveries(1)
    back = await x.form(f"/1.1/statuses/unretweet/{original}.json")

    assert made.json["full_text"] == "RT @ada: Come in"
    assert made.json["retweeted_status"]["id_str"] == original
    assert made.json["retweeted_status"]["retweeted"] is True
    assert hook.received[0].json["tweet_create_events"][0]["retweeted_status"]
    assert (back.json["id_str"], back.json["retweeted"]) == (original, False)
    again = await x.form(f"/1.1/statuses/unretweet/{original}.json")
    assert again.fault[:2] == (404, 144)


async def test_reposting_a_repost_reposts_what_it_repeats(x):
    original = await post(x)
    other = await x.act("2004", "post", kind="repost", post_id=original)

    made = await x.form(f"/1.1/statuses/retweet/{other.json['id']}.json")

    assert made.json["retweeted_status"]["id_str"] == original


async def test_posts_and_reposts_count_on_one_window(stage):
    x = await stage.simulator(stage.world(Rules()))
    original = await post(x)
    await x.form(f"/1.1/statuses/retweet/{original}.json")
    meters = x.simulator.simulation.limits

    assert [key[0] for key in meters._counts] == ["statuses.update"] * 2


async def test_requests_to_be_let_in_are_for_the_verified_where_x_says_so(stage):
    x = await stage.simulator(stage.world(Rules(message_requests="verified")))

    by_hand = await x.write("Hello")
    assert (by_hand.status, by_hand.json["errors"][0]["field"]) == (422, "to")
    await x.act("2002", "follow", to="1001")
    assert (await x.send()).status == 200
    await x.act("2002", "unfollow", to="1001")
    assert (await x.send("More")).fault[:2] == (403, 476)
    assert (await x.write("Hello")).status < 300  # the account has written to her
    assert (await x.send("More")).status == 200
    assert (await x.send(to="1001")).status == 200


async def test_strictly_others_names_are_for_tls_and_this_machines_are_not(stage):
    x = await stage.simulator(options=Options(is_strict=True))
    path = "/1.1/users/show.json"

    async def under(host: str, **headers: str) -> int:
        return (
            await x.raw(Request("GET", x.address + path, {"host": host, **headers}, b""))
        ).status

    assert await under("api.twitter.com") == 403
    assert await under("api.twitter.com", **{"x-forwarded-proto": "https"}) == 400
    assert await under("127.0.0.1:8090") == 400
    assert (await x.call("GET", path, query={"user_id": "2002"})).status == 200


@pytest.mark.parametrize(
    "url",
    ["https://shop.example/ö", "https://müller.example/", "https://shop.example:8080", "http://a"],
)
async def test_links_that_have_a_form_in_ascii_are_taken(x, url: str):
    assert (await x.form(UPDATE, status=f"See {url}")).status == 200


@pytest.mark.parametrize(
    ("lat", "long"), [("-91", "0"), ("0", "181"), ("north", "0"), ("nan", "0")]
)
async def test_a_place_that_is_not_on_earth_is_3(x, lat: str, long: str):
    assert (await x.form(UPDATE, status="Here", lat=lat, long=long)).fault[:2] == (400, 3)
    assert (await x.form(UPDATE, status="Here", lat="59.9", long="-10.75")).status == 200
