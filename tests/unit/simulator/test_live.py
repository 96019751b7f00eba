"""The stream of what happens, and the logs."""

from __future__ import annotations

import asyncio
import itertools

from roost.simulator.live import Live
from roost.simulator.records import KEPT, PAGE, ControlRow, Log


async def take(live: Live, after: int, n: int) -> list[tuple[int, str, bytes]]:
    stream = live.follow(after)
    return [(e.event_id, e.name, e.data) for e in [await anext(stream) for _ in range(n)]]


async def test_a_reader_gets_what_it_has_not_seen_and_then_what_happens():
    live = Live(100)
    live.publish("a", 1)
    live.publish("b", 2)
    async with asyncio.TaskGroup() as tasks:
        reader = tasks.create_task(take(live, 100, 2))
        await asyncio.sleep(0)
        live.publish("c", 3)

    assert reader.result() == [(101, "b", b"2"), (102, "c", b"3")]


async def test_a_reader_that_is_too_far_behind_is_told_so_and_goes_on_from_now():
    live = Live(1, kept=3)
    for n in range(10):
        live.publish("n", n)

    assert await take(live, 7, 1) == [(8, "n", b"7")]
    assert await take(live, 6, 1) == [(10, "resync", b"{}")]


async def test_a_reader_from_another_run_is_told_so():
    live = Live(100)

    assert await take(live, 4_711, 1) == [(99, "resync", b"{}")]
    assert await take(live, 7, 1) == [(99, "resync", b"{}")]


async def test_closing_ends_every_stream():
    live = Live(1)

    async def read_all() -> list[str]:
        return [event.name async for event in live.follow(0)]

    async with asyncio.TaskGroup() as tasks:
        readers = [tasks.create_task(read_all()) for _ in range(3)]
        await asyncio.sleep(0)
        live.close()

    assert list(itertools.chain(*(reader.result() for reader in readers))) == []


def row(n: int) -> ControlRow:
    return ControlRow(at=str(n), method="GET", path="/_sim/x", client="")


def test_a_log_gives_pages_newest_first_and_keeps_only_the_newest():
    log: Log[ControlRow] = Log()
    for n in range(1, KEPT + 101):
        log.add(row(n))

    first = log.page()
    second = log.page(below=int(first[-1].id))

    assert [one.id for one in first] == [str(n) for n in range(KEPT + 100, KEPT + 100 - PAGE, -1)]
    assert second[0].id == str(int(first[-1].id) - 1)
    assert log.page(below=101) == []
    assert [one.id for one in log.page(below=103)] == ["102", "101"]
    assert log.find("100") is None
    assert log.find("101") == log.page(below=102)[0]
