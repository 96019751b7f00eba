"""X's hosts over TLS, as foreign client libraries ask for them."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
from tests import foreign
from tests.foreign import Authority
from tests.scenario.simulator import legs
from tests.scenario.simulator.foreign.hosts import Hosts, open_hosts

from roost.simulator.entries import Rules


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return foreign.authority_in(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def hosts(
    stage, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Hosts]:
    x = await stage.simulator(legs.world(stage, Rules(limits="off", consent="auto")))
    hook = await stage.webhook()
    async with open_hosts(x, hook, authority, monkeypatch) as opened:
        yield opened
