"""Limits of X, checked where a message is written."""

from __future__ import annotations

import pytest

from roost.errors import InvalidMessage
from roost.model.capabilities import X_V1, check
from roost.model.messages import Button, OutboundMessage, QuickReply

LINK = "https://a.example"


@pytest.mark.parametrize(
    "message",
    [
        OutboundMessage("a"),
        OutboundMessage("😀" * 10_000),
        OutboundMessage("a", tuple(QuickReply("l" * 36, "m" * 1_000, "d" * 72) for _ in range(20))),
        OutboundMessage("a", buttons=tuple(Button("l" * 36, LINK) for _ in range(3))),
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
    ],
)
def test_what_it_does_not_carry_is_refused_with_field_limit_and_value(
    message: OutboundMessage, field: str, limit: int, value: int
) -> None:
    with pytest.raises(InvalidMessage) as caught:
        check(message, X_V1)
    assert (caught.value.field, caught.value.limit, caught.value.value) == (field, limit, value)
    assert str(limit) in str(caught.value)
    assert field in str(caught.value)
