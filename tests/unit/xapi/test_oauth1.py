"""OAuth 1.0a signatures against X's published vector, and what is never shown."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from oauthlib.oauth1.rfc5849 import signature as independent

from roost.xapi import oauth1
from roost.xapi.oauth1 import Credentials

X_EXAMPLE = Credentials(
    "xvz1evFS4wEEPTGEFPHBog",
    "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
    "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
    "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
)
AT = datetime.fromtimestamp(1318622958, UTC)
STATUS = [
    ("include_entities", "true"),
    ("status", "Hello Ladies + Gentlemen, a signed OAuth request!"),
]


def _fields(header: str) -> dict[str, str]:
    assert header.startswith("OAuth ")
    return {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', header)}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("api.x.com", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="),
        ("api.twitter.com", "hCtSmYh+iHYCEqBWrE7C7hYmtUk="),
    ],
)
def test_x_s_published_example_is_signed_as_published(
    host: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nonce = "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"
    monkeypatch.setattr(oauth1.secrets, "token_hex", lambda size: nonce)
    url = f"https://{host}/1.1/statuses/update.json"
    header = oauth1.authorization("POST", url, X_EXAMPLE, parameters_signed=STATUS, now=AT)
    assert _fields(header)["oauth_signature"] == expected


@pytest.mark.parametrize("value", ["plain", "a b", "ü€😀", "100%", "a+b&c=d", "~-._", "%2B", ""])
def test_an_independent_library_finds_the_same_signature(value: str) -> None:
    url = "http://127.0.0.1:8090/1.1/direct_messages/events/show.json"
    header = oauth1.authorization("GET", url, X_EXAMPLE, parameters_signed=[("id", value)], now=AT)
    fields = _fields(header)
    signed = fields.pop("oauth_signature")
    normalized = independent.normalize_parameters([("id", value), *fields.items()])
    base = independent.signature_base_string("GET", independent.base_string_uri(url), normalized)
    theirs = independent.sign_hmac_sha1_with_client(base, _Client())
    assert signed == theirs


class _Client:
    client_secret = X_EXAMPLE.consumer_secret
    resource_owner_secret = X_EXAMPLE.token_secret


def test_no_nonce_comes_twice() -> None:
    url = "https://api.x.com/1.1/direct_messages/events/new.json"
    headers = [oauth1.authorization("POST", url, X_EXAMPLE, now=AT) for _ in range(1_000)]
    assert len({_fields(header)["oauth_nonce"] for header in headers}) == 1_000


def test_secrets_are_not_in_the_repr() -> None:
    shown = repr(X_EXAMPLE)
    assert X_EXAMPLE.consumer_secret not in shown
    assert X_EXAMPLE.token_secret not in shown
