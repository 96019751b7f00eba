"""Three hundred SIGKILLs at all kinds of moments, and the ledger finds nothing."""

from __future__ import annotations

import random

import pytest
from tests.crash import kills
from tests.crash.seeds import seed

from roost.ports import PROBES

pytestmark = pytest.mark.crash

N_KILLS = 300


@pytest.mark.timeout(1_200)
async def test_killed_again_and_again_nothing_is_lost_or_done_twice() -> None:
    tally = await kills.run(N_KILLS, seed())
    print("\n".join(tally.lines()))
    assert tally.faults == []
    assert sum(tally.points.values()) == N_KILLS
    assert set(PROBES) <= set(tally.points), "every probe was a place to die at"
    assert tally.points["nested random"] >= kills.NESTED
    assert tally.seen["outbox sent"] >= N_KILLS, "there was something to lose"


def test_a_plan_is_the_same_for_the_same_seed_and_reaches_every_probe() -> None:
    plan = kills.planned(N_KILLS, random.Random(7))
    assert plan == kills.planned(N_KILLS, random.Random(7))
    assert plan != kills.planned(N_KILLS, random.Random(8))
    arrivals = {(kill.probe, kill.arrival) for kill in plan if kill.probe}
    assert {probe for probe, _ in arrivals} == set(PROBES)
    assert len(plan) == N_KILLS
