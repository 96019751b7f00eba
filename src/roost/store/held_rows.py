"""Messages that are taken out of the outbox again, inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from roost.model.ids import ConversationId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import Addressee
from roost.model.people import PersonId
from roost.model.posts import PublicReply
from roost.store import encoding
from roost.store import held_statements as sql
from roost.store.outbox_statements import NEXT
from roost.store.statements import Session

TAKEN_BACK = "taken back by whoever wrote it"
"""Why such an entry was dropped."""

WITHHELD = "withheld: somebody took over"
"""Why a bot's entry was dropped."""


class StoredHeld:
    """`roost.ports.HeldRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def hold_last(self, to: Addressee, until: datetime) -> None:
        """Let what was queued last in a conversation, in this transaction, wait until then."""
        await self._session.run(
            sql.HOLD,
            {
                "account": to.account_id,
                "conversation": to.conversation_id,
                "until": encoding.milliseconds_not_before(until),
            },
        )

    async def take_back(
        self, account_id: UserId, conversation_id: ConversationId, outbox_id: int, by: PersonId
    ) -> OutboundMessage | None:
        """Drop an entry that X does not have, and let the next of its conversation go."""
        await self._session.hold(account_id, conversation_id)
        this = {"account": account_id, "entry": outbox_id, "why": TAKEN_BACK}
        here = {"account": account_id, "conversation": conversation_id}
        rows = await self._session.rows(
            sql.TAKEABLE, {**this, "conversation": conversation_id, "person": by}
        )
        message = encoding.decode_outbound(rows[0][0]) if rows else None
        if not isinstance(message, OutboundMessage):
            return None
        await self._session.run(sql.TAKE_BACK, this)
        await self._session.run(NEXT, here)
        return message

    async def stop(self, account_id: UserId, conversation_id: ConversationId) -> None:
        """Let nothing of what a bot has said in a conversation be sent any more."""
        await self._session.hold(account_id, conversation_id)
        await self._session.run(sql.STOP, {"account": account_id, "conversation": conversation_id})

    async def withdraw(
        self, account_id: UserId, conversation_id: ConversationId
    ) -> Sequence[OutboundMessage | PublicReply]:
        """Drop what is not to be sent and X does not have, and let the next go."""
        await self._session.hold(account_id, conversation_id)
        here = {"account": account_id, "conversation": conversation_id}
        rows = await self._session.rows(sql.WITHDRAWN, here)
        if rows:
            await self._session.run_each(
                sql.WITHDRAW,
                [{"account": account_id, "entry": one, "why": WITHHELD} for one, _ in rows],
            )
            await self._session.run(NEXT, here)
        return [encoding.decode_outbound(body) for _, body in rows]
