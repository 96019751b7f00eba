"""What makes X answer with each of its error codes: one function per code, named `_CODE`."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

from tests import samples, uploads

from roost.simulator.app import Options
from roost.simulator.clock import SystemClock
from roost.simulator.entries import Rules
from roost.xapi import oauth1
from roost.xapi.transport import Request

UPDATE = "/1.1/statuses/update.json"
LIKE = "/1.1/favorites/create.json"
ME = "/1.1/account/verify_credentials.json"
AAA = "/1.1/account_activity"
BEARER = "Bearer bearer-token-13090192"


async def post(x, by: str = "2002", **fields: str) -> str:
    done = await x.act(by, "post", **{"text": "Come in", **fields})
    assert done.status in {200, 201}, done.body
    return done.json["id"]


async def with_rules(stage, **rules: object):
    return await stage.simulator(stage.world(Rules(**rules)))


async def repost(x, post_id: str):
    return await x.form(f"/1.1/statuses/retweet/{post_id}.json")


async def follow(x, user_id: str):
    return await x.form("/1.1/friendships/create.json", user_id=user_id)


async def replay(x, webhook_id: str = "9", **query: str):
    path = f"{AAA}/replay/webhooks/{webhook_id}/subscriptions/all.json"
    return await x.call("POST", path, query=query, who=BEARER)


async def after(x, user_id: str, action: str, path: str = ME):
    assert (await x.act(user_id, action)).status in {200, 201}
    return await x.get(path)


async def changed(stage, user_id: str, **fields: object):
    """A simulator one of whose users is different."""
    world = stage.world()
    users = tuple(
        stage.replace(user, **fields) if user.user_id == user_id else user for user in world.users
    )
    return await stage.simulator(stage.replace(world, users=users))


async def of_app(stage, **fields: object):
    """A simulator whose first app is different."""
    world = stage.world()
    return await stage.simulator(
        stage.replace(world, apps=(stage.replace(world.apps[0], **fields), world.apps[1]))
    )


async def _3(x, stage):
    return await x.form(UPDATE, status="Here", lat="91", long="0")


async def _17(x, stage):
    return await x.get("/1.1/users/lookup.json", screen_name="nobody")


async def _32(x, stage):
    wrong = oauth1.Credentials(x.app.consumer_key, "wrong", "1001-token-13090192", "wrong")
    return await x.call("GET", ME, who=wrong)


async def _34(x, stage):
    return await x.get("/1.1/nothing/here.json")


async def _38(x, stage):
    return await x.form(UPDATE)


async def _44(x, stage):
    return await x.form(UPDATE, status="See", attachment_url="https://shop.example/")


async def _50(x, stage):
    return await x.send(to="77")


async def _61(x, stage):
    world = stage.world()
    hook = await stage.webhook()
    strong = await stage.simulator(world)
    made = await strong.call("POST", f"{AAA}/webhooks.json", query={"url": hook.url})
    state = await strong.control("GET", "/state")
    weak = {**state.json}
    weak["apps"][0]["access_level"] = "read"
    assert (await strong.control("PUT", "/state", weak)).status < 300
    return await replay(strong, made.json["id"], from_date="202601010000", to_date="202601010100")


async def _63(x, stage):
    await x.act("2002", "suspend")
    return await x.get("/1.1/users/show.json", user_id="2002")


async def _64(x, stage):
    return await after(x, "1001", "suspend")


async def _68(x, stage):
    return await x.form("/1/statuses/update.json", status="Hi")


async def _87(x, stage):
    return await x.form("/1.1/feedback/create.json", type="csat", to_user_id="2002")


async def _88(x, stage):
    limited = await with_rules(stage, user_dm_per_24h=0)
    return await limited.send()


async def _89(x, stage):
    return await x.call("GET", "/1.1/users/show.json", query={"user_id": "1"}, who="Bearer x")


async def _92(x, stage):
    strict = await stage.simulator(options=Options(is_strict=True))
    headers = {"host": "api.x.com"}
    return await strict.raw(Request("GET", strict.address + ME, headers, b""))


async def _93(x, stage):
    return await x.send(who=x.signed("1001", x.other))


async def _99(x, stage):
    return await x.call("POST", "/oauth2/token", who="Basic bm9ib2R5Om5vdGhpbmc=")


async def _135(x, stage):
    then = SystemClock().now() - timedelta(hours=2)
    header = oauth1.authorization("GET", x.address + ME, x.signed(), parameters_signed=[], now=then)
    return await x.call("GET", ME, who=header)


async def _139(x, stage):
    liked = await post(x)
    await x.form(LIKE, id=liked)
    return await x.form(LIKE, id=liked)


async def _144(x, stage):
    return await x.get("/1.1/statuses/show.json", id="77")


async def _150(x, stage):
    return await x.form(UPDATE, status="d cy Hello")


async def _151(x, stage):
    return await x.form(UPDATE, status="d ada Hello", fail_dmcommands="true")


async def _158(x, stage):
    return await follow(x, "1001")


async def _160(x, stage):
    private = await changed(stage, "2002", protected=True)
    await follow(private, "2002")
    return await follow(private, "2002")


async def _161(x, stage):
    eager = await with_rules(stage)
    for _ in range(400):
        assert (await follow(eager, "2002")).status == 200
    return await follow(eager, "2004")


async def _162(x, stage):
    return await follow(x, "2003")


async def _179(x, stage):
    private = await changed(stage, "2002", protected=True)
    return await private.form(LIKE, id=await post(private))


async def _185(x, stage):
    eager = await with_rules(stage)
    for n in range(300):
        assert (await eager.form(UPDATE, status=f"Number {n}")).status == 200
    return await repost(eager, await post(eager))


async def _186(x, stage):
    return await x.form(UPDATE, status="a" * 281)


async def _187(x, stage):
    await x.form(UPDATE, status="Again")
    return await x.form(UPDATE, status="Again")


async def _195(x, stage):
    return await x.call("POST", f"{AAA}/all/prod/webhooks.json")


async def _200(x, stage):
    return await x.call("GET", f"{AAA}/all/elsewhere/webhooks.json", who=BEARER)


async def _214(x, stage):
    return await x.send(ctas=[])


async def _215(x, stage):
    return await x.call("GET", ME, who="")


async def _220(x, stage):
    return await x.call("GET", ME, who=BEARER)


async def _251(x, stage):
    return await x.form("/1.1/direct_messages/new.json", text="Hi", user_id="2002")


async def _261(x, stage):
    return await x.call("POST", UPDATE, query={"status": "Hi"}, who=x.signed("1001", x.other))


async def _271(x, stage):
    return await x.form("/1.1/mutes/users/create.json", user_id="1001")


async def _272(x, stage):
    return await x.form("/1.1/mutes/users/destroy.json", user_id="2002")


async def _323(x, stage):
    ids = []
    for _ in range(2):
        done = await uploads.steps(
            x, samples.gif(300, 160), "image/gif", media_category="tweet_gif"
        )
        ids.append(done.json["media_id_string"])
    x.advance(seconds=3)
    return await x.form(UPDATE, status="Two", media_ids=",".join(ids))


async def _324(x, stage):
    attachment = {"type": "media", "media": {"id": await uploads.picture(x)}}
    await x.send(attachment=attachment)
    return await x.send(attachment=attachment)


async def _325(x, stage):
    return await x.send(attachment={"type": "media", "media": {"id": "77"}})


async def _326(x, stage):
    return await after(x, "1001", "lock")


async def _327(x, stage):
    original = await post(x)
    assert (await repost(x, original)).status == 200
    return await repost(x, original)


async def _348(x, stage):
    weak = x.signed("1001", x.other)
    return await x.call("POST", f"{AAA}/all/prod/subscriptions.json", who=weak)


async def _349(x, stage):
    return await x.send(to="2003")


async def _354(x, stage):
    return await x.send("a" * 10_001)


async def _355(x, stage):
    subscribed, _ = await stage.subscribed("1001")
    return await subscribed.call("POST", f"{AAA}/all/prod/subscriptions.json")


async def _replaying(stage, **span: str):
    hook = await stage.webhook()
    x = await stage.simulator()
    made = await x.call("POST", f"{AAA}/webhooks.json", query={"url": hook.url})
    return await replay(x, made.json["id"], **span)


async def _356(x, stage):
    return await _replaying(stage, from_date="202601020000", to_date="202601010000")


async def _357(x, stage):
    return await _replaying(stage, from_date="202601020000")


async def _358(x, stage):
    return await _replaying(stage, from_date="yesterday", to_date="202601010000")


async def _360(x, stage):
    return await replay(x, "-9", from_date="202601010000", to_date="202601010100")


async def _368(x, stage):
    now = SystemClock().now()
    begin, end = (f"{now - timedelta(minutes=ago):%Y%m%d%H%M}" for ago in (5, 1))
    return await _replaying(stage, from_date=begin, to_date=end)


async def _385(x, stage):
    return await x.form(UPDATE, status="@ada yes", in_reply_to_status_id="77")


async def _386(x, stage):
    link = "https://twitter.com/messages/compose?recipient_id=1001"
    picture = await uploads.picture(x)
    return await x.form(UPDATE, status="See", attachment_url=link, media_ids=picture)


async def _407(x, stage):
    return await x.form(UPDATE, status=f"See https://{'ö' * 64}.example/")


async def _415(x, stage):
    app = await of_app(stage, callback_urls=("https://acme.example/back",))
    who = oauth1.Credentials(app.app.consumer_key, app.app.consumer_secret, "", "")
    elsewhere = {"oauth_callback": "https://else.example/"}
    return await app.call("POST", "/oauth/request_token", query=elsewhere, who=who)


async def _416(x, stage):
    await x.control("PUT", "/faults", {"faults": [{"effect": "suspend_app"}]})
    return await x.get(ME)


async def _417(x, stage):
    who = oauth1.Credentials(x.app.consumer_key, x.app.consumer_secret, "", "")
    callback = {"oauth_callback": "https://acme.example/"}
    return await x.call("POST", "/oauth/request_token", query=callback, who=who)


async def _421(x, stage):
    withdrawn = await post(x)
    await x.act("2002", "withdraw_post", post_id=withdrawn)
    return await x.form(LIKE, id=withdrawn)


async def _422(x, stage):
    removed = await post(x)
    await x.act("2002", "remove_post", post_id=removed)
    return await x.get(f"/1.1/statuses/show/{removed}.json")


async def _425(x, stage):
    limited = await post(x)
    await x.act("2002", "limit_post", post_id=limited)
    return await repost(x, limited)


async def _433(x, stage):
    closed = await post(x, replies_from="followed")
    return await x.form(UPDATE, status="@ada why?", in_reply_to_status_id=closed)


async def _453(x, stage):
    small = await of_app(stage, withheld=("account.",))
    return await small.get(ME)


async def _476(x, stage):
    careful = await with_rules(stage, message_requests="verified")
    return await careful.send()


PROVOKED: dict[int, Callable[..., Awaitable]] = {
    int(name[1:]): provoke for name, provoke in globals().items() if re.fullmatch(r"_\d+", name)
}
"""By code: called with a simulator and the stage, gives the answer that has it."""
