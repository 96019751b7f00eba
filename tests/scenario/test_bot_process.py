"""Bots in processes of their own: what one does to its process, no other conversation suffers."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest
from tests.scenario.tried import (
    SOURCE,
    decide,
    failure_of,
    line_of,
    running,
    save,
    text_of,
)

from roost.bot import process, whereabouts
from roost.bot.decider import BotDecider
from roost.errors import BotError, DeciderLost
from roost.model.decisions import HandOff, Reply

BENCHMARK = Path(__file__).parents[2] / "bench/dialogs.py"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tried_bot.py"
    path.write_text(SOURCE.replace("VERSION", "one:"))
    return path


async def test_what_a_handler_decides_comes_back_whole(file: Path) -> None:
    async with running(file) as decider:
        reply, hand_off = await decide(decider, "person")
    assert decider.name == "tried"
    assert isinstance(reply, Reply)
    assert reply.message.quick_replies[0].metadata == "m" * 1_000
    assert reply.message.buttons[0].url == "https://a.example"
    assert hand_off == HandOff("asked")


async def test_a_process_that_dies_is_replaced_and_the_next_turn_waits_for_it(file: Path) -> None:
    async with running(file) as decider:
        with pytest.raises(DeciderLost):
            await decide(decider, "die")
        assert await text_of(decider, "hello") == "one: hello"


async def test_a_turn_that_is_given_up_takes_a_spinning_process_with_it(file: Path) -> None:
    async with running(file) as decider:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await decide(decider, "spin")
        assert await text_of(decider, "hello") == "one: hello"


async def test_a_handler_that_awaits_for_ever_fails_and_the_others_of_its_process_go_on(
    file: Path,
) -> None:
    reports: list[object] = []
    async with (
        running(file, reports.append, deadline=10.0) as decider,
        asyncio.TaskGroup() as tasks,
    ):
        waiting = tasks.create_task(failure_of(decider, "wait"))
        slow = tasks.create_task(text_of(decider, "slow"))
        failed = await waiting
        assert await slow == "slow but sure"
        assert await text_of(decider, "hello") == "one: hello"
        assert file.with_suffix(".cancelled").exists()
    assert failed.problem == "handler wait has not ended for 10 s"
    assert failed.place == line_of(file, "await asyncio.Event().wait()")
    assert failed.remedy == whereabouts.LIMIT
    assert reports == [failed]


async def test_a_turn_that_was_lost_before_harms_nobody_else(file: Path) -> None:
    async with running(file) as decider, asyncio.TaskGroup() as tasks:
        slow = tasks.create_task(text_of(decider, "slow"))
        with pytest.raises(DeciderLost):
            await decide(decider, "die", attempt=2)
        assert await text_of(decider, "fine after all", attempt=2) == "one: fine after all"
        assert await slow == "slow but sure"


async def test_a_saved_file_is_loaded_anew_and_turns_in_flight_end_in_the_old_one(
    file: Path,
) -> None:
    reloaded = asyncio.Event()

    def report(error: object) -> None:
        if error is None:
            reloaded.set()

    async with (
        running(file, report, is_reloading=True) as decider,
        asyncio.TaskGroup() as tasks,
    ):
        slow = tasks.create_task(text_of(decider, "slow"))
        assert await text_of(decider, "x") == "one: x"
        save(file, SOURCE.replace("VERSION", "two:"))
        await asyncio.wait_for(reloaded.wait(), 20)
        assert await text_of(decider, "x") == "two: x"
        assert await slow == "slow but sure"


@pytest.mark.parametrize("mistake", ["def (:", "1 / 0", "import os; os._exit(4)", 'bot = "none"'])
async def test_a_file_with_a_mistake_is_reported_and_the_old_bot_goes_on(
    file: Path, mistake: str
) -> None:
    reports: asyncio.Queue[object] = asyncio.Queue()
    async with running(file, reports.put_nowait, is_reloading=True) as decider:
        assert await text_of(decider, "x") == "one: x"
        save(file, mistake + "\n")
        assert isinstance(await asyncio.wait_for(reports.get(), 20), BotError)
        assert await text_of(decider, "x") == "one: x"


async def test_a_bot_that_cannot_be_loaded_at_all_is_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(BotError, match="no such file"):
        await BotDecider(str(tmp_path / "none.py"), report=lambda error: None).start()


async def test_a_file_that_never_ends_importing_is_given_up(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LOADS_WITHIN", 6.0)  # Python itself takes some of it to start
    save(file, "import time\n\nwhile True: time.sleep(1)\n")
    with pytest.raises(BotError, match="not loaded after") as caught:
        await BotDecider(str(file), report=lambda error: None).start()
    assert caught.value.place == f"{file}:3"


async def test_its_benchmark_still_measures_all_five_ways() -> None:
    measuring = await asyncio.create_subprocess_exec(
        *(sys.executable, str(BENCHMARK), "--quick"), stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await measuring.communicate()
    assert measuring.returncode == 0
    assert len(re.findall(r"[0-9]+ turns/s", printed.decode())) == 5
