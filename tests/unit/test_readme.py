"""README is true where a machine can tell."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from cyclopts import App

from roost import settings
from roost.cli import verbs

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_it_is_short() -> None:
    assert len(README.splitlines()) < 150


def test_its_bot_is_the_example_that_it_names() -> None:
    (shown,) = blocks("python")
    example = (ROOT / "examples/hello.py").read_text(encoding="utf-8")
    assert example.endswith(shown)


def test_its_settings_are_settings(tmp_path: Path) -> None:
    (shown,) = blocks("toml")
    file = tmp_path / "roost.toml"
    file.write_text(shown.replace('user_id = "1001"', 'user_id = "1001"'), encoding="utf-8")
    found = settings.load(file, environ={}, bots=["my_bot.py"])
    settings.check_servable(found)


def test_its_commands_are_commands() -> None:
    named = set(re.findall(r"`(?:\./)?roost ([a-z-]+)", README))
    named |= {
        command.split()[1]
        for command in "".join(blocks("sh")).split("\n")
        if command.startswith("./roost")
    }
    assert named >= {"demo", "serve", "status", "settings", "simulate", "hand-back"}
    assert named <= set(verbs.VERBS)
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make ([a-z-]+)", "".join(blocks("sh")), re.MULTILINE):
        assert f"\n{target}:" in targets


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)|src(?:set)?=\"([^\"]+)\"", README))
def test_what_it_links_to_is_there(link: tuple[str, str]) -> None:
    assert (ROOT / (link[0] or link[1])).exists()


@pytest.mark.parametrize("verb", verbs.VERBS)
def test_every_verb_has_a_function_with_an_example_or_a_description(verb: str) -> None:
    module, _, name = verbs.function_of(verb).partition(":")
    found = getattr(importlib.import_module(module), name)
    assert found.help if isinstance(found, App) else found.__doc__
