"""Virtual time: waiting costs nothing, and nothing is overtaken."""

from __future__ import annotations

import asyncio
import threading

import pytest

from roost.testing import virtual_time


def test_a_day_passes_at_once_and_timers_keep_their_order() -> None:
    async def work() -> tuple[list[str], float]:
        said: list[str] = []

        async def say(what: str, after: float) -> None:
            await asyncio.sleep(after)
            said.append(what)

        async with asyncio.TaskGroup() as tasks:
            for what, after in (("night", 86_400), ("noon", 43_200), ("dawn", 1)):
                tasks.create_task(say(what, after))
        return said, asyncio.get_running_loop().time()

    said, passed = virtual_time.run(work())
    assert said == ["dawn", "noon", "night"]
    assert 86_400 <= passed < 86_401


def test_no_time_passes_while_a_thread_works() -> None:
    async def work() -> float:
        loop = virtual_time.running()
        is_slow, is_done = threading.Event(), loop.create_future()

        def in_thread() -> None:
            is_slow.wait(10)
            loop.call_soon_threadsafe(is_done.set_result, None)

        thread = threading.Thread(target=in_thread)
        thread.start()
        waiting = asyncio.ensure_future(asyncio.sleep(60))
        with loop.elsewhere():
            is_slow.set()
            await is_done
            passed = loop.time()
        thread.join()
        waiting.cancel()
        return passed

    assert virtual_time.run(work()) == 0


def test_another_loop_is_refused() -> None:
    async def work() -> None:
        virtual_time.running()

    with pytest.raises(TypeError, match="virtual_time"):
        asyncio.run(work())
