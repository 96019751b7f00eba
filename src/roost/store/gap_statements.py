"""The SQL of the `gaps` and `last_seen` tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import (
    BigInteger,
    Boolean,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from roost.ports import GapKind
from roost.store import locks
from roost.store import span_statements as spans
from roost.store.expressions import ByDatabase, is_among
from roost.store.gap_tables import gaps, last_seen
from roost.store.statements import Command, Query, fixed
from roost.store.tables import events

URGENCY: Mapping[GapKind, int] = MappingProxyType({kind: n for n, kind in enumerate(GapKind)})
"""Which kind is seen to first; 0 is the most urgent."""

GapColumns = tuple[
    str,
    str,
    str,
    str,
    int,
    int,
    int,
    int,
    int,
    str,
    int | None,
    int | None,
    int,
    int,
    int,
    int,
    str,
    int | None,
]
"""The values of `COLUMNS`."""

COLUMNS = (
    gaps.c.account_id,
    gaps.c.gap_id,
    gaps.c.kind,
    gaps.c.reason,
    gaps.c.opened_at,
    gaps.c.begun_at,
    gaps.c.ended_at,
    gaps.c.due_at,
    gaps.c.passes,
    gaps.c.cursor,
    gaps.c.pass_begun_at,
    gaps.c.reached_at,
    gaps.c.n_pages,
    gaps.c.n_listed,
    gaps.c.n_new,
    gaps.c.n_new_in_pass,
    gaps.c.trouble,
    gaps.c.unlisted_to,
)
"""A gap, in the order of the fields of `roost.ports.Gap`."""

PROGRESS = (
    "due_at",
    "cursor",
    "pass_begun_at",
    "reached_at",
    "n_pages",
    "n_listed",
    "n_new",
    "n_new_in_pass",
    "trouble",
    "unlisted_to",
)
"""What changes while a gap is worked on."""

_THIS = (gaps.c.account_id == bindparam("account"), gaps.c.gap_id == bindparam("gap"))
_IS_OPEN = spans.is_open(gaps)
_at = spans.AT

LAST_SEEN = Query[tuple[int, int, int]](
    select(last_seen.c.connected_at, last_seen.c.ok_at, last_seen.c.swept_at).where(
        last_seen.c.account_id == bindparam("account")
    )
)

MEET = Command(
    insert(last_seen).on_conflict_do_nothing(index_elements=[last_seen.c.account_id]),
)

NOTE_OK = Command(
    update(last_seen)
    .where(last_seen.c.account_id == bindparam("account"), last_seen.c.ok_at < _at)
    .values(ok_at=_at)
)

_times = (last_seen.c.connected_at, last_seen.c.ok_at, last_seen.c.swept_at)
PUT_RIGHT = Command(
    update(last_seen)
    .where(or_(*(one > bindparam("latest", type_=BigInteger) for one in _times)))
    .values({one: case((one > _at, _at), else_=one) for one in _times})
)

NOTE_SWEPT = Command(
    update(last_seen)
    .where(
        last_seen.c.account_id == bindparam("account"),
        last_seen.c.swept_at == bindparam("before", type_=BigInteger),
    )
    .values(swept_at=_at)
)

WIDEN = Command(
    spans.widened(
        gaps,
        gaps.c.account_id == bindparam("account"),
        _IS_OPEN,
        gaps.c.kind == bindparam("of_kind"),
        gaps.c.passes == fixed(0),
    )
)

OPEN = Command(
    spans.opened(
        gaps,
        given=(
            "account_id",
            "gap_id",
            "kind",
            "reason",
            "opened_at",
            "begun_at",
            "ended_at",
            "due_at",
            "urgency",
        ),
        empty=("cursor", "trouble"),
        zero=("passes", "n_pages", "n_listed", "n_new", "n_new_in_pass"),
    )
)

MAY_CLAIM = Query[tuple[bool]](
    select(
        ByDatabase[bool](
            sqlite=true(),
            postgresql=func.pg_try_advisory_xact_lock(
                fixed(locks.WORK), fixed(locks.LISTING), type_=Boolean
            ),
        )
    )
)
"""Tell whether no other open transaction claims gaps; until its end this one may alone.

What it has claimed, of an account, another cannot see before.
"""

DUE = Query[GapColumns](
    spans.due(
        gaps,
        select(*COLUMNS),
        or_(gaps.c.cursor != fixed(""), ~spans.another_has(gaps, "cursor")),
        ~spans.another_is_held(gaps),
    ).order_by(gaps.c.urgency, gaps.c.due_at, gaps.c.account_id, gaps.c.gap_id)
)

CLAIM = Command(
    update(gaps)
    .where(*_THIS)
    .values(
        held_by=bindparam("holder"),
        passes=bindparam("begun_passes"),
        ended_at=bindparam("ended", type_=BigInteger),
        cursor=bindparam("from_cursor"),
    )
)

SAVE = Command(spans.saved(gaps, _THIS, PROGRESS))

CLOSE = Command(
    spans.saved(gaps, _THIS, (), state=fixed("closed"), closed_at=_at, cursor=fixed(""))
)

FORGET = Command(delete(gaps).where(*_THIS))

LATEST = Query[tuple[str, str]](
    spans.latest(
        gaps, gaps.c.account_id == bindparam("account"), gaps.c.kind == bindparam("of_kind")
    )
)

ONE = Query[GapColumns](select(*COLUMNS).where(*_THIS))

OPEN_GAPS = Query[GapColumns](select(*COLUMNS).where(_IS_OPEN).order_by(gaps.c.opened_at))

KNOWN = Query[tuple[str, str]](
    select(events.c.event_key, events.c.state).where(
        events.c.account_id == bindparam("account"),
        events.c.kind.in_([fixed("message_received"), fixed("message_sent")]),
        is_among(events.c.event_key),
    )
)

RELEASE = Command(
    update(events)
    .where(events.c.account_id == bindparam("account"), events.c.state == fixed("held"))
    .values(state=fixed("new"), received_at=_at)
)
