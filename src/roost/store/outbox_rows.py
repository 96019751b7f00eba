"""The `outbox` table inside a transaction: one message of a conversation at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import OutboxEntry
from roost.model.people import PersonId
from roost.model.turns import Claim
from roost.store import encoding
from roost.store import outbox_statements as sql
from roost.store.statements import Parameters, Session


class StoredOutbox:
    """`roost.ports.OutboxRows` on any database.

    How an attempt ended is recorded only while that attempt is the one in flight. An outcome that
    comes late, after the entry was reconciled or tried again, changes nothing.
    """

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(
        self,
        claim: Claim,
        message: OutboundMessage,
        *,
        trace_id: str,
        at: datetime,
        by: PersonId | None = None,
    ) -> None:
        """Queue a message behind the others of its conversation; due at once if it is the first."""
        _, body = encoding.encode(message)
        await self._session.hold(claim.turn.account_id, claim.turn.conversation_id)
        await self._session.run(
            sql.PUT,
            {
                "account_id": claim.turn.account_id,
                "conversation_id": claim.turn.conversation_id,
                "recipient_id": claim.turn.customer.user_id,
                "body": body,
                "trace_id": trace_id,
                "created_at": encoding.milliseconds(at),
                "person_id": by or "",
            },
        )

    async def start_due(self, limit: int, *, now: datetime) -> Sequence[OutboxEntry]:
        """Move the first due entry of up to `limit` conversations to `sending`, longest due first.

        An entry that is not due holds back those behind it.
        """
        at = encoding.milliseconds(now)
        rows = await self._session.rows(sql.DUE, {"now": at, "limit": limit})
        entries = [_entry((*row[:5], row[5] + 1, row[6], at)) for row in rows]
        await self._session.run_each(
            sql.START,
            [
                {
                    **_key(entry),
                    "now": at,
                    "highest": entry.baseline,
                    "holder": self._session.holder,
                }
                for entry in entries
            ],
        )
        return entries

    async def finish(self, entry: OutboxEntry, message_id: MessageId) -> None:
        """Mark an entry `sent` under X's id, and let the next of its conversation go.

        Two entries cannot have one id: that is refused by a unique index.
        """
        await self._end(entry, ended="sent", message=message_id, why="")

    async def postpone(self, entry: OutboxEntry, when: datetime, *, reason: str) -> None:
        """Put an entry that X does not have back to `queued`, due not before `when`."""
        due = encoding.milliseconds_not_before(when)
        await self._session.hold(entry.account_id, entry.conversation_id)
        await self._session.run(sql.POSTPONE, {**_key(entry), "due": due, "why": reason})

    async def suspect(self, entry: OutboxEntry, *, reason: str) -> None:
        """Mark a `sending` entry `uncertain`."""
        await self._session.hold(entry.account_id, entry.conversation_id)
        await self._session.run(sql.SUSPECT, {**_key(entry), "why": reason})

    async def bury(self, entry: OutboxEntry, *, reason: str) -> None:
        """Mark an entry `dead`, and let the next of its conversation go."""
        await self._end(entry, ended="dead", message=None, why=reason)

    async def uncertain(self, conversation: tuple[str, str] | None = None) -> Sequence[OutboxEntry]:
        """Give the entries to reconcile.

        Args:
            conversation: Account and conversation id; `None` for those of all.
        """
        if conversation is None:
            rows = await self._session.rows(sql.UNCERTAIN, {})
        else:
            account_id, conversation_id = conversation
            rows = await self._session.rows(
                sql.UNCERTAIN_HERE, {"account": account_id, "conversation": conversation_id}
            )
        return [_entry(row) for row in rows]

    async def suspect_interrupted(self) -> int:
        """Mark every `sending` entry of a process that is gone `uncertain`.

        Where several processes share the database, those of living ones stay.
        """
        return await self._session.run(
            sql.SUSPECT_ABANDONED,
            {"why": "interrupted while sending", "holder": self._session.holder},
        )

    async def _end(self, entry: OutboxEntry, *, ended: str, message: str | None, why: str) -> None:
        await self._session.hold(entry.account_id, entry.conversation_id)
        await self._session.run(
            sql.END, {**_key(entry), "ended": ended, "message": message, "why": why}
        )
        await self._session.run(
            sql.NEXT, {"account": entry.account_id, "conversation": entry.conversation_id}
        )


def _entry(row: tuple[int, str, str, str, bytes, int, int, int]) -> OutboxEntry:
    outbox_id, account_id, conversation_id, recipient_id, body, attempt, baseline, at = row
    return OutboxEntry(
        outbox_id=outbox_id,
        account_id=UserId(account_id),
        conversation_id=ConversationId(conversation_id),
        recipient_id=UserId(recipient_id),
        message=encoding.decode_outbound(body),
        attempt=attempt,
        baseline=baseline,
        attempted_at=encoding.moment(at),
    )


def _key(entry: OutboxEntry) -> Parameters:
    return {
        "account": entry.account_id,
        "entry": entry.outbox_id,
        "attempt": entry.attempt,
    }
