"""What the contracts of gaps and of replays do with open spans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.contract.conftest import NOON

from roost.ports import GapRows, ReplayRows, Tx


@dataclass(frozen=True, slots=True)
class Spans:
    """Open spans of one kind; each step is a transaction of its own.

    Attributes:
        rows: Which, of a transaction.
    """

    rows: Callable[[Tx], GapRows | ReplayRows]

    async def opened(self, store, *spans: Any, at=NOON):
        async def unit(tx):
            for one in spans:
                await self.rows(tx).open(one, at=at)

        await store.transact(unit)

    async def due(self, store, now=NOON, limit=10):
        return await store.transact(lambda tx: self.rows(tx).claim_due(now, limit))

    async def save(self, store, span: Any):
        await store.transact(lambda tx: self.rows(tx).save(span))
