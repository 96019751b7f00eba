"""Making findable what older versions have stored: a bounded step at a time, once for all.

Whoever files messages makes them findable. What was there before search was, or is filed by an
older process while newer ones replace it, is not: so once the last such process is gone, everything
is looked through. How far that has come is in the database; a process that ends leaves the rest to
the next.
"""

from __future__ import annotations

from enum import Enum

from sqlalchemy import bindparam, func, literal_column, select, tuple_, update

from roost.store import search_rows
from roost.store.expressions import AN_OLDER_LIVES
from roost.store.search_tables import indexing, message_words
from roost.store.statements import Command, Parameters, Query, Session, fixed
from roost.store.tables import conversations, messages


class Progress(Enum):
    """What came of a step."""

    GOES_ON = "goes on"
    WAITS = "waits"
    """For a process that does not make findable what it files; or another is at it."""
    IS_DONE = "is done"


UNDONE = Query[tuple[int]](
    select(func.count()).select_from(indexing).where(indexing.c.is_done == fixed(0))
)

NEXT = Query[tuple[str, str, str]](
    select(indexing.c.part, indexing.c.account_id, indexing.c.key)
    .where(indexing.c.is_done == fixed(0))
    .order_by(indexing.c.part)
    .limit(literal_column("1"))
    .with_for_update(skip_locked=True)
)

ADVANCE = Command(
    update(indexing)
    .where(indexing.c.part == bindparam("of_part"))
    .values(
        account_id=bindparam("account"), key=bindparam("reached"), is_done=bindparam("now_done")
    )
)

OLDER = Query[tuple[int]](select(fixed(1)).where(AN_OLDER_LIVES))

_reached = tuple_(bindparam("account"), bindparam("reached"))

MESSAGES = Query[tuple[str, str, str, int, str, str | None]](
    select(
        messages.c.account_id,
        messages.c.message_id,
        messages.c.conversation_id,
        messages.c.position,
        messages.c.text,
        message_words.c.message_id,
    )
    .join_from(
        messages,
        message_words,
        (message_words.c.account_id == messages.c.account_id)
        & (message_words.c.message_id == messages.c.message_id),
        isouter=True,
    )
    .where(tuple_(messages.c.account_id, messages.c.message_id) > _reached)
    .order_by(messages.c.account_id, messages.c.message_id)
    .limit(bindparam("limit"))
    # So that what is erased meanwhile is not found again.
    .with_for_update(read=True, of=messages)
)

CUSTOMERS = Query[tuple[str, str, int, str, str]](
    select(
        conversations.c.account_id,
        conversations.c.conversation_id,
        conversations.c.last_position,
        conversations.c.customer_screen_name,
        conversations.c.customer_name,
    )
    .where(tuple_(conversations.c.account_id, conversations.c.conversation_id) > _reached)
    .order_by(conversations.c.account_id, conversations.c.conversation_id)
    .limit(bindparam("limit"))
    .with_for_update(read=True, of=conversations)
)


class Indexing:
    """Makes findable what is not, inside a transaction."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def step(self, limit: int) -> Progress:
        """Look at so many messages or customers more.

        Args:
            limit: At least 1. So many rows are locked until the transaction ends.
        """
        undone = await self._session.rows(UNDONE, {})
        if undone == [(0,)]:
            return Progress.IS_DONE
        found = await self._session.rows(NEXT, {})
        if not found or await self._session.rows(OLDER, {}):
            return Progress.WAITS
        ((part, account_id, key),) = found
        look = self._messages if part == "messages" else self._customers
        reached = await look({"account": account_id, "reached": key, "limit": limit})
        last = reached or (account_id, key)
        await self._session.run(
            ADVANCE,
            {
                "of_part": part,
                "account": last[0],
                "reached": last[1],
                "now_done": int(reached is None),
            },
        )
        return Progress.GOES_ON

    async def _messages(self, after: Parameters) -> tuple[str, str] | None:
        rows = await self._session.rows(MESSAGES, after)
        await search_rows.put_messages(
            self._session,
            [
                {
                    "account_id": account_id,
                    "message_id": message_id,
                    "conversation_id": conversation_id,
                    "position": position,
                    "text": text,
                }
                for account_id, message_id, conversation_id, position, text, known in rows
                if known is None and text
            ],
        )
        return rows[-1][:2] if rows else None

    async def _customers(self, after: Parameters) -> tuple[str, str] | None:
        rows = await self._session.rows(CUSTOMERS, after)
        await search_rows.put_names(self._session, rows)
        return rows[-1][:2] if rows else None
