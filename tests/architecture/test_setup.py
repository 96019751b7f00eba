"""The two ways in: the Makefile's set-up and the launcher."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(command, cwd=cwd, env=quiet, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which nothing has been set up."""
    for name in ("Makefile", "roost", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 1", "is not Python 3.11 or newer: install one"),
        ('case "$2" in *ensurepip*) exit 1;; esac', "install python3-venv"),
    ],
)
def test_a_python_that_does_not_fit_is_refused_in_one_line(
    checkout: Path, script: str, said: str
) -> None:
    python = program(checkout / "python", script)

    ended = run("make", "install", f"PYTHON={python}", cwd=checkout)

    assert ended.returncode != 0
    mine = [line for line in ended.stderr.splitlines() if not line.startswith("make")]
    assert len(mine) == 1
    assert said in mine[0]
    assert not (checkout / ".make").exists()


def test_what_is_set_up_is_set_up_once(checkout: Path) -> None:
    made = checkout / "made"
    # A Python that makes an environment whose pip installs a uv that only notes its calls.
    uv = f"#!/bin/sh\\necho uv >> {made}"
    pip = f"#!/bin/sh\\nprintf '{uv}' > .venv/bin/uv; chmod +x .venv/bin/uv"
    python = program(
        checkout / "python",
        f'[ "$2" = venv ] || exit 0; mkdir -p .venv/bin; printf "{pip}" > .venv/bin/pip; '
        "chmod +x .venv/bin/pip",
    )

    for _ in range(2):
        ended = run("make", "install", f"PYTHON={python}", cwd=checkout)
        assert ended.returncode == 0, ended.stderr
    assert made.read_text(encoding="utf-8").split() == ["uv"]

    os.utime(checkout / "constraints.txt")
    run("make", "install", f"PYTHON={python}", cwd=checkout)
    assert made.read_text(encoding="utf-8").split() == ["uv", "uv"]

    shutil.rmtree(checkout / ".venv")
    run("make", "install", f"PYTHON={python}", cwd=checkout)
    assert made.read_text(encoding="utf-8").split() == ["uv", "uv", "uv"]


def test_make_alone_names_its_targets(checkout: Path) -> None:
    ended = run("make", cwd=checkout)
    assert ended.returncode == 0
    for target in ("demo", "test", "test-fast", "check", "bench", "crash", "pictures", "dist"):
        assert f"make {target}" in ended.stdout


def test_the_launcher_runs_its_own_checkout_through_a_link(checkout: Path) -> None:
    program(checkout / ".venv/bin/roost", 'printf "%s|" ran "$@"')
    elsewhere = checkout / "else where"
    elsewhere.mkdir()
    (elsewhere / "link").symlink_to(checkout / "roost")

    ended = run(elsewhere / "link", "serve", "--bot", "a b", cwd=elsewhere)

    assert ended.stdout == "ran|serve|--bot|a b|"


def test_the_launcher_says_what_to_do_where_nothing_is_set_up(checkout: Path) -> None:
    ended = run(checkout / "roost", "--version", cwd=checkout)
    assert ended.returncode == 1
    assert ended.stderr == f"roost: not installed yet; run: make -C '{checkout}' install\n"
