"""Which turns have died with their process: whom the application may rightly leave to people."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

from roost.engine.turns import TurnPolicy
from roost.testing import ledger_database
from roost.testing.ledger_database import typed

_CLAIMED = "SELECT customer_id, fence FROM conversations WHERE lease_until IS NOT NULL"
_WAITING = (
    "SELECT DISTINCT customer_id FROM conversations, events"
    " WHERE events.account_id = conversations.account_id"
    " AND events.conversation_id = conversations.conversation_id AND events.state = 'pending'"
)
_SENDING = "SELECT count(*) FROM outbox WHERE state = 'sending'"


class Deaths:
    """Counts, for each customer, how often in a row a turn has died with its process.

    Read from outside, between two lives. Whoever has died as often as turns are tried may be with
    people from then on; nobody else.
    """

    def __init__(self) -> None:
        self.left_to_people: set[str] = set()
        self._in_a_row = Counter[str]()
        self._fences: dict[str, int] = {}

    def note(self, database: Path | str) -> int:
        """Look at what the last life has left; how many turns and sends it had not ended."""
        opened = ledger_database.opened(database)
        try:
            claimed = dict(typed(opened, _CLAIMED, tuple[str, int]))
            waiting = {customer for (customer,) in typed(opened, _WAITING, tuple[str])}
            ((n_sending,),) = typed(opened, _SENDING, tuple[int])
        except sqlite3.OperationalError:
            return 0  # it has not made its tables yet
        for customer in [one for one in self._in_a_row if one not in waiting]:
            del self._in_a_row[customer]
        for customer, fence in claimed.items():
            # A lease that was there before has not been claimed by the life that ended now.
            if fence != self._fences.get(customer) and customer in waiting:
                self._in_a_row[customer] += 1
        self._fences.update(claimed)
        attempts = TurnPolicy().attempts
        self.left_to_people |= {one for one, n in self._in_a_row.items() if n >= attempts}
        return len(claimed) + n_sending
