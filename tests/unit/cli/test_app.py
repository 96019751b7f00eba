"""The command line: verbs, exit codes, and how errors look."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from roost import __main__, __version__
from roost.cli import app, verbs
from roost.errors import RoostError, SettingsError, StoreLocked

VERBS_MODULE = "roost.cli.serve"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def serve_with(monkeypatch: pytest.MonkeyPatch, function: object) -> None:
    """Let `roost serve` run this function."""
    module = types.ModuleType(VERBS_MODULE)
    vars(module)["run"] = function
    monkeypatch.setitem(sys.modules, VERBS_MODULE, module)


def loaded_by(*arguments: str) -> set[str]:
    """Give what a fresh interpreter has loaded after answering a command line."""
    program = (
        "import sys, runpy, atexit;"
        "atexit.register(lambda: print(*sys.modules, sep='\\n', file=sys.stderr));"
        f"sys.argv[1:] = {list(arguments)!r};"
        "runpy.run_module('roost', run_name='__main__')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(ended.stderr.split())


def test_the_version_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["roost", "--version"])
    assert __main__.main() == 0
    assert capsys.readouterr().out == f"roost {__version__}\n"


def test_the_version_is_told_before_anything_is_loaded() -> None:
    ours = {name for name in loaded_by("--version") if name.startswith("roost")}
    assert ours == {"roost"}


def test_help_loads_neither_the_parser_nor_a_verb() -> None:
    loaded = loaded_by("--help")
    assert {name for name in loaded if name.startswith("roost.")} == {
        "roost.cli",
        "roost.cli.app",
        "roost.cli.verbs",
    }
    assert not loaded & {"cyclopts", "msgspec", "litestar", "sqlalchemy", "asyncio"}


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_help_names_every_verb(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(arguments) == 0
    shown = capsys.readouterr().out
    for verb, what in verbs.VERBS.items():
        assert f"  {verb}" in shown
        assert what in shown


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("setings", "there is no verb `setings`. Did you mean `roost settings`?"),
        ("sever", "Did you mean `roost serve`?"),
        ("xyz", "See `roost --help`."),
        ("--verbose", "there is no option `--verbose`. See `roost --help`."),
    ],
)
def test_a_misspelt_verb_gets_a_suggestion(
    typed: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main([typed]) == 2
    shown = capsys.readouterr()
    assert meant in shown.err
    assert shown.out == ""


def test_a_misspelt_option_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["settings", "--jsn"]) == 2
    assert "Did you mean --json?" in capsys.readouterr().err


def test_an_argument_too_many_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["settings", "main"]) == 2
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (7, 7)])
def test_what_a_verb_returns_is_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, returned: int | None, code: int
) -> None:
    async def run() -> int | None:
        await asyncio.sleep(0)
        return returned

    serve_with(monkeypatch, run)
    assert app.main(["serve"]) == code


def test_an_error_of_ours_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def run() -> None:
        raise SettingsError("port", "is\n wrong", "Set it")

    serve_with(monkeypatch, run)
    assert app.main(["serve"]) == 2
    assert capsys.readouterr().err == "error: port: is wrong. Set it\n"


def test_errors_of_ours_from_a_task_group_are_a_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def run() -> None:
        inner = ExceptionGroup("tasks", [StoreLocked("data/roost.db", 7)])
        raise ExceptionGroup("tasks", [inner, RoostError("second")])

    serve_with(monkeypatch, run)
    assert app.main(["serve"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("error: data/roost.db is in use by process 7")
    assert lines[1:] == ["error: second"]


@pytest.mark.parametrize(
    "error",
    [ValueError("a mistake"), ExceptionGroup("tasks", [RoostError("ours"), ValueError("not")])],
)
def test_an_error_that_is_not_ours_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def run() -> None:
        raise error

    serve_with(monkeypatch, run)
    with pytest.raises(type(error)):
        app.main(["serve"])


def test_an_interrupt_ends_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def run() -> None:
        raise KeyboardInterrupt

    serve_with(monkeypatch, run)
    assert app.main(["serve"]) == 130
    assert capsys.readouterr().err == ""


def test_every_command_module_is_a_verb() -> None:
    folder = Path(verbs.__file__).parent
    commands = {
        f"roost.cli.{path.stem}:run"
        for path in folder.glob("*.py")
        if "\nasync def run(" in path.read_text(encoding="utf-8")
    }
    assert commands <= set(map(verbs.function_of, verbs.VERBS))
    assert {"roost.cli.show_settings:run", "roost.cli.status:run"} <= commands


def test_settings_are_shown_redacted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ROOST_APPS__MAIN__APP_ID", "1")
    monkeypatch.setenv("ROOST_APPS__MAIN__CONSUMER_KEY", "key")
    monkeypatch.setenv("ROOST_APPS__MAIN__CONSUMER_SECRETS", "correct-horse")

    assert app.main(["settings"]) == 0
    text = capsys.readouterr().out
    assert app.main(["settings", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)

    assert "correct-horse" not in text
    assert 'consumer_secrets = ["****"]' in text
    assert shown["apps.main.consumer_secrets"] == {"value": ["****"], "origin": "environment"}
    assert shown["port"] == {"value": 8080, "origin": "default"}


def test_wrong_settings_are_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.toml").write_text("prot = 1", encoding="utf-8")
    assert app.main(["settings", "--settings", "mine.toml"]) == 2
    assert capsys.readouterr().err == "error: prot: is not a setting. Did you mean port?\n"


def test_status_asks_the_owner_of_the_data_folder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[Path, str]] = []

    async def ask(path: Path, call: str) -> object:
        asked.append((path, call))
        return {"uncertain": 0}

    monkeypatch.setattr("roost.store.control.ask", ask)
    monkeypatch.setenv("ROOST_DATA", "elsewhere")

    assert app.main(["status"]) == 0
    assert asked == [(Path("elsewhere/control.sock"), "status")]
    assert json.loads(capsys.readouterr().out) == {"uncertain": 0}


def test_what_only_the_demo_passes_is_not_offered_to_people(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app.main(["simulate", "--help"]) == 0

    offered = capsys.readouterr().out
    assert "--ledger" in offered
    assert "control-fd" not in offered


def test_output_that_nobody_reads_is_no_error():
    read, write = os.pipe()
    os.close(read)
    try:
        told = subprocess.run(
            [sys.executable, "-m", "roost", "--help"],
            stdout=write,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(write)
    assert (told.returncode, told.stderr) == (app.UNREAD, b"")
