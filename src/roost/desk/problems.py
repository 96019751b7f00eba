"""The one shape in which the API says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from roost.errors import (
    InvalidMessage,
    NewerMessages,
    NoConversation,
    NotPossible,
    StoreUnavailable,
)

BAD_REQUEST, UNPROCESSABLE, CONFLICT, NOT_FOUND = 400, 422, 409, 404
UNAVAILABLE, FAILED = 503, 500

_NAMED = re.compile(r"`\$\.?([\w.\[\]]+)`|field `(\w+)`")
_log = structlog.stdlib.get_logger("roost.desk")

AnyRequest = Request[object, object, State]


class FieldError(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong with one field.

    Attributes:
        field: Its name, for example `quick_replies[3].label`.
        message: What is wrong, for people.
        limit: The largest value allowed, where there is one.
        value: The value found.
    """

    field: str
    message: str
    limit: int | None = None
    value: int | None = None


class Refusal(msgspec.Struct, frozen=True):
    """Every answer that is not a success.

    Attributes:
        code: For programs, for example `not_found`.
        message: For people.
        errors: One for each field that is wrong; may be empty.
    """

    code: str
    message: str
    errors: Sequence[FieldError] = ()


class Refused(HTTPException):
    """A request is refused; raised by handlers and by the check before them.

    Args:
        status: HTTP status.
        code: For programs.
        message: For people.
        errors: Which fields are wrong.
        headers: To be sent with the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail=message, status_code=status, headers=dict(headers or {}))
        self.refusal = Refusal(code, message, errors)


def not_found(what: str) -> Refused:
    """Say that something is not there, or not for this person, which is not told apart."""
    return Refused(NOT_FOUND, "not_found", f"There is no {what}.")


def refused(_: AnyRequest, error: Refused) -> Response[Refusal]:
    """Answer for what we refuse ourselves."""
    return Response(error.refusal, status_code=error.status_code, headers=error.headers)


def invalid_message(_: AnyRequest, error: InvalidMessage) -> Response[Refusal]:
    """Answer for a message that its transport cannot carry."""
    problem = str(error).partition(": ")[2].rpartition(" (")[0]
    field = FieldError(error.field, problem, limit=error.limit, value=error.value)
    return Response(
        Refusal("invalid", "The message cannot be sent.", [field]), status_code=UNPROCESSABLE
    )


def not_possible(_: AnyRequest, error: NotPossible) -> Response[Refusal]:
    """Answer for what cannot be done."""
    if isinstance(error, NoConversation):
        return Response(Refusal("not_found", "There is no such conversation."), status_code=404)
    code = "newer_messages" if isinstance(error, NewerMessages) else "not_possible"
    message = str(error)
    return Response(Refusal(code, f"{message[:1].upper()}{message[1:]}."), status_code=CONFLICT)


def unavailable(_: AnyRequest, error: StoreUnavailable) -> Response[Refusal]:
    """Answer where the database does not."""
    _log.error("request waits for the database", reason=str(error))
    return Response(
        Refusal("unavailable", "The database does not answer; nothing was changed."),
        status_code=UNAVAILABLE,
    )


def from_litestar(_: AnyRequest, error: HTTPException) -> Response[Refusal]:
    """Put what Litestar finds (unknown field, wrong type, no JSON, no route) into our shape."""
    if error.status_code == BAD_REQUEST:
        fields = _fields(error)
        return Response(
            Refusal("invalid", "The request is not right.", fields), status_code=UNPROCESSABLE
        )
    code = {NOT_FOUND: "not_found", 405: "no_such_method", 413: "too_large"}.get(
        error.status_code, "refused"
    )
    return Response(
        Refusal(code, error.detail or "Refused."),
        status_code=error.status_code,
        headers=error.headers,
    )


def _fields(error: HTTPException) -> list[FieldError]:
    found = error.extra if isinstance(error.extra, list) else []
    fields = [
        FieldError(str(item.get("key", "body")), str(item.get("message", "is wrong")))
        for item in found
    ]
    if fields:
        return fields
    named = _NAMED.search(error.detail)
    return [FieldError((named[1] or named[2]) if named else "body", error.detail)]


def failed(request: AnyRequest, error: Exception) -> Response[Refusal]:
    """Answer for a mistake of ours, and log it."""
    _log.error("request failed", path=request.url.path, exc_info=error)
    return Response(
        Refusal("failed", "Something went wrong here; the log says what."), status_code=FAILED
    )
