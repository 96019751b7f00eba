"""Direct Messages of the v1.1 API."""

from __future__ import annotations

from roost.xapi import wire_dm
from roost.xapi.routes.route import DAY, QUARTER_HOUR, Encoding, Route, Window

_SOURCE = "https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving"
_TYPING = (
    "https://developer.x.com/en/docs/x-api/v1/direct-messages/typing-indicator-and-read-receipts"
    "/api-reference"
)
_AUTH_ERRORS = (32, 89, 135, 215)

ROUTES = (
    Route(
        name="dm.events.new",
        method="POST",
        path="/1.1/direct_messages/events/new.json",
        source=f"{_SOURCE}/api-reference/new-event (archived)",
        encoding=Encoding.JSON,
        request=wire_dm.OneEvent,
        response=wire_dm.OneEvent,
        windows=(Window(1_000, DAY), Window(15_000, DAY, per="app")),
        errors=(*_AUTH_ERRORS, 34, 50, 64, 88, 93, 150, 151, 214, 226, 324, 325, 326, 349, 354),
    ),
    Route(
        name="dm.events.show",
        method="GET",
        path="/1.1/direct_messages/events/show.json",
        source=f"{_SOURCE}/api-reference/get-event (archived)",
        response=wire_dm.OneEvent,
        windows=(Window(15, QUARTER_HOUR),),
        errors=(*_AUTH_ERRORS, 34, 88, 93, 214),
    ),
    Route(
        name="dm.events.list",
        method="GET",
        path="/1.1/direct_messages/events/list.json",
        source=f"{_SOURCE}/api-reference/list-events (archived)",
        response=wire_dm.EventList,
        windows=(Window(15, QUARTER_HOUR),),
        errors=(*_AUTH_ERRORS, 88, 93, 214),
    ),
    Route(
        name="dm.events.destroy",
        method="DELETE",
        path="/1.1/direct_messages/events/destroy.json",
        source=f"{_SOURCE}/api-reference/delete-message-event (archived)",
        success=204,
        errors=(*_AUTH_ERRORS, 34, 93, 214),
    ),
    Route(
        name="dm.indicate_typing",
        method="POST",
        path="/1.1/direct_messages/indicate_typing.json",
        source=f"{_TYPING}/new-typing-indicator (archived)",
        success=204,
        encoding=Encoding.FORM,
        windows=(Window(1_000, QUARTER_HOUR),),
        errors=(*_AUTH_ERRORS, 38, 50, 88, 93, 214, 349),
    ),
    Route(
        name="dm.mark_read",
        method="POST",
        path="/1.1/direct_messages/mark_read.json",
        source=f"{_TYPING}/new-read-receipt (archived)",
        success=204,
        encoding=Encoding.FORM,
        windows=(Window(1_000, QUARTER_HOUR),),
        errors=(*_AUTH_ERRORS, 34, 38, 50, 88, 93, 214),
    ),
)
