"""The simulator as pytest fixtures: `x_simulator` within the process, `x_server` on a port.

Name it in a `conftest.py`: `pytest_plugins = ["roost.testing.x_simulator"]`. It is no entry point
on purpose: tests that have nothing to do with X would load it too.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator

import pytest

from roost.simulator import world_file
from roost.simulator.app import Options, Simulator
from roost.simulator.entries import WorldFile
from roost.testing.in_process import InProcess
from roost.testing.x_worlds import ORIGIN, InProcessX, NotDelivered, NotInWorld, ServedX, World

__all__ = [
    "ORIGIN",
    "InProcessX",
    "NotDelivered",
    "NotInWorld",
    "ServedX",
    "World",
    "x_server",
    "x_simulator",
    "x_world",
]


@pytest.fixture
def x_world() -> WorldFile:
    """Give the world to begin with: *Acme Desk*, `@acme`, and three customers.

    Override it in a `conftest.py` for another.
    """
    return world_file.built_in()


@pytest.fixture
async def x_simulator(x_world: WorldFile) -> AsyncGenerator[InProcessX]:
    """Run a simulator within the test's event loop. Needs anyio's plugin, which Roost brings."""
    transport = InProcess()
    options = Options(is_clock_frozen=True)
    async with Simulator(x_world, options=options, transport=transport) as simulator:
        transport.mount(ORIGIN, simulator.asgi)
        yield InProcessX(simulator.simulation, ORIGIN, simulator.asgi, transport)


@pytest.fixture
def x_server(x_world: WorldFile) -> Generator[ServedX]:
    """Serve a simulator on a port, for clients that know nothing of asyncio."""
    server = ServedX(x_world)
    server.start()
    try:
        yield server
    finally:
        server.stop()
