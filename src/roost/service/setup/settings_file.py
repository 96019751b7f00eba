"""The settings file as `roost setup` fills it in, piece by piece."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from roost.errors import SettingsError
from roost.service.setup import questions

APP = "main"
"""Key of the app that is set up."""

Table = dict[str, object]

_OF_APP = ("app_id", "consumer_key", "activity_tier", "env_name")


def answered(path: Path) -> dict[str, str]:
    """Give what a settings file answers already, by question.

    Raises:
        SettingsError: It is there and is not TOML.
    """
    tree = _read(path)
    app = _table(_table(tree, "apps"), APP)
    found = {name: app[name] for name in _OF_APP if name in app}
    further = app.get("further_env_names")
    if isinstance(further, list):
        found["further_env_names"] = ",".join(map(str, cast("list[object]", further)))
    if "env_name" in app and "activity_tier" not in app:
        # Written by hand: what it leaves out is as the settings have it.
        found = {"activity_tier": "premium", "further_env_names": "", **found}
    secrets = app.get("consumer_secrets")
    if isinstance(secrets, list) and secrets:
        found["consumer_secret"] = cast("list[object]", secrets)[0]
    found |= {name: tree[name] for name in ("public_url",) if name in tree}
    return {name: str(value) for name, value in found.items()}


def write(path: Path, answers: Mapping[str, str], *, x_base_url: str | None) -> None:
    """Put answers into a settings file that only its owner can read; the rest of it stays.

    Args:
        path: Made where it is missing. Comments in it are lost, so a copy is kept beside it.
        answers: By question; tokens are not for the file.
        x_base_url: Another X than X's own.

    Raises:
        SettingsError: It is there and is not TOML.
    """
    tree = _read(path)
    if path.exists():
        _private(path.with_name(f"{path.name}.before"), path.read_text(encoding="utf-8"))
    tree |= {"connect_at_start": True}
    tree |= {name: answers[name] for name in ("public_url",) if name in answers}
    tree |= {"x_base_url": x_base_url} if x_base_url else {}
    apps = _table(tree, "apps")
    app = _table(apps, APP)
    app |= {name: answers[name] for name in _OF_APP if name in answers}
    if "further_env_names" in answers:
        app["further_env_names"] = questions.names_in(answers["further_env_names"])
    if "consumer_secret" in answers:
        app["consumer_secrets"] = [answers["consumer_secret"]]
    tree["apps"] = apps | {APP: app}
    _private(path, _toml(tree))


def _read(path: Path) -> Table:
    if not path.exists():
        return {}
    try:
        return cast("Table", tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(str(path), f"is not TOML: {error}", "Correct that line") from error


def _table(tree: Table, name: str) -> Table:
    found = tree.get(name)
    return cast("Table", found) if isinstance(found, dict) else {}


def _toml(tree: Table, prefix: str = "") -> str:
    # A JSON value of these kinds is a TOML value too.
    lines = [f"{k} = {json.dumps(v)}" for k, v in tree.items() if not isinstance(v, dict)]
    for name, inner in tree.items():
        if isinstance(inner, dict):
            table = f"{prefix}{name}"
            body = _toml(cast("Table", inner), f"{table}.")
            is_bare = all(isinstance(one, dict) for one in cast("Table", inner).values())
            lines.append(body.rstrip() if is_bare else f"\n[{table}]\n{body.rstrip()}")
    return "\n".join(lines) + "\n"


def _private(path: Path, text: str) -> None:
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    partial.replace(path)
