"""How turns of bots come to nothing: what is raised, what is too much, processes that are gone."""

from __future__ import annotations

import asyncio
import errno
import re
from pathlib import Path

import pytest
import uvloop
from tests.scenario.tried import (
    SOURCE,
    decide,
    failure_of,
    line_of,
    running,
    save,
    text_of,
    turn,
)

from roost.bot import frames, process
from roost.bot.process import BLOCKED_AFTER, BotProcess
from roost.errors import BotError, DeciderAway, DeciderLost, HandlerFailed
from roost.model.turns import Turn


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tried_bot.py"
    path.write_text(SOURCE.replace("VERSION", "one:"))
    return path


async def test_a_handler_that_raises_is_named_with_its_line(file: Path) -> None:
    reports: list[object] = []
    async with running(file, reports.append) as decider:
        with pytest.raises(HandlerFailed) as caught:
            await decide(decider, "raise")
        assert await text_of(decider, "still here") == "one: still here"
    assert caught.value.place == line_of(file, 'raise ValueError("on purpose")')
    assert caught.value.problem == "handler fail: ValueError: on purpose"
    assert reports == [caught.value]


async def test_what_one_has_forgotten_is_told_without_a_trace(file: Path) -> None:
    async with running(file) as decider:
        failed = await failure_of(decider, "forget")
    place = line_of(file, 'chat.say("forgotten")')
    problem = "forget: `chat.say` is not awaited, so it does nothing"
    assert (failed.place, failed.problem) == (place, problem)
    assert str(failed) == f"{place}: {problem}. Write `await chat.say(…)`"


async def test_one_that_would_end_its_process_is_named_and_the_process_goes_on(file: Path) -> None:
    async with running(file) as decider, asyncio.TaskGroup() as tasks:
        slow = tasks.create_task(text_of(decider, "slow"))
        failed = await failure_of(decider, "exit")
        assert await slow == "slow but sure"
    assert failed.place == line_of(file, "raise SystemExit(3)")
    assert failed.problem == "handler leave: `sys.exit` in a handler ends nothing but the handler"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("gone", "await_gone: CancelledError. What it awaited was cancelled"),
        ("interrupt", "interrupt: KeyboardInterrupt. Return instead"),
        ("unspeakable", "unspeakable: Unspeakable"),
        ("half raised", "half_raised: ValueError: half \ufffdx"),
    ],
)
async def test_whatever_a_handler_raises_is_told_and_the_others_of_its_process_go_on(
    file: Path, words: str, told: str
) -> None:
    async with running(file) as decider, asyncio.TaskGroup() as tasks:
        slow = tasks.create_task(text_of(decider, "slow"))
        await asyncio.sleep(0.1)
        started = decider._current
        failed = await failure_of(decider, words)
        assert await slow == "slow but sure"
        assert decider._current is started, "its process goes on"
    code = {"gone": "await task", "half raised": 'raise ValueError("half \\ud83d" + "x" * 5_000)'}
    place = line_of(file, code.get(words) or f"raise {told.partition(': ')[2].partition('.')[0]}")
    assert str(failed).startswith(f"{place}: handler {told}")
    assert len(failed.problem) < 3_000


def test_a_process_that_dies_slowly_ends_nothing_else(file: Path) -> None:
    """The application's own loop is uvloop's, which refuses to write to what is closed."""

    async def watched_to_its_end() -> None:
        started = await BotProcess.start(str(file))
        reap = started._process.wait

        async def reap_slowly() -> int:
            await asyncio.sleep(3 * process._PULSE)
            return await reap()

        started._process.wait = reap_slowly
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(started.run())
            guard = tasks.create_task(started.until_blocked(BLOCKED_AFTER))
            waiting = tasks.create_task(lost_in(started, turn("wait")))
            await asyncio.sleep(0.1)
            started._process.kill()
            assert await waiting
            await running
            guard.cancel()
        with pytest.raises(DeciderLost, match="not running"):
            await anext(started.decide(turn("hello"), within=1.0))

    uvloop.run(watched_to_its_end())


async def lost_in(started: BotProcess, one: Turn) -> bool:
    with pytest.raises(DeciderLost):
        await anext(started.decide(one, within=30.0))
    return True


async def test_a_process_that_says_what_is_no_frame_is_replaced(file: Path) -> None:
    async with running(file) as decider:
        started = decider._current
        assert started is not None
        started._reader.feed_data(b"\0\0\0\1\xc1")
        await started._process.wait()
        assert await text_of(decider, "hello") == "one: hello"


async def test_where_no_process_can_be_started_the_turn_is_put_off(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    async with running(file) as decider:
        with monkeypatch.context() as without:
            without.setattr(asyncio, "create_subprocess_exec", refused)
            with pytest.raises(DeciderAway):
                await decide(decider, "hello", attempt=2)
        assert await text_of(decider, "hello", attempt=2) == "one: hello"


async def test_what_is_too_much_for_a_frame_goes_to_people_and_the_process_goes_on(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(file) as decider, asyncio.TaskGroup() as tasks:
        slow = tasks.create_task(text_of(decider, "slow"))
        await asyncio.sleep(0.1)
        monkeypatch.setattr(frames, "MAX_FRAME_BYTES", 50_000)
        heard = await failure_of(decider, "x" * 60_000)
        monkeypatch.undo()
        assert await slow == "slow but sure"
    assert re.fullmatch(r"the turn has 60,\d+ bytes .*", heard.problem)


async def test_what_a_handler_says_too_much_of_at_once_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(file, SOURCE + "\nfrom roost.bot import frames\nframes.MAX_FRAME_BYTES = 100_000\n")
    async with running(file) as decider:
        failed = await failure_of(decider, "talk")
        assert await text_of(decider, "hello") == "VERSION hello"
    assert re.match(r"what was decided at once is too much: 16\d,\d+ bytes", failed.problem)
    assert "Say less in one turn" in failed.remedy


async def test_a_decision_that_cannot_be_read_fails_its_turn_and_nothing_else(file: Path) -> None:
    async with running(file) as decider:
        failed = await failure_of(decider, "bytes")
        assert await text_of(decider, "hello") == "one: hello"
    assert "Expected `str`, got `bytes`" in failed.problem


async def test_what_a_task_says_that_its_handler_has_left_behind_is_told(file: Path) -> None:
    told: asyncio.Queue[object] = asyncio.Queue()
    async with running(file, told.put_nowait) as decider:
        assert await text_of(decider, "leave") == "now"
        async with asyncio.timeout(10):
            error = await told.get()
        assert await text_of(decider, "hello") == "one: hello"
    line = SOURCE.split("\n").index('        await chat.say("later")') + 1
    assert isinstance(error, BotError)
    assert error.place == f"{file}:{line}"
    assert "tried_bot.leave_behind" in error.problem
    assert "set_timer" in error.remedy


async def test_nothing_is_written_to_a_process_that_is_gone(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = await process.BotProcess.start(str(file))
    await gone.stop()
    written: list[object] = []
    monkeypatch.setattr(frames, "write", lambda writer, frame: written.append(frame))
    gone._turns[0] = asyncio.Queue()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2 * process._PULSE):
            await gone.until_blocked(60)
    assert written == [], "where a transport is closed, writing raises"
