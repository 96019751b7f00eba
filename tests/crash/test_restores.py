"""Backups made under load are restored, and X is sent nothing twice."""

from __future__ import annotations

import pytest
from tests.crash import restores
from tests.crash.seeds import seed

pytestmark = pytest.mark.crash

N_ROUNDS = 2


@pytest.mark.timeout(600)
async def test_restored_nothing_is_sent_or_answered_twice() -> None:
    tally = await restores.run(N_ROUNDS, seed())
    print("\n".join(tally.lines()))
    assert tally.faults == []
    assert tally.n_forgotten >= N_ROUNDS * restores.BURST, "there was something to do twice"
