"""The reference pages name everything there is, and nothing that is not."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
import runpy
from pathlib import Path

import pytest
from cyclopts import App

import roost
from roost import Bot, Chat, errors, settings
from roost.cli import verbs
from roost.model.activities import ACTIVITY_TYPES, Happened
from roost.testing.clocks import FrozenClock
from roost.xapi import Credentials, XClient, refusals
from roost.xapi.paginators import Pages

ROOT = Path(__file__).parents[2]
CLIENT = (ROOT / "docs/reference/client.md").read_text(encoding="utf-8")
BOT = (ROOT / "docs/reference/bot.md").read_text(encoding="utf-8")
CLI = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
FAMILY = re.compile(r"^\| `x\.(\w+)` \| (.*) \|$", re.MULTILINE)
ERROR = re.compile(r"^\| `(\w+)` \| ([^|`]*\d[^|]*) \|$", re.MULTILINE)
CALL_X = (
    "accounts",
    "dm",
    "welcome",
    "profiles",
    "media",
    "webhook",
    "subscriptions",
    "post",
    "links",
)


def families() -> dict[str, object]:
    x = XClient(Credentials("k", "s"), clock=FrozenClock())
    return {name: family for name, family in vars(x).items() if not name.startswith("_")}


def methods(family: object) -> set[str]:
    return {
        name
        for name, _ in inspect.getmembers(type(family), inspect.isfunction)
        if not name.startswith("_")
    }


def numbers(text: str) -> set[int]:
    """Read `1, 3-5` as 1, 3, 4 and 5."""
    found: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:-(\d+))?", text):
        found |= set(range(int(first), int(last or first) + 1))
    return found


def subverbs(group: App, path: str) -> set[str]:
    found: set[str] = set()
    for name in group:
        if not name.startswith("-"):
            inner = group[name]
            is_group = inner.default_command is None
            found |= subverbs(inner, f"{path} {name}") if is_group else {f"{path} {name}"}
    return found


def test_every_method_of_the_client_is_listed() -> None:
    listed = {name: set(re.findall(r"`(\w+)`", text)) for name, text in FAMILY.findall(CLIENT)}
    assert listed == {name: methods(family) for name, family in families().items()}


def test_what_is_listed_as_pages_is() -> None:
    for family in families().values():
        if "all" in methods(family):
            assert isinstance(type(family).all(family), Pages)


def test_every_code_is_listed_with_its_class() -> None:
    listed = {
        name: numbers(text.split(" where ")[0].split(";")[0].split(" at ")[0])
        for name, text in ERROR.findall(CLIENT)
        if name not in {"RateLimited", "XApiUnavailable"}
    }
    of_routes = {cls.__name__ for cls in refusals.BY_ROUTE.values()} | {"NotOpenToMessages"}
    for name, codes in listed.items():
        cls = getattr(errors, name)
        expected = {code for code, found in refusals.BY_CODE.items() if found is cls}
        if expected or name not in of_routes:
            assert codes == expected, name
    there = {cls.__name__ for cls in refusals.BY_CODE.values()} | of_routes
    assert listed.keys() == there


def test_every_verb_is_listed() -> None:
    listed = set(re.findall(r"`roost ([a-z][a-z -]*)`", CLI))
    there: set[str] = set(verbs.VERBS) - set(CALL_X)
    for verb in CALL_X:
        module, _, function = verbs.function_of(verb).partition(":")
        there |= subverbs(getattr(importlib.import_module(module), function), verb)
    assert there - listed == set(), "add them to docs/reference/cli.md"
    assert listed - there == set(), "docs/reference/cli.md names what is no verb"


def test_what_the_page_says_of_a_verb_is_a_method_of_the_client() -> None:
    named = re.findall(r"`x\.(\w+)\.(\w+)` \|$", CLI, re.MULTILINE)
    found = families()
    assert len(named) == 32
    assert [one for one in named if one[1] not in methods(found[one[0]])] == []


def test_every_decorator_of_a_bot_is_listed() -> None:
    listed = set(re.findall(r"^\| `@bot\.(\w+)", BOT, re.MULTILINE))
    decorators = {
        name
        for name, function in inspect.getmembers(Bot, inspect.isfunction)
        if name.startswith("on_") or name in {"fallback", "middleware", "welcome"}
        if not name.startswith("_")
    }
    assert listed == decorators


def test_every_kind_of_activity_is_listed_with_its_class_and_fields() -> None:
    _, _, rest = BOT.partition("## Kinds of activities")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.*)\|$", rest, re.MULTILINE)
    assert {kind: name for kind, name, _ in rows} == {
        kind: cls.__name__ for kind, cls in ACTIVITY_TYPES.items()
    }
    shared = {field.name for field in dataclasses.fields(Happened)}
    for kind, _, told in rows:
        own = {field.name for field in dataclasses.fields(ACTIVITY_TYPES[kind])} - shared
        assert own == set(re.findall(r"`(\w+)`", told)) - shared, kind


def test_every_verb_and_property_of_a_chat_is_listed() -> None:
    _, _, rest = BOT.partition("## Verbs of `chat`")
    table, _, read = rest.partition("To be read:")
    verbs_of = {
        name for name, _ in inspect.getmembers(Chat, inspect.isfunction) if not name.startswith("_")
    }
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == verbs_of
    properties = {name for name, one in vars(Chat).items() if isinstance(one, property)}
    plain = {"event", "customer", "account", "is_late"}
    assert set(re.findall(r"`chat\.(\w+)`", read)) == properties | plain


def test_what_checkers_see_of_the_package_is_what_can_be_imported() -> None:
    stub = Path(roost.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    declared = re.findall(r'^    "(\w+)",$', stub.partition("__all__")[2], re.MULTILINE)
    assert sorted(declared) == sorted(vars(roost)["_PLACES"])
    assert all(inspect.getmodule(getattr(roost, name)) is not None for name in declared)


def test_the_page_of_settings_is_what_the_code_says_of_them() -> None:
    make = ROOT / "docs/settings/make.py"
    page = runpy.run_path(str(make))["page"]()
    assert page == SETTINGS, f"run: python {make.relative_to(ROOT)}"


def test_the_smallest_settings_of_the_page_are_enough_and_no_less_is(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", SETTINGS, re.DOTALL)
    check_servable(tmp_path, example)

    address, _, tables = example.partition("\n\n")
    assert address.startswith("public_url = ")
    for line in filter(None, tables.splitlines()):
        with pytest.raises(errors.SettingsError):
            check_servable(tmp_path, tables.replace(line, ""))


def check_servable(folder: Path, text: str) -> None:
    file = folder / "roost.toml"
    file.write_text(text, encoding="utf-8")
    found = settings.load(file, environ={}, bots=["my_bot.py"])
    settings.check_servable(found, settings.Role.ALL)
