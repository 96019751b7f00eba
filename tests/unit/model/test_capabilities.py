"""Limits of X, checked where a message is written."""

from __future__ import annotations

import pytest

from roost.errors import InvalidMessage
from roost.model.capabilities import X_V1, X_V1_WELCOME, check
from roost.model.messages import Button, OutboundMessage, Point, QuickReply

LINK = "https://a.example"


@pytest.mark.parametrize(
    "message",
    [
        OutboundMessage("a"),
        OutboundMessage("😀" * 10_000),
        OutboundMessage("a", tuple(QuickReply("l" * 36, "m" * 1_000, "d" * 72) for _ in range(20))),
        OutboundMessage("a", buttons=tuple(Button("l" * 36, LINK) for _ in range(3))),
        OutboundMessage("", media_id="1", custom_profile_id="2"),
        OutboundMessage("", point=Point(-180, 90)),
        OutboundMessage("a", place_id="0123456789abcdef"),
    ],
)
def test_what_x_carries_passes(message: OutboundMessage) -> None:
    check(message, X_V1)


@pytest.mark.parametrize(
    ("message", "field", "limit", "value"),
    [
        (OutboundMessage("a" * 10_001), "text", 10_000, 10_001),
        (OutboundMessage(""), "text", 10_000, 0),
        (OutboundMessage(" \n\t"), "text", 10_000, 0),
        (OutboundMessage("a", tuple(QuickReply("l") for _ in range(21))), "quick_replies", 20, 21),
        (
            OutboundMessage("a", (QuickReply("l"), QuickReply("l" * 37))),
            "quick_replies[1].label",
            36,
            37,
        ),
        (OutboundMessage("a", (QuickReply(""),)), "quick_replies[0].label", 36, 0),
        (
            OutboundMessage("a", (QuickReply("l", "m" * 1_001),)),
            "quick_replies[0].metadata",
            1_000,
            1_001,
        ),
        (
            OutboundMessage("a", (QuickReply("l", None, "d" * 73),)),
            "quick_replies[0].description",
            72,
            73,
        ),
        (
            OutboundMessage("a", (QuickReply("l", None, "d"), QuickReply("l"))),
            "quick_replies",
            2,
            1,
        ),
        (OutboundMessage("a", buttons=tuple(Button("l", LINK) for _ in range(4))), "buttons", 3, 4),
        (OutboundMessage("a", buttons=(Button("l" * 37, LINK),)), "buttons[0].label", 36, 37),
        (OutboundMessage("a", buttons=(Button("l", "http://a.example"),)), "buttons[0].url", 8, 16),
        (OutboundMessage("a", buttons=(Button("l", "https://"),)), "buttons[0].url", 253, 0),
        (OutboundMessage(" ", media_id="1"), "text", 10_000, 0),
        (
            OutboundMessage("a", (QuickReply("see https://a.example"),)),
            "quick_replies[0].label",
            0,
            21,
        ),
        (
            OutboundMessage("a", media_id="1", point=Point(0, 0), place_id="b"),
            "media, media_id, point, place_id",
            1,
            3,
        ),
        (OutboundMessage("a", media_id="cat.png"), "media_id", 19, 7),
        (OutboundMessage("a", custom_profile_id="1" * 20), "custom_profile_id", 19, 20),
        (OutboundMessage("a", point=Point(181, 0)), "point.longitude", 180, 181),
        (OutboundMessage("a", point=Point(0, -91)), "point.latitude", 90, -91),
        (OutboundMessage("a", point=Point(float("nan"), 0)), "point.longitude", 180, 0),
    ],
)
def test_what_it_does_not_carry_is_refused_with_field_limit_and_value(
    message: OutboundMessage, field: str, limit: int, value: int
) -> None:
    with pytest.raises(InvalidMessage) as caught:
        check(message, X_V1)
    assert (caught.value.field, caught.value.limit, caught.value.value) == (field, limit, value)
    told = caught.value
    is_address = field == "buttons[0].url"
    assert not (is_address and told.is_size), "an address has no limit in characters"
    shown = f"found {message.buttons[0].url!r}" if is_address else str(limit)
    assert shown in str(told)
    assert field in str(caught.value)


def test_a_text_between_the_two_limits_is_a_message_and_no_welcome_message() -> None:
    message = OutboundMessage("a" * 9_991)
    check(message, X_V1)
    with pytest.raises(InvalidMessage):
        check(message, X_V1_WELCOME)
