"""The `gaps` and `last_seen` tables inside a transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from roost.model.ids import UserId
from roost.ports import Gap, GapKind, KnownMessages, LastSeen, NewGap
from roost.store import encoding, span_rows
from roost.store import gap_statements as sql
from roost.store.statements import Parameters, Session

MOST_SKEW = timedelta(minutes=1)
"""How far another process's clock may be ahead of ours; what lies further ahead is wrong."""

_ms = encoding.milliseconds


class StoredGaps:
    """`roost.ports.GapRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def last_seen(self, account_id: UserId) -> LastSeen | None:
        """Give what is known of an account; `None` for one that was never connected."""
        rows = await self._session.rows(sql.LAST_SEEN, {"account": account_id})
        return LastSeen(*map(encoding.moment, rows[0])) if rows else None

    async def meet(self, account_id: UserId, at: datetime) -> None:
        """Write down that an account is connected for the first time; a known one stays."""
        times = dict.fromkeys(("connected_at", "ok_at", "swept_at"), _ms(at))
        await self._session.run(sql.MEET, {"account_id": account_id, **times})

    async def put_right(self, now: datetime) -> bool:
        """Take back times that lie ahead, which a wrong clock has written; whether there were."""
        latest = _ms(now + MOST_SKEW)
        return bool(await self._session.run(sql.PUT_RIGHT, {"latest": latest, "at": _ms(now)}))

    async def note_ok(self, accounts: Sequence[UserId], at: datetime) -> None:
        """Say that everything up to a time has arrived or lies in a gap. Never goes back."""
        await self._session.run_each(
            sql.NOTE_OK, [{"account": account_id, "at": _ms(at)} for account_id in accounts]
        )

    async def note_swept(self, account_id: UserId, *, before: datetime, at: datetime) -> bool:
        """Say that an account is listed now; false where another process has said so before."""
        changed = await self._session.run(
            sql.NOTE_SWEPT, {"account": account_id, "before": _ms(before), "at": _ms(at)}
        )
        return bool(changed)

    async def open(self, gap: NewGap, *, at: datetime) -> None:
        """Open a gap, due at once; one of its kind on which no pass has begun is widened."""
        begun, ended, now = _ms(gap.begun_at), _ms(gap.ended_at), _ms(at)
        widened = await self._session.run(
            sql.WIDEN,
            {
                "account": gap.account_id,
                "of_kind": gap.kind.value,
                "begun": begun,
                "ended": ended,
                "at": now,
            },
        )
        if widened:
            return
        await self._session.run(
            sql.OPEN,
            {
                "account_id": gap.account_id,
                "gap_id": f"{now:013d}-{secrets.token_hex(4)}",
                "kind": gap.kind.value,
                "reason": gap.reason,
                "opened_at": now,
                "begun_at": begun,
                "ended_at": ended,
                "due_at": now,
                "urgency": sql.URGENCY[gap.kind],
            },
        )

    async def claim_due(self, now: datetime, limit: int) -> Sequence[Gap]:
        """Give gaps to go on with, most urgent kind first, and keep other processes off them."""
        ((may_claim,),) = await self._session.rows(sql.MAY_CLAIM, {})
        if not may_claim:
            return []
        holder = self._session.holder
        rows = await self._session.rows(sql.DUE, span_rows.due(now, holder, limit))
        found = [_begun(span_rows.read(Gap, row), now) for row in rows]
        await self._session.run_each(
            sql.CLAIM,
            [
                {
                    **_this(gap),
                    "holder": holder,
                    "begun_passes": gap.passes,
                    "ended": _ms(gap.ended_at),
                    "from_cursor": gap.cursor,
                }
                for gap in found
            ],
        )
        return found

    async def known(self, account_id: UserId, message_ids: Sequence[str]) -> KnownMessages:
        """Tell which messages are stored, whoever wrote them."""
        keys = msgspec.json.encode(message_ids).decode()
        rows = await self._session.rows(sql.KNOWN, {"account": account_id, "keys": keys})
        return KnownMessages(
            stored=frozenset(key for key, _ in rows),
            settled=frozenset(key for key, state in rows if state != "held"),
        )

    async def save(self, gap: Gap) -> None:
        """Write down how far a gap has come, all but where it begins, and give it back."""
        progress = {f"new_{name}": span_rows.column_of(getattr(gap, name)) for name in sql.PROGRESS}
        await self._session.run(sql.SAVE, {**_this(gap), **progress})

    async def close(self, gap: Gap, *, at: datetime) -> None:
        """Close a gap. A sweep that found nothing leaves no row."""
        if gap.kind is GapKind.SWEEP and not gap.n_new:
            await self._session.run(sql.FORGET, _this(gap))
            return
        await self.save(gap)
        await self._session.run(sql.CLOSE, {**_this(gap), "at": _ms(at)})

    async def release(self, account_id: UserId, *, at: datetime) -> int:
        """Let what passes have held back be filed, in the order X has it; how many events."""
        return await self._session.run(sql.RELEASE, {"account": account_id, "at": _ms(at)})

    async def latest(self, account_id: UserId, kind: GapKind) -> tuple[Gap, bool] | None:
        """Give an account's latest gap of a kind, and whether it is open; `None` for none."""
        found = await self._session.rows(
            sql.LATEST, {"account": account_id, "of_kind": kind.value, "limit": 1}
        )
        if not found:
            return None
        ((gap_id, state),) = found
        (row,) = await self._session.rows(sql.ONE, {"account": account_id, "gap": gap_id})
        return span_rows.read(Gap, row), state == "open"

    async def open_gaps(self) -> Sequence[Gap]:
        """Give every open gap, oldest first."""
        return [span_rows.read(Gap, row) for row in await self._session.rows(sql.OPEN_GAPS, {})]


def _begun(gap: Gap, now: datetime) -> Gap:
    if span_rows.has_wrong_times(gap, now=now):
        # When its pass began is wrong, too, and says when the gap may be closed.
        gap = replace(span_rows.put_right(gap, now=now), cursor="")
    if gap.cursor:
        return gap
    return replace(gap, passes=gap.passes + 1, pass_begun_at=now, reached_at=None, n_new_in_pass=0)


def _this(gap: Gap) -> Parameters:
    return {"account": gap.account_id, "gap": gap.gap_id}
