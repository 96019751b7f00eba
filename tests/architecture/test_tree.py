"""What no file of the project may hold, and what continuous integration runs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE = {"node_modules", "__pycache__", "dist", "build", "_ui", "results", "failures"}
"""Folders that are made, not written; git ignores them."""
HIDDEN_BUT_OURS = {".ci", ".npmrc", ".gitignore", ".prettierrc"}

# Put together here, so that this file does not hold what it forbids.
HOSTS = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("registry", "yarnpkg", "com"),
            ("npmmirror", "com"),
            ("deb", "debian", "org"),
            ("archive", "ubuntu", "com"),
        )
    )
)
MACHINES = re.compile(
    r"(?<![\w.:/~)}-])/(?:" + "|".join(("home", "Users", "root", "work")) + r")/\w"
)


def hosts_and_paths(text: str) -> list[str]:
    """Give what belongs to somebody's machine or registry."""
    return [match[0] for pattern in (HOSTS, MACHINES) for match in pattern.finditer(text)]


def commands_of(script: str) -> list[str]:
    """Give a shell script's lines that do something."""
    return [line for line in script.splitlines() if line.strip() and not line.startswith("#")]


def files() -> Iterator[Path]:
    """Give every file of the project, none that is made."""
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if is_ours(name)]
        yield from (Path(folder, name) for name in names if is_ours(name))


def is_ours(name: str) -> bool:
    """Tell whether a file or folder belongs to the project, by its name."""
    if name.startswith("."):
        return name in HIDDEN_BUT_OURS
    return name not in MADE and not name.endswith((".egg-info", ".pyc"))


def test_no_file_names_a_registry_or_a_developers_machine() -> None:
    # Pictures and fonts are read too; what is no text in them is left out.
    found = {
        path.relative_to(ROOT).as_posix(): bad
        for path in files()
        if (bad := hosts_and_paths(path.read_text(encoding="utf-8", errors="ignore")))
    }
    assert found == {}


def test_continuous_integration_runs_the_test_command_and_nothing_clever() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert commands_of(script.read_text(encoding="utf-8")) == [
        "set -eu",
        'cd "$(dirname "$0")/.."',
        "export ROOST_REQUIRE_BROWSER=1",
        "make test",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "https://files." + "pythonhosted" + ".org/packages/x.whl",
        'index-url = "https://' + "pypi" + '.org/simple"',
        'File "/' + 'home/ada/roost/src/app.py"',
        "see /" + "Users/ada/roost",
    ],
)
def test_a_registry_or_a_developers_machine_is_caught(text: str) -> None:
    assert hosts_and_paths(text)


@pytest.mark.parametrize("text", ["https://x.com/home/timeline", "/homes/", "a/work/b", "~/work/x"])
def test_an_address_or_a_relative_path_is_accepted(text: str) -> None:
    assert hosts_and_paths(text) == []


def test_an_added_command_is_caught() -> None:
    assert commands_of("#!/bin/sh\n# why\n\nmake test\nmake dist\n") == ["make test", "make dist"]
