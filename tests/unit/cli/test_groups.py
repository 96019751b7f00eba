"""Verbs with verbs of their own: each has an example, `--json`, and a suggestion when misspelt."""

from __future__ import annotations

import importlib
import json
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


RUN_ON = frozenset({"demo", "serve", "simulate"})
"""Verbs that run until they are stopped: they have an end, but no answer."""


def group(name: str) -> App:
    module, _, function = verbs.function_of(name).partition(":")
    return getattr(importlib.import_module(module), function)


EVERY = [path for name in GROUPS for path in inner(group(name), (name,))]
OTHERS = [
    path
    for name in verbs.VERBS
    if name not in GROUPS
    for path in (inner(group(name), (name,)) if isinstance(group(name), App) else [(name,)])
]


def ids(path: tuple[str, ...]) -> str:
    return " ".join(path)


@pytest.mark.parametrize("path", [*EVERY, *OTHERS], ids=ids)
def test_each_verb_has_an_example_and_json(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main([*path, "--help"]) == 0

    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert re.search(rf"Examples?: (?:.*, )?`?roost {' '.join(path)}", told)
    assert "--json" in told or path[0] in RUN_ON


@pytest.mark.parametrize("path", [*EVERY, *(one for one in OTHERS if len(one) > 1)], ids=ids)
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


@pytest.mark.parametrize(
    "path", [one for one in (*EVERY, *OTHERS) if one[0] not in RUN_ON], ids=ids
)
def test_a_misspelt_option_of_each_verb_is_refused_with_a_suggestion_and_as_json(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main([*path, "--setings", "x"]) == 2
    assert "Did you mean --settings" in capsys.readouterr().err or path[0] in {
        "chat",
        "links",
        "sim",
    }

    assert app.main([*path, "--jsno", "--json"]) == 2
    shown = capsys.readouterr()
    (fault,) = json.loads(shown.out)["errors"]
    assert (fault["field"], shown.err) == ("", "")
    assert "--json" in fault["message"]
