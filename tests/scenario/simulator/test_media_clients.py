"""Client libraries that know nothing of this project upload media, send it and fetch it."""

from __future__ import annotations

import base64
import io
import random
import time
from pathlib import Path

import anyio.to_thread
import pytest
import requests
import tweepy
from requests_oauthlib import OAuth1
from tests import samples
from tests.scenario.simulator.test_client_libraries import TlsFront, tweepy_api

UPLOAD = "/1.1/media/upload.json"

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
"""Tweepy's business."""


def session_of(x) -> requests.Session:
    who = x.signed()
    session = requests.Session()
    session.auth = OAuth1(who.consumer_key, who.consumer_secret, who.token, who.token_secret)
    session.mount("https://", TlsFront(x.address))
    return session


class Hours:
    """Lets the simulator's time pass where a library would sleep."""

    def __init__(self, x) -> None:
        self._address = x.address
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        advance = {"action": "advance", "seconds": seconds}
        requests.post(f"{self._address}/_sim/clock", json=advance, timeout=10).close()


async def test_tweepy_uploads_a_picture_describes_and_sends_it(x, tmp_path: Path):
    api = tweepy_api(x, "api.twitter.com")
    file = tmp_path / "order.png"
    file.write_bytes(samples.png(8, 6))

    def send():
        media = api.media_upload(str(file), media_category="dm_image")
        api.create_media_metadata(media.media_id, "The order")
        sent = api.send_direct_message(
            2002, "Here:", attachment_type="media", attachment_media_id=media.media_id
        )
        with pytest.raises(tweepy.BadRequest) as again:
            api.send_direct_message(
                2002, "", attachment_type="media", attachment_media_id=media.media_id
            )
        api.session.close()
        return media, sent, again.value.api_codes

    media, sent, codes = await anyio.to_thread.run_sync(send)

    assert (media.image["w"], media.image["h"], media.expires_after_secs) == (8, 6, 86_400)
    attachment = sent.message_create["message_data"]["attachment"]
    assert attachment["media"]["id_str"] == media.media_id_string
    assert attachment["media"]["ext_alt_text"] == "The order"
    assert codes == [324]


async def test_tweepy_uploads_a_video_in_steps_and_waits_for_it(x, monkeypatch):
    api, hours = tweepy_api(x, "api.x.com"), Hours(x)
    monkeypatch.setattr(time, "sleep", hours.sleep)
    film = samples.mp4() + bytes(3 << 20)

    def send():
        media = api.media_upload("film.mp4", file=io.BytesIO(film), media_category="dm_video")
        sent = api.send_direct_message(
            2002, "", attachment_type="media", attachment_media_id=media.media_id
        )
        api.session.close()
        return media, sent

    media, sent = await anyio.to_thread.run_sync(send)

    assert media.processing_info["state"] == "succeeded"
    assert hours.slept == [3]
    assert media.size == len(film)
    assert sent.message_create["message_data"]["attachment"]["media"]["type"] == "video"


async def test_tweepy_sees_that_processing_failed(x, monkeypatch):
    api, hours = tweepy_api(x, "api.x.com"), Hours(x)
    monkeypatch.setattr(time, "sleep", hours.sleep)

    def send():
        media = api.media_upload("film.mp4", file=io.BytesIO(b"no film"), media_category="DmVideo")
        api.session.close()
        return media

    media = await anyio.to_thread.run_sync(send)

    assert media.processing_info["state"] == "failed"
    assert media.processing_info["error"]["name"] == "InvalidMedia"


@pytest.mark.parametrize("origin", ["https://upload.twitter.com", "https://upload.x.com", ""])
@pytest.mark.parametrize("as_form", [False, True])
async def test_requests_uploads_to_every_host(x, origin: str, as_form: bool):
    text = base64.b64encode(samples.jpeg()).decode()

    def upload() -> dict[str, object]:
        what = {"data": {"media_data": text}} if as_form else {"files": {"media": samples.jpeg()}}
        with session_of(x) as session:
            answer = session.post((origin or x.address) + UPLOAD, timeout=10, **what)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert (await anyio.to_thread.run_sync(upload))["image"]["image_type"] == "image/jpeg"


async def test_requests_fetches_the_photo_a_customer_sent(x):
    def talk() -> tuple[bytes, int]:
        taken = requests.post(
            f"{x.address}/_sim/media", files={"media": samples.png()}, timeout=10
        ).json()
        action = {"action": "send_dm", "to": "1001", "media_ids": [taken["media_id"]]}
        written = requests.post(
            f"{x.address}/_sim/users/2002/actions", json=action, timeout=10
        ).json()
        data = written["events"][0]["message_create"]["message_data"]
        url = data["attachment"]["media"]["media_url_https"]
        with session_of(x) as session:
            photo = session.get(url, timeout=10).content
            session.auth = None
            return photo, session.get(url, timeout=10).status_code

    photo, unsigned = await anyio.to_thread.run_sync(talk)

    assert photo == samples.png()
    assert unsigned == 401


async def test_a_large_piece_goes_as_base64_in_a_signed_form(x):
    head = samples.mp4()
    piece = head + random.Random(5).randbytes((1 << 20) - len(head))

    def upload() -> int:
        with session_of(x) as session:
            url = x.address + UPLOAD
            init = {"command": "INIT", "total_bytes": len(piece), "media_type": "video/mp4"}
            media_id = session.post(url, data=init, timeout=60).json()["media_id_string"]
            append = {"command": "APPEND", "media_id": media_id, "segment_index": 0}
            text = base64.b64encode(piece).decode()
            status = session.post(url, data={**append, "media_data": text}, timeout=60).status_code
            assert status == 204
            done = session.post(url, data={"command": "FINALIZE", "media_id": media_id}, timeout=60)
            return done.json()["size"]

    assert await anyio.to_thread.run_sync(upload) == len(piece)
