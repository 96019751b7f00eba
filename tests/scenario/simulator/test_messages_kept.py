"""The world holds so many messages and no more."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from datetime import timedelta
from itertools import pairwise

import pytest

from roost.simulator import courier, ledger, live, nonces, records, world_file
from roost.simulator.clock import SimulatorClock
from roost.simulator.entries import MessageEntry, Rules, WorldFile
from roost.simulator.world import World
from roost.testing.clocks import NOON
from roost.xapi.wire_dm import MessageData


def a_world(kept: int) -> World:
    people = world_file.built_in().users
    file = WorldFile(format=1, users=people, rules=Rules(messages_kept=kept))
    return World(SimulatorClock(NOON, is_frozen=True), file)


def fill(world: World, n: int) -> None:
    for _ in range(n):
        world.put_message(
            MessageEntry(
                message_id=world.ids.next(),
                created_timestamp=world.timestamp(),
                sender_id="2002",
                recipient_id="1001",
                app_id="268278",
                data=MessageData(text="Hello"),
            )
        )


def test_memory_is_flat_over_a_hundred_thousand_messages():
    world = a_world(kept=1_000)
    fill(world, 88_000)
    tracemalloc.start()
    try:
        fill(world, 2_000)  # by now everything that is held was traced
        before, _ = tracemalloc.get_traced_memory()
        fill(world, 10_000)  # a single pointer kept of each would show
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(world.messages) == 1_000
    assert len(list(world.mailbox("1001"))) == 1_000
    assert after < before * 1.05


def test_messages_too_old_to_be_listed_leave_with_the_next_one():
    world = a_world(kept=1_000)
    fill(world, 3)
    world.clock.advance(timedelta(days=30, seconds=1))
    fill(world, 1)

    assert len(world.messages) == 1
    assert [len(list(world.mailbox(user))) for user in ("1001", "2002")] == [1, 1]


def test_a_message_of_thirty_days_ago_stays():
    world = a_world(kept=1_000)
    fill(world, 1)
    world.clock.advance(timedelta(days=30))
    fill(world, 1)

    assert len(world.messages) == 2


def test_one_message_stays_whatever_the_rule():
    world = a_world(kept=1)
    fill(world, 2)

    assert len(world.messages) == 1


async def test_memory_is_flat_over_calls_that_are_signed_kept_and_delivered(
    stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(nonces.Nonces.__init__, "__defaults__", (100,))
    monkeypatch.setattr(ledger.Ledger.__init__, "__kwdefaults__", {"kept": 100})
    for module, name in (
        (courier, "_KEPT"),
        (courier, "_HISTORY_KEPT"),
        (records, "KEPT"),
    ):
        monkeypatch.setattr(module, name, 100)
    # From the 101st on, each also tells of a message that left: the log is full of those by 140.
    monkeypatch.setattr(records, "CHANGES_KEPT", 40)
    monkeypatch.setattr(live.Live.__init__, "__kwdefaults__", {"kept": 100})
    x, hook = await stage.subscribed("1001", rules=Rules(limits="off", messages_kept=100))

    log = x.simulator.simulation.records.deliveries

    async def send(first: int, last: int) -> int:
        for _ in range(first, last):
            assert (await x.send("Your parcel is on its way.")).status == 200
        async with asyncio.timeout(60):
            async for _ in x.simulator.simulation.live.follow(-1):
                if log.find(str(last)) is not None:
                    break
        hook.received.clear()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        sizes = [await send(first, first + 250) for first in range(0, 1250, 250)]
    finally:
        tracemalloc.stop()

    # What is kept of every call grows in each of the four; what Python keeps now and then, in some.
    grown = [after - before for before, after in pairwise(sizes)]
    assert min(grown) < 250 * 50, f"each 250 calls kept {grown} bytes more, of {sizes[0]}"
