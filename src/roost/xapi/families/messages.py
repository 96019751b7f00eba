"""Direct Messages: sending, reading, deleting, and being seen to write and to have read.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages (archived).
"""

from __future__ import annotations

import msgspec

from roost.errors import SendUncertain
from roost.model import capabilities
from roost.model.messages import OutboundMessage
from roost.xapi import checks, content, paginators, wire_dm
from roost.xapi.calls import Caller
from roost.xapi.encoding import Call
from roost.xapi.paginators import Page, Pages
from roost.xapi.wire_dm import EventList, MessageEvent, OneEvent

_NEW = "dm.events.new"


class Messages:
    """`x.messages`. Every method may raise what `roost.xapi.calls.Caller.call` raises."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def send(self, recipient_id: str, message: OutboundMessage) -> MessageEvent:
        """Send a message. Not idempotent: X knows no key by which to recognise a repeat.

        1,000 per user and 15,000 per app in 24 hours; up to five answers within 24 hours of each
        message received are not counted.

        Returns:
            The message as X wrote it down, with its `id`.

        Raises:
            InvalidCall: `recipient_id` is no id.
            InvalidMessage: The message breaks a limit of X; nothing was sent.
            SendUncertain: X may have it; also where X's answer holds no id.

        Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving/
        api-reference/new-event (archived).
        """
        checks.x_id("recipient_id", recipient_id)
        capabilities.check(message, capabilities.X_V1)
        body = msgspec.json.encode(content.new_event(recipient_id, message))
        event = (await self._caller.fetch(Call(_NEW, body=body), OneEvent)).event
        if not event.id:
            raise SendUncertain(_NEW, "X's answer holds no message id")
        return event

    async def show(self, message_id: str) -> OneEvent:
        """Show a message to one of its participants. 15 in 15 minutes."""
        parameters = [("id", checks.x_id("message_id", message_id))]
        return await self._caller.fetch(Call("dm.events.show", parameters=parameters), OneEvent)

    async def raw_page(self, *, count: int = checks.LARGEST_PAGE, cursor: str = "") -> bytes:
        """List as `page` does, and give the page as X wrote it."""
        call = Call("dm.events.list", parameters=list_parameters(count, cursor))
        return (await self._caller.call(call)).body

    async def page(self, *, count: int = checks.LARGEST_PAGE, cursor: str = "") -> EventList:
        """List what the user sent and received in the last 30 days, newest first. 15 in 15 minutes.

        Args:
            count: 1 to 50 a page. A page may be empty and still have a `next_cursor`.
            cursor: `next_cursor` of the page before; `""` for the first.
        """
        call = Call("dm.events.list", parameters=list_parameters(count, cursor))
        return await self._caller.fetch(call, EventList)

    def all(self, *, count: int = checks.LARGEST_PAGE, cursor: str = "") -> Pages[MessageEvent]:
        """Walk everything that `page` lists, `count` a page."""

        async def fetch(cursor: str) -> Page[wire_dm.MessageEvent]:
            found = await self.page(count=count, cursor=cursor)
            return Page(found.events, paginators.next_cursor(found.next_cursor))

        return Pages(fetch, cursor=cursor)

    async def delete(self, message_id: str) -> None:
        """Delete a message from the user's own view; the other participant keeps it."""
        parameters = [("id", checks.x_id("message_id", message_id))]
        await self._caller.call(Call("dm.events.destroy", parameters=parameters))

    async def show_typing(self, recipient_id: str) -> None:
        """Let somebody see for about 3 s that the user is writing. 1,000 in 15 minutes."""
        parameters = [("recipient_id", checks.x_id("recipient_id", recipient_id))]
        await self._caller.call(Call("dm.indicate_typing", parameters=parameters))

    async def mark_read(self, sender_id: str, message_id: str) -> None:
        """Tell somebody that the user has read their messages. 1,000 in 15 minutes.

        Args:
            sender_id: Who wrote them.
            message_id: The newest one read; all before it count as read too.
        """
        parameters = [
            ("last_read_event_id", checks.x_id("message_id", message_id)),
            ("recipient_id", checks.x_id("sender_id", sender_id)),
        ]
        await self._caller.call(Call("dm.mark_read", parameters=parameters))


def list_parameters(count: int, cursor: str) -> list[tuple[str, str]]:
    """Write the parameters of a list.

    Raises:
        InvalidCall: `count` is not 1 to 50.
    """
    checks.within("count", count, 1, checks.LARGEST_PAGE)
    return [("count", str(count)), *([("cursor", cursor)] if cursor else [])]
