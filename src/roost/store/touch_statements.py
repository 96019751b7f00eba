"""The SQL by which a message makes or freshens its conversation."""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    not_,
    null,
    or_,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from roost.store.arrays import Values, given, insert_many
from roost.store.statements import Query, fixed
from roost.store.tables import accounts, conversations, outbox


def first_control(account_id: ColumnElement[str]) -> ColumnElement[str | int]:
    """Say whose a new conversation of an account is."""
    has_bot = exists().where(accounts.c.account_id == account_id, accounts.c.bot != fixed(""))
    return case((has_bot, fixed("bot")), else_=fixed("queue"))


# As text: columns of the row that is changed would be looked for anew inside a subquery.
_ACCOUNT = literal_column("conversations.account_id", Text)
_CONVERSATION = literal_column("conversations.conversation_id", Text)
_KEY = (conversations.c.account_id, conversations.c.conversation_id)
_new = insert(conversations)
_VALUES: Values = {
    **given(
        "account_id",
        "conversation_id",
        "customer_id",
        "customer_screen_name",
        "customer_name",
        "last_at",
        "last_position",
        "unread",
        "preview",
        "received_at",
        "received_position",
        "queue_key",
        "last_direction",
    ),
    "channel": fixed("dm"),
    "control": first_control(bindparam("account_id")),
    "control_reason": fixed(""),
    "epoch": fixed(0),
    "fence": fixed(0),
}
_is_latest = _new.excluded.last_position >= conversations.c.last_position

_IS_RESOLVED = conversations.c.control == fixed("nobody")
_begins_anew = and_(_IS_RESOLVED, _new.excluded.unread > fixed(0))
SOMEBODY_WAITS = conversations.c.queue_key < fixed(1 << 59)
"""See `roost.store.tables.conversations`."""
_still_waits = and_(
    SOMEBODY_WAITS,
    # Until somebody takes it up, what a bot says last is no answer.
    or_(_new.excluded.unread > fixed(0), conversations.c.control == fixed("queue")),
)

_is_last_received = and_(
    _new.excluded.received_position.is_not(None),
    func.coalesce(conversations.c.received_position, fixed(-1)) < _new.excluded.received_position,
)


def _of_last_received(column: str) -> ColumnElement[int]:
    return case((_is_last_received, _new.excluded[column]), else_=conversations.c[column])


_has_waiting = exists().where(
    outbox.c.account_id == _ACCOUNT,
    outbox.c.conversation_id == _CONVERSATION,
    # Tells the planner which index holds these.
    outbox.c.state.in_([fixed(state) for state in ("queued", "sending", "uncertain")]),
    outbox.c.state == fixed("queued"),
    outbox.c.due_at > outbox.c.created_at,
)


def _name(column: str) -> ColumnElement[str]:
    """Take a newer name; an older one only where there is none; never an empty one."""
    mine, theirs = conversations.c[column], _new.excluded[column]
    is_wanted = and_(theirs != fixed(""), or_(_is_latest, mine == fixed("")))
    return case((is_wanted, theirs), else_=mine)


def _or_freshen(new: Insert) -> Insert:
    return new.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            # Whoever writes again begins anew, with the bot where there is one.
            "control": case(
                (_begins_anew, first_control(_ACCOUNT)),
                else_=conversations.c.control,
            ),
            "epoch": case(
                (_begins_anew, conversations.c.epoch + fixed(1)), else_=conversations.c.epoch
            ),
            "customer_screen_name": _name("customer_screen_name"),
            "customer_name": _name("customer_name"),
            "last_at": case(
                (_new.excluded.last_at > conversations.c.last_at, _new.excluded.last_at),
                else_=conversations.c.last_at,
            ),
            "last_position": case(
                (_is_latest, _new.excluded.last_position), else_=conversations.c.last_position
            ),
            "preview": case((_is_latest, _new.excluded.preview), else_=conversations.c.preview),
            "unread": conversations.c.unread + _new.excluded.unread,
            "snoozed_until": case(
                (_new.excluded.unread > fixed(0), null()), else_=conversations.c.snoozed_until
            ),
            "received_at": _of_last_received("received_at"),
            "received_position": _of_last_received("received_position"),
            "last_direction": case(
                (_is_latest, _new.excluded.last_direction), else_=conversations.c.last_direction
            ),
            "queue_key": case(
                (or_(not_(_is_latest), _still_waits), conversations.c.queue_key),
                else_=_new.excluded.queue_key,
            ),
        },
    )


_TOLD = (*_KEY, conversations.c.control, case((_has_waiting, fixed(1)), else_=fixed(0)))
TOUCH = Query[tuple[str, str, str, int]](
    _or_freshen(_new.values(_VALUES)).returning(*_TOLD),
    arrays=_or_freshen(insert_many(conversations, _VALUES)).returning(*_TOLD),
    row=("account_id", "conversation_id"),
)
"""Gives who controls it, and whether something of its outbox waits for a budget."""
