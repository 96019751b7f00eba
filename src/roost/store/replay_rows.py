"""The `replays` table inside a transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from roost.ports import NewReplay, Replay
from roost.store import encoding, span_rows
from roost.store import replay_statements as sql
from roost.store.statements import Parameters, Session

_ms = encoding.milliseconds


class StoredReplays:
    """`roost.ports.ReplayRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def open(self, replay: NewReplay, *, at: datetime) -> None:
        """Open a span, due at once; one of its app that no job was asked for yet is widened."""
        begun, ended, now = _ms(replay.begun_at), _ms(replay.ended_at), _ms(at)
        span = {"app": replay.app_key, "begun": begun, "ended": ended, "at": now}
        if await self._session.run(sql.WIDEN, span):
            return
        await self._session.run(
            sql.OPEN,
            {
                "app_key": replay.app_key,
                "replay_id": f"{now:013d}-{secrets.token_hex(4)}",
                "reason": replay.reason,
                "opened_at": now,
                "begun_at": begun,
                "ended_at": ended,
                "due_at": now,
                "reached_at": begun,
            },
        )

    async def claim_due(self, now: datetime, limit: int) -> Sequence[Replay]:
        """Give spans to go on with, oldest first, and keep other processes off them."""
        holder = self._session.holder
        rows = await self._session.rows(sql.DUE, span_rows.due(now, holder, limit))
        found = [_with_right_times(span_rows.read(Replay, row), now) for row in rows]
        await self._session.run_each(
            sql.CLAIM,
            [{**_this(one), "holder": holder, "ended": _ms(one.ended_at)} for one in found],
        )
        return found

    async def put_off(self, replay: Replay, due_at: datetime, trouble: str) -> None:
        """Give a span back, with when to go on and what is in the way; nothing else is written."""
        new = {"new_due_at": _ms(due_at), "new_trouble": encoding.storable_text(trouble)}
        await self._session.run(sql.PUT_OFF, {**_this(replay), **new})

    async def count(self, replay: Replay) -> bool:
        """Count a job that is about to be asked for; false where the span has been widened."""
        if await self._session.run(
            sql.COUNT,
            {
                **_this(replay),
                "begun": _ms(replay.begun_at),
                "ended": _ms(replay.ended_at),
                "new_n_jobs": replay.n_jobs,
                "new_due_at": _ms(replay.due_at),
                "new_reached_at": _ms(replay.reached_at),
                "new_lost_to": span_rows.column_of(replay.lost_to),
                "new_trouble": encoding.storable_text(replay.trouble),
            },
        ):
            return True
        await self._session.run(sql.GIVE_BACK, _this(replay))
        return False

    async def held(self, app_key: str) -> Sequence[Replay]:
        """Give an app's open spans, oldest first; nobody changes them until this is over."""
        return [
            span_rows.read(Replay, row)
            for row in await self._session.rows(sql.HELD, {"app": app_key})
        ]

    async def hear(self, replay: Replay, job_id: str, state: str) -> None:
        """Keep, with an open span, that a job has ended; whoever works on the span keeps it."""
        await self._session.run(
            sql.HEAR, {**_this(replay), "job": job_id, "ended_as": encoding.storable_text(state)}
        )

    async def save(self, replay: Replay) -> None:
        """Write down how far a span has come, all but where it lies, and give it back."""
        progress = {
            f"new_{name}": span_rows.column_of(getattr(replay, name)) for name in sql.PROGRESS
        }
        await self._session.run(sql.SAVE, {**_this(replay), **progress})

    async def close(self, replay: Replay, *, at: datetime) -> None:
        """Close a span, with how far it has come."""
        await self.save(replay)
        await self._session.run(sql.CLOSE, {**_this(replay), "at": _ms(at)})

    async def latest(self, app_key: str) -> tuple[Replay, bool] | None:
        """Give an app's latest span, and whether it is open; `None` for none."""
        found = await self._session.rows(sql.LATEST, {"app": app_key, "limit": 1})
        if not found:
            return None
        ((replay_id, state),) = found
        (row,) = await self._session.rows(sql.ONE, {"app": app_key, "replay": replay_id})
        return span_rows.read(Replay, row), state == "open"

    async def open_replays(self) -> Sequence[Replay]:
        """Give every open span, oldest first."""
        return [
            span_rows.read(Replay, row) for row in await self._session.rows(sql.OPEN_REPLAYS, {})
        ]


def _with_right_times(replay: Replay, now: datetime) -> Replay:
    is_wrong = span_rows.has_wrong_times(replay, now=now)
    return span_rows.put_right(replay, now=now) if is_wrong else replay


def _this(replay: Replay) -> Parameters:
    return {"app": replay.app_key, "replay": replay.replay_id}
