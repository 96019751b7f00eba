"""The tables `tags` and `memories` inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from roost.model.ids import ConversationId, UserId
from roost.model.memories import Memory, Scope
from roost.model.outbound import Addressee
from roost.ports import ConversationRow
from roost.store import encoding
from roost.store import mark_statements as sql
from roost.store.statements import Parameters, Reading, Session


class StoredTags:
    """`roost.ports.marks.TagRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, where: Addressee, name: str, *, at: datetime) -> None:
        """Put a tag on a conversation; one that is there stays as it is."""
        await self._session.hold(where.account_id, where.conversation_id)
        await self._session.run(
            sql.TAG,
            {
                "account_id": where.account_id,
                "conversation_id": where.conversation_id,
                "name": name,
                "at": encoding.milliseconds(at),
            },
        )
        await self._session.run(sql.NOTE_TAG, {"account_id": where.account_id, "name": name})
        await self._show(where)

    async def remove(self, where: Addressee, name: str) -> None:
        """Take a tag off a conversation; nothing where it is not there."""
        await self._session.hold(where.account_id, where.conversation_id)
        here: Parameters = {"account": where.account_id, "conversation": where.conversation_id}
        await self._session.run(sql.UNTAG, {**here, "tag": name})
        await self._show(where)

    async def of(self, where: Addressee) -> Sequence[str]:
        """Give the tags on a conversation, in alphabetical order."""
        here: Parameters = {"account": where.account_id, "conversation": where.conversation_id}
        return [name for (name,) in await self._session.rows(sql.TAGS, here)]

    async def _show(self, where: Addressee) -> None:
        """Have lists show the tags as they are now."""
        here: Parameters = {"account": where.account_id, "conversation": where.conversation_id}
        shown = msgspec.json.encode(await self.of(where)).decode()
        await self._session.run(sql.SHOW_TAGS, {**here, "shown": shown})


class StoredMemories:
    """`roost.ports.marks.MemoryRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def of(self, conversation: ConversationRow) -> Sequence[Memory]:
        """Give what is remembered of a claimed conversation and of its customer, by name."""
        rows = await self._session.rows(
            sql.MEMORIES,
            {
                "account": conversation.account_id,
                "conversation": conversation.conversation_id,
                "customer": conversation.customer_id,
            },
        )
        return [Memory(Scope(scope), name, value) for scope, name, value in rows]

    async def put(self, where: Addressee, memory: Memory, *, at: datetime) -> None:
        """Remember something in place of what has the same scope and name."""
        await self._session.hold(where.account_id, where.conversation_id)
        is_customer = memory.scope is Scope.CUSTOMER
        owner = where.customer_id if is_customer else where.conversation_id
        if not memory.value:
            await self._session.run(
                sql.FORGET,
                {
                    "account": where.account_id,
                    "of": memory.scope,
                    "owner": owner,
                    "called": memory.name,
                },
            )
            return
        await self._session.run(
            sql.REMEMBER,
            {
                "account_id": where.account_id,
                "scope": memory.scope,
                "owner_id": owner,
                "name": memory.name,
                "value": memory.value,
                "at": encoding.milliseconds(at),
            },
        )

    async def forget(self, account_id: UserId, conversation_id: ConversationId) -> None:
        """Forget what belongs to a conversation; what belongs to its customer stays."""
        await self._session.hold(account_id, conversation_id)
        await self._session.run(
            sql.FORGET_CONVERSATION, {"account": account_id, "conversation": conversation_id}
        )


class StoredTagLookup:
    """Reads tags on any database."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def of(self, account_id: UserId, conversation_id: ConversationId) -> Sequence[str]:
        """Give the words on a conversation, in alphabetical order."""
        here: Parameters = {"account": account_id, "conversation": conversation_id}
        return [name for (name,) in await self._reading.rows(sql.TAGS, here)]
