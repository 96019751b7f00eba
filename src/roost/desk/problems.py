"""The one shape in which the API says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from msgspec.structs import replace

from roost.desk import remedies
from roost.errors import (
    InvalidCall,
    InvalidMessage,
    MediaNotReady,
    NewerMessages,
    NoConversation,
    NotPossible,
    NotSetAside,
    RateLimited,
    RejectedByX,
    SendError,
    SendUncertain,
    SettingsError,
    StoreUnavailable,
)

BAD_REQUEST, UNPROCESSABLE, CONFLICT, NOT_FOUND = 400, 422, 409, 404
UNAVAILABLE, FAILED, BAD_GATEWAY, TOO_MANY = 503, 500, 502, 429

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
        remedy: What people can do about it; left out where the message says that.
    """

    code: str
    message: str
    errors: Sequence[FieldError] = ()
    remedy: str | msgspec.UnsetType = msgspec.UNSET


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
    limit, value = (error.limit, error.value) if error.is_size else (None, None)
    field = FieldError(error.field, error.problem, limit=limit, value=value)
    return Response(
        Refusal("invalid", "The message cannot be sent.", [field]), status_code=UNPROCESSABLE
    )


def not_possible(_: AnyRequest, error: NotPossible) -> Response[Refusal]:
    """Answer for what cannot be done."""
    if isinstance(error, NoConversation):
        return Response(Refusal("not_found", "There is no such conversation."), status_code=404)
    code = "newer_messages" if isinstance(error, NewerMessages) else "not_possible"
    return Response(Refusal(code, _sentence(str(error))), status_code=CONFLICT)


def settings(_: AnyRequest, error: SettingsError) -> Response[Refusal]:
    """Answer where the settings do not allow it."""
    return Response(Refusal("not_possible", _sentence(str(error))), status_code=CONFLICT)


def not_set_aside(_: AnyRequest, error: NotSetAside) -> Response[Refusal]:
    """Answer where a message does not wait for anybody."""
    return Response(Refusal("not_possible", _sentence(str(error))), status_code=CONFLICT)


def invalid_call(_: AnyRequest, error: InvalidCall) -> Response[Refusal]:
    """Answer for what X would not take; nothing was sent."""
    field = FieldError(error.argument, error.problem, limit=error.limit, value=error.value)
    return Response(Refusal("invalid", "X would not take it.", [field]), status_code=UNPROCESSABLE)


def not_ready(_: AnyRequest, error: MediaNotReady) -> Response[Refusal]:
    """Answer for a file that X could not process."""
    field = FieldError("file", str(error).partition(": ")[2])
    return Response(
        Refusal("invalid", "X cannot use the file.", [field]), status_code=UNPROCESSABLE
    )


def from_x(_: AnyRequest, error: SendError) -> Response[Refusal]:
    """Answer for a call of X that did not succeed."""
    _log.warning("X did not do what a person asked for", reason=type(error).__name__)
    match error:
        case RateLimited(resets_at=resets_at):
            until = "" if resets_at is None else f" until {resets_at:%H:%M} UTC"
            refusal, status = Refusal("x_limits", f"X allows no more of this{until}."), TOO_MANY
        case RejectedByX(message=message):
            refusal, status = Refusal("refused_by_x", f"X refused it: {message}"), CONFLICT
        case SendUncertain():
            message = "X has not said whether it did it."
            refusal, status = Refusal("x_uncertain", message), UNAVAILABLE
        case _:
            message = "X did not answer. Try again."
            refusal, status = Refusal("x_unavailable", message), UNAVAILABLE
    remedy = remedies.of(error)
    return Response(replace(refusal, remedy=remedy) if remedy else refusal, status_code=status)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


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
    fields = [FieldError(_field(item), str(item.get("message", "is wrong"))) for item in found]
    if fields:
        return fields
    named = _NAMED.search(error.detail)
    return [FieldError((named[1] or named[2]) if named else "body", error.detail)]


def _field(item: Mapping[str, object]) -> str:
    """Name the field; Litestar calls one that is not known after the body it stands in."""
    named = _NAMED.search(str(item.get("message", "")))
    if item.get("key") == "data" and named and named[2]:
        return named[2]
    return str(item.get("key", "body"))


def failed(request: AnyRequest, error: Exception) -> Response[Refusal]:
    """Answer for a mistake of ours, and log it."""
    _log.error("request failed", path=request.url.path, exc_info=error)
    return Response(
        Refusal("failed", "Something went wrong here; the log says what."), status_code=FAILED
    )
