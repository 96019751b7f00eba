"""Client libraries walk the three-legged flow, a person's part played by a form that is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import anyio.to_thread
import pytest
import requests
import tweepy
from authlib.integrations.requests_client import OAuth1Session as AuthlibSession
from requests_oauthlib import OAuth1Session
from tests.scenario.simulator.legs import ACCESS, CALLBACK, ME, REQUEST, world

from roost.simulator.entries import Rules
from roost.xapi import oauth1


@pytest.fixture
async def flow(stage):
    """A simulator with an app that may be called back, and pages for people."""
    return await stage.simulator(world(stage))


async def walk(step: Callable[[], object]):
    """Let a library that blocks do something."""
    return await anyio.to_thread.run_sync(step)


def agree(address: str, user_id: str = "1002", decision: str = "allow") -> requests.Response:
    """Do what a browser does with the page: fill in its form and send it."""
    with requests.Session() as browser:
        page = browser.get(address, timeout=10)
        assert page.status_code == 200
        parts = urlsplit(address)
        (target,) = re.findall(r'<form method="post" action="([^"]+)"', page.text)
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page.text))
        fields |= {"user_id": user_id, "decision": decision}
        url = f"{parts.scheme}://{parts.netloc}{target}"
        return browser.post(url, data=fields, timeout=10, allow_redirects=False)


def pin_on(page: requests.Response) -> str:
    (pin,) = re.findall(r"<code>([0-9]{7})</code>", page.text)
    return pin


async def test_requests_oauthlib_walks_the_flow_with_a_callback(flow):
    def go():
        app = flow.app
        with OAuth1Session(
            app.consumer_key, app.consumer_secret, callback_uri=f"{CALLBACK}?from=x"
        ) as session:
            begun = session.fetch_request_token(flow.address + REQUEST)
            back = agree(session.authorization_url(f"{flow.address}/oauth/authorize"))
            session.parse_authorization_response(back.headers["location"])
            token = session.fetch_access_token(flow.address + ACCESS)
            return begun, back, token, session.get(flow.address + ME, timeout=10).json()

    begun, back, token, me = await walk(go)

    assert begun["oauth_callback_confirmed"] == "true"
    assert back.status_code == 302
    assert back.headers["location"].startswith(f"{CALLBACK}?from=x&oauth_token=")
    assert parse_qs(urlsplit(back.headers["location"]).query)["oauth_token"] == [
        begun["oauth_token"]
    ]
    assert (token["user_id"], token["screen_name"]) == ("1002", "twin")
    assert me["id_str"] == "1002"


async def test_authlib_walks_the_flow_with_a_pin(flow):
    def go():
        app = flow.app
        with AuthlibSession(app.consumer_key, app.consumer_secret, redirect_uri="oob") as session:
            begun = session.fetch_request_token(flow.address + REQUEST)
            page = agree(session.create_authorization_url(f"{flow.address}/oauth/authorize"))
            session.token = begun
            token = session.fetch_access_token(flow.address + ACCESS, verifier=pin_on(page))
            return token, session.get(flow.address + ME, timeout=10).json()

    token, me = await walk(go)

    assert token["oauth_token"].startswith("1002-")
    assert (token["screen_name"], me["screen_name"]) == ("twin", "twin")


async def test_authlib_walks_the_flow_where_consent_is_automatic(stage):
    x = await stage.simulator(world(stage, Rules(limits="off", consent="auto")))

    def go():
        app = x.app
        with AuthlibSession(
            app.consumer_key, app.consumer_secret, redirect_uri=CALLBACK
        ) as session:
            begun = session.fetch_request_token(x.address + REQUEST)
            url = session.create_authorization_url(
                f"{x.address}/oauth/authorize", begun["oauth_token"], screen_name="ada"
            )
            with requests.get(url, timeout=10, allow_redirects=False) as back:
                session.parse_authorization_response(back.headers["location"])
            return session.fetch_access_token(x.address + ACCESS)

    assert (await walk(go))["user_id"] == "2002"


async def test_automatic_consent_is_the_owners_and_shows_a_pin_where_there_is_no_callback(stage):
    x = await stage.simulator(world(stage, Rules(limits="off", consent="auto")))

    def go():
        app = x.app
        with OAuth1Session(app.consumer_key, app.consumer_secret, callback_uri="oob") as session:
            session.fetch_request_token(x.address + REQUEST)
            url = session.authorization_url(f"{x.address}/oauth/authenticate")
            with requests.get(url, timeout=10) as page:
                return session.fetch_access_token(x.address + ACCESS, verifier=pin_on(page))

    token = await walk(go)

    # The owner has given this app a token before: X gives the same one again.
    assert token["oauth_token"] == "1001-token-13090192"


async def test_tweepy_walks_the_flow_without_naming_a_callback(stage):
    x = await stage.simulator(world(stage, callback_urls=()))

    def go():
        auth = tweepy.OAuth1UserHandler(x.app.consumer_key, x.app.consumer_secret)
        auth._get_oauth_url = lambda endpoint: f"{x.address}/oauth/{endpoint}"
        page = agree(auth.get_authorization_url())
        auth.oauth.close()
        given = auth.get_access_token(pin_on(page))
        auth.oauth.close()
        return given

    token, secret = await walk(go)

    who = oauth1.Credentials(x.app.consumer_key, x.app.consumer_secret, token, secret)
    assert (await x.call("GET", ME, who=who)).json["id_str"] == "1002"
