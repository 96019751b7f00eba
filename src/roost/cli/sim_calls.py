"""Calling a simulator that runs: one request, and what it says in text or JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

import msgspec
from cyclopts import Parameter
from msgspec import UNSET, UnsetType

from roost.errors import SettingsError, TransportError
from roost.xapi.transport import Request, Response, aiohttp_transport

T = TypeVar("T")

REFUSED = 1
"""The exit code where the simulator says no."""

VARIABLE = "ROOST_SIM_TOKEN"
"""The environment variable that a simulator's token is in, for both sides."""

_BAD_REQUEST = 400


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Where:
    """Which simulator, and how its answer is shown.

    Attributes:
        url: Where the simulator is.
        as_json: Print its answer as one JSON document, or `{"errors": [{"field", "message"}]}`.
        token: What it was begun with, where it is on another machine.
    """

    url: str = "http://127.0.0.1:8090"
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False)] = False
    token: Annotated[str, Parameter(env_var=VARIABLE, show_default=False)] = field(
        default="", repr=False
    )


HERE = Where()
"""A simulator where `roost simulate` begins one."""


class Fault(msgspec.Struct):
    """What is wrong with one field, in the form in which the simulator says it.

    Attributes:
        field: Its name; `""` where it is about none.
        limit: Where it is about a size: what is allowed.
        value: Likewise: what was found.
    """

    field: str = ""
    message: str = ""
    limit: int | UnsetType = UNSET
    value: int | UnsetType = UNSET


class _Told(msgspec.Struct):
    """What the simulator says when it refuses: its usual form, or that of its gate."""

    errors: list[Fault] = []
    error: str = ""


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
    if where.token:
        headers["authorization"] = f"Bearer {where.token}"
    if body:
        headers["content-type"] = "application/json"
    request = Request(method, f"{where.url.rstrip('/')}/_sim{path}", headers, body)
    try:
        async with aiohttp_transport() as transport:
            return await transport.send(request)
    except TransportError as error:
        remedy = "Start one with `roost simulate`, or name another with --url."
        raise SettingsError("url", f"no simulator answers at {where.url}", remedy) from error


def show(
    where: Where,
    answer: Response,
    text: Callable[[bytes], str],
    *,
    as_json: Callable[[bytes], str] | None = None,
) -> int:
    """Print an answer.

    Args:
        where: Says whether as JSON.
        answer: From `call`.
        text: Makes it readable for people.
        as_json: Makes one JSON document of it; `None` where it is one, or empty.

    Returns:
        The exit code.

    Raises:
        SettingsError: It is no answer of a simulator.
    """
    if is_refused(answer):
        return _refuse(where, answer)
    shown = read(where, answer, (as_json or _document) if where.as_json else text)
    if shown:
        print(shown.rstrip("\n"))
    return 0


def read(where: Where, answer: Response, decode: Callable[[bytes], T]) -> T:
    """Decode an answer.

    Raises:
        SettingsError: It is no answer of a simulator.
    """
    try:
        return decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        problem = f"what answers at {where.url} is not a simulator"
        raise SettingsError("url", problem, "Name one with --url.") from error


def is_refused(answer: Response) -> bool:
    """Say whether the simulator says no."""
    return answer.status >= _BAD_REQUEST


def _document(body: bytes) -> str:
    """Give a body that has to be one JSON document; an empty one means that it is done."""
    if not body:
        return '{"ok":true}'
    msgspec.json.decode(body, type=msgspec.Raw)
    return body.decode()


def _refuse(where: Where, answer: Response) -> int:
    faults = _faults_in(answer)
    if where.as_json:
        print(msgspec.json.encode({"errors": faults}).decode())
    else:
        for fault in faults:
            named = f"{fault.field}: " if fault.field else ""
            print(f"error: {named}{fault.message}", file=sys.stderr)
    return REFUSED


def _faults_in(answer: Response) -> Sequence[Fault]:
    try:
        told = msgspec.json.decode(answer.body, type=_Told)
    except msgspec.MsgspecError:
        told = _Told()
    return told.errors or [Fault(message=told.error or f"the simulator answered {answer.status}")]
