"""The way out to X: `roost.ports.Gateway` over one client per account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roost.errors import XApiUnavailable
from roost.model.events import MessageSent
from roost.model.ids import MessageId, UserId
from roost.model.outbound import OutboxEntry
from roost.xapi import envelope
from roost.xapi.client import XClient

# 50 messages a page; a conversation's messages after one attempt fit in far fewer, but the list
# mixes all of the account's conversations.
_MAX_PAGES = 4


class XGateway:
    """Sends and lists Direct Messages of many accounts."""

    def __init__(self, clients: Mapping[UserId, XClient]) -> None:
        self._clients = clients

    async def send(self, entry: OutboxEntry) -> MessageId:
        """Send one message; see `roost.ports.Gateway.send`."""
        client = self._client(entry.account_id)
        event = await client.send_message(entry.recipient_id, entry.message)
        return MessageId(str(event.id))

    async def sent_since(self, entry: OutboxEntry) -> Sequence[MessageSent]:
        """List what was sent above the baseline; see `roost.ports.Gateway.sent_since`."""
        client = self._client(entry.account_id)
        found: list[MessageSent] = []
        cursor = ""
        for _ in range(_MAX_PAGES):
            page = await client.list_messages(cursor=cursor)
            events = [envelope.message_event(one, entry.account_id, {}) for one in page.events]
            found += [
                event
                for event in events
                if isinstance(event, MessageSent)
                and event.conversation_id == entry.conversation_id
                and event.position > entry.baseline
            ]
            reached = any(event.position <= entry.baseline for event in events)
            if reached or not page.next_cursor:
                break
            cursor = page.next_cursor
        return found

    def _client(self, account_id: UserId) -> XClient:
        client = self._clients.get(account_id)
        if client is None:
            raise XApiUnavailable(f"account {account_id} has no tokens in the settings")
        return client
