"""What a transport can carry, as data, and the check of a message against it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from roost.errors import InvalidMessage
from roost.model import addresses
from roost.model.messages import Button, OutboundMessage, Point, QuickReply


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
        attachments: Most attachments on one message.
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
    attachments: int = 1


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

X_V1_WELCOME = replace(X_V1, name="x-v1-welcome", text=9_990)
"""Welcome messages of the v1.1 API, whose texts are ten characters shorter.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/welcome-messages/api-reference
/new-welcome-message (archived).
"""

_ID = re.compile("[0-9]{1,19}")
_LONGEST_ID = 19
_LONGEST_PLACE = 64
_PLACE = re.compile(f"[0-9A-Za-z_:-]{{1,{_LONGEST_PLACE}}}")
"""X's ids of places are sixteen hexadecimal digits where it shows one; it promises no form."""
_SHOWN = 80
"""How much of what was found is told, in characters."""
_HALF_TURN, _QUARTER_TURN = 180, 90
_LINK = re.compile(r"https?://", re.IGNORECASE)


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
    _check_labels(message.quick_replies)
    _check_links(message.buttons)
    _check_attached(message, limits)


def _sizes(message: OutboundMessage, limits: Capabilities) -> Iterator[tuple[str, int, int]]:
    if message.text or not _n_attached(message):
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
        problem = "either every option has a description or none has"
        raise InvalidMessage(
            "quick_replies",
            f"{problem}: {described} of {len(options)} have one",
            limit=len(options),
            value=described,
            is_size=False,
        )


def _check_links(buttons: tuple[Button, ...]) -> None:
    for n, button in enumerate(buttons):
        addresses.check(f"buttons[{n}].url", button.url)


def _check_labels(options: tuple[QuickReply, ...]) -> None:
    for n, option in enumerate(options):
        if _LINK.search(option.label):
            raise InvalidMessage(
                f"quick_replies[{n}].label",
                f"must hold no link, found {option.label[:_SHOWN]!r}",
                limit=0,
                value=len(option.label),
                is_size=False,
            )


def _n_attached(message: OutboundMessage) -> int:
    is_media = bool(message.media_id) or message.media is not None
    return is_media + (message.point is not None) + bool(message.place_id)


def _check_attached(message: OutboundMessage, limits: Capabilities) -> None:
    n_attached = _n_attached(message)
    if n_attached > limits.attachments:
        raise InvalidMessage(
            "media, media_id, point, place_id",
            "too many",
            limit=limits.attachments,
            value=n_attached,
        )
    for field, x_id in (
        ("media_id", message.media_id),
        ("custom_profile_id", message.custom_profile_id),
    ):
        if x_id and not _ID.fullmatch(x_id):
            raise InvalidMessage(
                field,
                f"{x_id[:_SHOWN]!r} is no id of X: 1 to 19 digits",
                limit=_LONGEST_ID,
                value=len(x_id),
                is_size=False,
            )
    if message.place_id and not _PLACE.fullmatch(message.place_id):
        raise InvalidMessage(
            "place_id",
            f"{message.place_id[:_SHOWN]!r} is no id of a place: letters, digits, `_`, `:` and `-`",
            limit=_LONGEST_PLACE,
            value=len(message.place_id),
            is_size=False,
        )
    if message.point is not None:
        _check_point(message.point)


def _check_point(point: Point) -> None:
    for field, degrees, limit in (
        ("point.longitude", point.longitude, _HALF_TURN),
        ("point.latitude", point.latitude, _QUARTER_TURN),
    ):
        if not -limit <= degrees <= limit:
            shown = round(degrees) if math.isfinite(degrees) else 0
            raise InvalidMessage(field, f"{degrees} is out of range", limit=limit, value=shown)
