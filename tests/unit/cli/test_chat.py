"""`roost chat`: what is typed reaches the bot, what it says is shown, and time can be moved."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from roost.cli import app, chat

BOT = """
from datetime import timedelta
from roost import Bot, Chat, QuickReply, Button
bot = Bot("menu")

@bot.on_quick_reply("later")
async def later(chat: Chat) -> None:
    await chat.sleep(timedelta(hours=1))
    await chat.say("An hour has passed.", buttons=[Button("Read", "https://acme.example/")])

@bot.on_message()
async def menu(chat: Chat) -> None:
    if chat.message.text == "fail":
        raise ValueError("no such thing")
    again = [QuickReply("Now", "now"), QuickReply("Later", "later")]
    await chat.say("You said: " + chat.message.text, quick_replies=again)
"""

Typed = Callable[..., int]


@pytest.fixture
def types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type lines into `roost chat`; gives its exit code."""
    monkeypatch.chdir(tmp_path)
    Path("my_bot.py").write_text(BOT, encoding="utf-8")

    def run(*lines: str, options: tuple[str, ...] = ()) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return app.main(["chat", "my_bot.py", *options])

    return run


def test_what_is_said_and_what_can_be_tapped_is_shown(
    types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert types("hello", "2", "/restart", "/wait 1h", "/tap Now", "/say /7") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Acme: You said: hello",
        "  1. Now",
        "  2. Later",
        "  · the application was killed and started again",
        "  · it is 2026-03-01 13:00:00",
        "Acme: An hour has passed.",
        "  <Read> https://acme.example/",
        "Acme: You said: Now",
        "  1. Now",
        "  2. Later",
        "Acme: You said: /7",
        "  1. Now",
        "  2. Later",
    ]


def test_what_is_not_understood_is_said_and_nothing_ends(
    types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert types("/wait long", "/fly", "/tap Refund", "/help", "", "/quit", "never read") == 0
    shown = capsys.readouterr().out
    assert "error: `/wait long`: write a duration such as 30s, 5m, 1h or 2d" in shown
    assert "error: there is no /fly; /help tells what there is" in shown
    assert "error: ada sees no 'Refund'" in shown
    assert "/restart       kill the application" in shown
    assert "never read" not in shown


def test_machines_get_a_line_of_json_for_each_message(
    types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert types("hello", "/wait 5m", options=("--json", "--customer", "zoe")) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["text"] == "You said: hello"


def test_a_bot_that_is_not_there_is_named(types: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["chat", "other.py"]) == 2
    assert "other.py: there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30s", 30), ("5m", 300), ("1h30m", 5_400), ("2d", 172_800)],
)
def test_durations_are_read(text: str, expected: int) -> None:
    assert chat.duration(text) == timedelta(seconds=expected)


@pytest.mark.parametrize("text", ["", "1", "h", "1 h", "1h x", "-1h", "1w", "9999999h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(chat.NotUnderstood):
        chat.duration(text)


def test_what_a_handler_raises_is_told_once_with_its_place(
    types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert types("fail") == 1
    shown = capsys.readouterr()
    line = BOT.split("\n").index('        raise ValueError("no such thing")') + 1
    place = f"{Path('my_bot.py').resolve()}:{line}"
    assert shown.err == f"error: {place}: handler menu: ValueError: no such thing\n"
    assert shown.out == "  · the conversation is with queue\n"


def test_what_was_forgotten_is_told_once_and_leaves_json_alone(
    types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("my_bot.py").write_text(BOT.replace("await chat.say(", "chat.say("), encoding="utf-8")
    assert types("hello", options=("--json",)) == 1
    shown = capsys.readouterr()
    said = "menu: `chat.say` is not awaited, so it does nothing. Write `await chat.say(…)`"
    assert shown.out == ""
    assert shown.err.startswith("error: ")
    assert shown.err.endswith(f": {said}\n")
    assert shown.err.count("my_bot.py") == 1


TICKETS = """
from roost import Bot, Chat
bot = Bot("tickets")

@bot.on_message()
async def order(chat: Chat) -> None:
    await chat.say(f"{await chat.choose('How many?', OPTIONS)}!")
"""


@pytest.mark.parametrize(
    "case",
    [
        (["2 tickets", "1 ticket"], "2", "2 tickets!"),
        (["2 tickets", "1 ticket"], "1", "1 ticket!"),
        (["Row 3", "Row 7", "Row 12"], "2", "Row 7!"),
        (["Row 3", "Row 7", "Row 12"], "12", "Row 12!"),
        (["Row 3", "Row 7", "Row 12"], "3", "Sorry, I did not understand that."),
        (["Red", "Green"], "2", "Green!"),
    ],
)
def test_a_number_is_understood_as_the_service_does(
    types: Typed, capsys: pytest.CaptureFixture[str], case: tuple[list[str], str, str]
) -> None:
    options, line, said = case
    source = TICKETS.replace("OPTIONS", repr(options))
    Path("my_bot.py").write_text(source, encoding="utf-8")
    shown: list[str] = []
    for how in (line, f"/say {line}"):
        assert types("hi", how) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1], "tapped or written"
    assert f"Acme: {said}" in shown[0]


def test_what_holds_numbers_has_none_in_front(
    types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    for options in (["2 tickets", "1 ticket"], ["Red", "Green"], ["1 ticket", "2 tickets"]):
        source = TICKETS.replace("OPTIONS", repr(options))
        Path("my_bot.py").write_text(source, encoding="utf-8")
        assert types("hi") == 0
    assert capsys.readouterr().out.splitlines() == [
        *("Acme: How many?", "  - 2 tickets", "  - 1 ticket"),
        *("Acme: How many?", "  1. Red", "  2. Green"),
        *("Acme: How many?", "  1. 1 ticket", "  2. 2 tickets"),
    ]


@pytest.mark.parametrize("how", [{}, {"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONUTF8": "1"}])
def test_a_byte_that_is_no_text_is_told_and_nothing_ends(types: Typed, how: dict[str, str]) -> None:
    del types
    ended = subprocess.run(
        [sys.executable, "-m", "roost", "chat", "my_bot.py"],
        input=b"h\xff\nhello\n",
        env={**os.environ, **how},
        capture_output=True,
        check=False,
    )
    told, said, *_ = ended.stdout.decode().splitlines()
    assert re.search(r"error: the line is not (utf-8|ascii), so nothing was written", told)
    assert said == "Acme: You said: hello"
    assert (ended.returncode, ended.stderr) == (0, b"")
