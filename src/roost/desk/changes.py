"""`/api/changes`: what live pages follow, from where they left off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from litestar import Controller, Request, get
from litestar.datastructures import State
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import ServerSentEvent, ServerSentEventMessage

from roost.desk import presence
from roost.desk.access import Policy
from roost.desk.feed import QUIET_FOR
from roost.desk.parts import DeskParts, Parts
from roost.model.ids import UserId
from roost.model.people import Person
from roost.ports.changes import Change, FeedPosition, Resync

RETRY_MS = 1_000
"""How long a browser is to wait before it comes back after a connection broke."""

LOOK_EVERY = timedelta(seconds=5)
"""How long after its last look a stream goes on, while much happens, for a session that is over
without anybody having ended it."""

_PARTS_OF_POSITION = 3

AnyRequest = Request[object, object, State]


class Told(msgspec.Struct, frozen=True):
    """One change, as pages are told of it.

    Attributes:
        kind: What changed, for example `message_received`.
        account_id: Whose.
        conversation_id: Where; `""` where in no conversation.
        ref: What exactly, in the kind's own terms.
        at: When.
    """

    kind: str
    account_id: str
    conversation_id: str
    ref: str
    at: datetime


class ChangeController(Controller):
    """What happens, as it happens."""

    path = "/api/changes"
    tags: Sequence[str] | None = ("changes",)

    @get("", policy=Policy.PERSON)
    async def follow(
        self,
        parts: Parts,
        request: AnyRequest,
        last_event_id: Annotated[
            str | None, HeaderParameter(name="Last-Event-ID", max_length=200)
        ] = None,
        after: Annotated[str | None, QueryParameter(max_length=200)] = None,
    ) -> ServerSentEvent:
        """Follow the changes of the accounts the person serves, as server-sent events.

        The first event is `ready`; its id is the place in the feed from which the stream goes on.
        Each `change` has an id; a reader that comes back with the last one in `Last-Event-ID` (or
        `after`) gets exactly what it has missed. `resync` says that the place is of another
        database: read everything afresh. `people` says that somebody of us is new, has another
        name, or may do more or less: what the reader may do now, `/api/session` says. `bye` says
        that the session is over. `quiet` comes where there was nothing to tell for 15 to 30 s:
        whoever hears nothing at all for 40 s is cut off, whatever their connection says, and comes
        back by a new one.
        """
        seen = last_event_id or after
        position = None if seen is None else read_position(seen)
        start = await parts.feed.position() if position is None else position
        return ServerSentEvent(
            _stream(parts, request, start), headers={"cache-control": "no-store"}
        )


async def _stream(
    parts: DeskParts, request: AnyRequest, start: FeedPosition
) -> AsyncGenerator[ServerSentEventMessage]:
    yield ServerSentEventMessage(data="{}", event="ready", id=write_position(start), retry=RETRY_MS)
    visitor = await parts.access.visitor(request.headers, request.cookies)
    looked_at = heard_at = _now()
    async with aclosing(parts.feed.follow(start)) as following:
        async for found in following:
            if isinstance(found, Resync):
                yield ServerSentEventMessage(
                    data="{}", event="resync", id=write_position(found.position)
                )
                continue
            is_told = not found or any(change.kind == "person" for change in found)
            if is_told or _now() - looked_at >= LOOK_EVERY.total_seconds():
                visitor = await parts.access.visitor(request.headers, request.cookies)
                looked_at = _now()
            if visitor is None:
                yield ServerSentEventMessage(data="{}", event="bye")
                return
            for change in found:
                told = _told(change, visitor.person, parts.clock.now())
                if told is not None:
                    heard_at = _now()
                    yield told
            # What is not theirs to see is silence, too.
            if not found or _now() - heard_at >= QUIET_FOR.total_seconds():
                heard_at = _now()
                yield ServerSentEventMessage(data="{}", event="quiet")


def _told(change: Change, person: Person, now: datetime) -> ServerSentEventMessage | None:
    """Tell somebody of a change; nothing where it is not theirs to see, or is over."""
    place = write_position(change.position)
    if change.kind == "person":
        return ServerSentEventMessage(data="{}", event="people", id=place)
    if not _may_see(person, change) or presence.is_over(change, now=now):
        return None
    told = Told(change.kind, change.account_id, change.conversation_id, change.ref, change.at)
    return ServerSentEventMessage(data=msgspec.json.encode(told).decode(), event="change", id=place)


def _now() -> float:
    """Give seconds that go by whatever the service's clock says."""
    return asyncio.get_running_loop().time()


def _may_see(person: Person, change: Change) -> bool:
    return change.account_id != "" and person.may_serve(UserId(change.account_id))


def write_position(position: FeedPosition) -> str:
    """Write a place in the feed as an event's id."""
    return f"{position.feed_epoch}.{position.xid}.{position.seq}"


def read_position(text: str) -> FeedPosition:
    """Read an event's id; what is none of ours is a place in another database."""
    parts = text.rsplit(".", 2)
    if len(parts) == _PARTS_OF_POSITION and parts[1].isdecimal() and parts[2].isdecimal():
        numbers = int(parts[1]), int(parts[2])
        if max(numbers) < 1 << 63:
            return FeedPosition(parts[0], *numbers)
    return FeedPosition("", 0, 0)
