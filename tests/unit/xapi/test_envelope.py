"""Delivery bodies become events, and nothing in them is dropped."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.errors import MalformedDelivery
from roost.model.events import MessageReceived, MessageSent, Unrecognised
from roost.model.messages import Button, QuickReply
from roost.testing.clocks import NOON
from roost.xapi import envelope, signing
from roost.xapi.envelope import Decoded

SECRET = "s"


def decode(body: object) -> Decoded:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = signing.signature_of(raw, SECRET)
    verified = signing.verify(raw, signature=signature, consumer_secrets=[SECRET])
    return envelope.decode(verified, received_at=NOON)


def message(sender: str = "2002", recipient: str = "1001", **data: object) -> dict[str, object]:
    return {
        "type": "message_create",
        "id": "1580000000000000010",
        "created_timestamp": "1665500100456",
        "message_create": {
            "target": {"recipient_id": recipient},
            "sender_id": sender,
            "message_data": {"text": "hi", "entities": {"urls": []}, **data},
        },
    }


def body(*events: object, **more: object) -> dict[str, object]:
    users = {"2002": {"id": "2002", "name": "Ada", "screen_name": "ada"}}
    return {"for_user_id": "1001", "direct_message_events": list(events), "users": users, **more}


def test_a_message_to_the_account_is_received() -> None:
    decoded = decode(body(message()))
    (event,) = decoded.events
    assert isinstance(event, MessageReceived)
    assert decoded.account_id == "1001"
    assert event.event_key == event.message.message_id == "1580000000000000010"
    assert event.position == 1580000000000000010
    assert event.conversation_id == "1001-2002"
    assert (event.customer.user_id, event.customer.screen_name) == ("2002", "ada")
    assert event.at == datetime.fromtimestamp(1665500100.456, UTC)


def test_a_message_of_the_account_is_an_echo() -> None:
    (event,) = decode(body(message("1001", "2002"))).events
    assert isinstance(event, MessageSent)
    assert event.customer.user_id == "2002"


def test_a_message_to_oneself_never_looks_like_a_customer_s() -> None:
    (event,) = decode(body(message("1001", "1001"))).events
    assert isinstance(event, MessageSent)


def test_what_a_message_carries_is_read() -> None:
    ctas = [
        {"type": "web_url", "label": "Go", "url": "https://a.example", "tco_url": "https://t.co/1"}
    ]
    options = [{"label": "Yes", "description": "Sure", "metadata": "y"}, {"label": "No"}]
    received = message(
        text="a &amp; b https://t.co/abc",
        entities={
            "urls": [{"url": "https://t.co/abc", "expanded_url": "https://x.example/?a=1&amp;b"}]
        },
        ctas=ctas,
        quick_reply={"type": "options", "options": options},
        quick_reply_response={"type": "options", "metadata": "track"},
    )
    (event,) = decode(body(received)).events
    assert isinstance(event, MessageReceived)
    assert event.message.text == "a & b https://x.example/?a=1&amp;b"
    assert event.message.chosen == "track"
    assert event.message.is_quick_reply
    assert event.message.buttons == (Button("Go", "https://a.example"),)
    assert event.message.quick_replies == (QuickReply("Yes", "y", "Sure"), QuickReply("No"))


def test_a_tap_on_an_option_without_metadata_is_still_a_tap() -> None:
    (event,) = decode(body(message(quick_reply_response={"type": "options"}))).events
    assert isinstance(event, MessageReceived)
    assert event.message.is_quick_reply
    assert event.message.chosen is None


def test_every_element_of_every_array_is_an_event() -> None:
    other = message() | {"id": "1580000000000000011"}
    decoded = decode(
        body(message(), other, follow_events=[{"type": "follow"}, {"type": "unfollow"}])
    )
    names = [type(event).__name__ for event in decoded.events]
    assert names == ["MessageReceived", "MessageReceived", "Unrecognised", "Unrecognised"]


def test_an_object_in_place_of_an_array_is_one_event() -> None:
    decoded = decode({"user_event": {"revoke": {"source": {"user_id": "1001"}}}})
    (event,) = decoded.events
    assert isinstance(event, Unrecognised)
    assert (decoded.account_id, event.name) == ("", "user_event")


@pytest.mark.parametrize(
    "odd",
    [
        {},
        7,
        None,
        "text",
        message() | {"id": None},
        message() | {"id": "12a"},
        message() | {"id": "-5"},
        message() | {"id": "9" * 30},
        message() | {"created_timestamp": "soon"},
        message() | {"created_timestamp": "9" * 30},
        message() | {"type": "reaction_create"},
        message("2002", "3003"),
        message(text=None),
    ],
)
def test_an_odd_element_is_kept_as_unrecognised(odd: object) -> None:
    good = message() | {"id": "1580000000000000099"}
    first, second = decode(body(odd, good)).events
    assert isinstance(first, Unrecognised)
    assert isinstance(second, MessageReceived)


@pytest.mark.parametrize("for_user_id", ["", "abc", "1001\x00", "-1", "१००१", 1001, None, ["1001"]])
def test_an_odd_account_is_nobody(for_user_id: object) -> None:
    assert decode({"for_user_id": for_user_id, "x_events": [1]}).account_id == ""


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"7",
        b"null",
        b'"a"',
        b"{",
        b"\xff",
        b'{"\xff":1}',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"a":' * 50_000,
    ],
)
def test_what_is_no_object_is_refused_and_can_be_kept(raw: bytes) -> None:
    with pytest.raises(MalformedDelivery):
        decode(raw)
    verified = signing.verify(
        raw, signature=signing.signature_of(raw, SECRET), consumer_secrets=[SECRET]
    )
    (event,) = envelope.malformed(verified, received_at=NOON).events
    assert isinstance(event, Unrecognised)


def test_every_truncation_of_a_body_is_refused() -> None:
    whole = json.dumps(body(message())).encode()
    for end in range(len(whole)):
        with pytest.raises(MalformedDelivery):
            decode(whole[:end])


def test_the_same_element_has_the_same_key_whenever_it_comes() -> None:
    first, second = (decode({"for_user_id": "1001", "x_events": [{"a": 1}]}) for _ in range(2))
    assert first.events[0].event_key == second.events[0].event_key


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=20,
    )
)
def test_no_json_value_breaks_decoding(value: object) -> None:
    decoded = decode({"for_user_id": "1001", "direct_message_events": value, "other": value})
    assert all(isinstance(event, Unrecognised) for event in decoded.events)
