"""What the client signs, an independent library's verifier accepts, whichever way it travels."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from oauthlib.oauth1.rfc5849 import signature as independent

from roost.testing.clocks import NOON
from roost.xapi import Credentials, encoding, hosts
from roost.xapi.encoding import Call
from roost.xapi.routes import ROUTES
from roost.xapi.routes.route import Auth, Encoding, Route
from roost.xapi.transport import Request

WHO = Credentials("key", "secret & more", "1001-token", "token~secret")
ADDRESSES = hosts.addresses(hosts.X_API)
ODD = "a b&c=d+e/%20ü€😀~*'()"
SIGNED = [route for route in ROUTES.values() if Auth.OAUTH1_USER in route.auth]


class _Client:
    """What oauthlib wants to know of who signs."""

    client_secret = WHO.consumer_secret
    resource_owner_secret = WHO.token_secret


def built(route: Route, call: Call, at: datetime = NOON) -> Request:
    return encoding.request(route, call, WHO, addresses=ADDRESSES, now=at)


def verified(request: Request) -> bool:
    """Verify a request as a server does: from what is in it alone."""
    header = request.headers["Authorization"].removeprefix("OAuth ")
    oauth = {name: unquote(text) for name, text in re.findall(r'(\w+)="([^"]*)"', header)}
    given = oauth.pop("oauth_signature")
    parts = urlsplit(request.url)
    parameters = [*oauth.items(), *parse_qsl(parts.query, keep_blank_values=True)]
    if request.headers.get("Content-Type") == "application/x-www-form-urlencoded":
        parameters += parse_qsl(request.body.decode(), keep_blank_values=True)
    normalized = independent.normalize_parameters(parameters)
    address = independent.base_string_uri(f"{parts.scheme}://{parts.netloc}{parts.path}")
    base = independent.signature_base_string(request.method, address, normalized)
    return independent.sign_hmac_sha1_with_client(base, _Client()) == given


@pytest.mark.parametrize("route", SIGNED, ids=[route.name for route in SIGNED])
def test_every_signed_route_is_signed_rightly(route: Route) -> None:
    path = {name: f"{name} {ODD}" for name in re.findall(r"\{(\w+)\}", route.path)}
    call = Call(
        route.name,
        path,
        [("id", ODD), ("empty", ""), ("realm", "a%20b")],
        body=b'{"a":1}' if route.encoding is Encoding.JSON else b"",
        files=[("media", b"\x00\xff")] if route.encoding is Encoding.MULTIPART else (),
    )

    request = built(route, call)

    assert verified(request)
    assert urlsplit(request.url).netloc == urlsplit(ADDRESSES[route.host]).netloc
    assert not verified(Request("PATCH", request.url, request.headers, request.body))


def test_parameters_of_the_protocol_are_signed_too() -> None:
    callback = "http://127.0.0.1:8080/callback?next=%2Fa%20b&x=ü"
    call = Call("oauth.request_token", protocol=[("oauth_callback", callback)])

    request = built(ROUTES[call.route], call)

    assert verified(request)
    assert "oauth_callback" not in request.url


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("dm.events.new", "https://api.x.com"),
        ("media.init", "https://upload.twitter.com"),
        ("media.private", "https://ton.twitter.com"),
    ],
)
def test_at_x_each_route_has_its_host_and_at_a_simulator_all_have_one(name: str, host: str) -> None:
    assert hosts.addresses("https://api.x.com/")[ROUTES[name].host] == host
    assert hosts.addresses("http://127.0.0.1:8090")[ROUTES[name].host] == "http://127.0.0.1:8090"


def test_what_is_secret_or_somebodys_text_is_not_shown() -> None:
    call = Call(
        "dm.events.new",
        parameters=[("access_token", "s3cret")],
        body=b"s3cret",
        files=[("media", b"s3cret")],
        bearer="s3cret",
        signed_by=Credentials("key", "s3cret", "token", "s3cret"),
        protocol=[("oauth_verifier", "s3cret")],
    )
    assert "s3cret" not in repr(call)


def test_files_are_announced_as_bytes_and_texts_are_not() -> None:
    call = Call("media.append", parameters=[("command", "APPEND")], files=[("media", b"\r\n--")])
    request = built(ROUTES[call.route], call)
    boundary = request.headers["Content-Type"].partition("boundary=")[2].encode()
    first, second = request.body.split(b"--" + boundary)[1:3]
    assert first == b'\r\nContent-Disposition: form-data; name="command"\r\n\r\nAPPEND\r\n'
    assert second.endswith(b"application/octet-stream\r\n\r\n\r\n--\r\n")
