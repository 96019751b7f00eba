"""Entries of the outbox that wait for a person: found, looked into again, sent again, dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, bindparam, case, exists, func, null, select, update

from roost.model.ids import ConversationId, UserId
from roost.model.outbound import Addressee, Lane, SetAside, Withdrawal
from roost.store import encoding
from roost.store.statements import Command, Parameters, Query, Session, fixed
from roost.store.tables import outbox

_WAITING = (fixed("parked"), fixed("dead"))
_SET_ASIDE = (*_WAITING, fixed("dropped"))
_OPEN = (fixed("queued"), fixed("sending"), fixed("uncertain"))

_THIS = (
    outbox.c.account_id == bindparam("account"),
    outbox.c.outbox_id == bindparam("entry"),
    outbox.c.state == bindparam("before"),
)
_other = outbox.alias("other")
_here = (
    _other.c.account_id == bindparam("account"),
    _other.c.conversation_id == bindparam("conversation"),
)
_Row = tuple[int, str, str, str, str, str, bytes, int, int, int]
_COLUMNS = (
    outbox.c.outbox_id,
    outbox.c.account_id,
    outbox.c.conversation_id,
    outbox.c.recipient_id,
    outbox.c.state,
    outbox.c.reason,
    outbox.c.body,
    outbox.c.lane,
    outbox.c.attempts,
    outbox.c.created_at,
)

ALL = Query[_Row](
    # The first of the two names the index; what was dropped is gone for good.
    select(*_COLUMNS).where(outbox.c.state.in_(_SET_ASIDE), outbox.c.state.in_(_WAITING))
)

ONE = Query[_Row](
    select(*_COLUMNS)
    .where(
        outbox.c.account_id == bindparam("account"),
        outbox.c.outbox_id == bindparam("entry"),
        outbox.c.state.in_(_WAITING),
    )
    .with_for_update()
)

_in_flight = (*_here, _other.c.state.in_([fixed("sending"), fixed("uncertain")]))
IN_FLIGHT = Query[tuple[int]](select(func.count()).select_from(_other).where(*_in_flight))

STOP_NEXT = Command(
    update(outbox)
    .where(
        outbox.c.account_id == bindparam("account"),
        outbox.c.conversation_id == bindparam("conversation"),
        outbox.c.state.in_(_OPEN),
        outbox.c.state == fixed("queued"),
        outbox.c.due_at.is_not(None),
    )
    .values(due_at=null())
)

SUSPECT = Command(
    update(outbox)
    .where(*_THIS)
    .values(state=fixed("uncertain"), withdrawal=fixed(Withdrawal.CHECKED))
)

REQUEUE = Command(
    update(outbox)
    .where(*_THIS)
    .values(
        state=fixed("queued"),
        # A person wants it sent, whoever has the conversation.
        withdrawal=fixed(Withdrawal.NEVER),
        due_at=case(
            (exists().where(*_in_flight), null()), else_=bindparam("due", type_=BigInteger)
        ),
    )
)

DROP = Command(update(outbox).where(*_THIS).values(state=fixed("dropped"), reason=bindparam("why")))


async def find(session: Session) -> Sequence[SetAside]:
    """Give every parked or dead entry, by account and id."""
    found = [_set_aside(row) for row in await session.rows(ALL, {})]
    return sorted(found, key=lambda one: (one.to.account_id, one.outbox_id))


async def hold(session: Session, account_id: UserId, outbox_id: int) -> SetAside | None:
    """Give one entry, locked; `None` where it is neither parked nor dead."""
    rows = await session.rows(ONE, {"account": account_id, "entry": outbox_id})
    return _set_aside(rows[0]) if rows else None


async def suspect_again(session: Session, one: SetAside) -> bool:
    """Mark a parked entry `uncertain`, unless another of its conversation is in flight."""
    await session.hold(one.to.account_id, one.to.conversation_id)
    await session.run(STOP_NEXT, _conversation(one))
    # Only now: the next one may just have begun, in a transaction that this one has waited for.
    if await session.rows(IN_FLIGHT, _conversation(one)) != [(0,)]:
        return False
    return bool(await session.run(SUSPECT, _key(one)))


async def requeue(session: Session, one: SetAside, *, at: datetime) -> None:
    """Put an entry back to `queued`: the next of its conversation to go."""
    await session.hold(one.to.account_id, one.to.conversation_id)
    await session.run(STOP_NEXT, _conversation(one))
    parameters = {**_key(one), **_conversation(one), "due": encoding.milliseconds(at)}
    await session.run(REQUEUE, parameters)


async def drop(session: Session, one: SetAside, *, reason: str) -> None:
    """Mark an entry `dropped`."""
    await session.run(DROP, {**_key(one), "why": reason})


def _set_aside(row: _Row) -> SetAside:
    outbox_id, account_id, conversation_id, customer_id, state, reason, body, *rest = row
    lane, attempts, created_at = rest
    return SetAside(
        outbox_id=outbox_id,
        to=Addressee(UserId(account_id), ConversationId(conversation_id), UserId(customer_id)),
        state=state,
        reason=reason,
        text=encoding.decode_outbound(body).text,
        lane=Lane(lane),
        attempts=attempts,
        created_at=encoding.moment(created_at),
    )


def _key(one: SetAside) -> Parameters:
    return {"account": one.to.account_id, "entry": one.outbox_id, "before": one.state}


def _conversation(one: SetAside) -> Parameters:
    return {"account": one.to.account_id, "conversation": one.to.conversation_id}
