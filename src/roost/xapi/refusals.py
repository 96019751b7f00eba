"""What X's refusals mean: route and code decide the class, never X's text.

Source: https://developer.x.com/en/support/x-api/error-troubleshooting (archived), and the pages of
the routes for codes that mean several things.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import TypeVar

import msgspec

from roost.errors import (
    AccountStopped,
    AlreadyDone,
    CannotMessageUser,
    ClockWrong,
    CredentialsRefused,
    DuplicatePost,
    EndpointRetired,
    InvalidRequest,
    MediaRefused,
    NotFound,
    NotOpenToMessages,
    PermissionMissing,
    QuotaUsedUp,
    RejectedByX,
    ReplayRunning,
    TextTooLong,
    TokenRefused,
    WebhookRefused,
)
from roost.xapi.transport import Response
from roost.xapi.wire_webhooks import XErrorItem, XErrors

T = TypeVar("T")

_CODES: Mapping[type[RejectedByX], tuple[int, ...]] = {
    InvalidRequest: (3, 38, 44, 195, 214, 356, 357, 358, 360, 368, 407, 415, 417),
    TextTooLong: (186, 354),
    DuplicatePost: (187,),
    MediaRefused: (323, 324, 325, 386),
    NotFound: (13, 17, 34, 50, 63, 144, 179, 385, 421, 422),
    AlreadyDone: (139, 160, 272, 327, 355),
    QuotaUsedUp: (161, 185),
    CannotMessageUser: (150, 349, 476),
    CredentialsRefused: (32, 99, 215, 416),
    TokenRefused: (89,),
    ClockWrong: (135,),
    PermissionMissing: (61, 87, 93, 200, 220, 261, 348, 453),
    AccountStopped: (64, 226, 326),
    EndpointRetired: (68, 251),
}

BY_CODE: Mapping[int, type[RejectedByX]] = MappingProxyType(
    {code: cls for cls, codes in _CODES.items() for code in codes}
)
"""What a code means at every route that is not in `BY_ROUTE`."""

_FORBIDDEN = 403
_WEBHOOK_ROUTES = (
    "webhooks.create",
    "webhooks.validate",
    "enterprise.webhooks.create",
    "enterprise.webhooks.validate",
    "enterprise.subscriptions.add",
    "enterprise.replay",
)

BY_ROUTE: Mapping[tuple[str, int], type[RejectedByX]] = MappingProxyType(
    {
        **{(route, 214): WebhookRefused for route in _WEBHOOK_ROUTES},
        ("enterprise.replay", 355): ReplayRunning,
        # To sign and to be let in as the app: here the key and secret are what is wrong.
        ("webhooks.list", 99): PermissionMissing,
        ("webhooks.list_all", 99): PermissionMissing,
    }
)
"""What a code means at one route, where it means something else elsewhere."""

_OWNER_ROUTES = frozenset({"welcome_messages.new", "welcome_messages.rules.new"})
_SCHEMA_FAULT = 214


class _OneError(msgspec.Struct):
    """X's oldest form, and that of media uploads."""

    error: str


class _TextErrors(msgspec.Struct):
    errors: str | list[str]


def refusal(route: str, answer: Response) -> RejectedByX:
    """Make the exception for an answer with which X refuses a call.

    Args:
        route: The route's name.
        answer: Of a status that says that nothing happened.
    """
    told = first_error(answer)
    cls = _class_of(route, answer.status, told.code)
    error = cls(route, status=answer.status, code=told.code, message=told.message)
    error.access_level = answer.headers.get("x-access-level", "")
    error.x_time = time_in(answer)
    return error


def first_error(answer: Response) -> XErrorItem:
    """Give the first entry of X's error body, whichever form it has; code 0 where there is none."""
    usual = _decoded(answer.body, XErrors)
    if usual is not None:
        return usual.errors[0] if usual.errors else XErrorItem()
    single = _decoded(answer.body, _OneError)
    if single is not None:
        return XErrorItem(message=single.error)
    texts = _decoded(answer.body, _TextErrors)
    if texts is None or not texts.errors:
        return XErrorItem()
    return XErrorItem(message=texts.errors if isinstance(texts.errors, str) else texts.errors[0])


def _class_of(route: str, status: int, code: int) -> type[RejectedByX]:
    if code == _SCHEMA_FAULT and status == _FORBIDDEN and route in _OWNER_ROUTES:
        return NotOpenToMessages
    return BY_ROUTE.get((route, code)) or BY_CODE.get(code, RejectedByX)


def time_in(answer: Response) -> datetime | None:
    """Give X's time, to the second, as an answer's `Date` tells it; `None` where it does not."""
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
        return told.astimezone(UTC) if told.tzinfo else None
    except (ValueError, OverflowError):  # the latter: no such time, or none in UTC
        return None


def _decoded(body: bytes, as_type: type[T]) -> T | None:
    try:
        return msgspec.json.decode(body, type=as_type)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
