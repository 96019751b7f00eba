"""That a verb asks nothing of the simulator is proved for each test on its stage."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.scenario.accounts.stage import staged

from roost.xapi.transport import Request, aiohttp_transport


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("path", ["/_sim/clock", "/_sim/nowhere"])
async def test_a_call_of_the_simulators_controls_is_noticed(tmp_path: Path, path: str):
    with pytest.raises(BaseExceptionGroup) as raised:  # through the simulator's own tasks
        async with staged(tmp_path) as stage, aiohttp_transport() as transport:
            await transport.send(Request("GET", stage.url + path, {"user-agent": "a verb"}))

    assert raised.group_contains(AssertionError, match="controls were called")
    assert raised.group_contains(AssertionError, match=path)
