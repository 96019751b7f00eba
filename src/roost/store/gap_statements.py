"""The SQL of the `gaps` and `last_seen` tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    bindparam,
    case,
    cast,
    column,
    delete,
    exists,
    func,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from roost.ports import GapKind
from roost.store.columns import TEXT
from roost.store.expressions import ByDatabase, is_abandoned
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
_IS_OPEN = gaps.c.state == fixed("open")
_at = bindparam("at", type_=BigInteger)
_begun: ColumnElement[int] = bindparam("begun", type_=BigInteger)
_ended: ColumnElement[int] = bindparam("ended", type_=BigInteger)

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

NOTE_SWEPT = Command(
    update(last_seen)
    .where(
        last_seen.c.account_id == bindparam("account"),
        last_seen.c.swept_at == bindparam("before", type_=BigInteger),
    )
    .values(swept_at=_at)
)

WIDEN = Command(
    update(gaps)
    .where(
        gaps.c.account_id == bindparam("account"),
        _IS_OPEN,
        gaps.c.kind == bindparam("of_kind"),
        gaps.c.passes == fixed(0),
    )
    .values(
        begun_at=case((gaps.c.begun_at > _begun, _begun), else_=gaps.c.begun_at),
        ended_at=case((gaps.c.ended_at < _ended, _ended), else_=gaps.c.ended_at),
        due_at=_at,
    )
)

OPEN = Command(
    insert(gaps).values(
        {
            **{
                name: bindparam(name)
                for name in (
                    "account_id",
                    "gap_id",
                    "kind",
                    "reason",
                    "opened_at",
                    "begun_at",
                    "ended_at",
                    "due_at",
                    "urgency",
                )
            },
            **{name: fixed("") for name in ("cursor", "trouble")},
            **{name: fixed(0) for name in ("passes", "n_pages", "n_listed", "n_new")},
            "n_new_in_pass": fixed(0),
            "state": fixed("open"),
        }
    )
)

_other = gaps.alias("other")
_another_is_listed = exists().where(
    _other.c.account_id == gaps.c.account_id,
    _other.c.state == fixed("open"),
    _other.c.cursor != fixed(""),
    _other.c.gap_id != gaps.c.gap_id,
)

DUE = Query[GapColumns](
    select(*COLUMNS)
    .where(
        _IS_OPEN,
        gaps.c.due_at <= bindparam("now", type_=BigInteger),
        or_(
            gaps.c.held_by.is_(None),
            gaps.c.held_by == bindparam("holder", type_=BigInteger),
            is_abandoned(gaps.c.held_by),
        ),
        or_(gaps.c.cursor != fixed(""), ~_another_is_listed),
    )
    .order_by(gaps.c.urgency, gaps.c.due_at, gaps.c.account_id, gaps.c.gap_id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=gaps)
)

CLAIM = Command(
    update(gaps).where(*_THIS).values(held_by=bindparam("holder"), passes=bindparam("begun_passes"))
)

SAVE = Command(
    update(gaps)
    .where(*_THIS, _IS_OPEN)
    .values({**{name: bindparam(f"new_{name}") for name in PROGRESS}, "held_by": null()})
)

CLOSE = Command(
    update(gaps)
    .where(*_THIS, _IS_OPEN)
    .values(state=fixed("closed"), closed_at=_at, cursor=fixed(""), held_by=null())
)

FORGET = Command(delete(gaps).where(*_THIS))

LATEST = Query[tuple[str, str]](
    select(gaps.c.gap_id, gaps.c.state)
    .where(gaps.c.account_id == bindparam("account"), gaps.c.kind == bindparam("of_kind"))
    .order_by(gaps.c.gap_id.desc())
    .limit(bindparam("limit"))
)

ONE = Query[GapColumns](select(*COLUMNS).where(*_THIS))

OPEN_GAPS = Query[GapColumns](select(*COLUMNS).where(_IS_OPEN).order_by(gaps.c.opened_at))

_keys = bindparam("keys", type_=Text)
_is_among = ByDatabase[bool](
    sqlite=events.c.event_key.in_(
        select(column("value", Text)).select_from(func.json_each(_keys).table_valued("value"))
    ),
    postgresql=events.c.event_key.in_(
        select(cast(func.jsonb_array_elements_text(cast(_keys, JSONB)), TEXT))
    ),
)

KNOWN = Query[tuple[str, str]](
    select(events.c.event_key, events.c.state).where(
        events.c.account_id == bindparam("account"),
        events.c.kind.in_([fixed("message_received"), fixed("message_sent")]),
        _is_among,
    )
)

RELEASE = Command(
    update(events)
    .where(events.c.account_id == bindparam("account"), events.c.state == fixed("held"))
    .values(state=fixed("new"), received_at=_at)
)
