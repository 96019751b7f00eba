"""`roost outbox`: messages that wait for a person to say what becomes of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from roost import settings as configuration
from roost.errors import SettingsError
from roost.settings import Settings
from roost.store import control

run = App(
    name="outbox",
    help="Messages that wait for a person to say what becomes of them.\n\n"
    "`parked`: X may have it, but does not show it. `dead`: X has refused it.\n\n"
    "Examples: `roost outbox list`, `roost outbox check 17`, `roost outbox resend 17`\n\n"
    "Exit codes: 0 done, 2 the application says no, wrong usage or no application there.",
    help_formatter="plain",
    version_flags=(),
)

_SHOWN_CHARACTERS = 60


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Which:
    """Whose outbox, and how the answer is shown.

    Attributes:
        account: User id of the account; may be left out where there is only one.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
        as_json: Print JSON.
    """

    account: str | None = None
    settings: Path | None = None
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False)] = False


HERE = Which()
"""The only account's outbox, shown to people."""


class _Row(msgspec.Struct, frozen=True):
    account_id: str
    outbox_id: int
    conversation_id: str
    state: str
    lane: str
    attempts: int
    created_at: str
    reason: str
    text: str


@run.command(name="list")
async def show(*, which: Which = HERE) -> int:
    """Show the messages that wait for a person; of all accounts where none is named.

    Example: `roost outbox list --json`
    """
    answer = await control.ask(_loaded(which).data / control.SOCKET, "outbox_list")
    wanted = [
        row
        for row in msgspec.convert(answer, list[_Row])
        if which.account in {None, row.account_id}
    ]
    if which.as_json:
        print(msgspec.json.encode(wanted).decode())
    else:
        print("\n".join(map(_line, wanted)) or "nothing waits for a person")
    return 0


@run.command
async def check(number: int, *, which: Which = HERE) -> int:
    """Ask X once more whether it has a parked message; nothing is sent.

    Example: `roost outbox check 17`

    Args:
        number: As `roost outbox list` shows it.
        which: Whose outbox, and how the answer is shown.
    """
    return await _do("outbox_check", number, which, "X is being asked")


@run.command
async def resend(number: int, *, which: Which = HERE) -> int:
    """Send a message again. A parked one may then arrive twice.

    Example: `roost outbox resend 17`

    Args:
        number: As `roost outbox list` shows it.
        which: Whose outbox, and how the answer is shown.
    """
    return await _do("outbox_resend", number, which, "will be sent again")


@run.command
async def drop(number: int, *, which: Which = HERE) -> int:
    """Give a message up for good.

    Example: `roost outbox drop 17`

    Args:
        number: As `roost outbox list` shows it.
        which: Whose outbox, and how the answer is shown.
    """
    return await _do("outbox_drop", number, which, "dropped")


async def _do(call: str, number: int, which: Which, done: str) -> int:
    loaded = _loaded(which)
    answer = await control.ask(
        loaded.data / control.SOCKET,
        call,
        account_id=_account(which, loaded),
        outbox_id=number,
    )
    row = msgspec.convert(answer, _Row)
    print(msgspec.json.encode(row).decode() if which.as_json else f"message {number}: {done}")
    return 0


def _loaded(which: Which) -> Settings:
    return configuration.load(which.settings, environ=os.environ)


def _account(which: Which, loaded: Settings) -> str:
    if which.account is not None:
        return which.account
    known = [one.user_id for one in loaded.accounts.values()]
    if len(known) != 1:
        names = ", ".join(known) or "none"
        raise SettingsError("--account", f"there are several accounts: {names}", "Name one")
    return known[0]


def _line(row: _Row) -> str:
    text = " ".join(row.text.split())
    if len(text) > _SHOWN_CHARACTERS:
        text = text[: _SHOWN_CHARACTERS - 1] + "…"
    return (
        f"{row.outbox_id:>6}  {row.state:<6}  {row.lane:<6}  {row.account_id} in "
        f"{row.conversation_id}, {row.created_at}: {text}\n        {row.reason}"
    )
