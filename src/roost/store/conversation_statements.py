"""The SQL of the `conversations` table."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    update,
)

from roost.store import joins
from roost.store.expressions import is_abandoned, unlocked
from roost.store.held_statements import FIRST_DUE
from roost.store.mark_statements import IS_REMEMBERED
from roost.store.ready_conditions import IS_KNOWN, IS_SERVED, OLDEST_PENDING
from roost.store.statements import Command, Query, fixed
from roost.store.tables import accounts, conversations, messages, outbox
from roost.store.touch_statements import SOMEBODY_WAITS

_THIS = (
    conversations.c.account_id == bindparam("account"),
    conversations.c.conversation_id == bindparam("conversation"),
)
_HELD = (*_THIS, conversations.c.fence == bindparam("held_fence"))
_HAS_BOT = conversations.c.control == fixed("bot")
_NO_DIALOG = {"dialog_name": null(), "dialog_step": null(), "waiting_since": null()}
_since = bindparam("since", type_=BigInteger)
_now = bindparam("now", type_=BigInteger)
_handled = bindparam("handled", type_=BigInteger)

RELEASE_WAITING = Command(
    update(outbox)
    .where(
        outbox.c.account_id == bindparam("account"),
        outbox.c.conversation_id == bindparam("conversation"),
        outbox.c.state.in_([fixed(state) for state in ("queued", "sending", "uncertain")]),
        outbox.c.state == fixed("queued"),
        outbox.c.due_at > outbox.c.created_at,
    )
    .values(due_at=FIRST_DUE)
)


def _gives(
    control: str,
    *conditions: ColumnElement[bool],
    reason: ColumnElement[str] | None = None,
    person: ColumnElement[str] | None = None,
    **more: object,
) -> Command:
    """Make the change of a conversation's control."""
    values = {**_given(control, reason=reason, person=person), **more}
    return Command(update(conversations).where(*(conditions or _THIS)).values(values))


def _given(
    control: str,
    *,
    reason: ColumnElement[str] | None = None,
    person: ColumnElement[str] | None = None,
) -> dict[str, object]:
    """Give the columns of a conversation that another one has: what was decided counts no more.

    Its dialog ends with the ownership it began under, and it is snoozed no longer.
    """
    return {
        "control": fixed(control),
        "control_reason": fixed("") if reason is None else reason,
        "controller_id": null() if person is None else person,
        "epoch": conversations.c.epoch + fixed(1),
        "snoozed_until": null(),
        **_NO_DIALOG,
        **({} if control == "bot" else {"ready_since": null()}),
    }


_OF_PERSON = (
    conversations.c.account_id == bindparam("account"),
    conversations.c.controller_id == bindparam("person"),
)
_theirs = (
    select(conversations.c.conversation_id)
    .where(*_OF_PERSON)
    # Whoever locks several conversations does so in the same order.
    .order_by(conversations.c.conversation_id)
    .with_for_update()
    .scalar_subquery()
)
GIVE_UP = Query[tuple[str]](
    update(conversations)
    .where(*_OF_PERSON, conversations.c.conversation_id.in_(_theirs))
    .values(_given("queue"))
    .returning(conversations.c.conversation_id)
)

GIVE_TO_QUEUE = _gives(
    "queue",
    *_THIS,
    conversations.c.epoch == bindparam("held_epoch"),
    reason=bindparam("reason"),
)

MAKE_READY = Command(
    update(conversations)
    .where(*_THIS, _HAS_BOT)
    .values(
        ready_since=case(
            (conversations.c.ready_since <= _since, conversations.c.ready_since), else_=_since
        )
    )
)

_END_LEASE = update(conversations).values(
    lease_until=null(),
    held_by=null(),
    ready_since=case(
        (_HAS_BOT, func.coalesce(conversations.c.ready_since, OLDEST_PENDING)), else_=null()
    ),
)

END_EXPIRED = Command(
    _END_LEASE.where(
        unlocked(
            conversations,
            lambda table: and_(table.c.lease_until.is_not(None), table.c.lease_until <= _now),
        )
    )
)

END_ABANDONED = Command(
    _END_LEASE.where(
        unlocked(
            conversations,
            lambda table: and_(table.c.lease_until.is_not(None), is_abandoned(table.c.held_by)),
        )
    )
)

_is_old = and_(conversations.c.last_at > fixed(0), conversations.c.last_direction == fixed(""))
_has_written = or_(conversations.c.received_at.is_not(None), _is_old)  # old ones lack the column
_is_ours = conversations.c.customer_id == conversations.c.account_id  # told even when held

READY = Query[tuple[str, str, str, str, str, str, int, int, int, int | None, int, int]](
    select(
        conversations.c.account_id,
        conversations.c.conversation_id,
        conversations.c.customer_id,
        conversations.c.customer_screen_name,
        conversations.c.customer_name,
        accounts.c.bot,
        conversations.c.epoch,
        conversations.c.fence,
        case((conversations.c.dialog_name.is_(None), fixed(0)), else_=fixed(1)),
        conversations.c.handled_position,
        case((IS_REMEMBERED, fixed(1)), else_=fixed(0)),
        case((_has_written, fixed(1)), else_=fixed(0)),
    )
    .join_from(conversations, accounts, accounts.c.account_id == conversations.c.account_id)
    .where(
        conversations.c.ready_since.is_not(None),
        conversations.c.lease_until.is_(None),
        _HAS_BOT,
        or_(accounts.c.state == fixed("connected"), _is_ours),
        accounts.c.bot != fixed(""),
        IS_SERVED,
        IS_KNOWN,
    )
    .order_by(conversations.c.ready_since)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=conversations)
)

LEASE = Command(
    update(conversations)
    .where(*_THIS)
    .values(
        fence=bindparam("new_fence", type_=BigInteger),
        lease_until=bindparam("until"),
        held_by=bindparam("holder"),
        ready_since=null(),
    )
)

RENEW = Command(
    update(conversations)
    .where(*_HELD, conversations.c.lease_until.is_not(None))
    .values(lease_until=bindparam("until"))
)

OWNERSHIP = Query[tuple[int, int]](
    select(conversations.c.fence, conversations.c.epoch).where(*_THIS).with_for_update()
)

CONTROL = Query[tuple[str]](select(conversations.c.control).where(*_THIS).with_for_update())

HOLD = Query[tuple[int]](
    select(fixed(1)).select_from(conversations).where(*_THIS).with_for_update()
)
"""Used where there are several writers."""

RELEASE = Query[tuple[str, str, int | None]](
    update(conversations)
    .where(*_HELD)
    .values(
        lease_until=null(),
        held_by=null(),
        ready_since=case(
            (conversations.c.control != fixed("bot"), null()),
            (
                and_(
                    conversations.c.ready_since.is_not(None),
                    or_(_since.is_(None), conversations.c.ready_since <= _since),
                ),
                conversations.c.ready_since,
            ),
            (_since.is_not(None), _since),
            else_=OLDEST_PENDING,
        ),
        handled_position=case(
            (conversations.c.handled_position >= _handled, conversations.c.handled_position),
            else_=func.coalesce(_handled, conversations.c.handled_position),
        ),
    )
    .returning(
        conversations.c.account_id, conversations.c.conversation_id, conversations.c.ready_since
    )
)

_IS_EMPTY = conversations.c.last_at == fixed(0)
_at = bindparam("at", type_=BigInteger)
HAND_OFF = _gives(
    "queue",
    *_HELD,
    reason=bindparam("reason"),
    # The customer waits, whether or not the bot has said something.
    queue_key=case(
        (SOMEBODY_WAITS, conversations.c.queue_key),
        (_IS_EMPTY, _at),
        else_=conversations.c.last_at,
    ),
    last_at=case((_IS_EMPTY, _at), else_=conversations.c.last_at),
)

TAKE_OVER = _gives("agent", person=bindparam("person"))

# As text: columns of the row that is changed would be looked for anew inside a subquery.
_IS_ANSWERED = exists(
    select(fixed(1))
    .join_from(messages, outbox, joins.QUEUED_AS, isouter=True)
    .where(
        messages.c.account_id == literal_column("conversations.account_id", Text),
        messages.c.conversation_id == literal_column("conversations.conversation_id", Text),
        messages.c.position > literal_column("conversations.received_position", BigInteger),
        # What a bot has said beside, as that somebody will come, is no person's answer.
        or_(outbox.c.person_id.is_(None), outbox.c.person_id != fixed("")),
    )
)
REOPEN_UNANSWERED = _gives(
    "agent",
    person=bindparam("person"),
    queue_key=case(
        (conversations.c.received_at.is_(None), conversations.c.queue_key),
        (_IS_ANSWERED, conversations.c.queue_key),
        else_=conversations.c.received_at,
    ),
)

WHOSE = Query[tuple[str, str | None, str, int, int, str]](
    select(
        conversations.c.control,
        conversations.c.controller_id,
        conversations.c.customer_id,
        conversations.c.epoch,
        conversations.c.fence,
        accounts.c.bot,
    )
    .join_from(conversations, accounts, accounts.c.account_id == conversations.c.account_id)
    .where(*_THIS)
    .with_for_update(of=conversations)
)

RESOLVE = _gives("nobody", queue_key=fixed(1 << 60) - conversations.c.last_at)

SNOOZE = Command(
    update(conversations).where(*_THIS).values(snoozed_until=bindparam("until", type_=BigInteger))
)

WAKE = Command(
    update(conversations)
    .where(
        *_THIS,
        conversations.c.snoozed_until <= _now,
    )
    .values(snoozed_until=null())
)

RESOLVE_TURN = Command(
    update(conversations)
    .where(*_HELD)
    .values(
        # What has come in since the claim has made the conversation ready again.
        control=case(
            (conversations.c.ready_since.is_(None), fixed("nobody")), else_=conversations.c.control
        ),
        control_reason=fixed(""),
        epoch=conversations.c.epoch + fixed(1),
        **_NO_DIALOG,
        queue_key=case(
            (
                conversations.c.ready_since.is_(None),
                fixed(1 << 60) - conversations.c.last_at,
            ),
            else_=conversations.c.queue_key,
        ),
    )
)

MARK_READ = Command(
    update(conversations).where(*_THIS).values(unread=fixed(0), is_marked_unread=fixed(0))
)

MARK_UNREAD = Command(
    update(conversations)
    .where(*_THIS, conversations.c.is_marked_unread == fixed(0))
    .values(is_marked_unread=fixed(1))
)

HAND_BACK = _gives("bot", handled_position=conversations.c.last_position)
"""Whatever is in the transcript by then was theirs who give it back."""
