"""The simulator's clock, and the ids made from it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from roost.simulator.clock import SimulatorClock, from_milliseconds, milliseconds
from roost.simulator.snowflakes import Snowflakes

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def frozen() -> SimulatorClock:
    return SimulatorClock(NOON, is_frozen=True)


def test_a_frozen_clock_moves_only_when_it_is_moved():
    seconds = iter(range(100))
    clock = SimulatorClock(NOON, is_frozen=True, monotonic=lambda: next(seconds))

    assert clock.now() == NOON
    clock.advance(timedelta(days=1))

    assert clock.now() == NOON + timedelta(days=1)


def test_a_running_clock_follows_the_machine_and_can_be_put_ahead():
    machine = [100.0]
    clock = SimulatorClock(NOON, monotonic=lambda: machine[0])

    machine[0] = 107.0
    clock.advance(timedelta(hours=1))
    machine[0] = 108.0

    assert clock.now() == NOON + timedelta(hours=1, seconds=8)


def test_freezing_and_running_keep_the_time():
    machine = [0.0]
    clock = SimulatorClock(NOON, monotonic=lambda: machine[0])

    machine[0] = 5.0
    clock.freeze()
    machine[0] = 50.0
    clock.run()
    machine[0] = 51.0

    assert clock.now() == NOON + timedelta(seconds=6)
    assert clock.changes == 2


def test_time_does_not_go_back():
    with pytest.raises(ValueError, match="back"):
        frozen().advance(timedelta(seconds=-1))


async def test_advancing_wakes_those_whose_time_has_come_and_no_others():
    clock, woken = frozen(), list[str]()

    async def sleeper(name: str, minutes: int) -> None:
        await clock.sleep_until(NOON + timedelta(minutes=minutes))
        woken.append(name)

    async with asyncio.TaskGroup() as tasks:
        late = tasks.create_task(sleeper("late", 10))
        early = tasks.create_task(sleeper("early", 5))
        await asyncio.sleep(0)
        clock.advance(timedelta(minutes=5))
        await early
        assert woken == ["early"]
        assert not late.done()
        clock.advance(timedelta(minutes=5))


async def test_those_who_are_apart_wake_in_order_and_go_through_the_time_that_was_moved():
    clock, seen = frozen(), list[tuple[str, timedelta]]()

    async def sleeper(name: str, *minutes: int) -> None:
        for each in minutes:
            await clock.sleep_until(NOON + timedelta(minutes=each))
            seen.append((name, clock.now() - NOON))

    def spawn(tasks: asyncio.TaskGroup, name: str, *minutes: int) -> None:
        tasks.create_task(sleeper(name, *minutes), context=clock.apart())

    async with asyncio.TaskGroup() as tasks:
        spawn(tasks, "third", 30)
        spawn(tasks, "first", 10, 15, 90)
        spawn(tasks, "second", 20)
        await asyncio.sleep(0)
        clock.advance(timedelta(hours=1))
        await asyncio.sleep(0)
        assert clock.now() == NOON + timedelta(hours=1)
        clock.advance(timedelta(hours=1))

    by_name = {name: [at for who, at in seen if who == name] for name, _ in seen}
    minutes = {name: [at / timedelta(minutes=1) for at in times] for name, times in by_name.items()}
    assert minutes == {"first": [10, 15, 90], "second": [20], "third": [30]}
    assert list(minutes) == ["first", "second", "third"]


async def test_work_that_begins_apart_begins_where_its_beginner_is():
    clock, seen = frozen(), list[timedelta]()

    async def child() -> None:
        seen.append(clock.now() - NOON)

    async with asyncio.TaskGroup() as tasks:

        async def parent() -> None:
            await clock.sleep_until(NOON + timedelta(minutes=5))
            tasks.create_task(child(), context=clock.apart())

        tasks.create_task(parent(), context=clock.apart())
        await asyncio.sleep(0)
        clock.advance(timedelta(hours=1))

    assert seen == [timedelta(minutes=5)]


def test_another_clock_knows_nothing_of_who_is_apart():
    clock, other = frozen(), frozen()
    context = clock.apart()
    clock.advance(timedelta(hours=1))
    other.advance(timedelta(hours=1))

    assert context.run(clock.now) == NOON
    assert context.run(lambda: clock.behind) == timedelta(hours=1)
    assert context.run(other.now) == NOON + timedelta(hours=1)


async def test_a_sleeper_on_a_running_clock_wakes_by_itself_and_not_early():
    clock = SimulatorClock(NOON)
    due = NOON + timedelta(milliseconds=20)

    await clock.sleep_until(due)

    assert clock.now() >= due


async def test_a_poll_ends_with_the_next_change_or_at_its_limit_or_when_all_is_closed():
    clock = frozen()
    await clock.changed(0, within=timedelta(milliseconds=1))
    assert clock.changes == 0

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(clock.changed(0, within=timedelta(hours=1)))
        await asyncio.sleep(0)
        clock.freeze()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(clock.changed(1, within=timedelta(hours=1)))
        await asyncio.sleep(0)
        clock.close()


def test_times_travel_as_milliseconds():
    assert from_milliseconds(str(milliseconds(NOON))) == NOON


def test_ids_rise_even_while_the_clock_stands_still_and_carry_its_time():
    clock = frozen()
    ids = Snowflakes(clock)

    first, second = int(ids.next()), int(ids.next())
    clock.advance(timedelta(milliseconds=1))
    third = int(ids.next())

    assert first < second < third
    assert (first >> 22) + 1_288_834_974_657 == milliseconds(NOON)
    assert third >> 22 == (first >> 22) + 1


def test_ids_already_used_are_never_made_again():
    ids = Snowflakes(frozen())
    ids.skip(str(2**62))

    assert int(ids.next()) == 2**62 + 1
