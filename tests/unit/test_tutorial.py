"""The tutorial does what it shows: its bots, its conversations in the terminal, and its test."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from roost.cli import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/tutorial/first-bot.md").read_text(encoding="utf-8")
TESTING = (ROOT / "docs/howto/test-a-bot.md").read_text(encoding="utf-8")

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


def test_its_test_passes(tmp_path: Path) -> None:
    _, bot, test = blocks("python")
    (tmp_path / "my_bot.py").write_text(bot, encoding="utf-8")
    (tmp_path / "test_my_bot.py").write_text(test, encoding="utf-8")

    ended = typed_there(blocks("console")[2], tmp_path)

    assert re.search(r"\b1 passed\b", ended.stdout), ended.stdout + ended.stderr


def test_what_the_guide_to_tests_shows_runs_in_an_empty_folder(tmp_path: Path) -> None:
    files = re.findall(r"```python\n# (\S+)\n(.*?)```", TESTING, re.DOTALL)
    for name, text in files:
        (tmp_path / name).write_text(text, encoding="utf-8")
    (command,) = re.findall(r"```console\n(.*?)```", TESTING, re.DOTALL)

    assert [name for name, _ in files] == ["my_bot.py", "conftest.py", "test_my_bot.py"]
    passed = typed_there(command, tmp_path)
    assert re.search(r"\b1 passed\b", passed.stdout), passed.stdout + passed.stderr

    _, _, (name, text) = files
    unmarked = text.replace("pytestmark = pytest.mark.anyio\n", "")
    (tmp_path / name).write_text(unmarked, encoding="utf-8")
    failed = typed_there(command, tmp_path)
    assert "async def functions are not natively supported" in failed.stdout, "as the page says"


def test_both_pages_say_how_roost_and_pytest_get_there() -> None:
    (set_up,) = {re.findall(r"```sh\n(.*?)```", page, re.DOTALL)[0] for page in (PAGE, TESTING)}

    made, installed, found, _ = re.split(r" && |\n", set_up, maxsplit=3)

    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{made.removeprefix('make ')}:", makefile, re.MULTILINE)
    assert installed == ".venv/bin/pip install pytest"
    assert found == 'export PATH="$PWD/.venv/bin:$PATH"'


def typed_there(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Type what a page shows behind `$`, as the page has it: with the environment's programs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        shlex.split(command.removeprefix("$ ")),
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
