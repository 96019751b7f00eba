"""Signatures as libraries of other languages make them: taken, and refused once tampered with.

Each maker here signs by itself, after RFC 5849, in the form that the library is known for:
`abraham/twitteroauth` (PHP), the `oauth` gem and `twurl` (Ruby), and requests with everything in
the query, as shell scripts around curl make them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import AnyStr
from urllib.parse import quote, urlencode

import pytest

from roost.simulator.clock import SystemClock
from roost.xapi.oauth1 import Credentials
from roost.xapi.transport import Request

Pairs = Iterable[tuple[str, str]]
Maker = Callable[[str, Credentials], Request]

LIST = "/1.1/direct_messages/events/list.json"
NEW = "/1.1/direct_messages/events/new.json"
FOLLOW = "/1.1/friendships/create.json"
FORM = "application/x-www-form-urlencoded"
MESSAGE = (
    b'{"event":{"type":"message_create","message_create":'
    b'{"target":{"recipient_id":"2002"},"message_data":{"text":"Hi & bye"}}}}'
)


def encoded(text: str) -> str:
    return quote(text, safe="-._~")


def nonce() -> str:
    return secrets.token_hex(16)


def protocol(who: Credentials, **more: str) -> dict[str, str]:
    return {
        "oauth_version": "1.0",
        "oauth_nonce": nonce(),
        "oauth_timestamp": str(int(SystemClock().now().timestamp())),
        "oauth_consumer_key": who.consumer_key,
        "oauth_token": who.token,
        "oauth_signature_method": "HMAC-SHA1",
        **more,
    }


def signature(method: str, url: str, signed: Pairs, who: Credentials) -> str:
    pairs = sorted((encoded(name), encoded(value)) for name, value in signed)
    parameters = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join(map(encoded, (method, url, parameters)))
    key = f"{encoded(who.consumer_secret)}&{encoded(who.token_secret)}"
    digest = hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def header(pairs: Mapping[str, str], separator: str = ", ") -> str:
    return separator.join(f'{name}="{encoded(value)}"' for name, value in pairs.items())


def php_form(address: str, who: Credentials) -> Request:
    """TwitterOAuth: sorted, a comma and a space, the form signed with the rest."""
    form = {"user_id": "2002", "follow": "true", "note": "a b+c~&ü"}
    oauth = protocol(who)
    oauth["oauth_signature"] = signature(
        "POST", address + FOLLOW, [*oauth.items(), *form.items()], who
    )
    headers = {
        "Authorization": f"OAuth {header(dict(sorted(oauth.items())))}",
        "Content-Type": FORM,
        "Accept": "application/json",
        "Expect": "",
    }
    return Request("POST", address + FOLLOW, headers, urlencode(form, quote_via=quote).encode())


def php_query(address: str, who: Credentials) -> Request:
    """The same with a query, in which a space is `%20`."""
    query = {"count": "5", "x": "a b"}
    oauth = protocol(who)
    oauth["oauth_signature"] = signature(
        "GET", address + LIST, [*oauth.items(), *query.items()], who
    )
    url = f"{address}{LIST}?{urlencode(query, quote_via=quote)}"
    return Request("GET", url, {"Authorization": f"OAuth {header(oauth)}"})


def ruby_json(address: str, who: Credentials) -> Request:
    """The `oauth` gem: an empty realm, which nobody signs, and a hash of the body, which is."""
    body_hash = base64.b64encode(hashlib.sha1(MESSAGE).digest()).decode()
    oauth = protocol(who, oauth_body_hash=body_hash)
    oauth["oauth_signature"] = signature("POST", address + NEW, oauth.items(), who)
    headers = {
        "Authorization": f'OAuth realm="", {header(oauth)}',
        "Content-Type": "application/json",
        "User-Agent": "OAuth gem v1.1.0",
    }
    return Request("POST", address + NEW, headers, MESSAGE)


def twurl(address: str, who: Credentials) -> Request:
    """Twurl: the gem's order, a realm, and a form sent with a charset, signed all the same."""
    form = {"user_id": "2002"}
    oauth = protocol(who)
    oauth["oauth_signature"] = signature(
        "POST", address + FOLLOW, [*oauth.items(), *form.items()], who
    )
    headers = {
        "Authorization": f'OAuth realm="{address}", {header(oauth)}',
        "Content-Type": f"{FORM}; charset=UTF-8",
        "User-Agent": "twurl version: 0.9.7 platform: ruby 3.2.2",
    }
    return Request("POST", address + FOLLOW, headers, urlencode(form).encode())


def curl(address: str, who: Credentials) -> Request:
    """Everything in the query, the signature last, and no header at all."""
    query = {**protocol(who), "count": "5"}
    query["oauth_signature"] = signature("GET", address + LIST, query.items(), who)
    return Request("GET", f"{address}{LIST}?{urlencode(query, quote_via=quote)}", {})


def curl_form(address: str, who: Credentials) -> Request:
    """The same with everything in the form."""
    form = {**protocol(who), "user_id": "2002"}
    form["oauth_signature"] = signature("POST", address + FOLLOW, form.items(), who)
    body = urlencode(form, quote_via=quote).encode()
    return Request("POST", address + FOLLOW, {"Content-Type": FORM}, body)


MAKERS = (php_form, php_query, ruby_json, twurl, curl, curl_form)


@pytest.fixture(params=MAKERS, ids=lambda maker: maker.__name__)
def maker(request: pytest.FixtureRequest) -> Maker:
    return request.param


async def test_it_is_taken(x, maker: Maker):
    answer = await x.raw(maker(x.address, x.signed()))

    assert answer.status == 200, answer.body


@pytest.mark.parametrize("secret", ["consumer_secret", "token_secret"])
async def test_one_made_with_another_secret_is_refused(x, maker: Maker, secret: str):
    wrong = replace(x.signed(), **{secret: "another"})

    assert (await x.raw(maker(x.address, wrong))).fault[:2] == (401, 32)


async def test_one_that_comes_twice_is_refused(x, maker: Maker):
    request = maker(x.address, x.signed())

    assert (await x.raw(request)).status == 200
    assert (await x.raw(request)).fault[:2] == (401, 32)


def in_url(old: str, new: str) -> Callable[[Request], Request]:
    return lambda request: replace(request, url=changed(request.url, old, new))


def in_body(old: bytes, new: bytes) -> Callable[[Request], Request]:
    return lambda request: replace(request, body=changed(request.body, old, new))


def in_header(old: str, new: str) -> Callable[[Request], Request]:
    def change(request: Request) -> Request:
        headers = dict(request.headers)
        headers["Authorization"] = changed(headers["Authorization"], old, new)
        return replace(request, headers=headers)

    return change


def changed(text: AnyStr, old: AnyStr, new: AnyStr) -> AnyStr:
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("maker", "tamper"),
    [
        (php_form, in_body(b"user_id=2002", b"user_id=2003")),
        (php_form, in_body(b"follow=true&", b"")),
        (php_form, in_header(', oauth_version="1.0"', "")),
        (php_query, in_url("count=5", "count=6")),
        (php_query, in_url(LIST, "/1.1/direct_messages/events/show.json")),
        (ruby_json, in_body(b"Hi", b"Ho")),
        (ruby_json, in_header('oauth_body_hash="', 'oauth_body_hash="A')),
        (twurl, in_body(b"2002", b"2003")),
        (curl, in_url("count=5", "count=6")),
        (curl_form, in_body(b"user_id=2002", b"user_id=2003")),
    ],
)
async def test_one_that_was_tampered_with_is_refused(
    x, maker: Maker, tamper: Callable[[Request], Request]
):
    request = tamper(maker(x.address, x.signed()))

    assert (await x.raw(request)).fault[:2] == (401, 32)
