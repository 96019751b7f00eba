"""Bots in processes of their own: what one does to its process, no other conversation suffers."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from roost.bot import decider as decider_module
from roost.bot import frames, process, whereabouts
from roost.bot.decider import BotDecider
from roost.errors import BotError, DeciderLost, HandlerFailed
from roost.model.decisions import Decision, HandOff, Reply
from roost.model.events import MessageReceived
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Message, Profile
from roost.model.turns import Turn
from roost.testing.clocks import NOON

PAGE = Path(__file__).parents[2] / "docs/reference/mistakes.md"
BENCHMARK = Path(__file__).parents[2] / "bench/dialogs.py"

SOURCE = """
import asyncio, os, re, time
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

@bot.on_message(text.equals("block"))
async def block(chat: Chat) -> None:
    time.sleep(3)
    await chat.say("sorry")

@bot.on_message(text.equals("match"))
async def match(chat: Chat) -> None:
    await chat.say(str(re.match("(a+)+$", "a" * 64 + "b")))

def look_up():
    time.sleep(60)

@bot.on_message(text.equals("find"))
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

@bot.on_message(text.equals("half"))
async def half(chat: Chat) -> None:
    await chat.note("half an emoji: \\ud83d")

@bot.on_message(text.equals("half raised"))
async def half_raised(chat: Chat) -> None:
    raise ValueError("half an emoji: \\ud83d")

@bot.on_message(text.equals("cancelled"))
async def cancelled(chat: Chat) -> None:
    never = asyncio.ensure_future(asyncio.Event().wait())
    never.cancel()
    await never

LEFT = []

@bot.on_message(text.equals("leave"))
async def leave_behind(chat: Chat) -> None:
    async def later() -> None:
        await asyncio.sleep(0.1)
        await chat.say("later")
    LEFT.append(asyncio.ensure_future(later()))
    await chat.say("now")

@bot.on_message(text.equals("exit"))
async def leave(chat: Chat) -> None:
    raise SystemExit(3)

@bot.on_message(text.equals("forget"))
async def forget(chat: Chat) -> None:
    chat.say("forgotten")

@bot.on_message(text.equals("slow"))
async def slow(chat: Chat) -> None:
    await asyncio.sleep(1)
    await chat.say("slow but sure")

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


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("half", r".*UnicodeEncodeError: .*surrogates not allowed"),
        ("half raised", r".*ValueError: half an emoji: \\ud83d"),
        ("cancelled", r".*CancelledError: "),
    ],
)
async def test_whatever_a_handler_raises_or_notes_costs_no_process(
    file: Path, words: str, problem: str
) -> None:
    async with running(file) as decider, asyncio.TaskGroup() as tasks:
        slow = tasks.create_task(text_of(decider, "slow"))
        failed = await failure_of(decider, words)
        assert await slow == "slow but sure"
    assert re.match(problem, failed.problem), failed.problem


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


async def test_a_turn_that_is_too_much_for_a_frame_fails_and_no_process_ends(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(file) as decider, asyncio.TaskGroup() as tasks:
        slow = tasks.create_task(text_of(decider, "slow"))
        await asyncio.sleep(0.3)
        monkeypatch.setattr(frames, "MAX_FRAME_BYTES", 5_000)
        failed = await failure_of(decider, "x" * 5_000)
        monkeypatch.undo()
        assert await slow == "slow but sure"
    assert "(limit 5,000)" in failed.problem


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


def line_of(file: Path, code: str) -> str:
    """Give `file:line` of a line of the bot's that is there once."""
    (number,) = (n for n, line in enumerate(SOURCE.split("\n"), 1) if line.strip() == code)
    return f"{file}:{number}"


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


async def test_one_that_spins_beyond_the_deadline_is_found_out_alone(file: Path) -> None:
    async with running(file, deadline=2.5) as decider:
        with pytest.raises(DeciderLost):
            await decide(decider, "spin")
        failed = await failure_of(decider, "spin", attempt=2)
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
        assert await lost(decider, handler)
        told = await reports.get()
        failed = await failure_of(decider, handler, attempt=2)
    assert isinstance(told, BotError)
    assert told.problem == f"handler {handler} has kept all others waiting for 2 s"
    assert failed.problem == f"handler {handler} has not let go for 3 s"
    assert told.place == failed.place == line_of(file, code)
    assert told.remedy == failed.remedy == whereabouts.AWAIT


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
        spinning = tasks.create_task(lost(decider, "spin"))
        told = await asyncio.wait_for(reports.get(), 5)
        assert await asyncio.wait_for(text_of(decider, "hello"), 5) == "one: hello"
        assert await spinning, "its own turn is given up, to be redone alone"
    assert isinstance(told, BotError)
    assert told.problem == "handler spin has kept all others waiting for 2 s"
    assert told.place in {line_of(file, "while True:"), line_of(file, "pass")}


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
