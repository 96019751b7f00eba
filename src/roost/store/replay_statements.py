"""The SQL of the `replays` table."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    bindparam,
    case,
    exists,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from roost.store.expressions import is_abandoned
from roost.store.replay_tables import replays
from roost.store.statements import Command, Query, fixed

ReplayColumns = tuple[
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
    int,
    str,
    str,
    str,
    int | None,
]
"""The values of `COLUMNS`."""

COLUMNS = (
    replays.c.app_key,
    replays.c.replay_id,
    replays.c.reason,
    replays.c.opened_at,
    replays.c.begun_at,
    replays.c.ended_at,
    replays.c.due_at,
    replays.c.reached_at,
    replays.c.job_id,
    replays.c.job_until,
    replays.c.n_jobs,
    replays.c.heard_id,
    replays.c.heard_state,
    replays.c.trouble,
    replays.c.lost_to,
)
"""A span, in the order of the fields of `roost.ports.Replay`."""

PROGRESS = (
    "due_at",
    "reached_at",
    "job_id",
    "job_until",
    "n_jobs",
    "heard_id",
    "heard_state",
    "trouble",
    "lost_to",
)
"""What changes while a span is worked on."""

_THIS = (replays.c.app_key == bindparam("app"), replays.c.replay_id == bindparam("replay"))
_OF_APP = replays.c.app_key == bindparam("app")
_IS_OPEN = replays.c.state == fixed("open")
_at = bindparam("at", type_=BigInteger)
_begun: ColumnElement[int] = bindparam("begun", type_=BigInteger)
_ended: ColumnElement[int] = bindparam("ended", type_=BigInteger)


def _earlier(known: Column[int]) -> ColumnElement[int]:
    return case((known > _begun, _begun), else_=known)


WIDEN = Command(
    update(replays)
    .where(
        _OF_APP,
        _IS_OPEN,
        replays.c.n_jobs == fixed(0),
    )
    .values(
        begun_at=_earlier(replays.c.begun_at),
        reached_at=_earlier(replays.c.begun_at),
        ended_at=case((replays.c.ended_at < _ended, _ended), else_=replays.c.ended_at),
        due_at=_at,
    )
)

_GIVEN = (
    "app_key",
    "replay_id",
    "reason",
    "opened_at",
    "begun_at",
    "ended_at",
    "due_at",
    "reached_at",
)

OPEN = Command(
    insert(replays).values(
        {
            **{name: bindparam(name) for name in _GIVEN},
            **{name: fixed("") for name in ("job_id", "heard_id", "heard_state", "trouble")},
            "n_jobs": fixed(0),
            "state": fixed("open"),
        }
    )
)

_other = replays.alias("other")
_another_has_a_job = exists().where(
    _other.c.app_key == replays.c.app_key,
    _other.c.state == fixed("open"),
    _other.c.job_id != fixed(""),
    _other.c.replay_id != replays.c.replay_id,
)

DUE = Query[ReplayColumns](
    select(*COLUMNS)
    .where(
        _IS_OPEN,
        replays.c.due_at <= bindparam("now", type_=BigInteger),
        or_(
            replays.c.held_by.is_(None),
            replays.c.held_by == bindparam("holder", type_=BigInteger),
            is_abandoned(replays.c.held_by),
        ),
        ~_another_has_a_job,
    )
    .order_by(replays.c.due_at, replays.c.app_key, replays.c.replay_id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=replays)
)

CLAIM = Command(update(replays).where(*_THIS).values(held_by=bindparam("holder")))

HELD = Query[ReplayColumns](
    select(*COLUMNS)
    .where(_OF_APP, _IS_OPEN)
    .order_by(replays.c.replay_id)
    .with_for_update(of=replays)
)

SAVE = Command(
    update(replays)
    .where(*_THIS, _IS_OPEN)
    .values({**{name: bindparam(f"new_{name}") for name in PROGRESS}, "held_by": null()})
)

PUT_OFF = Command(
    update(replays)
    .where(*_THIS, _IS_OPEN)
    .values(due_at=bindparam("new_due_at"), trouble=bindparam("new_trouble"), held_by=null())
)

COUNT = Command(
    update(replays)
    .where(
        *_THIS,
        _IS_OPEN,
        replays.c.begun_at == bindparam("begun", type_=BigInteger),
        replays.c.ended_at == bindparam("ended", type_=BigInteger),
    )
    .values(
        {
            **{
                name: bindparam(f"new_{name}")
                for name in ("n_jobs", "due_at", "reached_at", "lost_to", "trouble")
            },
            "job_id": fixed(""),
            "job_until": null(),
            "held_by": null(),
        }
    )
)

GIVE_BACK = Command(update(replays).where(*_THIS).values(held_by=null()))

HEAR = Command(
    update(replays)
    .where(*_THIS, _IS_OPEN)
    .values(heard_id=bindparam("job"), heard_state=bindparam("ended_as"))
)

CLOSE = Command(
    update(replays).where(*_THIS, _IS_OPEN).values(state=fixed("closed"), closed_at=_at)
)

LATEST = Query[tuple[str, str]](
    select(replays.c.replay_id, replays.c.state)
    .where(_OF_APP)
    .order_by(replays.c.replay_id.desc())
    .limit(bindparam("limit"))
)

ONE = Query[ReplayColumns](select(*COLUMNS).where(*_THIS))

OPEN_REPLAYS = Query[ReplayColumns](
    select(*COLUMNS).where(_IS_OPEN).order_by(replays.c.opened_at, replays.c.app_key)
)
