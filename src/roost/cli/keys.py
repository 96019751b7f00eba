"""`roost keys`: keys under which programs use the API."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Literal, cast

from cyclopts import App, Parameter

from roost import settings as configuration
from roost.service import key_calls
from roost.service.clock import SystemClock

run = App(
    name="keys",
    help="Make, list and revoke keys under which programs use the API.\n\n"
    "Examples: `roost keys new reports --login sam@acme.example`, `roost keys list`\n\n"
    "Works with a running application, or by itself where none runs.",
    help_formatter="plain",
    version_flags=(),
)

SettingsFile = Annotated[Path | None, Parameter("--settings")]
AsJson = Annotated[bool, Parameter("--json", negative=(), show_default=False)]


@run.command
async def new(
    name: str,
    *,
    login: str,
    scope: Literal["read", "write", "admin"] = "read",
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Make a key: prints it this once. Programs send it as `Authorization: Bearer KEY`.

    Example: `roost keys new reports --login sam@acme.example --scope write`

    Args:
        name: What it is for.
        login: In whose name it is used; a key never reaches further than its owner.
        scope: What it may do: read; write, which answers and sorts, too; admin, everything.
        as_json: As a JSON object.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
    """
    answer = await _ask(settings, "key_new", name=name, login=login, scope=scope)
    made = cast("dict[str, str]", answer)
    if as_json:
        print(json.dumps(made, indent=2))
        return
    print(f"{made['key_id']} is made; its key is shown this once:\n{made['secret']}")


@run.command(name="list")
async def every(*, as_json: AsJson = False, settings: SettingsFile = None) -> None:
    """List every key, revoked ones too, the newest first; never what opens.

    Example: `roost keys list --json`

    Args:
        as_json: As one JSON array.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
    """
    found = cast("list[dict[str, str | None]]", await _ask(settings, "keys"))
    if as_json:
        print(json.dumps(found, indent=2))
        return
    if not found:
        print("there are no keys")
    for one in found:
        used = f"last used {one['used_at']}" if one["used_at"] else "never used"
        state = f"revoked {one['revoked_at']}" if one["revoked_at"] else used
        print(f"{one['key_id']}  {one['name']}  {one['login']}, {one['scope']}, {state}")


@run.command
async def revoke(key_id: str, *, as_json: AsJson = False, settings: SettingsFile = None) -> None:
    """End a key at once and for good.

    Example: `roost keys revoke 1f0c9a77b2e4d853`

    Args:
        key_id: As `roost keys list` shows it.
        as_json: As a JSON object.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
    """
    await _ask(settings, "key_revoke", key_id=key_id)
    told = {"revoked": key_id}
    print(json.dumps(told) if as_json else f"{key_id} opens nothing any more")


async def _ask(settings: Path | None, call: str, /, **args: object) -> object:
    found = configuration.load(settings, environ=os.environ)
    return await key_calls.ask(found, SystemClock(), call, **args)
