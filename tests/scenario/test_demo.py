"""`roost demo` as a process: what it prints, and what it does not let in."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from tests.browser.conftest import ports, running_demo

ROOST = [sys.executable, "-m", "roost"]


def demo(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ROOST, "demo", *([] if "port" in str(arguments) else ports()), *arguments],
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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "99999"], "--port: 99999 is no port"),
        (["--phone-port", "-1"], "--phone-port: -1 is no port"),
        (["--data", "/proc/nope"], "--data: /proc/nope"),
        (["--nonsense"], "nonsense"),
    ],
)
def test_a_wrong_option_is_named(tmp_path: Path, arguments: list[str], said: str) -> None:
    told = demo(tmp_path, *arguments)
    assert told.returncode == 2
    assert said in told.stderr
    assert "Traceback" not in told.stderr


def test_a_second_demo_on_the_same_folder_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    with running_demo(tmp_path) as first:
        told = demo(tmp_path, "--data", str(tmp_path), "--say", "hello")
        assert told.returncode == 2
        assert "is in use by process" in told.stderr
        assert first.process.poll() is None
        assert not list(tmp_path.glob("*.json"))


def test_when_the_simulator_dies_both_come_back_and_the_customer_is_answered(
    tmp_path: Path,
) -> None:
    with running_demo(tmp_path) as running:
        listed = subprocess.run(
            ["pgrep", "-P", str(running.process.pid), "-f", "simulate"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        os.kill(int(listed.stdout), signal.SIGKILL)
        running.line_with("simulator died")
        running.line_with("restarted in")
        deadline = time.monotonic() + 60
        while not _is_answered(running.phone):
            assert time.monotonic() < deadline, "nobody answers after the simulator's death"
            time.sleep(0.5)


def _is_answered(phone: str) -> bool:
    base = phone.removesuffix("/_sim/phone")
    action = json.dumps({"action": "send_dm", "to": "1001", "text": "hello"}).encode()
    request = urllib.request.Request(
        f"{base}/_sim/users/2002/actions", action, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5):
            pass
        time.sleep(1)
        with urllib.request.urlopen(f"{base}/_sim/ledger", timeout=5) as log:
            return b"Hello Ada Lovelace" in log.read()
    except OSError:
        return False
