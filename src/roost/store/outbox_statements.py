"""The SQL of the `outbox` table."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    ScalarSelect,
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
from sqlalchemy.dialects.postgresql import insert

from roost.model.budgets import FREE_REPLIES
from roost.model.health import AccountState
from roost.model.outbound import Lane
from roost.store.expressions import ByDatabase, is_abandoned, is_among, unlocked
from roost.store.held_statements import FIRST_DUE, OPEN, RESTORED, is_withdrawn, open_one
from roost.store.statements import Command, Query, fixed
from roost.store.tables import (
    accounts,
    apps,
    budgets,
    conversations,
    messages,
    outbox,
    outbox_ids,
)

WITHOUT = ("without_0", "without_1", "without_2", "without_3", "without_4")
"""Parameters of `DUE` that name accounts to leave out."""


def _is_in_flight(table: FromClause) -> ColumnElement[bool]:
    return table.c.state.in_([fixed("sending"), fixed("uncertain")])


_IS_IN_FLIGHT = _is_in_flight(outbox)
_THIS = (outbox.c.account_id == bindparam("account"), outbox.c.outbox_id == bindparam("entry"))
_ATTEMPT = (*_THIS, outbox.c.attempts == bindparam("attempt"), _IS_IN_FLIGHT)

_created_at = bindparam("created_at", type_=BigInteger)
_due = bindparam("due", type_=BigInteger)

_any = outbox.alias("known")
_last_id = (
    select(func.max(_any.c.outbox_id))
    .where(_any.c.account_id == bindparam("account_id"))
    .scalar_subquery()
)
_next_id = ByDatabase[int](
    sqlite=func.coalesce(_last_id, fixed(0)) + fixed(1),
    # The highest one would be the same for two transactions at once.
    postgresql=literal_column(f"nextval('{outbox_ids.name}')", BigInteger),
)
_is_behind = exists().where(
    _any.c.account_id == bindparam("account_id"),
    _any.c.conversation_id == bindparam("conversation_id"),
    _any.c.state.in_(OPEN),
)

PUT = Command(
    insert(outbox)
    .values(
        {
            **{
                name: bindparam(name)
                for name in (
                    "account_id",
                    "conversation_id",
                    "recipient_id",
                    "body",
                    "trace_id",
                    "created_at",
                    "lane",
                    "person_id",
                    "withdrawal",
                )
            },
            "outbox_id": _next_id,
            "state": fixed("queued"),
            "due_at": case((_is_behind, null()), else_=_created_at),
            "attempts": fixed(0),
            "baseline": fixed(0),
            "attempted_at": fixed(0),
            "reason": fixed(""),
        }
    )
    .inline()
)

RAISE = Command(
    update(outbox)
    .where(
        outbox.c.account_id == bindparam("account"),
        outbox.c.conversation_id == bindparam("conversation"),
        outbox.c.state.in_(OPEN),
        outbox.c.state == fixed("queued"),
        outbox.c.lane > bindparam("least"),
    )
    .values(
        lane=bindparam("least"),
        # It may have waited for a budget that is open for what is more urgent.
        due_at=case((outbox.c.due_at.is_not(None), FIRST_DUE), else_=null()),
    )
)

NEXT = Command(
    update(outbox)
    .where(
        outbox.c.account_id == bindparam("account"),
        outbox.c.outbox_id == open_one(func.min),
        outbox.c.state == fixed("queued"),
        outbox.c.due_at.is_(None),
    )
    .values(
        due_at=FIRST_DUE,
        # X may have what was queued when a backup was made, and is asked first.
        state=case((outbox.c.reason == fixed(RESTORED), fixed("uncertain")), else_=outbox.c.state),
    )
)

_highest_position = (
    select(func.max(messages.c.position))
    .where(
        messages.c.account_id == outbox.c.account_id,
        messages.c.conversation_id == outbox.c.conversation_id,
    )
    .scalar_subquery()
)

_fifth_reply = (
    select(messages.c.position)
    .where(
        messages.c.account_id == outbox.c.account_id,
        messages.c.conversation_id == outbox.c.conversation_id,
        messages.c.position > conversations.c.received_position,
    )
    .order_by(messages.c.position)
    .limit(literal_column("1", BigInteger))
    .offset(literal_column(str(FREE_REPLIES - 1), BigInteger))
    .scalar_subquery()
)
_is_free = and_(
    conversations.c.received_at > bindparam("free_since"),
    func.coalesce(budgets.c.shut_until, fixed(0)) <= bindparam("now"),
    # What follows a customer's last message is ours.
    _fifth_reply.is_(None),
)

_ENTRY = (
    outbox.c.outbox_id,
    outbox.c.account_id,
    outbox.c.conversation_id,
    outbox.c.recipient_id,
    outbox.c.body,
    apps.c.app_id,
    outbox.c.attempts,
    outbox.c.doubts,
    outbox.c.lane,
    outbox.c.withdrawal,
)
EntryRow = tuple[int, str, str, str, bytes, str, int, int, int, int, int, int, int]
"""An entry's columns, its baseline, when it was tried, and when that ended as far as is known."""

DueRow = tuple[int, str, str, str, bytes, str, int, int, int, int, int, int, int, int, int]
"""An entry's columns, its baseline, whether it is free and withdrawn, and the holds of its account
and app."""

_T = TypeVar("_T")

_with_app = outbox.join(accounts, accounts.c.account_id == outbox.c.account_id).join(
    apps, apps.c.app_key == accounts.c.app_key
)
_may_act = (accounts.c.state == fixed("connected"), apps.c.state == fixed("working"))

DUE = Query[DueRow](
    select(
        *_ENTRY,
        func.coalesce(_highest_position, fixed(0)),
        case((_is_free, fixed(1)), else_=fixed(0)),
        case((is_withdrawn(conversations.c.control), fixed(1)), else_=fixed(0)),
        accounts.c.holds,
        apps.c.holds,
    )
    .select_from(
        _with_app.outerjoin(
            conversations,
            and_(
                conversations.c.account_id == outbox.c.account_id,
                conversations.c.conversation_id == outbox.c.conversation_id,
            ),
        ).outerjoin(
            budgets,
            and_(
                budgets.c.account_id == outbox.c.account_id,
                budgets.c.route == bindparam("of_route"),
            ),
        )
    )
    .where(
        outbox.c.state == fixed("queued"),
        outbox.c.due_at.is_not(None),
        # Named one by one, lanes are read in order from the index.
        outbox.c.lane.in_([fixed(lane) for lane in Lane]),
        outbox.c.due_at <= bindparam("now"),
        *_may_act,
        *(outbox.c.account_id != bindparam(name) for name in WITHOUT),
    )
    .order_by(outbox.c.lane, outbox.c.due_at, outbox.c.account_id, outbox.c.outbox_id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=outbox)
)

START = Command(
    update(outbox)
    .where(*_THIS)
    .values(
        state=fixed("sending"),
        attempts=bindparam("attempt"),
        attempted_at=bindparam("now"),
        baseline=bindparam("highest"),
        held_by=bindparam("holder"),
    )
)

END = Command(
    update(outbox)
    .where(*_ATTEMPT)
    .values(state=bindparam("ended"), message_id=bindparam("message"), reason=bindparam("why"))
)

DEFER = Command(update(outbox).where(*_THIS).values(due_at=bindparam("due")))

POSTPONE = Command(
    update(outbox)
    .where(*_ATTEMPT)
    .values(state=fixed("queued"), due_at=bindparam("due"), reason=bindparam("why"))
)

REWORD = Command(update(outbox).where(*_ATTEMPT).values(body=bindparam("said")))

_one_more = outbox.c.doubts + fixed(1)

SUSPECT = Command(
    update(outbox)
    .where(*_ATTEMPT, outbox.c.state == fixed("sending"))
    .values(
        state=fixed("uncertain"),
        doubts=_one_more,
        doubted_at=bindparam("at", type_=BigInteger),
        reason=bindparam("why"),
    )
)

SUSPECT_ABANDONED = Command(
    update(outbox)
    .where(
        unlocked(
            outbox,
            lambda table: and_(
                _is_in_flight(table),
                table.c.state == fixed("sending"),
                is_abandoned(table.c.held_by),
            ),
        )
    )
    .values(state=fixed("uncertain"), doubts=_one_more, reason=bindparam("why"))
)

_ended_at = case(
    (outbox.c.doubted_at > outbox.c.attempted_at, outbox.c.doubted_at),
    else_=outbox.c.attempted_at,
)

_uncertain = (
    select(*_ENTRY, outbox.c.baseline, outbox.c.attempted_at, _ended_at)
    .select_from(_with_app)
    .where(_IS_IN_FLIGHT, outbox.c.state == fixed("uncertain"))
    .order_by(outbox.c.account_id, outbox.c.conversation_id, outbox.c.outbox_id)
)

UNCERTAIN = Query[EntryRow](_uncertain.where(*_may_act))

UnaskedRow = tuple[int, str, str, str, bytes, str, int, int, int, int, int, int, int, int]
"""What `EntryRow` has, and whether the settings no longer name the account."""


def _of_account(value: ColumnElement[_T], *conditions: ColumnElement[bool]) -> ScalarSelect[_T]:
    """Look something up for each entry by itself; a join would read all accounts at once."""
    return (
        select(value)
        .select_from(accounts.join(apps, apps.c.app_key == accounts.c.app_key))
        .where(accounts.c.account_id == outbox.c.account_id, *conditions)
        .correlate(outbox)
        .scalar_subquery()
    )


_is_unlisted = case((accounts.c.state == fixed(AccountState.UNLISTED), fixed(1)), else_=fixed(0))

UNASKED = Query[UnaskedRow](
    select(
        *(_of_account(column) if column is apps.c.app_id else column for column in _ENTRY),
        outbox.c.baseline,
        outbox.c.attempted_at,
        _ended_at,
        _of_account(_is_unlisted),
    )
    .where(
        _IS_IN_FLIGHT,
        outbox.c.state == fixed("uncertain"),
        _of_account(fixed(1), *_may_act).is_(None),
    )
    .order_by(outbox.c.account_id, outbox.c.conversation_id, outbox.c.outbox_id)
)

UNCERTAIN_HERE = Query[EntryRow](
    _uncertain.where(
        outbox.c.account_id == bindparam("account"),
        outbox.c.conversation_id == bindparam("conversation"),
    )
)


_waiting = unlocked(
    outbox,
    lambda table: and_(
        # Not to be looked up in the primary key, among all that was ever sent.
        func.coalesce(table.c.account_id, fixed("")) == bindparam("account"),
        table.c.state == fixed("queued"),
        table.c.due_at.is_not(None),
    ),
)

HOLD_BACK = Command(
    update(outbox)
    .where(_waiting)
    .values(due_at=case((outbox.c.due_at < _due, _due), else_=outbox.c.due_at))
)

BRING_FORWARD = Command(
    update(outbox)
    .where(
        unlocked(
            outbox,
            lambda table: and_(
                table.c.state == fixed("queued"), table.c.due_at > bindparam("latest")
            ),
        )
    )
    .values(due_at=_due)
)

RELEASE = Command(update(outbox).where(_waiting).values(due_at=FIRST_DUE))

SentRow = tuple[str | None, int, str, str, str, bytes, str, int, int, int, int, int, int, int]
"""X's id of the message, if it is known, and what `EntryRow` has."""

SENT = Query[SentRow](
    select(outbox.c.message_id, *_ENTRY, outbox.c.baseline, outbox.c.attempted_at, _ended_at)
    .select_from(_with_app)
    .where(
        outbox.c.account_id == bindparam("account"),
        or_(
            is_among(outbox.c.message_id),
            and_(
                outbox.c.conversation_id == bindparam("conversation"),
                outbox.c.message_id.is_(None),
                or_(outbox.c.attempts > fixed(0), outbox.c.reason == fixed(RESTORED)),
            ),
        ),
    )
    .order_by(outbox.c.outbox_id)
)
