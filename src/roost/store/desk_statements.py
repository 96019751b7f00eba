"""The SQL of what the desk reads."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    bindparam,
    case,
    func,
    literal_column,
    select,
    tuple_,
)

from roost.store import joins
from roost.store.mark_tables import tags
from roost.store.merging import Asked, Merged
from roost.store.people_tables import remarks
from roost.store.statements import Parameter, Query, fixed
from roost.store.tables import (
    accounts,
    apps,
    conversations,
    deliveries,
    events,
    messages,
    outbox,
)

SummaryRow = tuple[
    str,
    str,
    str,
    str,
    str,
    str,
    str | None,
    str,
    int,
    str,
    str,
    int,
    int,
    int | None,
    str,
    int | None,
    str | None,
    str | None,
    str | None,
    int,
    int,
]
"""The columns of `_SUMMARY`, and last the number that the list is ordered by."""

Summaries = Select[*tuple[Parameter, ...]]
"""A list of an account."""

_our_app = (
    select(fixed(1))
    .join_from(apps, accounts, accounts.c.app_key == apps.c.app_key)
    .where(
        accounts.c.account_id == messages.c.account_id,
        apps.c.app_id == messages.c.source_app_id,
    )
    .scalar_subquery()
)
_whose = case(
    (outbox.c.person_id == fixed(""), fixed("bot")),
    (outbox.c.person_id.is_not(None), fixed("person").concat(outbox.c.person_id)),
    (_our_app.is_not(None), fixed("ours")),
    else_=fixed("elsewhere"),
)
_last_speaker = case(
    (
        conversations.c.last_direction == fixed("out"),
        select(_whose)
        .join_from(messages, outbox, joins.QUEUED_AS, isouter=True)
        .where(
            messages.c.account_id == conversations.c.account_id,
            messages.c.conversation_id == conversations.c.conversation_id,
            messages.c.position == conversations.c.last_position,
        )
        .order_by(messages.c.message_id.desc())
        .limit(literal_column("1", BigInteger))
        .scalar_subquery(),
    ),
)
"""Who of us has written last: a member of `Speaker`, to which a person's id is added."""

_SUMMARY = (
    conversations.c.account_id,
    conversations.c.conversation_id,
    conversations.c.customer_id,
    conversations.c.customer_screen_name,
    conversations.c.customer_name,
    conversations.c.control,
    conversations.c.controller_id,
    conversations.c.control_reason,
    conversations.c.last_at,
    conversations.c.last_direction,
    conversations.c.preview,
    conversations.c.unread,
    conversations.c.queue_key,
    conversations.c.snoozed_until,
    conversations.c.tags,
    conversations.c.seen_position,
    conversations.c.dialog_name,
    conversations.c.dialog_step,
    _last_speaker,
    conversations.c.is_marked_unread,
)
_number = bindparam("number", type_=BigInteger)
_last = bindparam("last", type_=Text)
_IN_ACCOUNT = conversations.c.account_id == bindparam("account")
_IS_MINE = conversations.c.controller_id == bindparam("person")
_HAS_MESSAGES = conversations.c.last_at > fixed(0)
"""Or people have been asked to look: what else happened around us makes no list longer."""
_IS_AWAKE = conversations.c.snoozed_until.is_(None)
_IS_SNOOZED = conversations.c.snoozed_until.is_not(None)


_BY_NUMBER = (len(_SUMMARY) + 1, 1, 2)
"""By the last column, then by account and conversation: the order of every list."""


def _ascending(number: Column[int], *wanted: ColumnElement[bool]) -> Merged[SummaryRow]:
    def arm(asked: Asked) -> Summaries:
        return select(*_SUMMARY, number.label("number")).where(
            conversations.c.account_id == asked.account,
            *wanted,
            _HAS_MESSAGES,
            tuple_(number, conversations.c.conversation_id) > tuple_(asked.number, asked.last),
        )

    return Merged(arm, _BY_NUMBER)


def _counted(limit: str, number: Column[int], *wanted: ColumnElement[bool]) -> ScalarSelect[int]:
    """Count a list by its index alone, but no further than a limit.

    In the list's order and with a bound that none is beyond, so that no other index seems better,
    of which too much would be read.
    """
    chosen = (
        select(conversations.c.conversation_id)
        .where(_IN_ACCOUNT, *wanted, number >= fixed(0))
        .order_by(number, conversations.c.conversation_id)
        .limit(bindparam(limit, type_=BigInteger))
    )
    return select(func.count()).select_from(chosen.subquery("counted")).scalar_subquery()


def _controlled(control: str) -> ColumnElement[bool]:
    return conversations.c.control == fixed(control)


MINE = _ascending(conversations.c.queue_key, _IS_MINE, _IS_AWAKE)
UNASSIGNED, BOT, RESOLVED = (
    _ascending(conversations.c.queue_key, _controlled(control))
    for control in ("queue", "bot", "nobody")
)
SNOOZED = _ascending(conversations.c.snoozed_until, _IS_SNOOZED)

_queue_key = conversations.c.queue_key
COUNTS = Query[tuple[int, int, int, int, int, int]](
    select(
        _counted("mine", _queue_key, _IS_MINE, _IS_AWAKE, _HAS_MESSAGES),
        _counted("unassigned", _queue_key, _controlled("queue"), _HAS_MESSAGES),
        _counted("bot", _queue_key, _controlled("bot"), _HAS_MESSAGES),
        _counted("snoozed", conversations.c.snoozed_until, _IS_SNOOZED),
        _counted("resolved", _queue_key, _controlled("nobody"), _HAS_MESSAGES),
        _counted("all", conversations.c.last_at, _HAS_MESSAGES),
    )
)
"""How many an account has in each list but that of a tag; each limit is named as its list."""


def _latest(asked: Asked) -> Summaries:
    return select(*_SUMMARY, conversations.c.last_at.label("number")).where(
        conversations.c.account_id == asked.account,
        _HAS_MESSAGES,
        tuple_(conversations.c.last_at, conversations.c.conversation_id)
        < tuple_(asked.number, asked.last),
    )


def _tagged(asked: Asked) -> Summaries:
    # Account and conversation as the tag has them, whose index has the order.
    return (
        select(tags.c.account_id, tags.c.conversation_id, *_SUMMARY[2:], tags.c.at.label("number"))
        .join_from(
            tags,
            conversations,
            (conversations.c.account_id == tags.c.account_id)
            & (conversations.c.conversation_id == tags.c.conversation_id),
        )
        .where(
            tags.c.account_id == asked.account,
            tags.c.name == bindparam("tag"),
            tuple_(tags.c.at, tags.c.conversation_id) < tuple_(asked.number, asked.last),
        )
    )


LATEST: Merged[SummaryRow] = Merged(_latest, _BY_NUMBER, is_descending=True)
TAGGED: Merged[SummaryRow] = Merged(_tagged, _BY_NUMBER, is_descending=True)

SUMMARY = Query[SummaryRow](
    select(*_SUMMARY, conversations.c.queue_key.label("number")).where(
        _IN_ACCOUNT, conversations.c.conversation_id == bindparam("conversation")
    )
)

LineRow = tuple[bytes, str, int, int, str, int | None, str | None, int | None, bytes | None]
"""Payload, direction, position, time, id, outbox id, whose, whether from our app, as queued."""

LINES = Query[LineRow](
    select(
        messages.c.payload,
        messages.c.direction,
        messages.c.position,
        messages.c.at,
        messages.c.message_id,
        messages.c.outbox_id,
        outbox.c.person_id,
        _our_app,
        outbox.c.body,
    )
    .join_from(
        messages,
        outbox,
        joins.QUEUED_AS,
        isouter=True,
    )
    .where(
        messages.c.account_id == bindparam("account"),
        messages.c.conversation_id == bindparam("conversation"),
        tuple_(messages.c.position, messages.c.message_id) < tuple_(_number, _last),
    )
    .order_by(messages.c.position.desc(), messages.c.message_id.desc())
    .limit(bindparam("limit"))
)

OutgoingRow = tuple[int, bytes, str, str, int, int | None, int, str]
"""Id, body, state, reason, attempts, due, created, whose."""

_outgoing = select(
    outbox.c.outbox_id,
    outbox.c.body,
    outbox.c.state,
    outbox.c.reason,
    outbox.c.attempts,
    outbox.c.due_at,
    outbox.c.created_at,
    outbox.c.person_id,
).where(
    outbox.c.account_id == bindparam("account"),
    outbox.c.conversation_id == bindparam("conversation"),
)

OPEN = Query[OutgoingRow](
    _outgoing.where(outbox.c.state.in_([fixed("queued"), fixed("sending"), fixed("uncertain")]))
    .order_by(outbox.c.outbox_id)
    .limit(bindparam("limit"))
)


def _unsettled(state: str) -> Query[OutgoingRow]:
    """Each state has an index of its own."""
    return Query[OutgoingRow](
        _outgoing.where(outbox.c.state == fixed(state))
        .order_by(outbox.c.outbox_id.desc())
        .limit(bindparam("limit"))
    )


FAILED, PARKED = _unsettled("dead"), _unsettled("parked")

DELIVERED = Query[tuple[bytes]](
    select(deliveries.c.body)
    .join_from(
        messages,
        events,
        joins.TOLD_BY,
    )
    .join(deliveries, joins.BROUGHT_BY)
    .where(
        messages.c.account_id == bindparam("account"),
        messages.c.message_id == bindparam("message"),
        messages.c.conversation_id == bindparam("conversation"),
    )
)

REMARKS = Query[tuple[str, str, str, int]](
    select(remarks.c.kind, remarks.c.person_id, remarks.c.text, remarks.c.at)
    .where(*joins.REMARKS_BETWEEN)
    .order_by(remarks.c.at.desc(), remarks.c.remark_id.desc())
    .limit(bindparam("limit"))
)
