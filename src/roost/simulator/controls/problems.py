"""What `/_sim` says to a request that is wrong: 422, and which fields are."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from litestar import Response
from litestar.exceptions import ClientException, NotFoundException

from roost.errors import SettingsError
from roost.simulator.actions import FieldError, InvalidAction

UNPROCESSABLE = 422


class Refusal(msgspec.Struct, frozen=True):
    """What is wrong, one entry for each field."""

    errors: Sequence[FieldError]


_NAMED = re.compile(r"field `(\w+)`")

Refused = Response[Refusal]


def refused(error: FieldError, *, status: int = UNPROCESSABLE) -> Refused:
    """Answer with what is wrong with a field."""
    return Response(Refusal([error]), status_code=status)


def invalid_action(_: object, error: InvalidAction) -> Refused:
    """Answer for an action nobody could do."""
    return refused(error.error)


def invalid_world(_: object, error: SettingsError) -> Refused:
    """Answer for a state that is no world."""
    return refused(FieldError(error.name, str(error)))


def invalid_request(_: object, error: ClientException) -> Refused:
    """Turn Litestar's own findings (unknown field, wrong type, no JSON) into the same form."""
    found = error.extra if isinstance(error.extra, list) else []
    for item in found:
        message = str(item.get("message", ""))
        named = _NAMED.search(message)
        return refused(FieldError(named[1] if named else str(item.get("key", "body")), message))
    return refused(FieldError("body", error.detail))


def not_found(_: object, error: NotFoundException) -> Refused:
    """Answer for a path that is not there."""
    return refused(FieldError("path", error.detail), status=error.status_code)
