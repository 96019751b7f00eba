"""Finding a bot, and saying where its mistake is."""

from __future__ import annotations

from pathlib import Path

import pytest

from roost.bot import loading
from roost.errors import BotError

GOOD = 'from roost import Bot\nbot = Bot("mine")\n'


def test_a_file_is_a_reference(tmp_path: Path) -> None:
    file = tmp_path / "a_good_bot.py"
    file.write_text(GOOD + 'other = Bot("other")\n')
    assert loading.load(str(file)).name == "mine"
    assert loading.load(f"{file}:other").name == "other"


def test_a_module_is_a_reference() -> None:
    assert loading.load("roost.demo.hello:bot").name == "hello"


@pytest.mark.parametrize(
    ("source", "problem", "line"),
    [
        ("def x(:\n", "SyntaxError", 1),
        ("import roost\n\nroost.nothing\n", "AttributeError", 3),
        ("import no_such_module_at_all\n", "ModuleNotFoundError", 1),
        ("a = 1\nb = a / 0\n", "ZeroDivisionError", 2),
        (GOOD + "@bot.on_message()\ndef late(chat): ...\n", "not async", 3),
        ("bot = 5\n", "not a Bot", 0),
        ("", "not there", 0),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, source: str, problem: str, line: int
) -> None:
    file = tmp_path / "a_bad_bot.py"
    file.write_text(source)
    with pytest.raises(BotError) as caught:
        loading.load(str(file))
    assert problem in caught.value.problem
    assert caught.value.place == (f"{file}:{line}" if line else str(file))
    assert caught.value.remedy


@pytest.mark.parametrize(
    "reference",
    ["no_such_bot.py", "no_such_module:bot", "roost.no_such:bot", "roost.demo.hello:nope"],
)
def test_what_is_not_there_is_said(reference: str) -> None:
    with pytest.raises(BotError):
        loading.load(reference)


def test_a_module_that_fails_inside_is_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bot_with_bad_import.py").write_text("import also_not_there\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(BotError, match="also_not_there") as caught:
        loading.load("bot_with_bad_import:bot")
    assert caught.value.place.endswith("bot_with_bad_import.py:1")
