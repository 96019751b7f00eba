"""What a transport can carry, as data, and the check of a message against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from roost.errors import InvalidMessage
from roost.model.messages import Button, OutboundMessage, QuickReply


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Limits of one transport, in characters (code points) or counts.

    Attributes:
        name: For people and for storage, for example `x-v1`.
        read_on: When X's documents were read.
        text: Longest text.
        quick_replies: Most options on one message.
        quick_reply_label: Longest label of an option.
        quick_reply_description: Longest description of an option.
        quick_reply_metadata: Longest metadata of an option.
        buttons: Most buttons on one message.
        button_label: Longest label of a button.
    """

    name: str
    read_on: date
    text: int
    quick_replies: int
    quick_reply_label: int
    quick_reply_description: int
    quick_reply_metadata: int
    buttons: int
    button_label: int


X_V1 = Capabilities(
    name="x-v1",
    read_on=date(2026, 8, 22),
    text=10_000,
    quick_replies=20,
    quick_reply_label=36,
    quick_reply_description=72,
    quick_reply_metadata=1_000,
    buttons=3,
    button_label=36,
)
"""Direct Messages of the v1.1 API.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving (archived).
"""


def check(message: OutboundMessage, limits: Capabilities) -> None:
    """Refuse a message that the transport cannot carry, before anything is stored or sent.

    Raises:
        InvalidMessage: Names the first offending field, the limit and the value found.
    """
    for field, size, limit in _sizes(message, limits):
        if size > limit:
            raise InvalidMessage(field, "too long", limit=limit, value=size)
        if size == 0:
            raise InvalidMessage(field, "must not be empty", limit=limit, value=0)
    _check_count("quick_replies", message.quick_replies, limits.quick_replies)
    _check_count("buttons", message.buttons, limits.buttons)
    _check_descriptions(message.quick_replies)
    _check_links(message.buttons)


def _sizes(message: OutboundMessage, limits: Capabilities) -> Iterator[tuple[str, int, int]]:
    yield "text", len(message.text.strip()) and len(message.text), limits.text
    for n, option in enumerate(message.quick_replies):
        where = f"quick_replies[{n}]"
        yield f"{where}.label", len(option.label), limits.quick_reply_label
        if option.description is not None:
            yield f"{where}.description", len(option.description), limits.quick_reply_description
        if option.metadata is not None:
            yield f"{where}.metadata", len(option.metadata), limits.quick_reply_metadata
    for n, button in enumerate(message.buttons):
        yield f"buttons[{n}].label", len(button.label), limits.button_label


def _check_count(field: str, items: tuple[object, ...], limit: int) -> None:
    if len(items) > limit:
        raise InvalidMessage(field, "too many", limit=limit, value=len(items))


def _check_descriptions(options: tuple[QuickReply, ...]) -> None:
    described = sum(option.description is not None for option in options)
    if described not in {0, len(options)}:
        raise InvalidMessage(
            "quick_replies",
            "either every option has a description or none has",
            limit=len(options),
            value=described,
        )


def _check_links(buttons: tuple[Button, ...]) -> None:
    for n, button in enumerate(buttons):
        if not button.url.startswith("https://"):
            raise InvalidMessage(
                f"buttons[{n}].url",
                "must start with https://",
                limit=len("https://"),
                value=len(button.url),
            )
