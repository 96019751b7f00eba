"""Steps of turns are committed: those of different conversations in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from roost.engine import decisions
from roost.errors import StoreUnavailable
from roost.model.decisions import Decision, Remember
from roost.model.events import MessageReceived, TurnEvent
from roost.model.opting import STOPPED
from roost.model.turns import Claim, Progress
from roost.ports import Filed, Store, Tx
from roost.ports.turns import TurnEnd

logger = structlog.stdlib.get_logger("roost.turns")


@dataclass(frozen=True, slots=True)
class Step:
    """What a decider hands over at once, on its way into the database.

    Attributes:
        claim: Of its turn.
        progress: What was decided.
        n_settled: How many of the turn's events steps before it have settled.
        at: When it was decided.
    """

    claim: Claim
    progress: Progress
    n_settled: int
    at: datetime

    def settled(self, *, is_owner: bool) -> list[Filed]:
        """Say what becomes of the events it has handled."""
        last = None if self.progress.final else self.progress.n_handled
        handled = self.claim.turn.events[self.n_settled : last]
        return done(self.claim, handled, "" if is_owner else "withheld: somebody took over")

    def end(self) -> TurnEnd:
        """Say how its turn ends, if it is the last."""
        return TurnEnd(
            self.claim, self.at if self.claim.has_more else None, last_position(self.claim)
        )


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of a step.

    Attributes:
        is_owner: Whether the bot still had the conversation, so that what it decided counts.
        is_ready: Whether the conversation waits for another turn.
    """

    is_owner: bool
    is_ready: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    step: Step
    future: asyncio.Future[Committed | None]

    def answer(self, committed: Committed | None) -> None:
        if not self.future.done():
            self.future.set_result(committed)

    def fail(self, error: StoreUnavailable) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Commits:
    """Commits steps of turns, all that wait in one transaction.

    While one transaction is under way the next ones gather, so that the database's speed limits
    transactions and not turns. Such a transaction waits for no conversation: a step whose one
    somebody else holds at the moment is committed by itself, and so is each where one of them
    makes the transaction fail.

    Args:
        store: Where to.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[_Waiting] = []
        self._is_there = asyncio.Event()

    async def commit(self, step: Step) -> Committed:
        """Commit a step while `run` runs.

        Raises:
            StaleClaim: Somebody else has claimed the conversation. Nothing was committed.
            StoreUnavailable: As in `roost.ports.Store.transact`.
        """
        waiting = _Waiting(step, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._is_there.set()
        together = await waiting.future
        if together is not None:
            return together
        return await self._store.transact(lambda tx: _alone(tx, step))

    async def run(self) -> None:
        """Commit what waits, until cancelled."""
        while True:
            await self._is_there.wait()
            self._is_there.clear()
            gathered, self._waiting = self._waiting, []
            await self._commit([one for one in gathered if not one.future.done()])

    async def _commit(self, gathered: Sequence[_Waiting]) -> None:
        committed: Sequence[Committed | None] = [None] * len(gathered)
        try:
            committed = await self._store.transact(
                lambda tx: _together(tx, [one.step for one in gathered])
            )
        except StoreUnavailable as error:
            for one in gathered:
                one.fail(error)
        except Exception:
            # Whatever one step fails with must not fail the others, nor end `run`, for which all
            # wait: it is told here, and each step is then committed, and fails, by itself.
            logger.exception("turns not committed together", turns=len(gathered))
        for one, result in zip(gathered, committed, strict=True):
            one.answer(result)


async def _together(tx: Tx, steps: Sequence[Step]) -> list[Committed | None]:
    """Commit steps of different conversations; `None` for those that cannot be held now."""
    held = await tx.turns.hold([step.claim for step in steps])
    settled: list[Filed] = []
    for place, is_owner in held.items():
        await _apply(tx, steps[place], is_owner=is_owner)
        settled += steps[place].settled(is_owner=is_owner)
    await tx.events.settle_all(settled)
    last = [place for place in held if steps[place].progress.final]
    are_ready = await tx.turns.end([steps[place].end() for place in last])
    ready = {place for place, is_ready in zip(last, are_ready, strict=True) if is_ready}
    return [
        Committed(held[place], place in ready) if place in held else None
        for place in range(len(steps))
    ]


async def _alone(tx: Tx, step: Step) -> Committed:
    """Commit a step, after whoever holds its conversation."""
    is_owner = await tx.conversations.guard(step.claim)
    await _apply(tx, step, is_owner=is_owner)
    await tx.events.settle_all(step.settled(is_owner=is_owner))
    if not step.progress.final:
        return Committed(is_owner, is_ready=False)
    (is_ready,) = await tx.turns.end([step.end()])
    return Committed(is_owner, is_ready)


async def _apply(tx: Tx, step: Step, *, is_owner: bool) -> None:
    if not is_owner:
        # Somebody took over meanwhile. That the customer wants no more of the bot counts still.
        told = [one for one in step.progress.decisions if _is_opt_out(one)]
        await decisions.apply(tx, told, step.claim, at=step.at)
        await decisions.withhold(tx, step.progress.decisions, step.claim, at=step.at)
        return
    await decisions.apply(tx, step.progress.decisions, step.claim, at=step.at)
    if step.progress.dialogs:
        await tx.dialogs.record(step.claim, step.progress.dialogs, at=step.at)


def _is_opt_out(decision: Decision) -> bool:
    return isinstance(decision, Remember) and (decision.scope, decision.name) == STOPPED


def done(claim: Claim, events: Sequence[TurnEvent], reason: str) -> list[Filed]:
    """Say that events of a turn are done; of those that came late, that too."""
    if_late = f"late: {reason}" if reason else "late"
    late = claim.turn.late
    return [Filed(one, "done", if_late if one.event_key in late else reason) for one in events]


def last_position(claim: Claim) -> int | None:
    """Give the position of the turn's last message; `None` where it has none."""
    messages = [one for one in claim.turn.events if isinstance(one, MessageReceived)]
    return messages[-1].position if messages else None
