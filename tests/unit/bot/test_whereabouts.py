"""Where a handler stands: in the author's own code, wherever the calls end."""

from __future__ import annotations

import asyncio
import json
import os

import pytest

from roost.bot import handlers, loading, whereabouts
from roost.bot.whereabouts import Stand
from roost.errors import BotError

MINE = "/srv/shop/bot.py"
PACKAGE = "/srv/shop/.venv/lib/python3.12/site-packages/requests/api.py"
RUNS = (handlers.__file__, 110, "_run")


def dump(*calls: tuple[str, int, str]) -> str:
    """Write calls down as `faulthandler` does, given the outermost first."""
    lines = [f'  File "{file}", line {line} in {function}' for file, line, function in calls[::-1]]
    return "\n".join(["Stack (most recent call first):", *lines, ""])


def test_the_handler_is_what_was_run_and_the_line_is_the_innermost_of_the_author_s() -> None:
    calls = [RUNS, (MINE, 7, "track"), (MINE, 20, "look_up"), (PACKAGE, 59, "get")]
    calls += [(os.__file__, 1, "read"), (loading.__file__, 1, "load"), ("<string>", 1, "f")]
    assert whereabouts.of_dump(dump(*calls)) == Stand("track", f"{MINE}:20")


def test_middleware_that_never_goes_on_is_named_as_what_was_run() -> None:
    called = (handlers.__file__, 90, "__call__")
    found = whereabouts.of_dump(dump(called, (MINE, 3, "polite")))
    assert found == Stand("polite", f"{MINE}:3")


def test_of_a_bot_that_is_installed_the_handler_s_line_is_named() -> None:
    bot = "/usr/lib/python3/dist-packages/shop/bot.py"
    assert whereabouts.of_dump(dump(RUNS, (bot, 7, "track"), (PACKAGE, 59, "get"))) == Stand(
        "track", f"{bot}:7"
    )


def test_where_no_handler_runs_none_is_named() -> None:
    found = whereabouts.of_dump(dump((MINE, 3, "at_the_top")))
    assert (found, found.named) == (Stand("", f"{MINE}:3"), "a handler")
    assert whereabouts.of_dump("") == Stand()


@pytest.mark.parametrize("name", ["tür.py", "日本.py", "🐦.py", "plain.py"])
def test_names_of_files_are_given_as_they_are(name: str) -> None:
    escaped = "".join(
        one if one.isascii() else f"\\x{ord(one):02x}" if ord(one) < 256 else _escaped(one)
        for one in name
    )
    assert whereabouts.of_dump(dump((escaped, 3, "f"))) == Stand("", f"{name}:3")


def _escaped(one: str) -> str:
    return f"\\u{ord(one):04x}" if ord(one) < 65_536 else f"\\U{ord(one):08x}"


async def test_a_task_that_waits_stands_in_what_it_awaits() -> None:
    async def inner() -> None:
        await asyncio.Event().wait()

    async def outer() -> None:
        await inner()

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(outer())
        await asyncio.sleep(0)
        found = whereabouts.of_task(task)
        task.cancel()
    line = inner.__code__.co_firstlineno + 1
    assert found == Stand("", f"{__file__}:{line}")


def test_what_raises_in_somebody_else_s_code_is_told_where_the_author_called_it() -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads("{")
    line = test_what_raises_in_somebody_else_s_code_is_told_where_the_author_called_it
    place = f"{__file__}:{line.__code__.co_firstlineno + 2}"
    assert loading.place_in(caught.value, default="") == place
    failed = loading.failure(caught.value, default="")
    assert failed.place == place
    assert failed.problem.startswith("JSONDecodeError: Expecting")
    assert not failed.remedy


def test_a_mistake_that_knows_its_place_and_remedy_is_told_once() -> None:
    error = BotError("it is wrong", place="bot.py:3", remedy="Mend it")
    assert str(loading.failure(error, default="")) == "bot.py:3: it is wrong. Mend it"
