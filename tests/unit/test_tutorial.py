"""The tutorial does what it shows: its bots, its conversations in the terminal, and its test."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from roost.cli import app

PAGE = (Path(__file__).parents[2] / "docs/tutorial/first-bot.md").read_text(encoding="utf-8")
pytest_plugins = ["pytester"]

BLOCKS = re.findall(r"```(python|console)\n(.*?)```", PAGE, re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [text for found, text in BLOCKS if found == kind]


def test_the_page_has_two_bots_two_conversations_and_a_test() -> None:
    assert [kind for kind, _ in BLOCKS] == [
        *("python", "console"),
        *("python", "console"),
        *("python", "console"),
    ]


@pytest.mark.parametrize("n", [0, 1])
def test_a_conversation_is_as_it_is_shown(
    n: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my_bot.py").write_text(blocks("python")[n], encoding="utf-8")
    command, *lines = blocks("console")[n].splitlines()
    typed = [line.removeprefix("> ") for line in lines if line.startswith("> ")]
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))

    assert command.startswith("$ roost ")
    assert app.main(command.removeprefix("$ roost ").split()) == 0

    shown = [line for line in lines if not line.startswith("> ")]
    assert capsys.readouterr().out.splitlines() == shown


def test_its_test_passes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(my_bot=blocks("python")[1], test_my_bot=blocks("python")[2])
    pytester.makeconftest(
        "import pytest\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'"
    )
    pytester.syspathinsert()

    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
