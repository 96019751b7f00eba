"""A message as a transport carries it: whole, or as one text where options and buttons cannot go.

Direct Messages of X's v2 carry a text and media, but neither quick replies nor buttons. Options
become numbered lines, which a customer answers by number or by label; buttons become addresses.
The way back from a typed answer is `roost.model.answers.chosen`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from roost.model.capabilities import X_V1, Capabilities
from roost.model.messages import OutboundMessage, Point

X_V2_PLAIN = replace(X_V1, name="x-v2-plain", quick_replies=0, buttons=0)
"""Direct Messages of the v2 API: text and media.

Source: https://docs.x.com/x-api/direct-messages/manage/introduction (docs of 2026-08-22).
"""


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a transport would carry.

    Attributes:
        transport: Name of its capabilities.
        message: What it carries. Its text is as long as it gets: where that is more than the
            transport takes, `lost` says so, and nothing is cut.
        lost: What is not as its author meant it, a sentence each; empty for a rich transport.
    """

    transport: str
    message: OutboundMessage
    lost: tuple[str, ...] = ()


def render(message: OutboundMessage, transport: Capabilities) -> Rendering:
    """Write a message for a transport.

    Args:
        message: Already checked against the capabilities it was written for.
        transport: One that carries neither options nor buttons gets one text.
    """
    if transport.quick_replies and transport.buttons:
        return Rendering(transport.name, message)
    text = "\n".join(line for line in _lines(message) if line).strip()
    plain = OutboundMessage(
        text,
        media_id=message.media_id,
        media=message.media,
        custom_profile_id=message.custom_profile_id,
    )
    lost = list(_losses(message))
    if len(text) > transport.text:
        lost.append(f"The text: {len(text):,} characters, of which {transport.text:,} fit.")
    return Rendering(transport.name, plain, tuple(lost))


def _lines(message: OutboundMessage) -> list[str]:
    options = [
        f"{n}. {one.label}{f' ({one.description})' if one.description else ''}".replace("\n", " ")
        for n, one in enumerate(message.quick_replies, start=1)
    ]
    buttons = [f"{one.label}: {one.url}" for one in message.buttons]
    return [message.text.strip(), *options, *buttons, _place_of(message)]


def _place_of(message: OutboundMessage) -> str:
    match message:
        case OutboundMessage(point=Point(longitude=longitude, latitude=latitude)):
            return f"{_degrees(latitude)}, {_degrees(longitude)}"
        case OutboundMessage(place_id=place_id) if place_id:
            return f"Place {place_id}"
        case _:
            return ""


def _degrees(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _losses(message: OutboundMessage) -> list[str]:
    found: list[str] = []
    if message.quick_replies:
        options = _count(len(message.quick_replies), "quick reply", "quick replies")
        found.append(f"{options}: typed instead of tapped, and no metadata comes back.")
    if message.buttons:
        found.append(f"{_count(len(message.buttons), 'button', 'buttons')}: an address to tap.")
    if message.point is not None or message.place_id:
        found.append("The location: words instead of a map.")
    return found


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"
