"""Typing and read marks: shown at once, where X allows it, and never worth failing for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from roost.engine.means import Means
from roost.errors import InvalidCall, RateLimited, SendError, StoreUnavailable
from roost.model.budgets import Granted, Purpose, Standing
from roost.model.decisions import Decision, MarkRead, ShowTyping, Signal
from roost.model.ids import UserId
from roost.model.outbound import Limited
from roost.model.turns import Turn
from roost.ports import Tx

_log = structlog.stdlib.get_logger("roost.signals")

MOST_WAITING = 1_000
"""Signals that wait to be shown; beyond that the oldest are dropped, since they are stale."""

SHOWN_AT_ONCE = 8
"""Calls of X at the same time."""

_ROUTES = {ShowTyping: "dm.indicate_typing", MarkRead: "dm.mark_read"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A signal on its way.

    Attributes:
        account_id: Who shows it.
        customer_id: To whom.
        signal: What.
    """

    account_id: UserId
    customer_id: UserId
    signal: Signal

    @property
    def route(self) -> str:
        """The route whose window it uses up."""
        return _ROUTES[type(self.signal)]


class SignalWorker:
    """Shows what committed turns wanted shown.

    No signal is stored: who is killed shows no typing. They are counted with those of all other
    processes, and where a window is used up, or X says so, nothing more is asked of it until it
    opens; what is wanted meanwhile is dropped.

    Args:
        means: Store, gateway, clock and budgets.
    """

    def __init__(self, means: Means) -> None:
        self._means = means
        self._waiting = asyncio.Queue[Wanted | None]()

    def want(self, turn: Turn, decisions: Sequence[Decision]) -> None:
        """Show the signals among what a turn has decided and committed."""
        customer_id = UserId(turn.customer.user_id)
        for decision in decisions:
            if isinstance(decision, Signal):
                if self._waiting.qsize() >= MOST_WAITING:
                    self._waiting.get_nowait()
                self._waiting.put_nowait(Wanted(turn.account_id, customer_id, decision))

    async def show(self, wanted: Wanted) -> None:
        """Show one signal now, unless its window is used up; what X does not take is dropped."""
        try:
            if await self._means.store.transact(
                lambda tx: self._take(tx, wanted), is_durable=False
            ):
                await self._show(wanted)
        except StoreUnavailable as error:
            _log.info("signal dropped", account=wanted.account_id, reason=str(error))

    def stop(self) -> None:
        """Show what waits and end `run`."""
        for _ in range(SHOWN_AT_ONCE):
            self._waiting.put_nowait(None)

    async def run(self) -> None:
        """Show signals until stopped."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(SHOWN_AT_ONCE):
                tasks.create_task(self._show_each())

    async def _show_each(self) -> None:
        while (wanted := await self._waiting.get()) is not None:
            await self.show(wanted)

    async def _take(self, tx: Tx, wanted: Wanted) -> bool:
        now = self._means.clock.now()
        taken = await self._means.budgets.take(
            tx, wanted.account_id, wanted.route, Purpose.SIGNAL, now=now
        )
        return isinstance(taken, Granted)

    async def _show(self, wanted: Wanted) -> None:
        limited: Limited | None = None
        try:
            await self._means.gateway.show(wanted.account_id, wanted.customer_id, wanted.signal)
        except RateLimited as error:
            limited = self._means.retry.limited(error, attempt=1, now=self._means.clock.now())
        except (SendError, InvalidCall) as error:
            _log.info("signal dropped", account=wanted.account_id, reason=type(error).__name__)
        said = self._means.gateway.learned(wanted.account_id, wanted.route)
        if limited is not None or said is not None:
            await self._means.store.transact(
                lambda tx: self._note(tx, wanted, limited, said), is_durable=False
            )

    async def _note(
        self, tx: Tx, wanted: Wanted, limited: Limited | None, said: Standing | None
    ) -> None:
        budgets, account_id, route = self._means.budgets, wanted.account_id, wanted.route
        if said is not None:
            await budgets.learn(tx, account_id, route, said, now=self._means.clock.now())
        if limited is not None:
            await budgets.close(tx, account_id, route, limited)
