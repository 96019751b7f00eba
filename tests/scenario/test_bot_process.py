"""Bots in processes of their own: what one does to its process, no other conversation suffers."""

from __future__ import annotations

import asyncio
import errno
import re
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from roost.bot import decider as decider_module
from roost.bot import frames, process, whereabouts
from roost.bot.decider import BotDecider
from roost.bot.process import BLOCKED_AFTER, BotProcess
from roost.errors import BotError, DeciderAway, DeciderLost, HandlerFailed
from roost.model.decisions import Decision, HandOff, Reply
from roost.model.events import MessageReceived
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Message, Profile
from roost.model.turns import Turn
from roost.testing.clocks import NOON

PAGE = Path(__file__).parents[2] / "docs/reference/mistakes.md"
BENCHMARK = Path(__file__).parents[2] / "bench/dialogs.py"

SOURCE = """
import asyncio, os, re, sys, time
from pathlib import Path
from roost import Bot, Button, Chat, QuickReply, text
bot = Bot("tried")

@bot.on_message(text.equals("die"))
async def die(chat: Chat) -> None:
    os._exit(1)

@bot.on_message(text.equals("spin"))
async def spin(chat: Chat) -> None:
    while True:
        pass

async def spinning():
    while 1: ...

@bot.on_message(text.equals("spin beside"))
async def spin_beside(chat: Chat) -> None:
    await asyncio.gather(spinning())

@bot.on_message(text.equals("block"))
async def block(chat: Chat) -> None:
    time.sleep(3)
    await chat.say("sorry")

@bot.on_message(text.equals("match"))
async def match(chat: Chat) -> None:
    await chat.say(str(re.match("(a+)+$", "a" * 64 + "b")))

def look_up():
    time.sleep(60)

@bot.on_message(text.equals("hang"))
async def hang(chat: Chat) -> None:
    await chat.step(look_up)

@bot.on_message(text.equals("add"))
async def add(chat: Chat) -> None:
    await chat.say(f"sum: {await chat.step(sum, [3, 4])}")

@bot.on_message(text.equals("look up"))
async def find(chat: Chat) -> None:
    look_up()

async def fetch():
    await asyncio.sleep(60)

@bot.on_message(text.equals("fetch"))
async def fetching(chat: Chat) -> None:
    await chat.step(fetch)

@bot.on_message(text.equals("wait"))
async def wait(chat: Chat) -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        Path(__file__).with_suffix(".cancelled").touch()
        raise

@bot.on_message(text.equals("raise"))
async def fail(chat: Chat) -> None:
    await chat.say("never seen")
    raise ValueError("on purpose")

@bot.on_message(text.equals("forget"))
async def forget(chat: Chat) -> None:
    chat.say("forgotten")

@bot.on_message(text.equals("slow"))
async def slow(chat: Chat) -> None:
    await asyncio.sleep(1)
    await chat.say("slow but sure")

class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")

async def gone() -> None:
    task = asyncio.ensure_future(asyncio.sleep(60))
    task.cancel()
    await task

@bot.on_message(text.equals("gone"))
async def await_gone(chat: Chat) -> None:
    await gone()

@bot.on_message(text.equals("exit"))
async def leave(chat: Chat) -> None:
    sys.exit(3)

@bot.on_message(text.equals("interrupt"))
async def interrupt(chat: Chat) -> None:
    raise KeyboardInterrupt

@bot.on_message(text.equals("unspeakable"))
async def unspeakable(chat: Chat) -> None:
    raise Unspeakable

@bot.on_message(text.equals("half raised"))
async def half_raised(chat: Chat) -> None:
    raise ValueError("half \\ud83d" + "x" * 5_000)

@bot.on_message(text.equals("talk"))
async def talk(chat: Chat) -> None:
    for _ in range(9):
        await chat.say("ö" * 9_000)

@bot.on_message(text.equals("bytes"))
async def give_bytes(chat: Chat) -> None:
    await chat.typing()
    await chat.say("at this place", place_id=b"df51dec6f4ee2b2c")

@bot.on_message(text.equals("person"))
async def person(chat: Chat) -> None:
    await chat.say("one moment", quick_replies=[QuickReply("ü", "m" * 1000, "d")],
                   buttons=[Button("b", "https://a.example")])
    await chat.hand_off("asked")

@bot.on_message()
async def echo(chat: Chat) -> None:
    await chat.say(f"VERSION {chat.message.text}")
"""


def turn(words: str, *, attempt: int = 1) -> Turn:
    customer = Profile("2002", "ada", "Ada")
    conversation = ConversationId("1001-2002")
    message = Message(MessageId("1"), words)
    event = MessageReceived(UserId("1001"), "1", 1, conversation, customer, message, NOON)
    return Turn("tried", UserId("1001"), conversation, customer, (event,), attempt, NOON)


async def decide(decider: BotDecider, words: str, *, attempt: int = 1) -> tuple[Decision, ...]:
    decisions: list[Decision] = []
    async with aclosing(decider.decide(turn(words, attempt=attempt))) as steps:
        async for progress in steps:
            decisions += progress.decisions
    return tuple(decisions)


async def text_of(decider: BotDecider, words: str, *, attempt: int = 1) -> str:
    (decision,) = await decide(decider, words, attempt=attempt)
    assert isinstance(decision, Reply)
    return decision.message.text


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tried_bot.py"
    path.write_text(SOURCE.replace("VERSION", "one:"))
    return path


def save(file: Path, source: str) -> None:
    file.write_text(source, encoding="utf-8")


@asynccontextmanager
async def running(
    file: Path,
    report: Callable[[object], None] = lambda error: None,
    *,
    is_reloading: bool = False,
    deadline: float = 30.0,
) -> AsyncGenerator[BotDecider]:
    decider = BotDecider(str(file), report=report, deadline=deadline)
    await decider.start()
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(decider.run(is_reloading=is_reloading))
        yield decider
        keeping.cancel()


async def test_what_a_handler_decides_comes_back_whole(file: Path) -> None:
    async with running(file) as decider:
        reply, hand_off = await decide(decider, "person")
    assert decider.name == "tried"
    assert isinstance(reply, Reply)
    assert reply.message.quick_replies[0].metadata == "m" * 1_000
    assert reply.message.buttons[0].url == "https://a.example"
    assert hand_off == HandOff("asked")


async def test_a_handler_that_raises_is_named_with_its_line(file: Path) -> None:
    reports: list[object] = []
    async with running(file, reports.append) as decider:
        with pytest.raises(HandlerFailed) as caught:
            await decide(decider, "raise")
        assert await text_of(decider, "still here") == "one: still here"
    assert caught.value.place == line_of(file, 'raise ValueError("on purpose")')
    assert caught.value.problem == "handler fail: ValueError: on purpose"
    assert reports == [caught.value]


def line_of(file: Path, code: str) -> str:
    """Give `file:line` of a line of the bot's that is there once."""
    (number,) = (n for n, line in enumerate(SOURCE.split("\n"), 1) if line.strip() == code)
    return f"{file}:{number}"


@pytest.mark.parametrize(
    ("words", "problem", "remedy", "code"),
    [
        ("gone", "await_gone: CancelledError", "catch that where it is awaited", "await task"),
        ("exit", "leave: SystemExit: 3", "Return instead", "sys.exit(3)"),
        ("interrupt", "interrupt: KeyboardInterrupt", "Return", "raise KeyboardInterrupt"),
        ("unspeakable", "unspeakable: Unspeakable", "", "raise Unspeakable"),
        (
            "half raised",
            "half_raised: ValueError: half \ufffdx",
            "",
            'raise ValueError("half \\ud83d" + "x" * 5_000)',
        ),
    ],
)
async def test_whatever_a_handler_raises_is_told_and_the_others_of_its_process_go_on(
    file: Path, words: str, problem: str, remedy: str, code: str
) -> None:
    async with running(file) as decider, asyncio.TaskGroup() as tasks:
        slow = tasks.create_task(text_of(decider, "slow"))
        await asyncio.sleep(0.1)
        started = decider._current
        failed = await failure_of(decider, words)
        assert await slow == "slow but sure"
        assert decider._current is started, "its process goes on"
    assert f"handler {problem}" in failed.problem
    assert len(failed.problem) < 3_000
    assert remedy in failed.remedy
    assert failed.place == line_of(file, code)


async def test_what_one_has_forgotten_is_told_without_a_trace(file: Path) -> None:
    async with running(file) as decider:
        failed = await failure_of(decider, "forget")
    place = line_of(file, 'chat.say("forgotten")')
    problem = "forget: `chat.say` is not awaited, so it does nothing"
    assert (failed.place, failed.problem) == (place, problem)
    assert str(failed) == f"{place}: {problem}. Write `await chat.say(…)`"


async def test_a_process_that_dies_is_replaced_and_the_next_turn_waits_for_it(file: Path) -> None:
    async with running(file) as decider:
        with pytest.raises(DeciderLost):
            await decide(decider, "die")
        assert await text_of(decider, "hello") == "one: hello"


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
    assert re.fullmatch(r"what its dialogs .* is too much: 60,\d+ bytes .*", heard.problem)
    assert "Keep less" in heard.remedy


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
    async with running(file, reports.append, deadline=3.0) as decider, asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(failure_of(decider, "wait"))
        slow = tasks.create_task(text_of(decider, "slow"))
        failed = await waiting
        assert await slow == "slow but sure"
        assert await text_of(decider, "hello") == "one: hello"
        assert file.with_suffix(".cancelled").exists()
    assert failed.problem == "handler wait has not ended for 3 s"
    assert failed.place == line_of(file, "await asyncio.Event().wait()")
    assert failed.remedy == whereabouts.LIMIT
    assert reports == [failed]


async def failure_of(decider: BotDecider, words: str, *, attempt: int = 1) -> HandlerFailed:
    with pytest.raises(HandlerFailed) as caught:
        await decide(decider, words, attempt=attempt)
    return caught.value


async def test_one_that_spins_beyond_the_deadline_fails_and_is_not_tried_again(file: Path) -> None:
    async with running(file, deadline=2.5) as decider:
        failed = await failure_of(decider, "spin")
        assert await text_of(decider, "hello") == "one: hello"
    assert failed.problem == "handler spin has not ended for 2.5 s"
    assert failed.place in {line_of(file, "while True:"), line_of(file, "pass")}
    assert failed.remedy == whereabouts.AWAIT


@pytest.mark.parametrize(
    ("words", "handler", "code"),
    [
        ("match", "match", 'await chat.say(str(re.match("(a+)+$", "a" * 64 + "b")))'),
        ("look up", "find", "time.sleep(60)"),
    ],
    ids=["in code that lets no other thread run", "in what the handler calls"],
)
async def test_what_holds_others_up_is_named_with_its_handler_and_line(
    file: Path, monkeypatch: pytest.MonkeyPatch, words: str, handler: str, code: str
) -> None:
    monkeypatch.setattr(decider_module, "ENDED_AFTER", 3.0)
    reports: asyncio.Queue[object] = asyncio.Queue()
    async with running(file, reports.put_nowait) as decider:
        failed = await failure_of(decider, words)
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
    async with running(file, deadline=3.0) as decider:
        started = decider._current
        assert started is not None
        async with asyncio.TaskGroup() as tasks:
            hanging = [tasks.create_task(failure_of(decider, "hang")) for _ in range(50)]
            await asyncio.sleep(0.5)
            assert await asyncio.wait_for(last_text_of(decider, "add"), 2) == "sum: 7"
        assert {one.result().problem for one in hanging} == {"handler hang has not ended for 3 s"}
        assert await started._process.wait(), "threads cannot be ended but with their process"
        assert await last_text_of(decider, "add") == "sum: 7"


async def last_text_of(decider: BotDecider, words: str) -> str:
    *_, decision = await decide(decider, words)
    assert isinstance(decision, Reply)
    return decision.message.text


async def test_what_a_handler_awaits_for_ever_is_named_in_the_step_it_is_in(file: Path) -> None:
    async with running(file, deadline=1.0) as decider:
        failed = await failure_of(decider, "fetch")
    assert failed.problem == "handler fetching has not ended for 1 s"
    assert failed.place == line_of(file, "await asyncio.sleep(60)")


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


async def test_while_a_handler_spins_others_are_answered_and_its_author_is_told(
    file: Path,
) -> None:
    reports: asyncio.Queue[object] = asyncio.Queue()
    async with running(file, reports.put_nowait) as decider, asyncio.TaskGroup() as tasks:
        spinning = tasks.create_task(failure_of(decider, "spin"))
        told = await asyncio.wait_for(reports.get(), 5)
        assert await asyncio.wait_for(text_of(decider, "hello"), 5) == "one: hello"
        assert (await spinning).problem == "handler spin has not let go for 5 s"
    assert isinstance(told, BotError)
    assert told.problem == "handler spin has kept all others waiting for 2 s"
    assert told.place in {line_of(file, "while True:"), line_of(file, "pass")}


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
        slow = tasks.create_task(lost(decider, "slow"))
        await asyncio.sleep(0.2)
        assert await lost(decider, "spin beside")
        assert await slow
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


async def lost(decider: BotDecider, words: str) -> bool:
    with pytest.raises(DeciderLost):
        await decide(decider, words)
    return True


async def test_a_file_that_never_ends_importing_is_given_up(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LOADS_WITHIN", 1.0)
    save(file, "while True: pass\n")
    with pytest.raises(BotError, match="not loaded after"):
        await BotDecider(str(file), report=lambda error: None).start()


async def test_its_benchmark_still_measures_all_five_ways() -> None:
    measuring = await asyncio.create_subprocess_exec(
        *(sys.executable, str(BENCHMARK), "--quick"), stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await measuring.communicate()
    assert measuring.returncode == 0
    assert len(re.findall(r"[0-9]+ turns/s", printed.decode())) == 5
