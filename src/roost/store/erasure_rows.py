"""Erasing, inside a transaction; `roost.ports.ErasureRows`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Column, ColumnElement, and_, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from roost.model.activities import ABOUT_POSTS, Activity
from roost.model.events import KINDS, Event, MessageReceived, MessageSent
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Message, OutboundMessage
from roost.store import encoding
from roost.store.dialog_tables import dialogs
from roost.store.erased import Erased
from roost.store.erasure_tables import post_copies
from roost.store.search_tables import message_words
from roost.store.statements import Command, Parameters, Query, Session, fixed
from roost.store.tables import conversations, deliveries, events, messages, outbox


def _where(**columns: Column[str] | Column[int] | Column[int | None]) -> ColumnElement[bool]:
    """Choose rows whose columns are what parameters of these names are."""
    return and_(*(column == bindparam(name) for name, column in columns.items()))


NOTE = Command(insert(post_copies).on_conflict_do_nothing())

IS_DELETED = Query[tuple[str]](
    select(events.c.event_key).where(
        _where(account=events.c.account_id, post=events.c.event_key),
        events.c.kind == fixed("post_deleted"),
    )
)

_OF_POST = _where(account=post_copies.c.account_id, post=post_copies.c.post_id)
_COPY = Query[tuple[str, str, str, bytes]]
_copies = select(events.c.kind, events.c.event_key, events.c.delivery_id, events.c.payload).where(
    # Of a customer who was erased nothing is left to read.
    func.length(events.c.payload) > fixed(0)
)
COPIES = _COPY(
    _copies.join_from(
        post_copies,
        events,
        and_(
            events.c.account_id == post_copies.c.account_id,
            events.c.kind == post_copies.c.kind,
            events.c.event_key == post_copies.c.event_key,
        ),
    ).where(_OF_POST)
)

OF_MESSAGE = _COPY(
    _copies.where(
        _where(account=events.c.account_id, message=events.c.event_key),
        events.c.kind.in_([fixed("message_received"), fixed("message_sent")]),
    )
)

ERASE_EVENT = Command(
    update(events)
    .where(_where(account=events.c.account_id, of_kind=events.c.kind, key=events.c.event_key))
    .values(payload=bindparam("erased"))
)

ERASE_DELIVERY = Command(
    update(deliveries)
    .where(_where(account=deliveries.c.account_id, delivery=deliveries.c.delivery_id))
    .values(body=bindparam("nothing"))
)

_BEGUN_BY_IT = _where(
    account=dialogs.c.account_id,
    conversation=dialogs.c.conversation_id,
    key=dialogs.c.dialog_id,
    of_kind=dialogs.c.begun_kind,
)
ERASE_DIALOG = Command(update(dialogs).where(_BEGUN_BY_IT).values(begun_by=bindparam("erased")))

FORGET_COPIES = Command(delete(post_copies).where(_OF_POST))

_THIS = _where(account=messages.c.account_id, message=messages.c.message_id)
FIND = Query[tuple[str, int, int | None]](
    select(messages.c.conversation_id, messages.c.position, messages.c.outbox_id).where(_THIS)
)
ERASE_MESSAGE = Command(
    update(messages).where(_THIS).values(text=fixed(""), payload=bindparam("erased"))
)
FORGET_WORDS = Command(
    delete(message_words).where(
        _where(account=message_words.c.account_id, message=message_words.c.message_id)
    )
)
MERGE_WORDS = Command(
    text("SELECT 1"),
    # FTS5 keeps the words of removed rows until it merges what it has written.
    for_sqlite=text("INSERT INTO message_words_found (message_words_found) VALUES ('optimize')"),
)
ERASE_PREVIEW = Command(
    update(conversations)
    .where(
        _where(
            account=conversations.c.account_id,
            conversation=conversations.c.conversation_id,
            at=conversations.c.last_position,
        )
    )
    .values(preview=fixed(""))
)
ERASE_OUTBOX = Command(
    update(outbox)
    .where(_where(account=outbox.c.account_id, entry=outbox.c.outbox_id))
    .values(body=bindparam("erased"))
)
ERASE_REPLY = Command(
    update(outbox)
    .where(
        outbox.c.account_id == bindparam("account"),
        outbox.c.message_id.is_not(None),
        outbox.c.message_id == bindparam("post"),
    )
    .values(body=bindparam("erased"))
)


class StoredErasure:
    """`roost.ports.ErasureRows` on any database."""

    __slots__ = ("_erased", "_session")

    def __init__(self, session: Session, erased: Erased) -> None:
        self._session = session
        self._erased = erased

    async def note_copies(self, event: Activity) -> Sequence[str]:
        """Note which of the account's own Posts an event holds copies of; give their ids."""
        ids = copies_in(event)
        await self._session.run_each(
            NOTE,
            [
                {
                    "account_id": event.account_id,
                    "post_id": post_id,
                    "kind": KINDS[type(event)],
                    "event_key": event.event_key,
                }
                for post_id in ids
            ],
        )
        return ids

    async def is_deleted(self, account_id: UserId, post_id: str) -> bool:
        """Tell whether X has told that a Post of the account was deleted."""
        return bool(await self._session.rows(IS_DELETED, {"account": account_id, "post": post_id}))

    async def erase_post(self, account_id: UserId, post_id: str) -> int:
        """Erase a Post of the account; how many events held a copy."""
        this: Parameters = {"account": account_id, "post": post_id}
        rows = await self._session.rows(COPIES, this)
        for row in rows:
            await self._erase_event(account_id, row)
        await self._session.run(FORGET_COPIES, this)
        _, unsaid = encoding.encode(OutboundMessage(""))
        await self._session.run(ERASE_REPLY, {**this, "erased": unsaid})
        self._erased.note()
        return len(rows)

    async def erase_message(
        self, account_id: UserId, message_id: MessageId
    ) -> ConversationId | None:
        """Erase a message; its conversation, or `None` where there is no such message."""
        this: Parameters = {"account": account_id, "message": message_id}
        found = await self._session.rows(FIND, this)
        if not found:
            return None
        conversation_id, position, outbox_id = found[0]
        here: Parameters = {"account": account_id, "conversation": conversation_id}
        await self._session.hold(account_id, conversation_id)
        _, erased = encoding.encode(Message(message_id, ""))
        await self._session.run(ERASE_MESSAGE, {**this, "erased": erased})
        await self._session.run(FORGET_WORDS, this)
        await self._session.run(MERGE_WORDS, {})
        await self._session.run(ERASE_PREVIEW, {**here, "at": position})
        if outbox_id is not None:
            _, unsaid = encoding.encode(OutboundMessage(""))
            await self._session.run(
                ERASE_OUTBOX, {"account": account_id, "entry": outbox_id, "erased": unsaid}
            )
        for row in await self._session.rows(OF_MESSAGE, this):
            await self._erase_event(account_id, row)
        self._erased.note()
        return ConversationId(conversation_id)

    async def _erase_event(self, account_id: UserId, row: tuple[str, str, str, bytes]) -> None:
        kind, key, delivery_id, payload = row
        event, erased = encoding.encode(without_content(encoding.decode_event(kind, payload)))
        this: Parameters = {"account": account_id, "of_kind": kind, "key": key, "erased": erased}
        await self._session.run(ERASE_EVENT, this)
        await self._session.run(
            ERASE_DELIVERY, {"account": account_id, "delivery": delivery_id, "nothing": b""}
        )
        if isinstance(event, (MessageReceived, *ABOUT_POSTS)):
            await self._session.run(ERASE_DIALOG, {**this, "conversation": event.conversation_id})


def copies_in(event: Activity) -> tuple[str, ...]:
    """Give the ids of the account's own Posts that an event, or its delivery, holds."""
    if not isinstance(event, ABOUT_POSTS):
        return ()
    post, ours = event.post, event.account_id
    linked = (post.quoted, post.reposted)
    found = [one.post_id for one in linked if one is not None and one.author_id == ours]
    return (post.post_id, *found) if post.author.user_id == ours else tuple(found)


def without_content(event: Event) -> Event:
    """Give an event as it stays once its content is erased; a Post of somebody else's stays."""
    if isinstance(event, (MessageReceived, MessageSent)):
        return replace(event, message=Message(event.message.message_id, ""))
    if isinstance(event, ABOUT_POSTS) and event.post.author.user_id == event.account_id:
        return replace(event, post=replace(event.post, text=""))
    return event
