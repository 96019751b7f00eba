"""What the control socket answers about events: are they all accounted for, and which wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial

from roost.engine import quarantine
from roost.model.ids import MessageId, UserId
from roost.ports import Clock, QuarantinedEvent
from roost.store.conservation import Balance
from roost.store.durable import DurableStore

MOST_SHOWN = 1_000
"""Events in one answer."""

Call = Callable[..., Awaitable[object]]


def calls(store: DurableStore, clock: Clock, wake: Callable[[], None]) -> Mapping[str, Call]:
    """Give the calls about quarantined events.

    Args:
        store: Where they are.
        clock: Stamps what is done.
        wake: Called when there is something to do again.
    """

    async def quarantined() -> list[dict[str, object]]:
        return [_shown(event) for event in await store.quarantined(MOST_SHOWN)]

    async def requeue(keys: Sequence[str], *, is_all: bool = False) -> dict[str, object]:
        """Requeue events by key, or all of them; tell which, and why others were not."""
        found = list(await store.quarantined(MOST_SHOWN)) if is_all else []
        refused: list[dict[str, object]] = []
        for key in keys:
            named = await store.quarantined_as(key)
            found += named
            if not named:
                refused.append({"event_key": key, "why": "nothing is quarantined under this key"})
        requeued: list[dict[str, object]] = []
        for event in found:
            unit = partial(quarantine.requeue, event=event, at=clock.now())
            why = await store.transact(unit)
            (refused if why else requeued).append(
                {**_shown(event), **({"why": why} if why else {})}
            )
        wake()
        return {"requeued": requeued, "refused": refused}

    async def erase_message(account_id: str, message_id: str) -> dict[str, object]:
        """Erase a message; where it was, `""` for nowhere."""
        account, message = UserId(account_id), MessageId(message_id)
        where = await store.transact(lambda tx: tx.erasure.erase_message(account, message))
        return {"conversation_id": where or ""}

    return {"quarantined": quarantined, "requeue": requeue, "erase_message": erase_message}


async def conservation(store: DurableStore) -> dict[str, object]:
    """Account for every event of every account.

    Returns:
        Whether all are accounted for, what is wrong where they are not, and the sums.
    """
    balances = await store.conservation()
    faults = [fault for one in balances for fault in one.faults]
    return {"is_kept": not faults, "faults": faults, **_sums(balances)}


def _sums(balances: Sequence[Balance]) -> dict[str, int]:
    return {
        "accepted": sum(one.accepted for one in balances),
        "done": sum(one.done for one in balances),
        "pending": sum(one.pending for one in balances),
        "quarantined": sum(one.quarantined for one in balances),
        "ignored": sum(one.ignored for one in balances),
        "stranded": sum(one.stranded for one in balances),
    }


def _shown(event: QuarantinedEvent) -> dict[str, object]:
    return {**asdict(event), "received_at": event.received_at.isoformat()}
