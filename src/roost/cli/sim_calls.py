"""Calling a simulator that runs: one request, and what it says in text or JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import msgspec
from cyclopts import Parameter

from roost.errors import SettingsError, TransportError
from roost.xapi.transport import Request, Response, aiohttp_transport

REFUSED = 1
"""The exit code where the simulator says no."""

_BAD_REQUEST = 400


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Where:
    """Which simulator, and how its answer is shown.

    Attributes:
        url: Where the simulator is.
        as_json: Print its answer as it came, as JSON.
    """

    url: str = "http://127.0.0.1:8090"
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False)] = False


HERE = Where()
"""A simulator where `roost simulate` begins one."""


class _Fault(msgspec.Struct):
    field: str = ""
    message: str = ""


class _Refusal(msgspec.Struct):
    errors: list[_Fault] = []


async def call(where: Where, method: str, path: str, body: bytes = b"") -> Response:
    """Make one request under `/_sim`.

    Args:
        where: The simulator.
        method: HTTP method.
        path: Below `/_sim`.
        body: JSON.

    Raises:
        SettingsError: No simulator answers there.
    """
    headers = {"x-roost-client": "roost sim"}
    if body:
        headers["content-type"] = "application/json"
    request = Request(method, f"{where.url.rstrip('/')}/_sim{path}", headers, body)
    try:
        async with aiohttp_transport() as transport:
            return await transport.send(request)
    except TransportError as error:
        remedy = "Start one with `roost simulate`, or name another with --url."
        raise SettingsError("url", f"no simulator answers at {where.url}", remedy) from error


def show(where: Where, answer: Response, text: Callable[[bytes], str]) -> int:
    """Print an answer.

    Args:
        where: Says whether as JSON.
        answer: From `call`.
        text: Makes it readable for people.

    Returns:
        The exit code.
    """
    if answer.status >= _BAD_REQUEST:
        return _refuse(answer)
    shown = answer.body.decode() if where.as_json else text(answer.body)
    if shown:
        print(shown.rstrip("\n"))
    return 0


def _refuse(answer: Response) -> int:
    try:
        errors = msgspec.json.decode(answer.body, type=_Refusal).errors
    except msgspec.MsgspecError:
        errors = []
    for error in errors:
        print(f"error: {error.field}: {error.message}", file=sys.stderr)
    if not errors:
        print(f"error: the simulator answered {answer.status}", file=sys.stderr)
    return REFUSED
