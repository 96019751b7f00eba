"""Conservation: what was accepted is done, waits, or was set aside with a reason; nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import column, select, table

from roost.store.statements import Query

_NAMES = ("account_id", "accepted", "done", "pending", "quarantined", "ignored", "stranded")
_view = table("conservation", *map(column, _NAMES))

BALANCES = Query[tuple[str, int, int, int, int, int, int]](
    select(*(_view.c[name] for name in _NAMES)).order_by(_view.c.account_id)
)


@dataclass(frozen=True, slots=True)
class Balance:
    """What became of the events of one account; all numbers are of one moment.

    Attributes:
        account_id: Whose; `""` for what came in for nobody.
        accepted: All that were ever stored.
        done: Handled, by a bot or by people.
        pending: Not dealt with yet.
        quarantined: Set aside with a reason, until somebody requeues them.
        ignored: Nothing to be done about them, for a reason that is told.
        stranded: Those of the pending that nobody will ever take up, because their conversation
            neither waits for a turn nor has one.
    """

    account_id: str
    accepted: int
    done: int
    pending: int
    quarantined: int
    ignored: int
    stranded: int

    @property
    def unaccounted(self) -> int:
        """How many events are in no known state, or were set aside without a reason."""
        return self.accepted - self.done - self.pending - self.quarantined - self.ignored

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong, a sentence each; nothing where every event is accounted for."""
        where = f"account {self.account_id or '(none)'}"
        found: list[str] = []
        if self.unaccounted:
            found.append(
                f"{where}: of {self.accepted} events accepted, {self.unaccounted} are neither done,"
                " pending, quarantined nor ignored for a reason"
            )
        if self.stranded:
            found.append(f"{where}: {self.stranded} pending events wait for nobody")
        return tuple(found)
