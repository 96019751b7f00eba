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
LISTED_AT_RUNNING = re.compile(r"^\| (.+?) \| (.+?) \|$", re.MULTILINE)

HEADER = """\
import asyncio, random
from dataclasses import dataclass
from datetime import timedelta
from roost import (
    Bot, Button, Chat, Message, Point, Post, QuickReply, Router, WelcomeMessage, Words, text
)

bot = Bot("b")
"""
ASYNC = "async def handler(chat: Chat) -> None: ...\n"

LOADED = {
    '`Bot("My Bot")`': 'Bot("My Bot")',
    "a handler that is not `async`": "@bot.on_message()\ndef handler(chat: Chat): ...",
    "a parameter nobody can give": (
        "@bot.on_message()\nasync def handler(chat: Chat, order: int): ..."
    ),
    "a parameter without a type": "@bot.on_message()\nasync def handler(chat): ...",
    "a timer's handler that asks for a message": (
        '@bot.on_timer("t")\nasync def handler(message: Message): ...'
    ),
    "a follow's handler that asks for a message": (
        "@bot.on_follow\nasync def handler(message: Message): ..."
    ),
    "a follow's handler that asks for a `Post`": (
        "@bot.on_follow\nasync def handler(post: Post): ..."
    ),
    "a type that is not imported": "@bot.on_message()\nasync def handler(chat: 'Caht'): ...",
    "`@bot.on_message` without parentheses": f"@bot.on_message\n{ASYNC}",
    '`@bot.on_follow("ada")`': f'@bot.on_follow("ada")\n{ASYNC}',
    "`on_event` of a kind that is not there": f'@bot.on_event("poked")\n{ASYNC}',
    "two handlers of one kind of activity": f"@bot.on_like\n@bot.on_like\n{ASYNC}",
    "`@bot.on_timer` without parentheses": f"@bot.on_timer\n{ASYNC}",
    "`@bot.on_entry` without parentheses": f"@bot.on_entry\n{ASYNC}",
    "`@bot.welcome` without parentheses": "@bot.welcome\ndef a(): ...",
    "`@bot.on_follow()`": f"@bot.on_follow()\n{ASYNC}",
    "`@bot.fallback()`": f"@bot.fallback()\n{ASYNC}",
    "`on_entry` of X's id of a welcome message": f'@bot.on_entry(welcome="7001")\n{ASYNC}',
    "`on_entry` of a welcome message that is not declared": (
        f'@bot.on_entry(welcome="greeting")\n{ASYNC}'
    ),
    "`on_entry` of a Post that is no id": f'@bot.on_entry(tweet="hello")\n{ASYNC}',
    "metadata that no quick reply can carry": f'@bot.on_quick_reply("m" * 1001)\n{ASYNC}',
    "taps of a class that is no frozen dataclass": (
        f"class Seat: ...\n@bot.on_quick_reply(Seat)\n{ASYNC}"
    ),
    "a field that cannot be packed": (
        "@dataclass(frozen=True)\nclass Seat:\n    lock: asyncio.Lock\n"
        f"@bot.on_quick_reply(Seat)\n{ASYNC}"
    ),
    "two handlers of one timer": f'@bot.on_timer("t")\n@bot.on_timer("t")\n{ASYNC}',
    "a timer's name that is too long": f'@bot.on_timer("t" * 101)\n{ASYNC}',
    "two fallbacks": f"@bot.fallback\n@bot.fallback\n{ASYNC}",
    "a router included twice": 'r = Router("r")\nbot.include(r)\nbot.include(r)',
    "a handler registered behind `include`": (
        f'r = Router("r")\nbot.include(r)\n@r.on_message()\n{ASYNC}'
    ),
    "middleware that takes no `go_on`": f"@bot.middleware\n{ASYNC}",
    "two default welcome messages": (
        '@bot.welcome(default=True)\ndef a(): return WelcomeMessage("a")\n'
        '@bot.welcome(default=True)\ndef b(): return WelcomeMessage("b")'
    ),
    "a welcome that gives a text": '@bot.welcome()\ndef a(): return "hello"',
    "a welcome message over a limit of X": (
        '@bot.welcome()\ndef a(): return WelcomeMessage("a" * 9991)'
    ),
    "a welcome message whose quick replies are texts": (
        '@bot.welcome()\ndef a(): return WelcomeMessage("a", quick_replies=["Yes"])'
    ),
    "a welcome message with a picture that is not there": (
        '@bot.welcome()\ndef a(): return WelcomeMessage("a", media="none.png")'
    ),
    "a message with a picture that is not there": (
        "@bot.on_message()\nasync def handler(chat: Chat):\n"
        '    await chat.say("a", media="none.png")'
    ),
    "a picture of more than 5 MB": (
        "@bot.on_message()\nasync def handler(chat: Chat):\n"
        '    await chat.choose("a", ["b"], media="large.png")'
    ),
    "a file that is no picture, GIF or video": (
        "@bot.on_message()\nasync def handler(chat: Chat):\n"
        "    await part(chat)\nasync def part(chat: Chat):\n"
        '    await chat.ask("a", media="notes.txt")'
    ),
    "middleware that never goes on": (
        "@bot.middleware\nasync def polite(chat: Chat, go_on): await chat.tag('seen')"
    ),
    "a text in the place of a filter": f'@bot.on_message("hello")\n{ASYNC}',
    "a filter that is not finished": f"@bot.on_message(text.contains)\n{ASYNC}",
    "filters joined by `and`": (
        f'@bot.on_message(text.contains("a") and text.contains("b"))\n{ASYNC}'
    ),
    "a filter by what is no regular expression": f'@bot.on_message(text.matches("["))\n{ASYNC}',
    "a handler behind one that takes every message": (
        f'@bot.on_message()\nasync def first(chat: Chat): ...\n@bot.on_quick_reply("a")\n{ASYNC}'
    ),
    "two handlers of the same taps": (
        '@bot.on_quick_reply("a")\nasync def first(chat: Chat): ...\n'
        f'@bot.on_quick_reply("a")\n{ASYNC}'
    ),
    "two functions of one name": (
        f'@bot.on_quick_reply("a")\n{ASYNC}@bot.on_quick_reply("b")\n{ASYNC}'
    ),
    "metadata that is no text": f"@bot.on_quick_reply(5)\n{ASYNC}",
    "a bare text for a list of words": 'Bot("b", words=Words(person="help"))',
    "a file without a bot": "del bot",
    "a line Python does not understand": "async def handler(chat: Chat",
}

RUN = {
    "a label over X's limit": 'await chat.say("hi", quick_replies=[QuickReply("l" * 37)])',
    "a button that leads to `http`": (
        'await chat.say("hi", buttons=[Button("Go", "http://a.example")])'
    ),
    "a reason of a hand-off that is empty": 'await chat.hand_off("")',
    "a team that is too long": 'await chat.hand_off("why", team="t" * 51)',
    "`chat.timer` where a message is handled": "chat.timer",
    "`chat.post` where a message is handled": "chat.post",
    "a step whose result cannot be kept": "await chat.step(object)",
    "a step that gives what is still to be awaited": ("await chat.step(lambda: asyncio.sleep(0))"),
    "a dialog that never ends": 'while True: await chat.note("again")',
    "a step that raises an error of a class made in a function": (
        "class Oh(Exception): ...\n    def fails(): raise Oh\n    await chat.step(fails)"
    ),
    "a step that is called instead of given": "await chat.step(asyncio.sleep(0))",
    "`sys.exit` in a handler": "raise SystemExit(3)",
    "two verbs at the same time": (
        "await asyncio.gather(chat.step(asyncio.sleep, 0), chat.step(asyncio.sleep, 0))"
    ),
    "a public reply where a message is handled": 'await chat.reply_publicly("Hello, all")',
    "a value that cannot be remembered": 'await chat.remember("it", object())',
    "a number in the place of a text": "await chat.say(5)",
    "texts in the place of quick replies": 'await chat.say("hi", quick_replies=["Yes", "No"])',
    "one button that is in no list": (
        'await chat.say("hi", buttons=Button("Go", "https://a.example"))'
    ),
    "a part that messages do not have": 'await chat.say("hi", picture="lamp.png")',
    "a picture, named by what is computed, that is not there": (
        'await chat.say("hi", media=f"{chat.customer.name}.png")'
    ),
    "a picture and a point on the map": (
        'await chat.say("hi", media="large.png"[:9], point=Point(0, 0))'
    ),
    "a speaker whose name is too long": 'await chat.say("hi", speaks_as="n" * 49)',
    "a GIF that is too wide": 'await chat.say("hi", media="wide" + ".gif")',
    "a duration without a unit": "await chat.sleep(60)",
    "a question with a duration without a unit": 'await chat.ask("Well?", within=60)',
    "a timer with a duration without a unit": 'await chat.set_timer("t", after=60)',
    "a question that is asked less than once": 'await chat.ask("Well?", retries=-1)',
    "a question with nothing to say to a wrong answer": 'await chat.ask("Well?", on_invalid="")',
    "a question with what is no regular expression": 'await chat.ask("Well?", matching="[")',
    "a choice of nothing": 'await chat.choose("Which?", [])',
    "a choice between equal labels": 'await chat.choose("Which?", ["A", "A"])',
    "tags in a list": 'await chat.tag(["vip"])',
}
OF_ACTIVITIES = {
    "writing first to somebody who has never written": 'await chat.say("thank you")',
    "a message where an activity is handled": "chat.message",
}
TWICE = "a dialog that does not do the same twice"
NOT_AWAITED = "a verb that is not awaited"
KEPT = "a `chat` that is used when its handler has returned"
NOT_GONE_ON = "middleware that does not await `go_on()`"


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
    assert set(listed(AT_RUNNING, LISTED_AT_RUNNING)) == {
        *RUN,
        *OF_ACTIVITIES,
        *(TWICE, NOT_AWAITED, NOT_GONE_ON, KEPT),
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
    (problem,) = listed(AT_RUNNING, LISTED_AT_RUNNING)[mistake]
    playing = Playing(loaded(tmp_path, handling("on_message()", RUN[mistake])))

    with pytest.raises(RoostError) as caught:
        await playing.says("hi")

    assert problem in str(caught.value)
    assert loading.place_in(caught.value, default="").startswith(str(tmp_path))
    assert playing.said == []


@pytest.mark.parametrize("mistake", OF_ACTIVITIES)
async def test_a_mistake_in_a_handler_of_activities(tmp_path: Path, mistake: str) -> None:
    (problem,) = listed(AT_RUNNING, LISTED_AT_RUNNING)[mistake]
    bot = loaded(tmp_path, handling("on_follow", OF_ACTIVITIES[mistake]))
    event = Followed(OURS, "f", 5, HERE, ADA, NOON, is_ours=False)
    turn = Turn("b", OURS, HERE, ADA, (event,), 1, NOON, has_written=False)

    async def hand_over(progress: object) -> None: ...

    with pytest.raises(BotError, match=re.escape(problem)):
        await bot.decide(turn, hand_over)
    ours = replace(turn, events=(replace(event, is_ours=True),))
    assert (await bot.decide(ours, hand_over)).decisions == ()


async def test_a_dialog_that_does_not_do_the_same_twice(tmp_path: Path) -> None:
    (problem,) = listed(AT_RUNNING, LISTED_AT_RUNNING)[TWICE]
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


@pytest.mark.parametrize("then", ["", '    await chat.ask("Well?")\n'], ids=["ends", "waits"])
async def test_a_verb_that_is_not_awaited(tmp_path: Path, then: str) -> None:
    (problem,) = listed(AT_RUNNING, LISTED_AT_RUNNING)[NOT_AWAITED]
    source = HEADER + handling("on_message()", 'chat.say("hi")') + then
    playing = Playing(loaded(tmp_path, source.removeprefix(HEADER)))

    with pytest.raises(BotError) as caught:
        await playing.says("hi")

    line = source[: source.index('chat.say("hi")')].count("\n") + 1
    assert caught.value.place == f"{tmp_path / 'mistaken.py'}:{line}"
    assert problem in caught.value.problem
    assert (playing.said, playing.dialogs) == ([], {})


@pytest.mark.parametrize("verb", ['say("hi")', 'ask("Well?")', "sleep(timedelta(1))", "now()"])
async def test_a_chat_is_of_no_use_to_another_turn(tmp_path: Path, verb: str) -> None:
    (problem,) = listed(AT_RUNNING, LISTED_AT_RUNNING)[KEPT]
    again = handling('on_message(text.equals("again"))', f"await kept[0].{verb}")
    source = again.replace("handler", "again") + handling("on_message()", "kept.append(chat)")
    playing = Playing(loaded(tmp_path, f"kept = []\n{source}"))
    await playing.says("hi")

    with pytest.raises(BotError, match=problem) as caught:
        await playing.says("again")

    line = HEADER.count("\n") + 4
    assert loading.place_in(caught.value, default="") == f"{tmp_path / 'mistaken.py'}:{line}"


async def test_middleware_that_does_not_await_what_comes_next(tmp_path: Path) -> None:
    (problem,) = listed(AT_RUNNING, LISTED_AT_RUNNING)[NOT_GONE_ON]
    source = """
        @bot.middleware
        async def polite(chat: Chat, go_on) -> None:
            go_on()

        @bot.on_message()
        async def handler(chat: Chat) -> None:
            await chat.say("hi")
    """
    playing = Playing(loaded(tmp_path, source))

    with pytest.raises(BotError) as caught:
        await playing.says("hi")

    assert problem in caught.value.problem
    line = HEADER.count("\n") + 4
    assert caught.value.place == f"{tmp_path / 'mistaken.py'}:{line}"


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
