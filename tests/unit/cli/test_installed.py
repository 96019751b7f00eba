"""What is installed for users has no pytest: every verb loads without what only tests need."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from roost.cli import verbs

GROUPS = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
ONLY_TESTS = (
    "pytest",
    "hypothesis",
    "playwright",
    "oauthlib",
    "requests",
    "schemathesis",
    "tweepy",
)
PROGRAM = """
import importlib, sys
for name in {absent!r}:
    sys.modules[name] = None
for function in {functions!r}:
    module, _, name = function.partition(":")
    print(function, callable(getattr(importlib.import_module(module), name)))
"""


def test_every_verb_loads_without_what_only_tests_need():
    needed = " ".join(GROUPS["project"]["dependencies"])
    functions = [verbs.function_of(verb) for verb in verbs.VERBS]
    program = PROGRAM.format(absent=ONLY_TESTS, functions=functions)

    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )

    assert not any(one in needed for one in ONLY_TESTS)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [f"{one} True" for one in functions]
