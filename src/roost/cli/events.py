"""`roost events`: what was set aside, and one more try for it."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from roost.cli import application
from roost.cli.application import HERE, Where
from roost.errors import InvalidCall

REFUSED = 1
"""The exit code where something could not be requeued."""

run = App(
    name="events",
    help="Look at events that were set aside, and let the bot try them again.\n\n"
    "Examples: `roost events quarantined`, `roost events requeue 1582103724607971328`\n\n"
    "Exit codes: 0 done, 1 not requeued or not there, 2 wrong usage or no application there.",
    help_formatter="plain",
    version_flags=(),
)


class _Event(msgspec.Struct):
    event_key: str
    kind: str = ""
    conversation_id: str = ""
    account_id: str = ""
    attempts: int = 0
    reason: str = ""
    received_at: str = ""
    why: str = ""


class _Requeued(msgspec.Struct):
    requeued: list[_Event]
    refused: list[_Event]


class _Erased(msgspec.Struct):
    conversation_id: str


@run.command
async def quarantined(*, where: Where = HERE) -> int:
    """Show the events that were set aside, those received last first; at most 1,000.

    Example: `roost events quarantined --json`

    Args:
        where: The application, and how its answer is shown.
    """
    answer = await application.ask(where, "quarantined")
    events = msgspec.convert(answer, list[_Event])
    if where.as_json:
        _print(answer)
    elif not events:
        print("nothing is quarantined")
    for event in () if where.as_json else events:
        times = "once" if event.attempts == 1 else f"{event.attempts} times"
        print(f"{event.event_key}  {event.kind} in {event.conversation_id}, {event.received_at}")
        print(f"    tried {times}: {' '.join(event.reason.split())}")
    return 0


@run.command
async def requeue(
    *keys: str, every: Annotated[bool, Parameter("--all", negative=())] = False, where: Where = HERE
) -> int:
    """Let the bot try events again. A conversation that waits for an agent is the bot's again.

    Examples: `roost events requeue 1582103724607971328`, `roost events requeue --all`

    Args:
        keys: As `roost events quarantined` shows them.
        every: Whatever is quarantined.
        where: The application, and how its answer is shown.
    """
    if bool(keys) == every:
        raise InvalidCall("keys", "name events by their keys, or give --all")
    answer = await application.ask(where, "requeue", keys=keys, is_all=every)
    done = msgspec.convert(answer, _Requeued)
    if where.as_json:
        _print(answer)
    else:
        for event in done.requeued:
            print(f"{event.event_key} requeued in {event.conversation_id}")
    for event in done.refused:
        print(f"error: {event.event_key}: {event.why}", file=sys.stderr)
    return REFUSED if done.refused else 0


@run.command
async def erase(account_id: str, message_id: str, /, *, where: Where = HERE) -> int:
    """Erase what a message said from our database: for messages that were deleted at X.

    X tells of no such deletion. Its id, its time and who wrote it stay, so that it is not taken for
    new when X delivers it again. Posts that an account deletes are erased without this.

    Example: `roost events erase 1001 1582103724607971328`

    Args:
        account_id: Our account, by X's id.
        message_id: The message, by X's id.
        where: The application, and how its answer is shown.
    """
    answer = await application.ask(
        where, "erase_message", account_id=account_id, message_id=message_id
    )
    found = msgspec.convert(answer, _Erased).conversation_id
    if not found:
        why = f"account {account_id} has no message {message_id}"
        if where.as_json:
            _print({"errors": [{"field": "message_id", "message": why}]})
        else:
            print(f"error: {why}", file=sys.stderr)
        return REFUSED
    if where.as_json:
        _print(answer)
    else:
        print(f"{message_id} erased in {found}")
    return 0


def _print(answer: object) -> None:
    print(msgspec.json.format(msgspec.json.encode(answer)).decode())
