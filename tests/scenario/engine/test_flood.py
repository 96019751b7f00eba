"""One customer's flood does not keep the others waiting."""

from __future__ import annotations

import asyncio
import statistics
from pathlib import Path

import pytest
from tests.scenario.engine.conftest import ACCOUNT, Line, echo, line_over

from roost.model.decisions import Decision
from roost.model.turns import Turn
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore

N_OTHERS = 999
N_FLOOD = 1_000
FLOODER = "5000"
MOST_SLOWER = 2 * 2
"""The goal is 2, of the same run without the flood. Asserted is twice that, the margin that ratios
are given on a busy machine: what was seen is about 1, printed with each run."""

ROUNDS = 3
"""So often the two are compared at most: a machine that slows down between them slows one of them.
Whoever lets a flood keep the others waiting is slower in each round."""


async def p95_wait(line: Line, n_flood: int) -> float:
    """Give the time in seconds until 95 of 100 other customers were answered."""
    loop = asyncio.get_running_loop()
    waits: list[float] = []

    async def decide(turn: Turn) -> tuple[Decision, ...]:
        if turn.customer.user_id != FLOODER:
            waits.append(loop.time() - begun_at)
        return await echo(turn)

    line.decider.decides = decide
    number = 100_000  # far above those that our answers get
    for n in range(max(n_flood, N_OTHERS)):
        if n < n_flood:
            number += 1
            await line.receives(number, "flood", customer=FLOODER)
        if n < N_OTHERS:
            number += 1
            await line.receives(number, "hello", customer=str(6_000 + n))
    begun_at = loop.time()
    async with line.working():
        await line.until_settled()
    assert len(waits) == N_OTHERS
    return statistics.quantiles(waits, n=20)[-1]


async def measured(folder: Path, n_flood: int) -> float:
    async with SqliteStore.open(folder / f"{n_flood}.db") as store:
        await store.register([AppRow("main", "1", "key")], [AccountRow(ACCOUNT, "main", "b")])
        return await p95_wait(line_over(store), n_flood)


@pytest.mark.timeout(600)
async def test_the_others_wait_hardly_longer_while_one_sends_a_thousand_messages(
    tmp_path: Path,
) -> None:
    ratios: list[float] = []
    while len(ratios) < ROUNDS and (not ratios or ratios[-1] >= MOST_SLOWER):
        folder = tmp_path / str(len(ratios))
        folder.mkdir()
        alone = await measured(folder, 0)
        flooded = await measured(folder, N_FLOOD)
        ratios.append(flooded / alone)
        print(f"p95 of {N_OTHERS}: {alone:.2f} s alone, {flooded:.2f} s beside {N_FLOOD} messages")
    print(f"ratios {', '.join(f'{one:.2f}' for one in ratios)}, goal 2")
    assert ratios[-1] < MOST_SLOWER
