"""Which messages go now: agents' first, within the budgets, and no account takes all the slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from roost.engine import uploading
from roost.engine.budgets import Budgets
from roost.engine.uploading import UploadSlots
from roost.model.budgets import LeaseWanted, OpensAt
from roost.model.health import Scope
from roost.model.ids import UserId
from roost.model.outbound import OutboxEntry
from roost.model.uploads import UploadTask
from roost.ports import Tx

SLOTS = 320
"""Most attempts in flight."""

SLOTS_OF_ACCOUNT = SLOTS // 5
"""Most attempts in flight for one account: one that X answers slowly takes a fifth."""

STARTED_AT_ONCE = 64
"""Most attempts begun in one transaction."""


TRIAL_AGAIN = timedelta(seconds=5)
"""How long messages of an account or app on trial wait for the one that tries it."""


class Slots:
    """Counts attempts in flight: so many in all, so many of an account, one of what is on trial.

    Attributes:
        uploads: Counts what is uploaded meanwhile.
    """

    def __init__(self) -> None:
        self._taken: Counter[UserId] = Counter()
        self._trials: set[str] = set()
        self.uploads = UploadSlots()

    @property
    def free(self) -> int:
        """How many attempts may begin."""
        return SLOTS - self._taken.total()

    @property
    def full(self) -> Sequence[UserId]:
        """Accounts that may begin none; at most five."""
        return [one for one, n in self._taken.items() if n >= SLOTS_OF_ACCOUNT]

    def take(self, entry: OutboxEntry) -> None:
        """Count an attempt that begins."""
        self._taken[entry.account_id] += 1
        if entry.trial is not None:
            self._trials.add(_tried(entry))

    def give_back(self, entry: OutboxEntry) -> None:
        """Count an attempt that has ended."""
        self._taken[entry.account_id] -= 1
        if not self._taken[entry.account_id]:
            del self._taken[entry.account_id]
        if entry.trial is not None:
            self._trials.discard(_tried(entry))

    def fitting(
        self, entries: Iterable[OutboxEntry]
    ) -> tuple[list[OutboxEntry], list[OutboxEntry]]:
        """Choose, in order, the entries that fit; and those that a trial holds back."""
        taken, trials = self._taken.copy(), self._trials.copy()
        chosen, tried_later = list[OutboxEntry](), list[OutboxEntry]()
        for entry in entries:
            if entry.trial is not None and _tried(entry) in trials:
                tried_later.append(entry)
            elif taken[entry.account_id] < SLOTS_OF_ACCOUNT:
                taken[entry.account_id] += 1
                chosen.append(entry)
                if entry.trial is not None:
                    trials.add(_tried(entry))
        return chosen, tried_later


def _tried(entry: OutboxEntry) -> str:
    return f"app {entry.app_id}" if entry.trial is Scope.APP else f"account {entry.account_id}"


@dataclass(frozen=True, slots=True)
class Started:
    """What one transaction has begun.

    Attributes:
        entries: Now `sending`.
        refused: Likewise, and not to be sent at all: the file they carry was given up, and why.
        withdrawn: Likewise, and not to be sent: somebody has taken over from the bot.
        uploads: Files that this process has to upload first.
        leasing: Accounts, and routes, that cannot go on without a part of their app's budget.
        is_more: Whether there may be more to begin at once.
    """

    entries: Sequence[OutboxEntry]
    leasing: Sequence[tuple[UserId, str]]
    is_more: bool
    refused: Sequence[tuple[OutboxEntry, str]] = ()
    withdrawn: Sequence[OutboxEntry] = ()
    uploads: Sequence[UploadTask] = ()


async def start(tx: Tx, budgets: Budgets, slots: Slots, now: datetime) -> Started:
    """Begin what is due, as far as slots and budgets go; what has no budget waits for it.

    What carries a file that X does not have waits until it is uploaded.
    """
    limit = min(slots.free, STARTED_AT_ONCE)
    due = await tx.outbox.due(limit, now=now, without=slots.full)
    withdrawn = [entry for entry in due if entry.is_withdrawn]
    fitting, tried_later = slots.fitting(entry for entry in due if not entry.is_withdrawn)
    await tx.outbox.defer(tried_later, now + TRIAL_AGAIN)
    prepared = await uploading.prepare(tx, fitting, slots.uploads, now)
    short, leasing = await _without_budget(tx, budgets, prepared.ready, now)
    going = [entry for entry in prepared.ready if entry not in short]
    unsent = [*withdrawn, *(entry for entry, _ in prepared.refused)]
    await tx.outbox.start([*going, *unsent])
    is_any = going or tried_later or short or prepared.n_put_off or unsent
    return Started(
        going,
        leasing,
        is_more=len(due) == limit and bool(is_any),
        refused=prepared.refused,
        withdrawn=withdrawn,
        uploads=prepared.begun,
    )


async def _without_budget(
    tx: Tx, budgets: Budgets, entries: Sequence[OutboxEntry], now: datetime
) -> tuple[Sequence[OutboxEntry], Sequence[tuple[UserId, str]]]:
    """Take what the entries cost; give those that get nothing, and whose routes want a lease."""
    without: list[OutboxEntry] = []
    leasing: list[tuple[UserId, str]] = []
    counted = [entry for entry in entries if not entry.is_free]
    for payer in sorted({_payer(entry) for entry in counted}):
        mine = [entry for entry in counted if _payer(entry) == payer]
        n, refused = await budgets.take_sends(tx, mine, now)
        without += mine[n:]
        match refused:
            case OpensAt(when=when):
                await tx.outbox.defer(mine[n:], when)
            case LeaseWanted():
                leasing.append(payer)
            case None:
                pass
    return without, leasing


def _payer(entry: OutboxEntry) -> tuple[UserId, str]:
    """Give whose window of which route an attempt uses up."""
    return entry.account_id, entry.route
