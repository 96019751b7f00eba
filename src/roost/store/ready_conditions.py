"""Which conversations a process can take up: those of bots it runs, with events it can read."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from roost.model.events import TURN_EVENT_TYPES
from roost.store.expressions import ByDatabase
from roost.store.statements import Query, fixed
from roost.store.tables import accounts, conversations, events

_END = "\n"
_PENDING_HERE = (
    events.c.account_id == conversations.c.account_id,
    events.c.conversation_id == conversations.c.conversation_id,
    events.c.state == fixed("pending"),
)
_bots = bindparam("bots", type_=Text)


def _between(end: ColumnElement[str]) -> ColumnElement[str]:
    return end.concat(accounts.c.bot).concat(end)


_place_among_bots = ByDatabase[int](
    sqlite=func.instr(_bots, _between(literal_column("char(10)", Text)), type_=BigInteger()),
    postgresql=func.strpos(_bots, _between(literal_column("chr(10)", Text)), type_=BigInteger()),
)

OLDEST_PENDING = select(func.min(events.c.received_at)).where(*_PENDING_HERE).scalar_subquery()
"""Since when the oldest event waits that a conversation's bot has not handled."""

IS_SERVED = or_(_bots.is_(None), _place_among_bots > fixed(0))
"""Whether the account's bot is one of the parameter `bots`, see `among`."""

IS_KNOWN = (
    select(fixed(1))
    .where(*_PENDING_HERE, events.c.kind.not_in([fixed(kind) for kind in TURN_EVENT_TYPES]))
    .limit(literal_column("1", BigInteger))
    .scalar_subquery()
    .is_(None)
)
"""Whether this version knows all that is pending. Otherwise a newer one has filed it, and its
processes take the conversation up, in order.

Looked for in each conversation by itself, as PostgreSQL does with no `exists`: by statistics from
when little was pending, it would walk along all that is pending for each of them."""

UNSERVED = Query[tuple[str, int, int]](
    select(accounts.c.bot, func.count(), func.min(conversations.c.ready_since))
    .join_from(conversations, accounts, accounts.c.account_id == conversations.c.account_id)
    .where(
        conversations.c.ready_since.is_not(None),
        conversations.c.lease_until.is_(None),
        accounts.c.state == fixed("connected"),
        accounts.c.bot != fixed(""),
        _place_among_bots == fixed(0),
    )
    .group_by(accounts.c.bot)
    .order_by(accounts.c.bot)
)
"""Bots that conversations wait for and that are not among `bots`: how many, and since when."""


def among(bots: frozenset[str] | None) -> str | None:
    """Write the names of bots as the parameter `bots`; `None` stands for any bot."""
    return None if bots is None else _END + "".join(f"{name}{_END}" for name in sorted(bots))
