"""What a message holds, as X writes it.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving/api-reference
/new-event (archived).
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from roost.model.messages import OutboundMessage
from roost.xapi import wire_attachments, wire_dm
from roost.xapi.wire_attachments import (
    Location,
    MediaId,
    NewLocation,
    NewMedia,
    Place,
    PlaceId,
    PointOnMap,
    SharedPoint,
)


def message_data(message: OutboundMessage) -> wire_dm.MessageData:
    """Write a message's content; limits are checked by whoever calls this."""
    options = [
        wire_dm.Option(
            one.label,
            UNSET if one.description is None else one.description,
            UNSET if one.metadata is None else one.metadata,
        )
        for one in message.quick_replies
    ]
    ctas = [wire_dm.Cta("web_url", one.label, one.url) for one in message.buttons]
    return wire_dm.MessageData(
        text=message.text,
        quick_reply=wire_dm.QuickReply("options", options) if options else UNSET,
        attachment=_attachment(message),
        ctas=ctas or UNSET,
    )


def new_event(recipient_id: str, message: OutboundMessage) -> wire_dm.OneEvent:
    """Write the body of `events/new`."""
    create = wire_dm.MessageCreate(
        wire_dm.Target(recipient_id),
        message_data(message),
        custom_profile_id=message.custom_profile_id or UNSET,
    )
    return wire_dm.OneEvent(wire_dm.MessageEvent("message_create", create))


def _attachment(message: OutboundMessage) -> msgspec.Raw | UnsetType:
    attached: wire_attachments.NewAttachment
    if message.media_id:
        attached = NewMedia(MediaId(message.media_id))
    elif message.point is not None:
        at = PointOnMap((message.point.longitude, message.point.latitude))
        attached = NewLocation(Location("shared_coordinate", shared_coordinate=SharedPoint(at)))
    elif message.place_id:
        place = Place(PlaceId(message.place_id))
        attached = NewLocation(Location("shared_place", shared_place=place))
    else:
        return UNSET
    return msgspec.Raw(msgspec.json.encode(attached))
