"""Handlers that leave something behind: a task, or their name for another one's dialog."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.unit.bot.mistaken import HEADER
from tests.unit.bot.playing import Playing
from tests.unit.bot.test_mistakes import AT_RUNNING, KEPT, LISTED, listed, loaded

from roost.errors import BotError


async def test_a_verb_in_a_task_that_its_handler_has_left_behind(tmp_path: Path) -> None:
    problem, remedy = listed(AT_RUNNING, LISTED)[KEPT]
    source = """
        TASKS, GO_ON = [], asyncio.Event()

        async def later(chat: Chat) -> None:
            await GO_ON.wait()
            await chat.say("later")

        @bot.on_message()
        async def handler(chat: Chat) -> None:
            TASKS.append(asyncio.ensure_future(later(chat)))
            await chat.say("now")
    """
    bot = loaded(tmp_path, source)
    told: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    playing = Playing(bot)
    await playing.says("hi")
    given = bot.handler_called("mistaken.handler")
    assert given is not None
    given.function.__globals__["GO_ON"].set()
    (task,) = given.function.__globals__["TASKS"]
    (error,) = await asyncio.gather(task, return_exceptions=True)

    assert isinstance(error, BotError)
    assert problem in error.problem
    assert "mistaken.handler" in error.problem
    assert remedy in error.remedy
    assert "set_timer" in error.remedy
    assert error.place == f"{tmp_path / 'mistaken.py'}:{HEADER.count(chr(10)) + 6}"
    assert [one["exception"] for one in told] == [error]
    assert playing.said == ["now"]


async def test_of_two_handlers_made_by_one_function_neither_waits_in_the_other_s_place(
    tmp_path: Path,
) -> None:
    source = """
        def made(word, question):
            async def handler(chat: Chat) -> None:
                await chat.say(word)
                if question:
                    await chat.ask(question)
            bot.on_message(text.equals(word))(handler)
        made("a", "Really?")
        made("b", "")
    """
    playing = Playing(loaded(tmp_path, source))
    await playing.says("b")
    assert playing.said == ["b"], "what waits for nothing may share a name"

    with pytest.raises(BotError, match="several handlers are called") as caught:
        await playing.says("a")

    assert "mistaken.py" in caught.value.place
    assert playing.dialogs == {}
