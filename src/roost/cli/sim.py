"""`roost sim`: look at a running simulator and play with it."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import msgspec
from cyclopts import App, Parameter

from roost.cli import sim_calls, sim_texts
from roost.cli.sim_calls import HERE, Where
from roost.errors import SettingsError

run = App(
    name="sim",
    help="Look at a running simulator and play with it.\n\n"
    'Examples: `roost sim act ada send_dm --to acme --text "Hello"`, `roost sim deliveries`,'
    " `roost sim clock --advance 1d`\n\n"
    "With `--json` every command prints one JSON document to standard output, errors included:"
    ' `{"errors": [{"field": "to", "message": "…"}]}`.\n\n'
    "Exit codes: 0 done, 1 the simulator says no, 2 wrong usage or no simulator there.",
    help_formatter="plain",
    version_flags=(),
)

_SPAN = re.compile(r"(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+(?:\.[0-9]+)?)s)?")


@run.command
async def health(*, where: Where = HERE) -> int:
    """Ask whether a simulator is ready.

    Example: `roost sim health --url http://127.0.0.1:8091`
    """
    return sim_calls.show(where, await sim_calls.call(where, "GET", "/health"), sim_texts.ready)


@run.command
async def world(*, where: Where = HERE) -> int:
    """Show who is there, and what time it is.

    Example: `roost sim world --json`
    """
    return sim_calls.show(where, await sim_calls.call(where, "GET", "/world"), sim_texts.world)


@run.command
async def act(
    user: str,
    action: str,
    *,
    to: str = "",
    text: str = "",
    field: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    where: Where = HERE,
) -> int:
    """Play a user.

    Examples: `roost sim act ada send_dm --to acme --text "Hello"`,
    `roost sim act 2002 send_dm --to 1001 --field 'quick_reply={"message_id": "17"}'`

    Args:
        user: Who does it; an id or a screen name.
        action: What; a wrong one is answered with the list of those there are.
        to: The user it is done to; an id or a screen name.
        text: What is written.
        field: Another field, as `name=JSON`; may be given several times.
        where: The simulator, and how its answer is shown.
    """
    known = await sim_calls.call(where, "GET", "/world")
    if sim_calls.is_refused(known):
        return sim_calls.show(where, known, sim_texts.world)
    names = sim_calls.read(where, known, sim_texts.ids_by_screen_name)
    fields: dict[str, object] = {"action": action}
    if to:
        fields["to"] = names.get(to.lower().removeprefix("@"), to)
    if text:
        fields["text"] = text
    for given in field:
        name, value = _field(given)
        fields[name] = value
    user_id = names.get(user.lower().removeprefix("@"), user)
    path = f"/users/{quote(user_id, safe='')}/actions"
    answer = await sim_calls.call(where, "POST", path, msgspec.json.encode(fields))
    return sim_calls.show(where, answer, sim_texts.done)


@run.command
async def deliveries(*, where: Where = HERE) -> int:
    """Show the latest attempts to deliver, and challenges, newest first.

    Example: `roost sim deliveries`
    """
    answer = await sim_calls.call(where, "GET", "/deliveries")
    return sim_calls.show(where, answer, sim_texts.deliveries)


@run.command
async def redeliver(row: str, *, where: Where = HERE) -> int:
    """Post a delivery once more.

    Example: `roost sim redeliver 17`

    Args:
        row: The number that `roost sim deliveries` shows first.
        where: The simulator, and how its answer is shown.
    """
    path = f"/deliveries/{quote(row, safe='')}/redeliver"
    return sim_calls.show(where, await sim_calls.call(where, "POST", path), sim_texts.redelivered)


@run.command
async def faults(
    *rules: str, clear: Annotated[bool, Parameter(negative=())] = False, where: Where = HERE
) -> int:
    """Show the faults that stand, or let others stand instead.

    Examples: `roost sim faults`, `roost sim faults '{"effect": "drop", "probability": 0.3}'`,
    `roost sim faults --clear`

    Args:
        rules: Each a JSON object; they replace those that stand.
        clear: Take every rule away.
        where: The simulator, and how its answer is shown.
    """
    if clear:
        answer = await sim_calls.call(where, "DELETE", "/faults")
        if not sim_calls.is_refused(answer):
            answer = await sim_calls.call(where, "GET", "/faults")
    elif rules:
        found = [_json(rule, "rules") for rule in rules]
        body = msgspec.json.encode({"faults": found})
        answer = await sim_calls.call(where, "PUT", "/faults", body)
    else:
        answer = await sim_calls.call(where, "GET", "/faults")
    return sim_calls.show(where, answer, sim_texts.faults)


@run.command
async def clock(
    *,
    advance: str | None = None,
    freeze: Annotated[bool, Parameter(negative=())] = False,
    go: Annotated[bool, Parameter("--run", negative=())] = False,
    where: Where = HERE,
) -> int:
    """Tell the simulator's time, or move it.

    Examples: `roost sim clock`, `roost sim clock --advance 1d12h`, `roost sim clock --freeze`

    Args:
        advance: How far to move it, as `1d2h3m4s`.
        freeze: Let it stand still.
        go: Let it run.
        where: The simulator, and how its answer is shown.
    """
    change: dict[str, object] | None = None
    if advance is not None:
        change = {"action": "advance", "seconds": _span(advance).total_seconds()}
    elif freeze or go:
        change = {"action": "freeze" if freeze else "run"}
    if change is None:
        answer = await sim_calls.call(where, "GET", "/clock")
    else:
        answer = await sim_calls.call(where, "POST", "/clock", msgspec.json.encode(change))
    return sim_calls.show(where, answer, sim_texts.clock)


@run.command
async def ledger(*, about: str = "", where: Where = HERE) -> int:
    """Print the truth log: a line of JSON for everything that exists or went over the wire.

    With `--json` the lines are the elements of one array.

    Example: `roost sim ledger | grep '"kind":"message"'`

    Args:
        about: Only lines that name this id, for example of a message.
        where: The simulator, and how its answer is shown.
    """
    path = f"/ledger?about={quote(about, safe='')}" if about else "/ledger"
    answer = await sim_calls.call(where, "GET", path)
    return sim_calls.show(where, answer, bytes.decode, as_json=sim_texts.array_of_lines)


@run.command
async def reset(*, where: Where = HERE) -> int:
    """Return to the world the simulator began with.

    Example: `roost sim reset`
    """
    return sim_calls.show(where, await sim_calls.call(where, "POST", "/reset"), bytes.decode)


@run.command(name="export")
async def export_state(file: Path, *, where: Where = HERE) -> int:
    """Write everything the simulator holds to a world file.

    Example: `roost sim export monday.json`

    Args:
        file: Written anew.
        where: The simulator, and how its answer is shown.
    """
    answer = await sim_calls.call(where, "GET", "/state")
    if not sim_calls.is_refused(answer):
        await _write(file, answer.body)
    written = sim_texts.Written(str(file), len(answer.body))
    return sim_calls.show(where, answer, written.as_text, as_json=written.as_json)


@run.command(name="import")
async def import_state(file: Path, *, where: Where = HERE) -> int:
    """Put the world of a file in the place of the one there is.

    Example: `roost sim import monday.json`

    Args:
        file: A world file, or what `roost sim export` wrote.
        where: The simulator, and how its answer is shown.
    """
    try:
        text = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        raise SettingsError(str(file), str(error.strerror), "Name a world file.") from error
    answer = await sim_calls.call(where, "PUT", "/state", text)
    return sim_calls.show(where, answer, bytes.decode)


async def _write(file: Path, body: bytes) -> None:
    try:
        await asyncio.to_thread(file.write_bytes, body)
    except OSError as error:
        raise SettingsError(str(file), str(error.strerror), "Name another file.") from error


def _field(given: str) -> tuple[str, object]:
    name, is_there, value = given.partition("=")
    if not is_there:
        raise SettingsError("field", f"{given!r} is not `name=JSON`", "Write it so.")
    return name, _json(value, f"field {name}")


def _json(text: str, name: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise SettingsError(name, f"{text!r} is not JSON", "Quote texts.") from error


def _span(text: str) -> timedelta:
    found = _SPAN.fullmatch(text)
    if found is None or not text:
        raise SettingsError("advance", f"{text!r} is no span of time", "Write 1d2h3m4s.")
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
