"""Older Python client libraries, which their authors have left and bots still use."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import birdy.twitter
import pytest
import twitter
import twython
from tests import foreign, samples
from tests.foreign import Counts
from tests.scenario.simulator.foreign.hosts import Hosts, Steps, verifier_at
from tests.scenario.simulator.legs import CALLBACK

AWKWARD = "1+1 = 2% of %2B & ü~ (it's *!)"


def _shown(text: str) -> str:
    return text.replace("&", "&amp;")


async def test_python_twitter(hosts: Hosts, tmp_path: Path, request: pytest.FixtureRequest):
    who = hosts.x.signed()
    keys = (who.consumer_key, who.consumer_secret, who.token, who.token_secret)
    api = twitter.Api(*keys)
    picture = tmp_path / "a.png"
    picture.write_bytes(samples.png())
    posted: list[int] = []

    def as_app() -> bool:
        app = twitter.Api(*keys[:2], application_only_auth=True)
        return app.GetUser(screen_name="ada").id == 2002

    def post_picture() -> bool:
        with picture.open("rb") as file:
            post = api.PostUpdate("look", media=file)
        posted.append(post.id)
        return [one.type for one in post.media] == ["photo"]

    def upload(by: Callable[[BinaryIO], int]) -> bool:
        with picture.open("rb") as file:
            return by(file) > 0

    steps: Steps = {
        "send": lambda: api.PostDirectMessage(AWKWARD, user_id=2002).text == _shown(AWKWARD),
        "verify credentials": lambda: api.VerifyCredentials().screen_name == "acme",
        "look up": lambda: [one.id for one in api.UsersLookup(screen_name=["ada"])] == [2002],
        "show a user": lambda: api.GetUser(user_id=2002).screen_name == "ada",
        "ask as the app": as_app,
        "post": lambda: api.PostUpdate(AWKWARD).text == _shown(AWKWARD),
        "post a picture": post_picture,
        "upload at once": lambda: upload(api.UploadMediaSimple),
        "upload in pieces": lambda: upload(api.UploadMediaChunked),
        "show a Post": lambda: api.GetStatus(posted[0]).user.screen_name == "acme",
        "like": lambda: api.CreateFavorite(status_id=posted[0]).favorited,
        "follow": lambda: api.CreateFriendship(user_id=2002).id == 2002,
        "followed": lambda: api.GetFriendIDs(user_id=1001) == [2002],
        "delete a Post": lambda: api.DestroyStatus(posted[0]).id == posted[0],
    }
    foreign.report(request, "python-twitter", await hosts.run(steps), Counts(14, 18, 14))


def _agrees(keys: tuple[str, str]) -> bool:
    begun = twython.Twython(*keys).get_authentication_tokens(callback_url=CALLBACK)
    verifier = verifier_at(f"{begun['auth_url']}&screen_name=ada")
    token = begun["oauth_token"], begun["oauth_token_secret"]
    return twython.Twython(*keys, *token).get_authorized_tokens(verifier)["user_id"] == "2002"


def _asks_as_app(keys: tuple[str, str]) -> bool:
    token = twython.Twython(*keys, oauth_version=2).obtain_access_token()
    app = twython.Twython(keys[0], access_token=token)
    return app.show_user(screen_name="ada")["id"] == 2002


async def test_twython(hosts: Hosts, request: pytest.FixtureRequest):
    who = hosts.x.signed()
    keys = (who.consumer_key, who.consumer_secret)
    api = twython.Twython(*keys, who.token, who.token_secret)
    sent: list[str] = []
    message = {
        "type": "message_create",
        "message_create": {
            "target": {"recipient_id": "2002"},
            "message_data": {"text": AWKWARD},
        },
    }

    def send() -> bool:
        sent.append(api.send_direct_message(event=message)["event"]["id"])
        return True

    def describe() -> bool:
        media = api.upload_media(media=io.BytesIO(samples.png()))["media_id_string"]
        with contextlib.suppress(twython.TwythonError):  # it wants JSON, and X answers nothing
            api.create_metadata(media_id=media, alt_text={"text": "a picture"})
        shown = api.update_status(status="look", media_ids=media)
        return shown["entities"]["media"][0]["ext_alt_text"] == "a picture"

    def upload_video() -> bool:
        video = io.BytesIO(samples.mp4())
        found = api.upload_video(video, "video/mp4", "tweet_video", check_progress=False)
        return found["processing_info"]["state"] == "pending"

    steps: Steps = {
        "agree": lambda: _agrees(keys),
        "ask as the app": lambda: _asks_as_app(keys),
        "send": send,
        "show": lambda: api.get_direct_message(id=sent[-1])["event"]["id"] == sent[-1],
        "list": lambda: api.get_direct_messages(count=5)["events"][0]["id"] == sent[-1],
        "delete": lambda: api.destroy_direct_message(id=sent[-1]) == b"",
        "post": lambda: api.update_status(status=AWKWARD)["text"] == _shown(AWKWARD),
        "describe a picture": describe,
        "upload a video": upload_video,
        "look up": lambda: [one["id"] for one in api.lookup_user(user_id="2002")] == [2002],
        "follow": lambda: api.create_friendship(screen_name="ada")["id"] == 2002,
        "relationship": lambda: api.show_friendship(target_id="2002")["relationship"]["source"][
            "can_dm"
        ],
        "verify credentials": lambda: api.verify_credentials()["screen_name"] == "acme",
    }
    foreign.report(request, "twython", await hosts.run(steps), Counts(13, 20, 13))


async def test_birdy(hosts: Hosts, request: pytest.FixtureRequest):
    who = hosts.x.signed()
    keys = (who.consumer_key, who.consumer_secret)
    client = birdy.twitter.UserClient(*keys, who.token, who.token_secret)
    message_id = (await hosts.x.write("Where is my parcel?")).json["id"]
    events = client.api.direct_messages.events

    def three_legs() -> bool:
        new = birdy.twitter.UserClient(*keys)
        begun = new.get_authorize_token(CALLBACK, screen_name="ada")
        return new.get_access_token(verifier_at(begun.auth_url))["screen_name"] == "ada"

    def as_app() -> bool:
        app = birdy.twitter.AppClient(*keys)
        app.get_access_token()
        return app.api.users.show.get(screen_name="ada").data.id == 2002

    def upload() -> bool:
        media = client.upload.media.upload.post(media=io.BytesIO(samples.png())).data
        shown = client.api.statuses.update.post(status="look", media_ids=[media.media_id_string])
        return shown.data.entities.media[0].id == media.media_id

    steps: Steps = {
        "agree": three_legs,
        "ask as the app": as_app,
        "list": lambda: events.list.get(count=5).data.events[0].id == message_id,
        "show": lambda: events.show.get(id=message_id).data.event.id == message_id,
        "post": lambda: (
            client.api.statuses.update.post(status=AWKWARD).data.text == _shown(AWKWARD)
        ),
        "post a picture": upload,
        "verify credentials": lambda: client.api.account.verify_credentials.get().data.id == 1001,
        "register": lambda: (
            client.api.account_activity.all.prod.webhooks.post(url=hosts.hook.url).data.valid
        ),
    }
    foreign.report(request, "birdy", await hosts.run(steps), Counts(8, 12, 8))
