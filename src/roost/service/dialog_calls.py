"""What `roost dialogs` asks of the process that owns the database."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from roost.bot import occasions
from roost.errors import NoDialog
from roost.model.outbound import Addressee
from roost.ports import Clock, Tx
from roost.ports.dialogs import OpenDialog
from roost.store import control
from roost.store.durable import DurableStore

MOST_SHOWN = 1_000
"""Dialogs in one answer: those that have waited longest."""

_TRACE_BYTES = 16

Shown = Mapping[str, object]


def calls(
    store: DurableStore, clock: Clock, *, wake: Callable[[], None]
) -> Mapping[str, control.Call]:
    """Give the calls by name.

    Args:
        store: Holds the dialogs.
        clock: Tells when something is done.
        wake: Says that a timer is due.
    """
    answering = _Answering(store, clock, wake)
    return {
        "dialogs_list": answering.show_all,
        "dialogs_show": answering.show,
        "dialogs_restart": answering.restart,
        "dialogs_cancel": answering.cancel,
    }


@dataclass(frozen=True, slots=True)
class _Answering:
    """Restarts and ends dialogs in turns of their own conversations, by timers due at once.

    So they never meet a turn that is going on.
    """

    store: DurableStore
    clock: Clock
    wake: Callable[[], None]

    async def show_all(self) -> Sequence[Shown]:
        return [_shown(one) for one in await self.store.dialogs.open(MOST_SHOWN)]

    async def show(self, dialog_id: str) -> Shown:
        dialog = await self._found(dialog_id)
        points = [
            {"kind": kind, "fingerprint": fingerprint, "result_bytes": size}
            for kind, fingerprint, size in await self.store.dialogs.points(dialog)
        ]
        return {**_shown(dialog), "points": points}

    async def restart(self, dialog_id: str) -> Shown:
        return await self._order(dialog_id, occasions.RESTART)

    async def cancel(self, dialog_id: str) -> Shown:
        return await self._order(dialog_id, occasions.CANCEL)

    async def _order(self, dialog_id: str, what: str) -> Shown:
        dialog = await self._found(dialog_id)
        where = Addressee(dialog.account_id, dialog.conversation_id, dialog.customer_id)
        name = occasions.order_for(dialog.dialog_id, what)
        trace_id, due_at = secrets.token_hex(_TRACE_BYTES), self.clock.now()

        async def unit(tx: Tx) -> None:
            await tx.timers.set(where, name, due_at=due_at, data="", trace_id=trace_id)

        await self.store.transact(unit)
        self.wake()
        return _shown(dialog)

    async def _found(self, dialog_id: str) -> OpenDialog:
        for one in await self.store.dialogs.open(MOST_SHOWN):
            if one.dialog_id == dialog_id:
                return one
        raise NoDialog(dialog_id)


def _shown(dialog: OpenDialog) -> Shown:
    return {**asdict(dialog), "since": dialog.since.isoformat()}
