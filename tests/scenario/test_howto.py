"""What the guides show runs as it is written there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from roost.testing import x_simulator as fixtures
from roost.testing.x_simulator import ServedX

x_world = fixtures.x_world
x_server = fixtures.x_server

ROOT = Path(__file__).parents[2]
TESTING = ROOT / "docs/howto/test-with-the-simulator.md"
SCRIPTS = ROOT / "docs/howto/talk-to-x-from-a-script.md"
FILE = re.compile(r"```(?:python|toml)\n# (\S+)\n(.*?)```", re.DOTALL)


def files(text: str) -> dict[str, str]:
    """Give the files a guide shows, by the name in their first line."""
    return dict(FILE.findall(text))


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_guide_to_testing_runs(tmp_path: Path):
    shown = files(TESTING.read_text(encoding="utf-8"))
    for name, text in shown.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    ended = run(tmp_path)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert re.search(r"^5 passed", ended.stdout, re.MULTILINE)


def test_the_guides_tests_can_fail(tmp_path: Path):
    for name, text in files(TESTING.read_text(encoding="utf-8")).items():
        changed = text.replace('"Hello"', '"Other"', 1).replace('"How can', '"Who can', 1)
        (tmp_path / name).write_text(changed, encoding="utf-8")

    assert re.search(r"^3 failed, 2 passed", run(tmp_path).stdout, re.MULTILINE)


SHOWN = re.compile(r"```console\n\$ python (\S+)\n(.*?)```", re.DOTALL)


def test_the_guide_to_scripts_runs(x_server: ServedX, tmp_path: Path):
    text = SCRIPTS.read_text(encoding="utf-8")
    for name, content in files(text).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    environment = {**os.environ, "X_BASE_URL": x_server.url}

    for script, expected in SHOWN.findall(text):
        ended = subprocess.run(
            [sys.executable, script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ended.stdout, ended.stderr) == (expected, ""), script

    assert SHOWN.findall(text)
    assert (tmp_path / "copy.png").read_bytes() == (tmp_path / "dot.png").read_bytes()
    assert [one.split()[0] for one in x_server.messages()] == ["How", "Look"]
