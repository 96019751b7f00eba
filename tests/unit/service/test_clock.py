"""The clock the application goes by, and how it follows a simulator's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from roost.errors import SettingsError
from roost.service import clock as clocks
from roost.service.clock import FollowedClock
from roost.service.steady_clock import SteadyClock
from roost.settings import loading
from roost.simulator import world_file
from roost.simulator.app import Options, Simulator
from roost.testing.in_process import InProcess

URL = "http://127.0.0.1:8090"
DAY = timedelta(days=1)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def simulator(transport: InProcess, *, is_frozen: bool = True) -> AsyncGenerator[Simulator]:
    options = Options(is_clock_frozen=is_frozen)
    async with Simulator(world_file.built_in(), options=options, transport=transport) as one:
        transport.mount(URL, one.asgi)
        yield one
        transport.mount(URL, _hanging_up)


async def _hanging_up(scope, receive, send) -> None:
    raise ConnectionResetError


@asynccontextmanager
async def following(transport: InProcess) -> AsyncGenerator[FollowedClock]:
    settings = loading.load(None, environ={"ROOST_CLOCK": "simulator", "ROOST_X_BASE_URL": URL})
    async with asyncio.timeout(30), clocks.running(settings, transport) as clock:
        assert isinstance(clock, FollowedClock)
        yield clock


async def moved(clock: FollowedClock, to: datetime) -> None:
    """Wait until a clock shows at least a time."""
    while True:
        waiting = asyncio.Event()
        clock.on_move(waiting.set)
        if clock.now() >= to:
            return
        await waiting.wait()


async def test_a_simulator_s_clock_is_shown_and_followed_when_it_is_moved() -> None:
    transport = InProcess()
    async with simulator(transport) as x, following(transport) as clock:
        start = clock.now()
        assert abs(start - x.simulation.clock.now()) < timedelta(milliseconds=1)

        x.simulation.clock.advance(DAY)
        await moved(clock, start + DAY)

        assert abs(clock.now() - x.simulation.clock.now()) < timedelta(milliseconds=1)


async def test_it_stands_while_the_simulator_s_stands_and_runs_when_it_runs() -> None:
    transport = InProcess()
    machine = [100.0]
    async with simulator(transport) as x:
        clock = FollowedClock(transport, URL, monotonic=lambda: machine[0])
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            following = tasks.create_task(clock.follow())
            await clock.is_known.wait()
            start = clock.now()
            machine[0] += 7
            assert clock.now() == start

            runs = asyncio.Event()
            clock.on_move(runs.set)
            x.simulation.clock.run()
            await runs.wait()
            running_since = clock.now()
            machine[0] += 7
            assert clock.now() == running_since + timedelta(seconds=7)
            following.cancel()


async def test_it_goes_on_while_the_simulator_is_away_and_takes_what_the_next_one_shows() -> None:
    transport = InProcess()
    async with AsyncExitStack() as life:
        x = await life.enter_async_context(simulator(transport))
        async with following(transport) as clock:
            for _ in range(3):
                x.simulation.clock.advance(DAY)
            before = x.simulation.clock.now()
            await moved(clock, before - timedelta(milliseconds=1))
            await life.aclose()
            assert clock.now() == pytest.approx(before, abs=timedelta(milliseconds=1))

            async with simulator(transport) as successor:
                assert successor.simulation.clock.changes == 0
                successor.simulation.clock.advance(30 * DAY)
                await moved(clock, successor.simulation.clock.now() - timedelta(milliseconds=1))


async def test_what_is_no_simulator_is_waited_for_until_it_is_one() -> None:
    transport = InProcess()
    answers = [(404, b"{}"), (200, b"<html>"), (200, b'{"n": 1, "now": "x", "is_frozen": true}')]

    async def other(scope, receive, send) -> None:
        status, body = answers.pop(0)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})
        if not answers:
            transport.mount(URL, x.asgi)

    async with simulator(transport) as x:
        transport.mount(URL, other)
        async with following(transport) as clock:
            assert abs(clock.now() - x.simulation.clock.now()) < timedelta(milliseconds=1)
    assert answers == []


async def test_without_a_simulator_the_machine_s_clock_is_shown() -> None:
    settings = loading.load(None, environ={})
    async with clocks.running(settings, InProcess()) as clock:
        assert isinstance(clock, SteadyClock)
        assert clock.now().tzinfo is UTC
        clock.on_move(pytest.fail)


def test_following_x_s_own_clock_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"clock: follows a simulator, and x_base_url names"):
        loading.load(None, environ={"ROOST_CLOCK": "simulator"})


def test_no_other_clock_can_be_set() -> None:
    with pytest.raises(SettingsError, match='clock: takes "system" or "simulator"'):
        loading.load(None, environ={"ROOST_CLOCK": "sundial"})
