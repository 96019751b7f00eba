"""`roost demo` as a process: what it prints, and what it does not let in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOST = [sys.executable, "-m", "roost"]


def demo(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ROOST, "demo", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_one_message_is_told_step_by_step(tmp_path: Path) -> None:
    told = demo(tmp_path, "--say", "hello & goodbye")
    assert told.returncode == 0, told.stderr
    steps = [line.split()[0] for line in told.stdout.splitlines()]
    assert steps[0] == "customer"
    assert {"delivery", "request", "answer"} <= set(steps)
    assert re.search(
        r"delivery +1 attempt 1: signature accepted .*answered 200 in [\d.]+ ms", told.stdout
    )
    assert re.search(
        r"request +\d+: POST /1.1/direct_messages/events/new.json, oauth1 ok \(@acme\)", told.stdout
    )
    assert re.search(r"answer .*Hello Ada Lovelace!", told.stdout)


def test_a_bot_that_does_not_answer_is_a_failure(tmp_path: Path) -> None:
    bot = tmp_path / "silent_bot.py"
    bot.write_text('from roost import Bot\nbot = Bot("silent")\n')
    told = demo(tmp_path, "--bot", str(bot), "--say", "hello")
    assert told.returncode == 1
    assert "no answer" in told.stdout


def test_the_settings_of_whoever_runs_it_stay_outside(tmp_path: Path) -> None:
    (tmp_path / "roost.toml").write_text('port = 1\nunknown = "thing"\n')
    told = demo(tmp_path, "--say", "hello", ROOST_APPS__OTHER__APP_ID="7", ROOST_NONSENSE="1")
    assert told.returncode == 0, told.stderr


def test_a_bot_that_is_not_there_is_said(tmp_path: Path) -> None:
    told = demo(tmp_path, "--bot", "nothing_here.py", "--say", "hello")
    assert told.returncode == 2
    assert "there is no such file" in told.stderr
