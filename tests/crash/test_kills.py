"""Three hundred SIGKILLs at all kinds of moments, and the ledger finds nothing."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.crash import kills, lives, seeds, servers
from tests.crash.seeds import seed
from tests.crash.stage import stage
from tests.postgres import Databases

from roost.ports import PROBES, RECOVERY_PROBES
from roost.settings import sources
from roost.testing import ledger

pytestmark = pytest.mark.crash

N_KILLS = 300
N_KILLS_ON_POSTGRESQL = 12


@pytest.mark.timeout(1_200)
async def test_killed_again_and_again_nothing_is_lost_or_done_twice() -> None:
    tally = await kills.run(N_KILLS, seed())
    print("\n".join(tally.lines()))
    assert tally.faults == []
    assert sum(tally.points.values()) == N_KILLS
    assert set(PROBES) <= set(tally.points), "every probe was a place to die at"
    assert tally.points["nested random"] >= kills.NESTED
    assert all(tally.points[f"nested {probe}"] for probe in RECOVERY_PROBES)
    assert tally.n_interrupted >= kills.NESTED, "recoveries died that had something to recover"
    assert tally.seen["outbox sent"] >= N_KILLS, "there was something to lose"


@pytest.fixture
def traced(databases: Databases, migrated_template: str) -> Sequence[str]:
    """DSNs of PostgreSQL databases for the rounds of a short run."""
    return servers.traced(databases, kills.rounds(N_KILLS_ON_POSTGRESQL), migrated_template)


@pytest.mark.timeout(900)
async def test_killed_on_postgresql_nothing_is_lost_or_done_twice(traced: Sequence[str]) -> None:
    how = kills.How(databases=traced)
    tally = await kills.run(N_KILLS_ON_POSTGRESQL, seed(), how)
    print("\n".join(tally.lines()))
    assert tally.faults == []
    assert sum(tally.points.values()) == N_KILLS_ON_POSTGRESQL


async def test_a_life_is_let_through_before_too_much_is_above_a_send_in_doubt(
    tmp_path: Path,
) -> None:
    async with lives.nursery(tmp_path / "log") as nursery, stage(tmp_path, random.Random(7)) as on:
        await kills._connect(nursery, on)
        await kills._one(nursery, on, kills.Kill("outbox.sending"))
        assert not await kills._is_relieved(nursery, on)

        on.write(kills.ABOVE_DOUBT_AT_MOST)

        assert await kills._is_relieved(nursery, on)
        assert on.n_above_doubt() == 0
        assert ledger.broken(on.truth(), on.database) == []


def test_a_plan_is_the_same_for_the_same_seed_and_reaches_every_probe() -> None:
    plan = kills.planned(N_KILLS, random.Random(7))
    assert plan == kills.planned(N_KILLS, random.Random(7))
    assert plan != kills.planned(N_KILLS, random.Random(8))
    arrivals = {(kill.probe, kill.arrival) for kill in plan if kill.probe}
    assert {probe for probe, _ in arrivals} == {*PROBES, *RECOVERY_PROBES}
    assert len(plan) == N_KILLS


def test_naming_a_seed_does_not_keep_the_application_from_starting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(seeds.VARIABLE, "7")
    assert seeds.seed() == 7
    assert sources.from_environment(os.environ) == {}
