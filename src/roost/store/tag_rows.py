"""The tables `tags` and `tags_in_use`: written in transactions, listed beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from roost.model.ids import ConversationId, UserId
from roost.store import encoding
from roost.store.people_tables import tags, tags_in_use
from roost.store.statements import Command, Parameters, Query, Session
from roost.store.tables import conversations

_THIS = (
    tags.c.account_id == bindparam("account"),
    tags.c.conversation_id == bindparam("conversation"),
)

OF_CONVERSATION = Query[tuple[str]](select(tags.c.tag).where(*_THIS))

PUT = Command(insert(tags))
DROP = Command(delete(tags).where(*_THIS, tags.c.tag == bindparam("dropped")))
NOTE = Command(
    insert(tags_in_use).on_conflict_do_nothing(
        index_elements=[tags_in_use.c.account_id, tags_in_use.c.tag]
    )
)
SHOW = Command(
    update(conversations)
    .where(
        conversations.c.account_id == bindparam("account"),
        conversations.c.conversation_id == bindparam("conversation"),
    )
    .values(tags=bindparam("shown"))
)

IN_USE = Query[tuple[str]](
    select(tags_in_use.c.tag)
    .where(tags_in_use.c.account_id == bindparam("account"))
    .order_by(tags_in_use.c.tag)
)


class StoredTags:
    """`roost.ports.remarks.TagRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def replace(
        self,
        account_id: UserId,
        conversation_id: ConversationId,
        tags: Sequence[str],
        *,
        at: datetime,
    ) -> None:
        """Have a conversation carry exactly these tags, each without a blank in it."""
        here: Parameters = {"account": account_id, "conversation": conversation_id}
        await self._session.hold(account_id, conversation_id)
        before = {tag for (tag,) in await self._session.rows(OF_CONVERSATION, here)}
        wanted = {encoding.storable_text(tag) for tag in tags}
        for tag in sorted(before - wanted):
            await self._session.run(DROP, {**here, "dropped": tag})
        for tag in sorted(wanted - before):
            row: Parameters = {"account_id": account_id, "tag": tag}
            await self._session.run(NOTE, row)
            when = encoding.milliseconds(at)
            await self._session.run(PUT, {**row, "conversation_id": conversation_id, "at": when})
        await self._session.run(SHOW, {**here, "shown": " ".join(sorted(wanted))})
