"""What went over the wire: logs, the ledger, and the stream of what happens."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery, HeaderParameter
from litestar.response import ServerSentEvent, ServerSentEventMessage

from roost.simulator import changes
from roost.simulator.actions import InvalidAction
from roost.simulator.controls.parts import Parts
from roost.simulator.live import Live
from roost.simulator.records import ChangeRow, ControlRow, DeliveryRow, RequestRow

_EVENT_ID = re.compile(r"[0-9]{1,19}")
_UNKNOWN = -1


class TrafficController(Controller):
    """Logs, newest first, at most 200 rows at once; `after` gives those older than a row."""

    path = "/_sim"

    @get("/deliveries")
    async def deliveries(
        self, parts: Parts, after: FromQuery[int | None] = None
    ) -> Mapping[str, Sequence[DeliveryRow]]:
        """Show attempts to deliver, and challenges."""
        return {"deliveries": parts.records.deliveries.page(below=after)}

    @get("/requests")
    async def requests(
        self, parts: Parts, after: FromQuery[int | None] = None
    ) -> Mapping[str, Sequence[RequestRow]]:
        """Show API calls received."""
        return {"requests": parts.records.requests.page(below=after)}

    @get("/controls")
    async def controls(
        self, parts: Parts, after: FromQuery[int | None] = None
    ) -> Mapping[str, Sequence[ControlRow]]:
        """Show calls under `/_sim`, this one included."""
        return {"controls": parts.records.controls.page(below=after)}

    @get("/changes")
    async def changes(
        self, parts: Parts, after: FromQuery[int | None] = None
    ) -> Mapping[str, Sequence[ChangeRow]]:
        """Show what changed in the world, before and after, and what of."""
        return {"changes": [changes.shown(one) for one in parts.records.changes.page(below=after)]}

    @post("/deliveries/{row_id:str}/redeliver", status_code=202)
    async def redeliver(self, parts: Parts, row_id: FromPath[str]) -> Mapping[str, str]:
        """Post the delivery of a row once more, whatever became of it."""
        row = parts.records.deliveries.find(row_id)
        parcel = None if row is None else parts.courier.find(row.delivery_id)
        if parcel is None:
            raise InvalidAction("id", "there is no such delivery, or it is no longer kept")
        parts.courier.redeliver(parcel)
        return {"delivery_id": parcel.delivery_id}

    @get("/ledger", media_type="application/x-ndjson")
    async def ledger(
        self, parts: Parts, after: FromQuery[int | None] = None, about: FromQuery[str] = ""
    ) -> Response[bytes]:
        """Give the truth log as NDJSON, oldest line first.

        With `after`, only lines with a greater `n`; with `about`, those that name an id.
        """
        text = parts.records.ledger.text(after=after or 0, about=about)
        return Response(text, media_type="application/x-ndjson")

    @get("/live")
    async def live(
        self,
        parts: Parts,
        last_event_id: Annotated[str | None, HeaderParameter(name="Last-Event-ID")] = None,
    ) -> ServerSentEvent:
        """Follow what happens from now on, or from the last event seen."""
        seen = parts.live.newest if last_event_id is None else _number(last_event_id)
        return ServerSentEvent(_events(parts.live, seen))


def _number(text: str) -> int:
    return int(text) if _EVENT_ID.fullmatch(text) else _UNKNOWN


async def _events(live: Live, seen: int) -> AsyncGenerator[ServerSentEventMessage]:
    async for event in live.follow(seen):
        yield ServerSentEventMessage(data=event.data, event=event.name, id=event.event_id)
