"""The `messages` table inside a transaction: the transcript."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, null, select
from sqlalchemy.dialects.postgresql import insert

from roost.model.events import MessageReceived, MessageSent
from roost.model.ids import MessageId, position_of
from roost.model.messages import Message
from roost.model.outbound import OutboxEntry
from roost.ports import SentMessage
from roost.store import encoding
from roost.store.statements import Command, Parameters, Query, Session, fixed
from roost.store.tables import messages

_KEY = [messages.c.account_id, messages.c.message_id]
_new = insert(messages)

PUT = Command(_new.on_conflict_do_nothing(index_elements=_KEY))

PUT_SENT = Command(
    _new.on_conflict_do_update(index_elements=_KEY, set_={"outbox_id": _new.excluded.outbox_id})
)

UNLINKED = Query[tuple[int, bytes]](
    select(messages.c.position, messages.c.payload)
    .where(
        messages.c.account_id == bindparam("account"),
        messages.c.conversation_id == bindparam("conversation"),
        messages.c.position > bindparam("baseline"),
        messages.c.direction == fixed("out"),
        messages.c.outbox_id.is_(null()),
    )
    .order_by(messages.c.position, messages.c.message_id)
)


class StoredMessages:
    """`roost.ports.MessageRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, event: MessageReceived | MessageSent) -> None:
        """Store a message; one already known by its id stays as it is."""
        message, payload = encoding.encode(event.message)
        await self._session.hold(event.account_id, event.conversation_id)
        await self._session.run(
            PUT,
            {
                **_content(message, payload),
                "account_id": event.account_id,
                "conversation_id": event.conversation_id,
                "position": event.position,
                "direction": "in" if isinstance(event, MessageReceived) else "out",
                "at": encoding.milliseconds(event.at),
                "outbox_id": None,
            },
        )

    async def put_sent(self, entry: OutboxEntry, message_id: MessageId, at: datetime) -> None:
        """Store a message X took from our outbox; one its echo brought is linked to the entry."""
        sent = entry.message
        await self._session.hold(entry.account_id, entry.conversation_id)
        message, payload = encoding.encode(
            Message(message_id, sent.text, quick_replies=sent.quick_replies, buttons=sent.buttons)
        )
        await self._session.run(
            PUT_SENT,
            {
                **_content(message, payload),
                "account_id": entry.account_id,
                "conversation_id": entry.conversation_id,
                "position": position_of(message_id, at=at),
                "direction": "out",
                "at": encoding.milliseconds(at),
                "outbox_id": entry.outbox_id,
            },
        )

    async def unlinked(self, entry: OutboxEntry) -> Sequence[SentMessage]:
        """Give our own messages above the entry's baseline, by position, that nothing is linked to.

        Only those of the entry's conversation.
        """
        rows = await self._session.rows(
            UNLINKED,
            {
                "account": entry.account_id,
                "conversation": entry.conversation_id,
                "baseline": entry.baseline,
            },
        )
        return [
            SentMessage(position, encoding.decode_message(payload)) for position, payload in rows
        ]


def _content(message: Message, payload: bytes) -> Parameters:
    return {
        "message_id": message.message_id,
        "text": message.text,
        "payload": payload,
        "source_app_id": message.source_app_id,
    }
