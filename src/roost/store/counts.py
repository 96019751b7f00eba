"""How much there is of everything that waits or was set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, func, select, union_all

from roost.store.expressions import N_WORKERS
from roost.store.statements import Query, fixed
from roost.store.tables import events, outbox


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is by state, and how many processes there are for it.

    Each mapping is of one moment, and adds up to all rows of its table.

    Attributes:
        events: Of `held`, `new`, `pending`, `ignored`, `quarantined` and `done`.
        outbox: Of `queued`, `sending`, `uncertain`, `parked`, `dead`, `dropped` and `sent`.
        workers: Processes on this database that run bots and send, wherever they are.
    """

    events: Mapping[str, int]
    outbox: Mapping[str, int]
    workers: int

    @property
    def events_waiting(self) -> int:
        """Events that nobody has dealt with yet."""
        return self.events["held"] + self.events["new"] + self.events["pending"]

    @property
    def outbox_waiting(self) -> int:
        """Messages whose outcome is still open."""
        return self.outbox["queued"] + self.outbox["sending"] + self.outbox["uncertain"]


def _counting(table: Table, groups: Sequence[Sequence[str]]) -> Query[tuple[str, int]]:
    """Count each state of each group by the partial index that is exactly the group."""
    parts = [
        select(fixed(state), func.count()).where(
            _is_in(table, group), table.c.state == fixed(state)
        )
        for group in groups
        for state in group
    ]
    total = select(fixed("total"), func.count()).select_from(table)
    return Query[tuple[str, int]](union_all(*parts, total))


def _is_in(table: Table, group: Sequence[str]) -> ColumnElement[bool]:
    if len(group) == 1:
        return table.c.state == fixed(group[0])
    return table.c.state.in_([fixed(state) for state in group])


WORKERS = Query[tuple[int]](select(N_WORKERS))
"""How many processes there are for all that waits."""

EVENTS = _counting(events, [["held"], ["new"], ["pending"], ["ignored", "quarantined"]])

OUTBOX = _counting(outbox, [["queued", "sending", "uncertain"], ["parked", "dead", "dropped"]])


def by_state(rows: Sequence[tuple[str, int]], *, rest: str) -> Mapping[str, int]:
    """Turn the rows of `EVENTS` or `OUTBOX` into counts; `rest` names the state not counted."""
    counts = dict(rows)
    total = counts.pop("total")
    return {**counts, rest: total - sum(counts.values())}
