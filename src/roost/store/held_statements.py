"""The SQL of messages that are taken out of the outbox again.

By whoever wrote them, or because somebody takes the conversation over from the bot that said them.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ScalarSelect,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from roost.model.outbound import Withdrawal
from roost.store.statements import Command, Query, fixed
from roost.store.tables import conversations, outbox

OPEN = (fixed("queued"), fixed("sending"), fixed("uncertain"))
"""States of what has not ended."""

RESTORED = "restored"
"""The reason of entries that X is to be asked about before they are sent again."""

_IS_WITHOUT_X = outbox.c.state.in_([fixed("queued"), fixed("dead")]) & (
    outbox.c.reason != fixed(RESTORED)
)
"""What X surely does not have, and nobody is sending."""

FIRST_DUE = case(
    (outbox.c.held_until > outbox.c.created_at, outbox.c.held_until), else_=outbox.c.created_at
)
"""When an entry that nothing else holds up may go."""

_until = bindparam("until", type_=BigInteger)
_any = outbox.alias("known")


def open_one(which: Callable[[Column[int]], ColumnElement[int]]) -> ScalarSelect[int]:
    """Make the id of a conversation's first or last entry that has not ended."""
    return (
        select(which(_any.c.outbox_id))
        .where(
            _any.c.account_id == bindparam("account"),
            _any.c.conversation_id == bindparam("conversation"),
            _any.c.state.in_(OPEN),
        )
        .scalar_subquery()
    )


HOLD = Command(
    update(outbox)
    .where(
        outbox.c.account_id == bindparam("account"),
        outbox.c.outbox_id == open_one(func.max),
        outbox.c.state == fixed("queued"),
    )
    .values(
        held_until=_until,
        # One that waits behind others gets its time when they have ended.
        due_at=case((outbox.c.due_at.is_not(None), _until), else_=outbox.c.due_at),
    )
)

_this = (
    outbox.c.account_id == bindparam("account"),
    outbox.c.outbox_id == bindparam("entry"),
)

TAKEABLE = Query[tuple[bytes]](
    select(outbox.c.body)
    .where(
        *_this,
        outbox.c.conversation_id == bindparam("conversation"),
        outbox.c.person_id == bindparam("person"),
        or_(
            _IS_WITHOUT_X,
            # Asked again, because the answer was lost.
            (outbox.c.state == fixed("dropped")) & (outbox.c.reason == bindparam("why")),
        ),
    )
    .with_for_update()
)

TAKE_BACK = Command(
    update(outbox)
    .where(*_this, _IS_WITHOUT_X)
    .values(state=fixed("dropped"), reason=bindparam("why"))
)


def is_withdrawn(control: ColumnElement[str]) -> ColumnElement[bool]:
    """Tell whether an entry is a bot's, and its conversation somebody's who has it now or had."""
    return or_(
        outbox.c.withdrawal == fixed(Withdrawal.STOPPED),
        (outbox.c.withdrawal == fixed(Withdrawal.AT_TAKE_OVER)) & (control == fixed("agent")),
    )


_here = (
    outbox.c.account_id == bindparam("account"),
    outbox.c.conversation_id == bindparam("conversation"),
    outbox.c.state.in_(OPEN),
)
_is_stale = exists().where(
    conversations.c.account_id == outbox.c.account_id,
    conversations.c.conversation_id == outbox.c.conversation_id,
    is_withdrawn(conversations.c.control),
)

STOP = Command(
    update(outbox)
    .where(*_here, outbox.c.withdrawal == fixed(Withdrawal.AT_TAKE_OVER))
    .values(withdrawal=fixed(Withdrawal.STOPPED))
)

WITHDRAWN = Query[tuple[int, bytes]](
    select(outbox.c.outbox_id, outbox.c.body)
    .where(*_here, outbox.c.state == fixed("queued"), _IS_WITHOUT_X, _is_stale)
    .order_by(outbox.c.outbox_id)
    .with_for_update()
)

WITHDRAW = Command(
    update(outbox)
    .where(
        outbox.c.account_id == bindparam("account"),
        outbox.c.outbox_id == bindparam("entry"),
        outbox.c.state == fixed("queued"),
    )
    .values(state=fixed("dropped"), reason=bindparam("why"))
)
