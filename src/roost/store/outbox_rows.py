"""The `outbox` table inside a transaction: one message of a conversation at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from roost.model.budgets import FREE_FOR, SEND, UNDER_WAY
from roost.model.health import Scope
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import Addressee, Lane, OutboxEntry, SetAside, Withdrawal
from roost.model.people import PersonId
from roost.model.posts import PublicReply
from roost.store import encoding, set_aside_rows
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
        to: Addressee,
        message: OutboundMessage | PublicReply,
        *,
        lane: Lane,
        trace_id: str,
        at: datetime,
        by: PersonId | None = None,
    ) -> None:
        """Queue a message behind the others of its conversation; due at once if it is the first.

        Those it waits for become as urgent as it is.
        """
        _, body = encoding.encode(message)
        await self._session.hold(to.account_id, to.conversation_id)
        await self._session.run(
            sql.PUT,
            {
                "account_id": to.account_id,
                "conversation_id": to.conversation_id,
                "recipient_id": to.customer_id,
                "body": body,
                "trace_id": trace_id,
                "created_at": encoding.milliseconds(at),
                "lane": int(lane),
                "person_id": by or "",
                "withdrawal": _withdrawal(lane, by),
            },
        )
        if lane < max(Lane):
            await self._session.run(
                sql.RAISE,
                {
                    "account": to.account_id,
                    "conversation": to.conversation_id,
                    "least": int(lane),
                },
            )

    async def due(
        self, limit: int, *, now: datetime, without: Sequence[UserId] = ()
    ) -> Sequence[OutboxEntry]:
        """Hold the first due entry of up to `limit` conversations, the lower lane first.

        Within a lane, what is due longest comes first. An entry that is not due holds back those
        behind it.

        Raises:
            ValueError: More than five accounts are to be left out.
        """
        if len(without) > len(sql.WITHOUT):
            raise ValueError(f"at most {len(sql.WITHOUT)} accounts can be left out")
        at = encoding.milliseconds(now)
        left_out = dict.fromkeys(sql.WITHOUT, "") | dict(zip(sql.WITHOUT, without, strict=False))
        rows = await self._session.rows(
            sql.DUE,
            {
                "now": at,
                "limit": limit,
                "of_route": SEND,
                # An answer that is under way must still find its reply free when it arrives.
                "free_since": encoding.milliseconds_not_before(now - FREE_FOR + UNDER_WAY),
                **left_out,
            },
        )
        return [_due(row, at) for row in rows]

    async def start(self, entries: Sequence[OutboxEntry]) -> None:
        """Move entries that `due` has given in this transaction to `sending`."""
        await self._session.run_each(
            sql.START,
            [
                {
                    **_key(entry),
                    "now": encoding.milliseconds(entry.attempted_at),
                    "highest": entry.baseline,
                    "holder": self._session.holder,
                }
                for entry in entries
            ],
        )

    async def defer(self, entries: Sequence[OutboxEntry], until: datetime) -> None:
        """Let entries that `due` has given in this transaction wait until then."""
        due = encoding.milliseconds_not_before(until)
        await self._session.run_each(
            sql.DEFER,
            [
                {"account": entry.account_id, "entry": entry.outbox_id, "due": due}
                for entry in entries
            ],
        )

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

    async def reword(self, entry: OutboxEntry, message: OutboundMessage) -> None:
        """Put another message in place of the one whose attempt has ended without an effect."""
        _, body = encoding.encode(message)
        await self._session.hold(entry.account_id, entry.conversation_id)
        await self._session.run(sql.REWORD, {**_key(entry), "said": body})

    async def suspect(self, entry: OutboxEntry, *, reason: str, at: datetime) -> None:
        """Mark a `sending` entry `uncertain`, whose attempt has ended then."""
        await self._session.hold(entry.account_id, entry.conversation_id)
        ended = encoding.milliseconds(at)
        await self._session.run(sql.SUSPECT, {**_key(entry), "at": ended, "why": reason})

    async def bury(self, entry: OutboxEntry, *, reason: str) -> None:
        """Mark an entry `dead`, and let the next of its conversation go."""
        await self._end(entry, ended="dead", message=None, why=reason)

    async def park(self, entry: OutboxEntry, *, reason: str) -> None:
        """Mark an entry `parked`, and let the next of its conversation go."""
        await self._end(entry, ended="parked", message=None, why=reason)

    async def uncertain(
        self, conversation: tuple[str, str] | None = None, *, unasked: bool = False
    ) -> Sequence[OutboxEntry]:
        """Give the entries to reconcile.

        Args:
            conversation: Account and conversation id; `None` for those of all accounts that are
                connected through a working app: the others could not ask X.
            unasked: Whether to give those of all the others instead.
        """
        if unasked:
            others = await self._session.rows(sql.UNASKED, {})
            return [replace(entry_of(row[:-1]), is_unlisted=bool(row[-1])) for row in others]
        if conversation is None:
            rows = await self._session.rows(sql.UNCERTAIN, {})
        else:
            account_id, conversation_id = conversation
            rows = await self._session.rows(
                sql.UNCERTAIN_HERE, {"account": account_id, "conversation": conversation_id}
            )
        return [entry_of(row) for row in rows]

    async def suspect_interrupted(self) -> int:
        """Mark every `sending` entry of a process that is gone `uncertain`.

        Where several processes share the database, those of living ones stay.
        """
        return await self._session.run(
            sql.SUSPECT_ABANDONED,
            {"why": "interrupted while sending", "holder": self._session.holder},
        )

    async def hold_back(self, account_id: UserId, until: datetime) -> None:
        """Let what is due for an account wait until then; what others have locked is left out."""
        due = encoding.milliseconds_not_before(until)
        await self._session.run(sql.HOLD_BACK, {"account": account_id, "due": due})

    async def release(self, account_id: UserId) -> None:
        """Make what waits for an account due at once; what others have locked is left out."""
        await self._session.run(sql.RELEASE, {"account": account_id})

    async def set_aside(self) -> Sequence[SetAside]:
        """Give every entry that waits for a person, by account and id."""
        return await set_aside_rows.find(self._session)

    async def hold_set_aside(self, account_id: UserId, outbox_id: int) -> SetAside | None:
        """Give an entry that waits for a person, locked; `None` where it does not."""
        return await set_aside_rows.hold(self._session, account_id, outbox_id)

    async def suspect_again(self, one: SetAside) -> bool:
        """Mark a parked entry `uncertain`, and let none of its conversation go meanwhile.

        False where another one is in flight: then two could not be told from each other at X.
        """
        return await set_aside_rows.suspect_again(self._session, one)

    async def requeue(self, one: SetAside, *, at: datetime) -> None:
        """Put an entry back to `queued`, before all that is queued in its conversation."""
        await set_aside_rows.requeue(self._session, one, at=at)

    async def drop(self, one: SetAside, *, reason: str) -> None:
        """Mark an entry `dropped`."""
        await set_aside_rows.drop(self._session, one, reason=reason)

    async def _end(self, entry: OutboxEntry, *, ended: str, message: str | None, why: str) -> None:
        await self._session.hold(entry.account_id, entry.conversation_id)
        await self._session.run(
            sql.END, {**_key(entry), "ended": ended, "message": message, "why": why}
        )
        await self._session.run(
            sql.NEXT, {"account": entry.account_id, "conversation": entry.conversation_id}
        )


def _due(row: sql.DueRow, at: int) -> OutboxEntry:
    *_, n_free, n_withdrawn, account_holds, app_holds = row
    entry = entry_of((*row[:11], at, at))
    trial = Scope.APP if app_holds else Scope.ACCOUNT if account_holds else None
    return replace(
        entry,
        attempt=entry.attempt + 1,
        is_free=bool(n_free) and entry.route == SEND,
        trial=trial,
        is_withdrawn=bool(n_withdrawn),
    )


def _withdrawal(lane: Lane, by: PersonId | None) -> int:
    """Tell what a take-over does: people's words stay, and what a bot says as it hands over."""
    is_bots = lane is Lane.BOT and not by
    return int(Withdrawal.AT_TAKE_OVER if is_bots else Withdrawal.NEVER)


def entry_of(row: sql.EntryRow) -> OutboxEntry:
    """Read a row of an entry, its baseline, and when its attempt began and ended."""
    outbox_id, account_id, conversation_id, recipient_id, body, app_id, *numbers = row
    attempt, doubts, lane, withdrawal, *since = numbers
    return OutboxEntry(
        outbox_id=outbox_id,
        account_id=UserId(account_id),
        conversation_id=ConversationId(conversation_id),
        recipient_id=UserId(recipient_id),
        message=encoding.decode_outbound(body),
        attempt=attempt,
        doubts=doubts,
        baseline=since[0],
        attempted_at=encoding.moment(since[1]),
        ended_at=encoding.moment(since[2]),
        lane=Lane(lane),
        app_id=app_id,
        is_checked=withdrawal == Withdrawal.CHECKED,
    )


def _key(entry: OutboxEntry) -> Parameters:
    return {
        "account": entry.account_id,
        "entry": entry.outbox_id,
        "attempt": entry.attempt,
    }
