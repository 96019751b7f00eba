"""Typing and read marks: shown at once, where X allows it, and never worth failing for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from roost.errors import InvalidCall, RateLimited, SendError
from roost.model.decisions import Decision, MarkRead, ShowTyping, Signal
from roost.model.ids import UserId
from roost.model.turns import Turn
from roost.ports import Clock, Gateway

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
    def window(self) -> tuple[UserId, str]:
        """What X counts it under."""
        return self.account_id, _ROUTES[type(self.signal)]


class SignalWorker:
    """Shows what committed turns wanted shown.

    Nothing is stored: who is killed shows no typing. Where X says that a window is used up, nothing
    more is asked of that window until it opens; what is wanted meanwhile is dropped.

    Args:
        gateway: The way to X.
        clock: Tells when a window opens.
    """

    def __init__(self, gateway: Gateway, clock: Clock) -> None:
        self._gateway = gateway
        self._clock = clock
        self._waiting = asyncio.Queue[Wanted | None]()
        self._shut: dict[tuple[UserId, str], datetime] = {}

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
        shut_until = self._shut.get(wanted.window)
        if shut_until is None or shut_until <= self._clock.now():
            await self._show(wanted)

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

    async def _show(self, wanted: Wanted) -> None:
        try:
            await self._gateway.show(wanted.account_id, wanted.customer_id, wanted.signal)
        except RateLimited as error:
            if error.resets_at is not None:
                self._shut[wanted.window] = error.resets_at
            _log.warning("signal dropped: the window is used up", account=wanted.account_id)
        except (SendError, InvalidCall) as error:
            _log.info("signal dropped", account=wanted.account_id, reason=type(error).__name__)
