"""Webhook signatures and challenges. Vectors computed apart, with openssl, from X's description."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.errors import InvalidChallenge, InvalidSignature
from roost.xapi import signing

SECRET = "test-consumer-secret"
BODY = b'{"for_user_id":"1001"}'
SIGNATURE = b"sha256=IJ22bPAUVsZNZNBHaNsX3u6mgv3kokPuiyo44vYrBQw="


def test_a_right_signature_makes_a_verified_body() -> None:
    verified = signing.verify(BODY, signature=SIGNATURE, consumer_secrets=[SECRET])
    assert verified.body == BODY


@pytest.mark.parametrize(
    "signature",
    [
        None,
        b"",
        b"sha256=",
        b"sha256=IJ22",
        SIGNATURE[:-1],
        SIGNATURE.lower(),
        SIGNATURE.replace(b"sha256=", b"SHA256="),
        SIGNATURE.replace(b"sha256=", b"sha1="),
        SIGNATURE + b"A",
        SIGNATURE + b"\n",
        b"sha256=" + b"A" * 43 + b"=",
        b"sha256=" + "ü".encode() * 22,
        b"sha256=" + hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest().encode(),
        b"x" * 10_000,
    ],
)
def test_any_other_signature_is_refused(signature: bytes | None) -> None:
    with pytest.raises(InvalidSignature):
        signing.verify(BODY, signature=signature, consumer_secrets=[SECRET])


def test_every_active_secret_is_tried_and_only_those() -> None:
    signing.verify(BODY, signature=SIGNATURE, consumer_secrets=["newer", SECRET])
    with pytest.raises(InvalidSignature):
        signing.verify(BODY, signature=SIGNATURE, consumer_secrets=["newer"])


@given(st.binary(max_size=200), st.integers(0, 199))
def test_one_changed_byte_is_enough_to_refuse(body: bytes, where: int) -> None:
    signature = signing.signature_of(body, SECRET)
    changed = bytearray(body or b"\0")
    changed[where % len(changed)] ^= 1
    with pytest.raises(InvalidSignature):
        signing.verify(bytes(changed), signature=signature, consumer_secrets=[SECRET])


def test_a_challenge_is_answered_with_the_token_signed() -> None:
    answer = signing.answer_challenge(
        b"crc_token=challenge-0001&nonce=x", signature=None, consumer_secrets=[SECRET]
    )
    assert answer == b'{"response_token":"sha256=E6mhkaNkuNtISfbIBFlzaA1SmlAKXC8lbvnArZtys8E="}'


def test_a_signed_challenge_is_answered_under_the_secret_that_signed_it() -> None:
    answer = signing.answer_challenge(
        b"crc_token=challenge-0001&nonce=bm9uY2U",
        signature=b"sha256=H7vXqGtFvMt683RVL8QeiTcw8iZfdNZdaNC66d0wqvk=",
        consumer_secrets=["newer", SECRET],
    )
    assert b"E6mhkaNkuNtISfbIBFlzaA1SmlAKXC8lbvnArZtys8E=" in answer


def test_a_challenge_whose_own_signature_is_wrong_is_refused() -> None:
    with pytest.raises(InvalidChallenge, match="signature"):
        signing.answer_challenge(b"crc_token=abc", signature=SIGNATURE, consumer_secrets=[SECRET])


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"crc_token",
        b"crc_token=",
        b"nonce=abc",
        b"crc_token=a&crc_token=b",
        b"crc_token=%7B%22for_user_id%22%3A%221001%22%7D",
        b"crc_token=a%20b",
        b"crc_token=a+b",
        b"crc_token=%22",
        b"crc_token=a%26b",
        b"crc_token=%00",
        b"crc_token=%0d%0a",
        b"crc_token=%ff",
        b"crc_token=\xff",
        b"crc_token=%F0%9F%98%80",
        b"crc_token=" + b"a" * 257,
        b"crc_token=abc%0A",
    ],
)
def test_a_token_that_x_would_not_send_is_refused(query: bytes) -> None:
    with pytest.raises(InvalidChallenge):
        signing.answer_challenge(query, signature=None, consumer_secrets=[SECRET])


@given(st.text(alphabet="abcXYZ019+/=_-", min_size=1, max_size=256))
def test_no_answer_to_a_challenge_can_sign_a_delivery(token: str) -> None:
    """Whatever the token, what is signed is the token itself, and no body looks like one."""
    query = b"crc_token=" + token.replace("+", "%2B").encode()
    answer = signing.answer_challenge(query, signature=None, consumer_secrets=[SECRET])
    digest = hmac.digest(SECRET.encode(), token.encode(), "sha256")
    assert base64.b64encode(digest) in answer
    assert not token.startswith(("{", "["))
