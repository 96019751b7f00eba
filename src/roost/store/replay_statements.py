"""The SQL of the `replays` table."""

from __future__ import annotations

from sqlalchemy import BigInteger, bindparam, null, select, update

from roost.store import span_statements as spans
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
_IS_OPEN = spans.is_open(replays)

WIDEN = Command(
    spans.widened(replays, _OF_APP, _IS_OPEN, replays.c.n_jobs == fixed(0)).values(
        reached_at=spans.earlier(replays.c.begun_at)
    )
)

OPEN = Command(
    spans.opened(
        replays,
        given=(
            "app_key",
            "replay_id",
            "reason",
            "opened_at",
            "begun_at",
            "ended_at",
            "due_at",
            "reached_at",
        ),
        empty=("job_id", "heard_id", "heard_state", "trouble"),
        zero=("n_jobs",),
    )
)

DUE = Query[ReplayColumns](
    spans.due(replays, select(*COLUMNS), ~spans.another_has(replays, "job_id")).order_by(
        replays.c.due_at, replays.c.app_key, replays.c.replay_id
    )
)

CLAIM = Command(
    update(replays)
    .where(*_THIS)
    .values(held_by=bindparam("holder"), ended_at=bindparam("ended", type_=BigInteger))
)

HELD = Query[ReplayColumns](
    select(*COLUMNS)
    .where(_OF_APP, _IS_OPEN)
    .order_by(replays.c.replay_id)
    .with_for_update(of=replays)
)

SAVE = Command(spans.saved(replays, _THIS, PROGRESS))

PUT_OFF = Command(spans.saved(replays, _THIS, ("due_at", "trouble")))

COUNT = Command(
    spans.saved(
        replays,
        (
            *_THIS,
            replays.c.begun_at == bindparam("begun", type_=BigInteger),
            replays.c.ended_at == bindparam("ended", type_=BigInteger),
        ),
        ("n_jobs", "due_at", "reached_at", "lost_to", "trouble"),
        job_id=fixed(""),
        job_until=null(),
    )
)

GIVE_BACK = Command(update(replays).where(*_THIS).values(held_by=null()))

HEAR = Command(
    update(replays)
    .where(*_THIS, _IS_OPEN)
    .values(heard_id=bindparam("job"), heard_state=bindparam("ended_as"))
)

CLOSE = Command(
    update(replays).where(*_THIS, _IS_OPEN).values(state=fixed("closed"), closed_at=spans.AT)
)

LATEST = Query[tuple[str, str]](spans.latest(replays, _OF_APP))

ONE = Query[ReplayColumns](select(*COLUMNS).where(*_THIS))

OPEN_REPLAYS = Query[ReplayColumns](
    select(*COLUMNS).where(_IS_OPEN).order_by(replays.c.opened_at, replays.c.app_key)
)
