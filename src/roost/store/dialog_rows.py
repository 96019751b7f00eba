"""The `dialogs` and `points` tables inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from roost.model.dialogs import Dialog, DialogPhase, DialogState, Point
from roost.model.events import KINDS
from roost.model.turns import Claim
from roost.ports import ConversationRow
from roost.store import encoding
from roost.store.dialog_tables import dialogs, points
from roost.store.statements import Command, Parameters, Query, Session, fixed
from roost.store.tables import conversations

_HERE = (
    dialogs.c.account_id == bindparam("account"),
    dialogs.c.conversation_id == bindparam("conversation"),
)
_POINTS_HERE = (
    points.c.account_id == bindparam("account"),
    points.c.conversation_id == bindparam("conversation"),
)
_THIS = (*_HERE, dialogs.c.dialog_id == bindparam("dialog"))
_POINTS_OF_THIS = (*_POINTS_HERE, points.c.dialog_id == bindparam("dialog"))

OPEN = Query[tuple[str, str, str, bytes, str, str, int]](
    select(
        dialogs.c.dialog_id,
        dialogs.c.name,
        dialogs.c.begun_kind,
        dialogs.c.begun_by,
        dialogs.c.phase,
        dialogs.c.taking,
        dialogs.c.since,
    ).where(*_HERE, dialogs.c.epoch == bindparam("epoch"))
)

JOURNALS = Query[tuple[str, str, str, bytes]](
    select(points.c.dialog_id, points.c.kind, points.c.fingerprint, points.c.result)
    .where(*_POINTS_HERE, points.c.epoch == bindparam("epoch"))
    .order_by(points.c.dialog_id, points.c.n)
)

_new = insert(dialogs)
PUT = Command(
    _new.on_conflict_do_update(
        index_elements=[dialogs.c.account_id, dialogs.c.conversation_id, dialogs.c.dialog_id],
        set_={name: _new.excluded[name] for name in ("phase", "taking", "step", "epoch", "since")},
    )
)
WRITE = Command(insert(points))
REWIND = Command(delete(points).where(*_POINTS_OF_THIS, points.c.n >= bindparam("first")))
END = Command(delete(dialogs).where(*_THIS))
END_JOURNAL = Command(delete(points).where(*_POINTS_OF_THIS))
FORGET_OLD = Command(delete(dialogs).where(*_HERE, dialogs.c.epoch < bindparam("epoch")))
FORGET_OLD_JOURNALS = Command(
    delete(points).where(*_POINTS_HERE, points.c.epoch < bindparam("epoch"))
)
INTERRUPTED = Query[tuple[str, str]](
    select(dialogs.c.dialog_id, dialogs.c.taking).where(*_HERE, dialogs.c.taking != fixed(""))
)

STEPS = Query[tuple[str, int, str, str]](
    select(dialogs.c.phase, dialogs.c.since, dialogs.c.name, dialogs.c.step).where(
        *_HERE, dialogs.c.epoch == bindparam("epoch")
    )
)

SHOW = Command(
    update(conversations)
    .where(
        conversations.c.account_id == bindparam("account"),
        conversations.c.conversation_id == bindparam("conversation"),
    )
    .values(
        dialog_name=bindparam("name"),
        dialog_step=bindparam("step"),
        waiting_since=bindparam("since"),
    )
)


class StoredDialogs:
    """`roost.ports.DialogRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def open(self, conversation: ConversationRow) -> Sequence[Dialog]:
        """Give the dialogs of a claimed conversation, with their journals, oldest first."""
        here: Parameters = {
            "account": conversation.account_id,
            "conversation": conversation.conversation_id,
            "epoch": conversation.epoch,
        }
        journals: dict[str, list[Point]] = {}
        for dialog_id, kind, fingerprint, result in await self._session.rows(JOURNALS, here):
            journals.setdefault(dialog_id, []).append(Point(kind, fingerprint, result))
        rows = await self._session.rows(OPEN, here)
        return [
            Dialog(
                dialog_id,
                name,
                encoding.decode_turn_event(kind, begun_by),
                tuple(journals.get(dialog_id, ())),
                DialogPhase(phase),
                taking,
            )
            for dialog_id, name, kind, begun_by, phase, taking, _ in sorted(rows, key=_since)
        ]

    async def record(self, claim: Claim, states: Sequence[DialogState], *, at: datetime) -> None:
        """Write down where dialogs of the claim's conversation are; ended ones are gone."""
        here: Parameters = {**_here(claim), "epoch": claim.epoch}
        if any(not state.first for state in states):
            await self._session.run(FORGET_OLD, here)
            await self._session.run(FORGET_OLD_JOURNALS, here)
        for state in states:
            if state.phase is DialogPhase.ENDED:
                await self._end(claim, state.dialog_id)
            else:
                await self._write(claim, state, encoding.milliseconds(at))
        await self._show(claim)

    async def end_interrupted(self, claim: Claim) -> None:
        """End the dialogs that are in the middle of one of the claim's events."""
        keys = {event.event_key for event in claim.turn.events}
        for dialog_id, taking in await self._session.rows(INTERRUPTED, _here(claim)):
            if taking in keys:
                await self._end(claim, dialog_id)
        await self._show(claim)

    async def _write(self, claim: Claim, state: DialogState, since: int) -> None:
        this: Parameters = {**_here(claim), "dialog": state.dialog_id}
        begun_by, payload = encoding.encode(state.begun_by)
        key: Parameters = {
            "account_id": claim.turn.account_id,
            "conversation_id": claim.turn.conversation_id,
            "dialog_id": state.dialog_id,
            "epoch": claim.epoch,
        }
        await self._session.run(
            PUT,
            {
                **key,
                "name": state.name,
                "begun_kind": KINDS[type(begun_by)],
                "begun_by": payload,
                "phase": state.phase,
                "taking": state.taking,
                "step": state.step,
                "since": since,
            },
        )
        if state.is_rewound or not state.first:
            await self._session.run(REWIND, {**this, "first": state.first})
        await self._session.run_each(
            WRITE,
            [
                {
                    **key,
                    "n": n,
                    "kind": point.kind,
                    "fingerprint": point.fingerprint,
                    "result": point.result,
                }
                for n, point in enumerate(state.points, start=state.first)
            ],
        )

    async def _end(self, claim: Claim, dialog_id: str) -> None:
        this: Parameters = {**_here(claim), "dialog": dialog_id}
        await self._session.run(END, this)
        await self._session.run(END_JOURNAL, this)

    async def _show(self, claim: Claim) -> None:
        """Say on the conversation's row what people see: what is asked, before what is done."""
        rows = await self._session.rows(STEPS, {**_here(claim), "epoch": claim.epoch})
        # `asking` sorts before `running` and `sleeping`.
        _, since, name, step = min(rows) if rows else (None, None, None, None)
        await self._session.run(SHOW, {**_here(claim), "name": name, "step": step, "since": since})


def _here(claim: Claim) -> Parameters:
    return {"account": claim.turn.account_id, "conversation": claim.turn.conversation_id}


def _since(row: tuple[str, str, str, bytes, str, str, int]) -> tuple[int, str]:
    return row[-1], row[0]
