"""What may be sent: the body of `events/new`, checked against X's rules.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving/api-reference
/new-event (archived). The wording of most faults is assumed; their code and path are X's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from msgspec import UNSET, UnsetType

from roost.model.capabilities import X_V1
from roost.simulator import addresses, texts
from roost.simulator.json_path import Node, malformed
from roost.simulator.refusals import refusal
from roost.xapi.wire_dm import Cta, MessageData, Option, QuickReply

_HALF_TURN = 180
_QUARTER_TURN = 90


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message somebody asks X to send.

    Attributes:
        recipient_id: Digits; whether such a user exists is not checked here.
        data: As asked: text not yet escaped, no entities, no short links.
        media_id: Digits; `""` for none. Whether there is such media is not checked here.
        custom_profile_id: Likewise.
    """

    recipient_id: str
    data: MessageData
    media_id: str = ""
    custom_profile_id: str = ""


def read(body: bytes) -> NewMessage:
    """Read and check the body of `events/new`.

    Raises:
        Refusal: 214 with the path of the fault, 354 where the text is too long.
    """
    event = Node.read(body).need("event")
    event.need("type").one_of("message_create")
    create = event.need("message_create")
    recipient_id = create.need("target").need("recipient_id").long()
    profile = create.get("custom_profile_id")
    data, media_id = content(create.need("message_data"), longest=X_V1.text)
    return NewMessage(recipient_id, data, media_id, "" if profile is None else profile.long())


def check_text(text: str, longest: int = X_V1.text) -> None:
    """Check a text's length in code points.

    Raises:
        Refusal: 354 where it is too long.
    """
    if len(text) > longest:
        raise refusal(354, reason=f"{len(text)} characters, allowed are {longest}")


def content(data: Node, *, longest: int) -> tuple[MessageData, str]:
    """Read and check a `message_data`, and give it with the id of its media, `""` for none.

    Args:
        data: The value of `message_data`.
        longest: How many code points its text may have.

    Raises:
        Refusal: 214 with the path of the fault, 354 where the text is too long.
    """
    attachment, media_id = _attachment(data.get("attachment"))
    is_bare = attachment is UNSET and not media_id
    text_node = data.need("text")
    text = "" if text_node.value == "" and not is_bare else text_node.text()
    check_text(text, longest)
    if not text.strip() and is_bare:
        raise malformed(f"{text_node.path}: must not be empty")
    checked = MessageData(
        text=text,
        quick_reply=_quick_reply(data.get("quick_reply")),
        attachment=attachment,
        ctas=_ctas(data.get("ctas")),
    )
    return checked, media_id


def _quick_reply(node: Node | None) -> QuickReply | UnsetType:
    if node is None:
        return UNSET
    kind = node.need("type").one_of("options")
    options = [_option(one) for one in node.need("options").items(1, X_V1.quick_replies)]
    described = sum(option.description is not UNSET for option in options)
    if described not in {0, len(options)}:
        raise malformed(f"{node.path}.options: either all have a description or none has")
    return QuickReply(kind, options)


def _option(node: Node) -> Option:
    label = node.need("label")
    if texts.holds_link(label.text(X_V1.quick_reply_label)):
        raise malformed(f"{label.path}: must not hold a URL")
    description, metadata = node.get("description"), node.get("metadata")
    return Option(
        label=label.text(),
        description=_optional_text(description, X_V1.quick_reply_description),
        metadata=_optional_text(metadata, X_V1.quick_reply_metadata),
    )


def _optional_text(node: Node | None, longest: int) -> str | UnsetType:
    return UNSET if node is None else node.text(longest)


def _ctas(node: Node | None) -> list[Cta] | UnsetType:
    if node is None:
        return UNSET
    return [_cta(one) for one in node.items(1, X_V1.buttons)]


def _cta(node: Node) -> Cta:
    url = node.need("url")
    if not addresses.is_web_address(url.text()):
        raise url.invalid("URL")
    return Cta(
        type=node.need("type").one_of("web_url"),
        label=node.need("label").text(X_V1.button_label),
        url=url.text(),
    )


def _attachment(node: Node | None) -> tuple[msgspec.Raw | UnsetType, str]:
    """Give a location as it came, or the id of media, which X shows in a form of its own."""
    if node is None:
        return UNSET, ""
    if node.need("type").one_of("media", "location") == "media":
        return UNSET, node.need("media").need("id").long()
    _check_location(node.need("location"))
    return msgspec.Raw(msgspec.json.encode(node.value)), ""


def _check_location(node: Node) -> None:
    if node.need("type").one_of("shared_coordinate", "shared_place") == "shared_place":
        node.need("shared_place").need("place").need("id").text()
        return
    point = node.need("shared_coordinate").need("coordinates")
    point.need("type").one_of("Point")
    _check_point(point.need("coordinates").items(2, 2))


def _check_point(coordinates: Sequence[Node]) -> None:
    longitude, latitude = coordinates
    longitude.number(-_HALF_TURN, _HALF_TURN)
    latitude.number(-_QUARTER_TURN, _QUARTER_TURN)
