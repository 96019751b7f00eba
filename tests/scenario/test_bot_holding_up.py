"""Bots that hold others up, or never end: nobody else waits for long, and people are told why."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from tests.scenario.tried import (
    SOURCE,
    decide,
    failure_of,
    line_of,
    lost,
    running,
    save,
    text_of,
)

from roost.bot import decider as decider_module
from roost.bot import whereabouts
from roost.bot.decider import BotDecider
from roost.bot.process import BotProcess
from roost.errors import BotError, HandlerFailed
from roost.model.decisions import Reply

PAGE = Path(__file__).parents[2] / "docs/reference/mistakes.md"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tried_bot.py"
    path.write_text(SOURCE.replace("VERSION", "one:"))
    return path


async def test_one_that_spins_beyond_the_deadline_fails_and_is_not_tried_again(file: Path) -> None:
    async with running(file, deadline=2.5) as decider:
        failed = await failure_of(decider, "spin")
        assert await text_of(decider, "hello") == "one: hello"
    assert failed.problem == "handler spin has not ended for 2.5 s"
    assert failed.place in {line_of(file, "while True:"), line_of(file, "pass")}
    assert failed.remedy == whereabouts.AWAIT


@pytest.mark.parametrize(
    ("handler", "code"),
    [
        ("match", 'await chat.say(str(re.match("(a+)+$", "a" * 64 + "b")))'),
        ("find", "time.sleep(60)"),
    ],
    ids=["in code that lets no other thread run", "in what the handler calls"],
)
async def test_what_holds_others_up_is_named_with_its_handler_and_line(
    file: Path, monkeypatch: pytest.MonkeyPatch, handler: str, code: str
) -> None:
    monkeypatch.setattr(decider_module, "ENDED_AFTER", 3.0)
    reports: asyncio.Queue[object] = asyncio.Queue()
    async with running(file, reports.put_nowait) as decider:
        failed = await failure_of(decider, handler)
        told = await reports.get()
    assert isinstance(told, BotError)
    assert told.problem == f"handler {handler} has kept all others waiting for 2 s"
    assert failed.problem == f"handler {handler} has not let go for 3 s"
    assert told.place == failed.place == line_of(file, code)
    assert told.remedy == failed.remedy == whereabouts.AWAIT


async def test_steps_that_hang_hold_up_no_other_step_and_their_process_is_replaced(
    file: Path,
) -> None:
    save(
        file,
        SOURCE.replace(
            "import asyncio,",
            "from roost.bot import threads\nthreads.ENDS_WITHIN = 0.5\nimport asyncio,",
        ),
    )
    async with running(file, deadline=10.0) as decider:
        started = decider._current
        assert started is not None
        async with asyncio.TaskGroup() as tasks:
            hanging = [tasks.create_task(failure_of(decider, "hang")) for _ in range(50)]
            await asyncio.sleep(0.5)
            assert await last_text_of(decider, "add") == "sum: 7"
            assert not any(one.done() for one in hanging)
        assert {one.result().problem for one in hanging} == {"handler hang has not ended for 10 s"}
        assert await started._process.wait(), "threads cannot be ended but with their process"
        assert await last_text_of(decider, "add") == "sum: 7"


async def last_text_of(decider: BotDecider, words: str) -> str:
    *_, decision = await decide(decider, words)
    assert isinstance(decision, Reply)
    return decision.message.text


async def test_what_a_handler_awaits_for_ever_is_named_in_the_step_it_is_in(file: Path) -> None:
    async with running(file, deadline=4.0) as decider:
        failed = await failure_of(decider, "fetch")
    assert failed.problem == "handler fetching has not ended for 4 s"
    assert failed.place == line_of(file, "await asyncio.sleep(60)")


async def test_while_a_handler_spins_others_are_answered_and_its_author_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decider_module, "ENDED_AFTER", 12.0)
    reports: asyncio.Queue[object] = asyncio.Queue()
    async with running(file, reports.put_nowait) as decider, asyncio.TaskGroup() as tasks:
        spinning = tasks.create_task(failure_of(decider, "spin"))
        told = await reports.get()
        assert await text_of(decider, "hello") == "one: hello"
        assert not spinning.done()
        assert (await spinning).problem == "handler spin has not let go for 12 s"
    assert isinstance(told, BotError)
    assert told.problem == "handler spin has kept all others waiting for 2 s"
    assert told.place in {line_of(file, "while True:"), line_of(file, "pass")}


async def test_a_handler_is_named_though_its_process_does_not_get_to_tell_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is set apart by then, behind whatever else a busy machine has to do."""
    reports: asyncio.Queue[object] = asyncio.Queue()
    async with running(file, reports.put_nowait) as decider, asyncio.TaskGroup() as tasks:
        spinning = tasks.create_task(failure_of(decider, "spin"))
        await reports.get()
        monkeypatch.setattr(BotProcess, "_read_traces", lambda _: b"")
        failed = await spinning
    assert failed.problem == "handler spin has not let go for 5 s"
    assert failed.place in {line_of(file, "while True:"), line_of(file, "pass")}


async def test_of_many_that_spin_none_holds_up_the_others_for_long(file: Path) -> None:
    done: list[str] = []

    async def fail(decider: BotDecider) -> str:
        failed = await failure_of(decider, "spin")
        done.append("spin")
        return failed.problem

    async def answer(decider: BotDecider, words: str) -> str:
        said = await text_of(decider, words)
        done.append(words)
        return said

    async with running(file) as decider, asyncio.timeout(32):
        async with asyncio.TaskGroup() as tasks:
            spinning = [tasks.create_task(fail(decider)) for _ in range(8)]
            behind = tasks.create_task(answer(decider, "behind them"))
            await asyncio.sleep(4)
            later = tasks.create_task(answer(decider, "after them"))
        assert await behind == "one: behind them"
        assert await later == "one: after them"
    assert {await one for one in spinning} == {"handler spin has not let go for 5 s"}
    assert done.index("after them") < done.index("behind them") < len(done) - 1


async def test_what_a_turn_has_begun_is_redone_when_another_one_spins(file: Path) -> None:
    async with running(file) as decider, asyncio.TaskGroup() as tasks:
        slow = tasks.create_task(text_of(decider, "slow"))
        await asyncio.sleep(0.2)
        spinning = tasks.create_task(failure_of(decider, "spin"))
        assert await slow == "slow but sure"
        await spinning


async def test_where_it_is_not_known_who_holds_others_up_each_is_redone_alone(file: Path) -> None:
    async with running(file) as decider, asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(lost(decider, "wait"))
        await asyncio.sleep(0.2)
        assert await lost(decider, "spin beside")
        assert await waiting
        beside = tasks.create_task(failure_of(decider, "spin beside", attempt=2))
        assert await text_of(decider, "slow", attempt=2) == "slow but sure"
        assert "has not let go for 5 s" in (await beside).problem


async def test_the_page_of_mistakes_says_what_is_said_of_those_that_hold_others_up(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports: asyncio.Queue[object] = asyncio.Queue()
    async with running(file, reports.put_nowait, deadline=2.0) as decider:
        waiting = await failure_of(decider, "wait")
        assert await reports.get() == waiting
    monkeypatch.setattr(decider_module, "ENDED_AFTER", 30.0)
    async with running(file, reports.put_nowait) as decider:
        blocking = await text_of(decider, "block")
        said = [await reports.get(), waiting]
        monkeypatch.setattr(decider_module, "ENDED_AFTER", 2.0)
        spinning = await failure_of(decider, "spin", attempt=2)
    said.append(spinning)

    assert blocking == "sorry", "a call that blocks and ends holds up nobody for good"
    rows = PAGE.read_text(encoding="utf-8").partition("## Found while others wait")[2]
    listed = re.findall(r"\| `([^`]+)` \| `([^`]+)` \|$", rows, re.MULTILINE)
    for (problem, remedy), one in zip(listed, said, strict=True):
        assert isinstance(one, BotError | HandlerFailed)
        assert (problem in one.problem, remedy in one.remedy) == (True, True), one
        assert one.place.startswith(f"{file}:")
