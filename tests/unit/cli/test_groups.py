"""Verbs with verbs of their own: each has an example, `--json`, and a suggestion when misspelt."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import pytest
from cyclopts import App

from roost.cli import app, verbs

GROUPS = (
    "accounts",
    "customers",
    "dm",
    "welcome",
    "profiles",
    "media",
    "webhook",
    "subscriptions",
    "post",
    "links",
)


def inner(group: App, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name in group:
        if name.startswith("-"):
            continue
        one = group[name]
        if one.default_command is None:
            yield from inner(one, (*path, name))
        else:
            yield (*path, name)


def group(name: str) -> App:
    module, _, function = verbs.function_of(name).partition(":")
    return getattr(importlib.import_module(module), function)


EVERY = [path for name in GROUPS for path in inner(group(name), (name,))]


def ids(path: tuple[str, ...]) -> str:
    return " ".join(path)


@pytest.mark.parametrize("path", EVERY, ids=ids)
def test_each_verb_has_an_example_and_json(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main([*path, "--help"]) == 0

    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert re.search(rf"Examples?: (?:.*, )?`?roost {' '.join(path)}", told)
    assert "--json" in told


@pytest.mark.parametrize("path", EVERY, ids=ids)
def test_each_verb_is_suggested_where_it_is_misspelt(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    *groups, name = path
    wrong = f"{name[:-1]}x{name[-1]}"

    assert app.main([*groups, wrong]) == 2

    told = capsys.readouterr()
    assert f'"{name}"' in told.err or f"`{name}`" in told.err, told.err


@pytest.mark.parametrize("name", GROUPS)
def test_each_group_tells_its_exit_codes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main([name, "--help"]) == 0

    assert "Exit codes: 0 done" in re.sub(r"\s+", " ", capsys.readouterr().out)
