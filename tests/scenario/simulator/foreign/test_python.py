"""Python client libraries that know nothing of this project, pointed at X's own hosts."""

from __future__ import annotations

import io
import json

import pytest
import tweepy
from authlib.integrations.requests_client import OAuth1Session as AuthlibSession
from requests_oauthlib import OAuth1Session
from tests import foreign, samples
from tests.foreign import Counts
from tests.scenario.simulator.foreign.hosts import Hosts, Steps
from TwitterAPI import TwitterAPI

API = "https://api.twitter.com"
NEW = f"{API}/1.1/direct_messages/events/new.json"
# tweepy looks at a picture's kind with it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
HOOKS = f"{API}/1.1/account_activity/all/prod/webhooks.json"
AWKWARD = "1+1 = 2% of %2B & ü~ (it's *!)"
EVENT = {
    "event": {
        "type": "message_create",
        "message_create": {
            "target": {"recipient_id": "2002"},
            "message_data": {"text": AWKWARD},
        },
    }
}

WELCOME = {"welcome_message": {"name": "hello", "message_data": {"text": AWKWARD}}}


def _pages(api: tweepy.API) -> list[str]:
    return [one.id for one in tweepy.Cursor(api.get_direct_messages, count=1).items()]


def _learns_of_refusals(api: tweepy.API) -> bool:
    try:
        api.get_direct_message(1)
    except tweepy.NotFound as refused:
        return refused.api_codes == [34]
    return False


def _posts_pictures(api: tweepy.API) -> bool:
    ids = [api.media_upload("a.png", file=io.BytesIO(samples.png())).media_id for _ in range(2)]
    shown = api.update_status("look", media_ids=ids).extended_entities["media"]
    return [one["id"] for one in shown] == ids


async def test_tweepy(hosts: Hosts, request: pytest.FixtureRequest):
    who = hosts.x.signed()
    keys = (who.consumer_key, who.consumer_secret, who.token, who.token_secret)
    api = tweepy.API(tweepy.OAuth1UserHandler(*keys))
    sent = ["1"]

    def send() -> bool:
        options = [{"label": "Track", "metadata": "flow:track"}]
        message = api.send_direct_message(2002, AWKWARD, quick_reply_options=options)
        sent.append(message.id)
        return message.message_create["message_data"]["text"].startswith("1+1")

    def send_picture() -> bool:
        media = api.media_upload("a.png", file=io.BytesIO(samples.png()))
        picture = {"attachment_type": "media", "attachment_media_id": media.media_id}
        message = api.send_direct_message(2002, "look", **picture)
        return message.message_create["message_data"]["attachment"]["media"]["type"] == "photo"

    steps: Steps = {
        "send": send,
        "show": lambda: api.get_direct_message(sent[-1]).id == sent[-1],
        "list": lambda: [one.id for one in api.get_direct_messages(count=5)] == sent[1:],
        "page": lambda: _pages(api) == sent[:0:-1],
        "learn of a refusal": lambda: _learns_of_refusals(api),
        "post pictures": lambda: _posts_pictures(api),
        "verify credentials": lambda: api.verify_credentials().screen_name == "acme",
        "send a picture": send_picture,
        "delete": lambda: api.delete_direct_message(sent[-1]) is None,
        "look up": lambda: [one.id for one in api.lookup_users(screen_name=["ada"])] == [2002],
        "post": lambda: api.update_status(AWKWARD).user.screen_name == "acme",
        "follow": lambda: api.create_friendship(user_id=2002).id == 2002,
        "relationship": lambda: api.get_friendship(target_id=2002)[0].following,
        "type": lambda: api.indicate_direct_message_typing(2002) is None,
    }
    foreign.report(request, "tweepy", await hosts.run(steps), Counts(14, 16, 14))


async def test_twitterapi(hosts: Hosts, request: pytest.FixtureRequest):
    who = hosts.x.signed()
    api = TwitterAPI(who.consumer_key, who.consumer_secret, who.token, who.token_secret)
    webhooks = "account_activity/all/:prod/webhooks"
    sent = ["1"]

    def ask(resource: str, params: object = None):
        return api.request(resource, params)

    def upload():
        return api.request("media/upload", None, {"media": samples.png()})

    def ask_as_app() -> bool:
        app = TwitterAPI(who.consumer_key, who.consumer_secret, auth_type="oAuth2")
        return "environments" in app.request("account_activity/all/webhooks").json()

    def send() -> bool:
        answer = ask("direct_messages/events/new", json.dumps(EVENT))
        if answer.status_code == 200:
            sent.append(answer.json()["event"]["id"])
        return answer.status_code == 200

    def is_listed() -> bool:
        (found,) = ask("direct_messages/events/list", {"count": 5}).json()["events"]
        return found["id"] == sent[-1]

    steps: Steps = {
        "send": send,
        "show": lambda: (
            ask("direct_messages/events/show", {"id": sent[-1]}).json()["event"]["id"] == sent[-1]
        ),
        "list": is_listed,
        "register": lambda: ask(webhooks, {"url": hosts.hook.url}).json()["valid"],
        "environments": lambda: "environments" in ask("account_activity/all/webhooks").json(),
        "subscribe": lambda: ask("account_activity/all/:prod/subscriptions").status_code == 204,
        "bearer": ask_as_app,
        "verify credentials": lambda: (
            ask("account/verify_credentials").json()["screen_name"] == "acme"
        ),
        "welcome message": lambda: (
            ask("direct_messages/welcome_messages/new", json.dumps(WELCOME)).status_code == 200
        ),
        "picture": lambda: "media_id" in upload().json(),
        "post": lambda: "id" in ask("statuses/update", {"status": AWKWARD}).json(),
        "type": lambda: (
            ask("direct_messages/indicate_typing", {"recipient_id": 2002}).status_code == 204
        ),
    }
    foreign.report(request, "TwitterAPI", await hosts.run(steps), Counts(12, 13, 12))


async def test_requests_oauthlib(hosts: Hosts, request: pytest.FixtureRequest):
    who = hosts.x.signed()
    session = OAuth1Session(who.consumer_key, who.consumer_secret, who.token, who.token_secret)
    foreign.report(
        request, "requests-oauthlib", await hosts.run(_by_hand(session, hosts)), Counts(4, 4, 4)
    )


async def test_authlib(hosts: Hosts, request: pytest.FixtureRequest):
    who = hosts.x.signed()
    session = AuthlibSession(who.consumer_key, who.consumer_secret, who.token, who.token_secret)
    foreign.report(request, "Authlib", await hosts.run(_by_hand(session, hosts)), Counts(4, 4, 4))


def _by_hand(session, hosts: Hosts) -> Steps:
    listed = f"{API}/1.1/direct_messages/events/list.json"
    return {
        "send": lambda: session.post(NEW, json=EVENT).status_code == 200,
        "list": lambda: session.get(listed, params={"count": "5", "x": AWKWARD}).ok,
        "register": lambda: session.post(HOOKS, data={"url": hosts.hook.url}).ok,
        "other host": lambda: session.get(listed.replace("twitter.com", "x.com")).ok,
    }
