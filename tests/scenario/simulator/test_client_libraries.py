"""Client libraries that know nothing of this project, pointed at the simulator."""

from __future__ import annotations

from urllib.parse import urlsplit

import anyio.to_thread
import pytest
import requests
import tweepy
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256, SIGNATURE_TYPE_BODY, SIGNATURE_TYPE_QUERY
from requests.adapters import HTTPAdapter
from requests_oauthlib import OAuth1


class TlsFront(HTTPAdapter):
    """Does what a TLS front before the simulator does: takes https, passes http on."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def send(self, request: requests.PreparedRequest, **settings) -> requests.Response:
        parts = urlsplit(request.url)
        request.headers["X-Forwarded-Proto"] = "https"
        request.headers["X-Forwarded-Host"] = parts.netloc
        target = urlsplit(self._address)
        request.url = parts._replace(scheme=target.scheme, netloc=target.netloc).geturl()
        return super().send(request, **settings)


def tweepy_api(x, host: str, user_id: str = "1001") -> tweepy.API:
    who = x.signed(user_id)
    auth = tweepy.OAuth1UserHandler(
        who.consumer_key, who.consumer_secret, who.token, who.token_secret
    )
    api = tweepy.API(auth, host=host)
    api.session.mount("https://", TlsFront(x.address))
    return api


@pytest.mark.parametrize("host", ["api.twitter.com", "api.x.com", "x.example.test:8443"])
async def test_tweepy_sends_a_message_and_reads_it_back(x, host: str):
    api = tweepy_api(x, host)

    def talk():
        sent = api.send_direct_message(
            2002,
            "How can we help?",
            quick_reply_options=[{"label": "Track", "metadata": "flow:track"}],
            ctas=[{"type": "web_url", "label": "Help", "url": "https://shop.example/help"}],
        )
        api.session.close()
        return sent, api.get_direct_message(sent.id), api.get_direct_messages(count=5)

    sent, shown, listed = await anyio.to_thread.run_sync(talk)

    assert sent.message_create["message_data"]["text"] == "How can we help?"
    assert "source_app_id" not in sent.message_create
    assert sent.message_create["message_data"]["ctas"][0]["tco_url"].startswith("https://t.co/")
    assert shown.message_create["source_app_id"] == "13090192"
    assert [one.id for one in listed] == [sent.id]


async def test_tweepy_understands_refusals(x):
    api = tweepy_api(x, "api.x.com")

    def be_refused() -> list[int]:
        with pytest.raises(tweepy.Forbidden) as blocked:
            api.send_direct_message(2003, "Hi")
        with pytest.raises(tweepy.NotFound) as unknown:
            api.send_direct_message(4711, "Hi")
        api.session.close()
        return [*blocked.value.api_codes, *unknown.value.api_codes]

    assert await anyio.to_thread.run_sync(be_refused) == [349, 50]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"signature_method": SIGNATURE_HMAC_SHA256},
        {"signature_type": SIGNATURE_TYPE_QUERY},
    ],
)
async def test_requests_oauthlib_signs_a_list_with_awkward_values(x, settings):
    who = x.signed()
    auth = OAuth1(who.consumer_key, who.consumer_secret, who.token, who.token_secret, **settings)
    url = f"{x.address}/1.1/direct_messages/events/list.json"

    def call() -> int:
        odd = {"count": "3", "realm": "a", "x": "1+1 = 2% of %2B & ü~"}
        with requests.get(url, params=odd, auth=auth, timeout=10) as answer:
            return answer.status_code

    assert await anyio.to_thread.run_sync(call) == 200


@pytest.mark.parametrize("settings", [{}, {"signature_type": SIGNATURE_TYPE_BODY}])
async def test_requests_oauthlib_signs_a_form(stage, settings):
    x = await stage.simulator()
    hook = await stage.webhook()
    who = x.signed()
    auth = OAuth1(who.consumer_key, who.consumer_secret, who.token, who.token_secret, **settings)
    url = f"{x.address}/1.1/account_activity/all/prod/webhooks.json"

    def register() -> requests.Response:
        with requests.post(url, data={"url": hook.url}, auth=auth, timeout=10) as answer:
            return answer

    answer = await anyio.to_thread.run_sync(register)

    assert answer.status_code == 200
    assert answer.json()["url"] == hook.url
