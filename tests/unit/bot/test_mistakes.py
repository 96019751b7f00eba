"""Wrong handlers: each is told with what is wrong, where, and what to write instead."""

from __future__ import annotations

import os
import re
import textwrap
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests import samples
from tests.unit.bot.mistaken import HEADER, LOADED, OF_ACTIVITIES, RUN
from tests.unit.bot.playing import ADA, HERE, OURS, Playing

from roost.bot import loading
from roost.engine.turns import TurnPolicy
from roost.errors import BotError, HandlerFailed, RoostError
from roost.model.activities import Followed
from roost.model.turns import Turn
from roost.testing.bot_tester import BotTester
from roost.testing.clocks import NOON

PAGE = (Path(__file__).parents[3] / "docs/reference/mistakes.md").read_text(encoding="utf-8")
AT_LOADING, *REST = re.split("## Found when a handler runs|## Found while others wait", PAGE)
AT_RUNNING, WHILE_OTHERS_WAIT = REST
LISTED = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)

TWICE = "a dialog that does not do the same twice"
NOT_AWAITED = "a verb that is not awaited"
KEPT = "a `chat` that is used when its handler has returned"
NOT_GONE_ON = "middleware that does not await `go_on()`"
GONE_ON_TWICE = "middleware that calls `go_on()` twice"


def listed(page: str, row: re.Pattern[str]) -> dict[str, tuple[str, ...]]:
    """Give the rows of a table by the mistake, without the marks of code."""
    rows = [match.groups() for match in row.finditer(page)]
    return {
        mistake: tuple(re.sub(r"^`+ ?| ?`+$", "", cell) for cell in cells)
        for mistake, *cells in rows
        if not mistake.startswith(("---", "Mistake"))
    }


def loaded(tmp_path: Path, source: str):
    (tmp_path / "notes.txt").write_text("This is no picture.", encoding="utf-8")
    (tmp_path / "wide.gif").write_bytes(samples.gif(width=1_281))
    large = tmp_path / "large.png"
    large.write_bytes(samples.png())
    os.truncate(large, (5 << 20) + 1)
    file = tmp_path / "mistaken.py"
    file.write_text(HEADER + textwrap.dedent(source) + "\n", encoding="utf-8")
    return loading.load(str(file))


def test_the_page_lists_them_all_and_no_other() -> None:
    assert set(listed(AT_LOADING, LISTED)) == set(LOADED)
    assert set(listed(AT_RUNNING, LISTED)) == {
        *RUN,
        *OF_ACTIVITIES,
        *(TWICE, NOT_AWAITED, NOT_GONE_ON, GONE_ON_TWICE, KEPT),
    }


async def test_a_handler_that_never_ends_is_told_to_its_test_too(tmp_path: Path) -> None:
    bot = loaded(tmp_path, handling("on_message()", "await asyncio.Event().wait()"))
    policy = TurnPolicy(deadline=timedelta(seconds=5))
    with BotTester(bot, policy=policy) as tester, pytest.raises(HandlerFailed) as caught:
        await tester.customer("ada").says("hi")
    said = listed(WHILE_OTHERS_WAIT, LISTED)
    [(problem, remedy)] = [cells for mistake, cells in said.items() if "never ends" in mistake]
    assert problem.replace("wait", "handler") in caught.value.problem
    assert remedy in caught.value.remedy
    line = HEADER.count("\n") + 3
    assert caught.value.place == f"{tmp_path / 'mistaken.py'}:{line}"


@pytest.mark.parametrize("mistake", LOADED)
def test_a_mistake_is_told_when_the_bot_is_loaded(tmp_path: Path, mistake: str) -> None:
    problem, remedy = listed(AT_LOADING, LISTED)[mistake]

    with pytest.raises(BotError) as caught:
        loaded(tmp_path, LOADED[mistake])

    error = caught.value
    assert (problem in error.problem, remedy in error.remedy) == (True, True), error
    assert re.search(r"mistaken\.py|Bot\('|Router\('", error.place), error.place


def test_a_mistake_made_on_a_bot_names_the_line_of_the_file(tmp_path: Path) -> None:
    source = '@bot.on_message("hello")\nasync def handler(chat: Chat): ...'

    with pytest.raises(BotError) as caught:
        loaded(tmp_path, source)

    line = HEADER.count("\n") + 1
    assert caught.value.place == f"{tmp_path / 'mistaken.py'}:{line}"


def handling(decorator: str, line: str) -> str:
    return f"@bot.{decorator}\nasync def handler(chat: Chat) -> None:\n    {line}\n"


@pytest.mark.parametrize("mistake", RUN)
async def test_a_mistake_is_told_when_the_handler_runs(tmp_path: Path, mistake: str) -> None:
    problem, remedy = listed(AT_RUNNING, LISTED)[mistake]
    playing = Playing(loaded(tmp_path, handling("on_message()", RUN[mistake])))

    with pytest.raises((RoostError, AttributeError)) as caught:
        await playing.says("hi")

    told = loading.failure(caught.value, default="")
    assert problem in told.problem
    assert remedy in told.remedy
    assert told.problem.startswith("handler handler: "), "it names the handler"
    lines = range(HEADER.count("\n") + 3, HEADER.count("\n") + 7)
    assert told.place in {f"{tmp_path / 'mistaken.py'}:{line}" for line in lines}
    assert playing.said == []


@pytest.mark.parametrize("mistake", OF_ACTIVITIES)
async def test_a_mistake_in_a_handler_of_activities(tmp_path: Path, mistake: str) -> None:
    problem, remedy = listed(AT_RUNNING, LISTED)[mistake]
    bot = loaded(tmp_path, handling("on_follow", OF_ACTIVITIES[mistake]))
    event = Followed(OURS, "f", 5, HERE, ADA, NOON, is_ours=False)
    turn = Turn("b", OURS, HERE, ADA, (event,), 1, NOON, has_written=False)

    async def hand_over(progress: object) -> None: ...

    with pytest.raises(BotError, match=re.escape(problem)) as caught:
        await bot.decide(turn, hand_over)
    assert remedy in loading.failure(caught.value, default="").remedy
    ours = replace(turn, events=(replace(event, is_ours=True),))
    assert (await bot.decide(ours, hand_over)).decisions == ()


async def test_a_dialog_that_does_not_do_the_same_twice(tmp_path: Path) -> None:
    problem, remedy = listed(AT_RUNNING, LISTED)[TWICE]
    source = handling(
        "on_message()",
        "TURNS.append(1)\n    await (chat.now() if len(TURNS) > 1 else chat.random())\n"
        '    await chat.ask("Well?")',
    )
    playing = Playing(loaded(tmp_path, f"TURNS = []\n{source}"))
    await playing.says("hi")
    await playing.says("well")

    (reason,) = playing.handed_off
    assert problem in reason
    assert "mistaken.handler" in reason
    assert remedy in reason
    assert reason.startswith(f"{tmp_path / 'mistaken.py'}:")


@pytest.mark.parametrize("then", ["", '    await chat.ask("Well?")\n'], ids=["ends", "waits"])
async def test_a_verb_that_is_not_awaited(tmp_path: Path, then: str) -> None:
    problem, remedy = listed(AT_RUNNING, LISTED)[NOT_AWAITED]
    source = HEADER + handling("on_message()", 'chat.say("hi")') + then
    playing = Playing(loaded(tmp_path, source.removeprefix(HEADER)))

    with pytest.raises(BotError) as caught:
        await playing.says("hi")

    line = source[: source.index('chat.say("hi")')].count("\n") + 1
    assert caught.value.place == f"{tmp_path / 'mistaken.py'}:{line}"
    assert problem in caught.value.problem
    assert remedy in caught.value.remedy
    assert (playing.said, playing.dialogs) == ([], {})


@pytest.mark.parametrize("verb", ['say("hi")', 'ask("Well?")', "sleep(timedelta(1))", "now()"])
async def test_a_chat_is_of_no_use_to_another_turn(tmp_path: Path, verb: str) -> None:
    problem, remedy = listed(AT_RUNNING, LISTED)[KEPT]
    again = handling('on_message(text.equals("again"))', f"await kept[0].{verb}")
    source = again.replace("handler", "again") + handling("on_message()", "kept.append(chat)")
    playing = Playing(loaded(tmp_path, f"kept = []\n{source}"))
    await playing.says("hi")

    with pytest.raises(BotError, match=problem) as caught:
        await playing.says("again")

    assert remedy in caught.value.remedy
    line = HEADER.count("\n") + 4
    assert loading.place_in(caught.value, default="") == f"{tmp_path / 'mistaken.py'}:{line}"


@pytest.mark.parametrize(
    ("mistake", "lines"),
    [
        (NOT_GONE_ON, ("go_on()",)),
        (GONE_ON_TWICE, ("await go_on()", "await go_on()")),
    ],
)
async def test_middleware_that_does_not_go_on_once(
    tmp_path: Path, mistake: str, lines: tuple[str, ...]
) -> None:
    problem, remedy = listed(AT_RUNNING, LISTED)[mistake]
    body = "\n    ".join(lines)
    source = (
        f"@bot.middleware\nasync def polite(chat: Chat, go_on) -> None:\n    {body}\n"
        + handling("on_message()", 'await chat.say("hi")')
    )
    playing = Playing(loaded(tmp_path, source))

    with pytest.raises(BotError) as caught:
        await playing.says("hi")

    assert problem in caught.value.problem
    assert caught.value.problem.startswith("polite: ")
    assert remedy in caught.value.remedy
    line = HEADER.count("\n") + 2 + len(lines)
    assert caught.value.place == f"{tmp_path / 'mistaken.py'}:{line}"
    assert playing.said == []


async def test_what_was_raised_in_a_task_of_a_group_is_told_by_name(tmp_path: Path) -> None:
    source = "async def look():\n    raise ValueError('no lamp')\n" + handling(
        "on_message()",
        "async with asyncio.TaskGroup() as group: group.create_task(look())",
    )
    playing = Playing(loaded(tmp_path, source))

    with pytest.raises(ExceptionGroup) as caught:
        await playing.says("hi")

    told = loading.failure(caught.value, default="")
    assert told.problem == "handler handler: ValueError: no lamp"
    assert told.place == f"{tmp_path / 'mistaken.py'}:{HEADER.count(chr(10)) + 2}"


async def test_middleware_may_drop_what_it_does_not_want(tmp_path: Path) -> None:
    source = """
        @bot.middleware
        async def deaf(chat: Chat, go_on) -> None:
            if chat.message.text != "spam":
                await go_on()

        @bot.on_message()
        async def handler(chat: Chat) -> None:
            await chat.say("hi")
    """
    playing = Playing(loaded(tmp_path, source))
    await playing.says("spam")
    assert playing.said == []
    await playing.says("hello")
    assert playing.said == ["hi"]
