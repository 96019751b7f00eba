"""Everything of a customer, inside the transaction that takes it out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    LargeBinary,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from roost.errors import NotPossible
from roost.model.ids import ConversationId, UserId, conversation_between
from roost.model.memories import Memory, Scope
from roost.model.people import PersonId
from roost.ports.erasing import Erased
from roost.store import customer_tables, encoding
from roost.store import erased as files
from roost.store.customer_tables import OF_CONVERSATION, holds_needle, is_here, is_remembered
from roost.store.erasing_tables import erasures
from roost.store.erasure_tables import post_copies
from roost.store.expressions import ByDatabase
from roost.store.held_statements import RESTORED
from roost.store.mark_statements import FORGET_TAGS, MEMORIES
from roost.store.mark_tables import memories
from roost.store.statements import Command, Parameters, Query, Session, fixed
from roost.store.tables import changes, conversations, deliveries, events, messages, outbox

_ID_BYTES = 16
_EMPTY = ByDatabase(
    sqlite=literal_column("x''", LargeBinary), postgresql=literal_column("''::bytea", LargeBinary)
)

WITH = Query[tuple[str]](
    select(conversations.c.conversation_id)
    .where(
        conversations.c.account_id == bindparam("account"),
        conversations.c.customer_id == bindparam("customer"),
    )
    .order_by(conversations.c.conversation_id)
)
UNKNOWN = Query[tuple[str]](
    select(outbox.c.state).where(
        *is_here(outbox),
        or_(
            outbox.c.state.in_([fixed("sending"), fixed("uncertain")]),
            (outbox.c.state == fixed("queued")) & (outbox.c.reason == fixed(RESTORED)),
        ),
    )
)
"""States of messages that X may have under ids which nobody knows: X would tell of them again, and
nothing would show that they were erased."""
REMOVE = {table.name: Command(delete(table).where(*is_here(table))) for table in OF_CONVERSATION}
FORGET = Command(delete(memories).where(*is_remembered(bindparam("of"), "owner")))

EMPTY_DELIVERIES_OF = Command(
    update(deliveries).where(*customer_tables.TOLD_OF).values(body=_EMPTY)
)
EMPTY_DELIVERIES_NAMING = Command(
    update(deliveries).where(*customer_tables.NAMING).values(body=_EMPTY)
)
EMPTY_EVENTS = Command(
    update(events)
    .where(*is_here(events))
    .values(
        payload=_EMPTY,
        conversation_id=fixed(""),
        state=fixed("done"),
        reason=fixed("erased"),
    )
)
_SETTLED = ("done", "ignored", "quarantined")
EMPTY_EVENTS_NAMING = Command(
    update(events)
    .where(
        events.c.account_id == bindparam("account"),
        events.c.state.in_([fixed(one) for one in _SETTLED]),
        holds_needle(events.c.payload),
    )
    .values(payload=_EMPTY, state=fixed("done"), reason=fixed("erased"))
)
FORGET_COPIES = Command(
    delete(post_copies).where(
        post_copies.c.account_id == bindparam("account"),
        select(events.c.event_key)
        .where(
            events.c.account_id == post_copies.c.account_id,
            events.c.kind == post_copies.c.kind,
            events.c.event_key == post_copies.c.event_key,
            func.length(events.c.payload) == fixed(0),
        )
        .exists(),
    )
)
UNNAME_CHANGES = Command(
    update(changes).where(*is_here(changes)).values(conversation_id=fixed(""), ref=fixed(""))
)
RECORD = Command(insert(erasures))


class StoredErasing:
    """`roost.ports.erasing.ErasingRows` on any database."""

    __slots__ = ("_erased", "_session")

    def __init__(self, session: Session, erased: files.Erased) -> None:
        self._session = session
        self._erased = erased

    async def conversations_with(
        self, account_id: UserId, customer_id: UserId
    ) -> Sequence[ConversationId]:
        """Give the conversations with a customer."""
        of: Parameters = {"account": account_id, "customer": customer_id}
        return [ConversationId(one) for (one,) in await self._session.rows(WITH, of)]

    async def memories_of(
        self, account_id: UserId, customer_id: UserId, conversation_id: ConversationId
    ) -> Sequence[Memory]:
        """Give what bots remember of a customer and of a conversation."""
        rows = await self._session.rows(
            MEMORIES,
            {"account": account_id, "conversation": conversation_id, "customer": customer_id},
        )
        return [Memory(Scope(scope), name, value) for scope, name, value in rows]

    async def erase(
        self, account_id: UserId, customer_id: UserId, *, by: PersonId | None, at: datetime
    ) -> Erased:
        """Take out all that an account has of a customer.

        Nothing is filed meanwhile: whoever has read an event before it was emptied would store what
        it said once more, in a new conversation.
        """
        await self._session.stop_filing()
        found = await self.conversations_with(account_id, customer_id)
        for conversation in found:
            await self._session.hold(account_id, conversation)
        n_messages = n_deliveries = 0
        for conversation in found:
            counts = await self._erase_conversation(account_id, conversation)
            n_messages, n_deliveries = n_messages + counts[0], n_deliveries + counts[1]
        # A word on a conversation may be a name, or say what is the matter with somebody.
        await self._session.run(FORGET_TAGS, {"account": account_id})
        n_deliveries += await self._erase_activities(account_id, customer_id)
        await self._forget(account_id, Scope.CUSTOMER, customer_id)
        erased = Erased(len(found), n_messages, n_deliveries)
        if any((erased.conversations, erased.messages, erased.deliveries)):
            await self._record(account_id, erased, by=by, at=at)
        self._erased.note(is_thorough=True)
        return erased

    async def _erase_activities(self, account_id: UserId, customer_id: UserId) -> int:
        """Empty what names the customer outside their conversations: likes, follows, mentions."""
        here = {
            "account": account_id,
            "conversation": conversation_between(account_id, customer_id),
        }
        naming = {"account": account_id, "needle": f'"{customer_id}"'.encode()}
        n_deliveries = await self._session.run(EMPTY_DELIVERIES_OF, here)
        n_deliveries += await self._session.run(EMPTY_DELIVERIES_NAMING, naming)
        await self._session.run(EMPTY_EVENTS, here)
        await self._session.run(EMPTY_EVENTS_NAMING, naming)
        await self._session.run(UNNAME_CHANGES, here)
        await self._session.run(FORGET_COPIES, {"account": account_id})
        return n_deliveries

    async def _erase_conversation(
        self, account_id: UserId, conversation_id: ConversationId
    ) -> tuple[int, int]:
        here: Parameters = {"account": account_id, "conversation": conversation_id}
        unknown = await self._session.rows(UNKNOWN, here)
        if ("sending",) in unknown:
            raise NotPossible("a message to this customer is being sent; try again in a moment")
        if unknown:
            problem = "it is not known yet whether X has a message to this customer"
            raise NotPossible(f"{problem}; X is being asked, try again in some minutes")
        n_deliveries = await self._session.run(EMPTY_DELIVERIES_OF, here)
        await self._session.run(EMPTY_EVENTS, here)
        await self._session.run(UNNAME_CHANGES, here)
        await self._forget(account_id, Scope.CONVERSATION, conversation_id)
        removed = {name: await self._session.run(command, here) for name, command in REMOVE.items()}
        return removed[messages.name] + removed[outbox.name], n_deliveries

    async def _forget(self, account_id: UserId, scope: Scope, owner: str) -> None:
        await self._session.run(FORGET, {"account": account_id, "of": scope, "owner": owner})

    async def _record(
        self, account_id: UserId, erased: Erased, *, by: PersonId | None, at: datetime
    ) -> None:
        await self._session.run(
            RECORD,
            {
                "account_id": account_id,
                "erasure_id": secrets.token_hex(_ID_BYTES),
                "person_id": by or "",
                "n_conversations": erased.conversations,
                "n_messages": erased.messages,
                "n_deliveries": erased.deliveries,
                "at": encoding.milliseconds(at),
            },
        )
