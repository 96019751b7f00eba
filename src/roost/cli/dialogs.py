"""`roost dialogs`: conversations that bots are in the middle of."""

from __future__ import annotations

import msgspec
from cyclopts import App

from roost.cli import application
from roost.cli.application import HERE, Where

run = App(
    name="dialogs",
    help="Dialogs that have begun and not ended: what they wait for, and what they have passed.\n\n"
    "Examples: `roost dialogs list`, `roost dialogs show 1582103724607971328`\n\n"
    "Exit codes: 0 done, 2 there is no such dialog, wrong usage or no application there.",
    help_formatter="plain",
    version_flags=(),
)


class _Point(msgspec.Struct, frozen=True):
    kind: str
    fingerprint: str
    result_bytes: int


class _Dialog(msgspec.Struct, frozen=True):
    dialog_id: str
    conversation_id: str
    account_id: str
    name: str
    phase: str
    step: str
    since: str
    n_points: int
    points: list[_Point] = []


@run.command(name="list")
async def show_all(*, where: Where = HERE) -> int:
    """Show open dialogs, those that have waited longest first; at most 1,000.

    Example: `roost dialogs list --json`

    Args:
        where: The application, and how its answer is shown.
    """
    answer = await application.ask(where, "dialogs_list")
    if where.as_json:
        print(msgspec.json.encode(answer).decode())
        return 0
    found = msgspec.convert(answer, list[_Dialog])
    print("\n".join(map(_line, found)) or "no dialog is open")
    return 0


@run.command
async def show(dialog_id: str, /, *, where: Where = HERE) -> int:
    """Show a dialog's journal: each point it has passed, and how large its result is.

    Example: `roost dialogs show 5f0c2a9e`

    Args:
        dialog_id: As `roost dialogs list` shows it.
        where: The application, and how its answer is shown.
    """
    answer = await application.ask(where, "dialogs_show", dialog_id=dialog_id)
    if where.as_json:
        print(msgspec.json.encode(answer).decode())
        return 0
    dialog = msgspec.convert(answer, _Dialog)
    print(_line(dialog))
    for n, point in enumerate(dialog.points):
        name, _, _ = point.fingerprint.partition("#")  # behind it, what stands for arguments
        named = f"({name})" if name else ""
        size = f"  {point.result_bytes} bytes" if point.result_bytes else ""
        print(f"    {n:>4}  {point.kind}{named}{size}")
    return 0


@run.command
async def restart(dialog_id: str, /, *, where: Where = HERE) -> int:
    """Let a dialog begin anew: what it has passed is forgotten, the customer is asked again.

    Example: `roost dialogs restart 5f0c2a9e`

    Args:
        dialog_id: As `roost dialogs list` shows it.
        where: The application, and how its answer is shown.
    """
    return await _do("dialogs_restart", dialog_id, where, "begins anew")


@run.command
async def cancel(dialog_id: str, /, *, where: Where = HERE) -> int:
    """End a dialog; the customer is told nothing.

    Example: `roost dialogs cancel 5f0c2a9e`

    Args:
        dialog_id: As `roost dialogs list` shows it.
        where: The application, and how its answer is shown.
    """
    return await _do("dialogs_cancel", dialog_id, where, "ends")


async def _do(call: str, dialog_id: str, where: Where, what: str) -> int:
    answer = await application.ask(where, call, dialog_id=dialog_id)
    dialog = msgspec.convert(answer, _Dialog)
    shown = f"{dialog.name} in {dialog.conversation_id} {what}"
    print(msgspec.json.encode(answer).decode() if where.as_json else shown)
    return 0


def _line(dialog: _Dialog) -> str:
    return (
        f"{dialog.dialog_id}  {dialog.name} in {dialog.conversation_id}, {dialog.phase} "
        f"since {dialog.since}, {dialog.n_points} points\n    {' '.join(dialog.step.split())}"
    )
