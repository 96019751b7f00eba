"""`roost customers`: what a customer may ask of us: all we have of them, and that it goes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from roost import settings as configuration
from roost.cli import application
from roost.cli.application import HERE, Where
from roost.errors import SettingsError
from roost.ports.erasing import Traces
from roost.store import control

run = App(
    name="customers",
    help="Give everything that is stored of a customer, or erase it.\n\n"
    "Examples: `roost customers export 2002 --to ada.json`, `roost customers erase 2002 --yes`\n\n"
    "Exit codes: 0 done, 2 the application says no, wrong usage or no application there.",
    help_formatter="plain",
    version_flags=(),
)

Account = Annotated[str | None, Parameter("--account")]

_PRIVATE = 0o600


class _Erased(msgspec.Struct, frozen=True):
    conversations: int
    messages: int
    deliveries: int
    traces: Traces


_TRACES = {
    Traces.NONE: "nothing of it is left in the database's files",
    Traces.LOG: "another program reads the database, so its log holds some of it still; that goes "
    "as soon as the program ends (erase again to see)",
    Traces.FILE: "the database is large: unused parts of its file may hold pieces, until it is "
    "written anew (stop Roost; `sqlite3 roost.db VACUUM`)",
    Traces.SERVER: "PostgreSQL's files may hold it until the server has vacuumed them",
}


@run.command
async def export(
    customer: str, *, account: Account = None, to: Path | None = None, where: Where = HERE
) -> int:
    """Give everything that is stored of a customer, as JSON.

    That is what X described them as, what they did around the account, messages, notes, and what
    bots remember; and under `records` every row that `erase` would take out or empty, so also
    agents' drafts to them and what X has delivered, which may name others too.

    Example: `roost customers export 2002 --to ada.json --json`

    Files that hang on messages are not stored; X has them.

    Args:
        customer: Their user id at X, as the desk's address shows it.
        account: User id of our account; may be left out where the settings name only one.
        to: A file to be made, for your eyes only; otherwise it is printed.
        where: Which application, and how its answer is shown.
    """
    loaded = configuration.load(where.settings, environ=os.environ)
    pieces = control.follow(
        loaded.data / control.SOCKET,
        "customer_export",
        account_id=_account(account, where),
        customer_id=customer,
    )
    text = "".join([str(piece) async for piece in pieces])
    if to is None:
        print(text)
        return 0
    try:
        file = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    except FileExistsError as error:
        raise SettingsError("--to", f"{to} is already there", "Name another file") from error
    with os.fdopen(file, "w", encoding="utf-8") as opened:
        opened.write(text)
    told = {"file": str(to), "characters": len(text)}
    print(msgspec.json.encode(told).decode() if where.as_json else f"written to {to}")
    return 0


@run.command
async def erase(
    customer: str,
    *,
    account: Account = None,
    yes: Annotated[bool, Parameter(negative=())] = False,
    where: Where = HERE,
) -> int:
    """Erase everything that is stored of a customer, for good; backups are not touched.

    Example: `roost customers erase 2002 --yes --json`

    Args:
        customer: Their user id at X, as the desk's address shows it.
        account: User id of our account; may be left out where the settings name only one.
        yes: Do not ask.
        where: Which application, and how its answer is shown.
    """
    of = _account(account, where)
    if not yes:
        print(f"Erase everything account {of} has of customer {customer}? It cannot be undone.")
        _confirm()
    answer = await application.ask(where, "customer_erase", account_id=of, customer_id=customer)
    erased = msgspec.convert(answer, _Erased)
    if where.as_json:
        print(msgspec.json.encode(erased).decode())
    else:
        print(
            f"erased {erased.conversations} conversations with {erased.messages} messages, "
            f"and emptied {erased.deliveries} deliveries; {_TRACES[erased.traces]}"
        )
    return 0


def _confirm() -> None:
    if not sys.stdin.isatty() or input("Type yes: ").strip() != "yes":
        raise SettingsError("--yes", "nobody said yes, nothing was erased", "Give it")


def _account(account: str | None, where: Where) -> str:
    if account is not None:
        return account
    loaded = configuration.load(where.settings, environ=os.environ)
    known = [one.user_id for one in loaded.accounts.values()]
    if len(known) != 1:
        names = ", ".join(known) or "none"
        raise SettingsError("--account", f"the settings name several or none: {names}", "Name one")
    return known[0]
