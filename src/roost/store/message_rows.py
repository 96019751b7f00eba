"""The `messages` table inside a transaction: the transcript."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Text, and_, bindparam, func, literal_column, null, or_, select
from sqlalchemy.dialects.postgresql import insert

from roost.errors import NotUnique
from roost.model.events import MessageReceived, MessageSent
from roost.model.ids import ConversationId, MessageId, UserId, position_of
from roost.model.messages import Message
from roost.model.outbound import OutboxEntry
from roost.model.people import PersonId
from roost.model.posts import PublicReply
from roost.ports import SentMessage
from roost.store import encoding, joins, search_rows
from roost.store.arrays import given, insert_many
from roost.store.statements import Command, Parameters, Query, Session, fixed
from roost.store.tables import messages, outbox

_KEY = [messages.c.account_id, messages.c.message_id]
_new = insert(messages)

PUT = Command(
    _new.on_conflict_do_nothing(index_elements=_KEY),
    arrays=insert_many(
        messages, given(*(column.name for column in messages.c))
    ).on_conflict_do_nothing(index_elements=_KEY),
)

PUT_SENT = Command(
    _new.on_conflict_do_update(
        index_elements=_KEY,
        set_={"outbox_id": _new.excluded.outbox_id},
        # What a customer said, or was said elsewhere or by another entry, is no entry's message.
        where=and_(
            messages.c.conversation_id == _new.excluded.conversation_id,
            messages.c.direction == fixed("out"),
            func.coalesce(messages.c.outbox_id, _new.excluded.outbox_id) == _new.excluded.outbox_id,
        ),
    )
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


IS_NEWER = Query[tuple[int]](
    select(fixed(1))
    .join_from(
        messages,
        outbox,
        joins.QUEUED_AS,
        isouter=True,
    )
    .where(
        messages.c.account_id == bindparam("account"),
        messages.c.conversation_id == bindparam("conversation"),
        messages.c.position > bindparam("after", type_=BigInteger),
        or_(
            messages.c.direction == fixed("in"),
            outbox.c.person_id.not_in([fixed(""), bindparam("person", type_=Text)]),
        ),
    )
    .limit(literal_column("1", BigInteger))
)

IS_COMING = Query[tuple[int]](
    select(fixed(1))
    .where(
        outbox.c.account_id == bindparam("account"),
        outbox.c.conversation_id == bindparam("conversation"),
        outbox.c.state.in_([fixed("queued"), fixed("sending"), fixed("uncertain")]),
        outbox.c.person_id.not_in([fixed(""), bindparam("person", type_=Text)]),
    )
    .limit(literal_column("1", BigInteger))
)


class StoredMessages:
    """`roost.ports.MessageRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, event: MessageReceived | MessageSent) -> None:
        """Store a message; one already known by its id stays as it is."""
        await self.put_all([event])

    async def put_all(self, events: Sequence[MessageReceived | MessageSent]) -> None:
        """Do what `put` does, for many messages at once."""
        for event in events:
            await self._session.hold(event.account_id, event.conversation_id)
        rows = [_received_or_sent(event) for event in events]
        await self._session.run_each(PUT, rows)
        await search_rows.put_messages(self._session, rows)
        await search_rows.put_customers(self._session, events)

    async def put_sent(self, entry: OutboxEntry, message_id: MessageId, at: datetime) -> None:
        """Store a message X took from our outbox; one its echo brought is linked to the entry.

        A public reply is in no transcript.

        Raises:
            NotUnique: Another message has this id.
        """
        sent = entry.message
        if isinstance(sent, PublicReply):
            return
        await self._session.hold(entry.account_id, entry.conversation_id)
        message, payload = encoding.encode(
            Message(message_id, sent.text, quick_replies=sent.quick_replies, buttons=sent.buttons)
        )
        row: Parameters = {
            **_content(message, payload),
            "account_id": entry.account_id,
            "conversation_id": entry.conversation_id,
            "position": position_of(message_id, at=at),
            "direction": "out",
            "at": encoding.milliseconds(at),
            "outbox_id": entry.outbox_id,
        }
        if not await self._session.run(PUT_SENT, row):
            raise NotUnique(f"message {message_id} is another one")
        await search_rows.put_messages(self._session, [row])

    async def is_newer(
        self,
        account_id: UserId,
        conversation_id: ConversationId,
        *,
        after: int,
        than_by: PersonId,
    ) -> bool:
        """Tell whether the customer or another person has written after a position.

        What another person has written and X does not have yet counts as written after it.
        """
        here: Parameters = {
            "account": account_id,
            "conversation": conversation_id,
            "person": than_by,
        }
        newer = await self._session.rows(IS_NEWER, {**here, "after": after})
        return bool(newer or await self._session.rows(IS_COMING, here))

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


def _received_or_sent(event: MessageReceived | MessageSent) -> Parameters:
    message, payload = encoding.encode(event.message)
    return {
        **_content(message, payload),
        "account_id": event.account_id,
        "conversation_id": event.conversation_id,
        "position": event.position,
        "direction": "in" if isinstance(event, MessageReceived) else "out",
        "at": encoding.milliseconds(event.at),
        "outbox_id": None,
    }
