"""`roost users`: invite the people who answer in the desk."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Literal, cast

from cyclopts import App, Parameter

from roost import settings as configuration
from roost.service import inviting
from roost.service.clock import SystemClock

run = App(
    name="users",
    help="Invite the people who answer in the desk.\n\n"
    "Examples: `roost users invite sam@acme.example`, `roost users list`\n\n"
    "Works with a running application, or by itself where none runs.",
    help_formatter="plain",
    version_flags=(),
)

SettingsFile = Annotated[Path | None, Parameter("--settings")]
AsJson = Annotated[bool, Parameter("--json", negative=(), show_default=False)]


@run.command
async def invite(
    login: str,
    *,
    name: str = "",
    role: Literal["admin", "agent"] | None = None,
    account: Annotated[list[str] | None, Parameter(negative=())] = None,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Invite somebody: prints a link that works once, within three days.

    Example: `roost users invite sam@acme.example --name "Sam Carter"`

    Args:
        login: What they will log in as, such as their mail address.
        name: As colleagues see it; otherwise what stands before the @.
        role: The first person is an admin, the others are agents unless this says otherwise.
        account: User id of an account the agent serves, may be given several times; otherwise all.
        as_json: As a JSON object.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
    """
    link = await _ask(settings, "invite", login=login, name=name, role=role, accounts=account)
    _show_link(login, link, as_json=as_json)


@run.command
async def link(login: str, *, as_json: AsJson = False, settings: SettingsFile = None) -> None:
    """Give somebody a new link to choose a password, for example because they forgot theirs.

    Example: `roost users link sam@acme.example`

    Args:
        login: What they log in as.
        as_json: As a JSON object.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
    """
    found = await _ask(settings, "link", login=login)
    _show_link(login, found, as_json=as_json)


@run.command(name="list")
async def everybody(
    *,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """List everybody who may log in.

    Example: `roost users list --json`

    Args:
        as_json: As one JSON array.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
    """
    people = cast("list[dict[str, object]]", await _ask(settings, "people"))
    if as_json:
        print(json.dumps(people, indent=2))
        return
    for one in people:
        accounts = cast("list[str] | None", one["accounts"])
        serves = "every account" if accounts is None else ", ".join(accounts) or "no account"
        print(f"{one['login']}  {one['name']}  {one['role']}, {serves}")


def _show_link(login: str, link: object, *, as_json: bool) -> None:
    text = f"{login} chooses a password here, once, within three days:\n{link}"
    print(json.dumps({"login": login, "link": link}) if as_json else text)


async def _ask(settings: Path | None, call: str, /, **args: object) -> object:
    found = configuration.load(settings, environ=os.environ)
    return await inviting.ask(found, SystemClock(), call, **args)
