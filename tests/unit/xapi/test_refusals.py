"""What X's refusals become: route and code decide, texts never."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from roost import errors
from roost.errors import (
    AccountStopped,
    AlreadyDone,
    CannotMessageUser,
    ClockWrong,
    CredentialsRefused,
    InvalidRequest,
    MediaRefused,
    NotFound,
    NotOpenToMessages,
    PermissionMissing,
    RejectedByX,
    ReplayRunning,
    TextTooLong,
    TokenRefused,
    WebhookRefused,
)
from roost.xapi import refusals
from roost.xapi.errors_table import ERROR_CODES
from roost.xapi.routes import ROUTES
from roost.xapi.transport import Response

RETRIED = {0, 67, 88, 130, 131}
"""Codes of answers that are no refusals: limits, and faults of X."""


def answered(status: int, body: object, **headers: str) -> Response:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(status, named, json.dumps(body).encode())


def coded(code: int, message: str = "why") -> object:
    return {"errors": [{"code": code, "message": message}]}


@pytest.mark.parametrize(
    ("route", "status", "code", "cls"),
    [
        ("dm.events.new", 403, 349, CannotMessageUser),
        ("dm.events.new", 403, 476, CannotMessageUser),
        ("dm.events.new", 403, 354, TextTooLong),
        ("dm.events.new", 400, 214, InvalidRequest),
        ("dm.events.new", 400, 324, MediaRefused),
        ("dm.events.new", 403, 326, AccountStopped),
        ("dm.events.new", 403, 151, RejectedByX),
        ("webhooks.create", 403, 214, WebhookRefused),
        ("welcome_messages.new", 403, 214, NotOpenToMessages),
        ("welcome_messages.new", 400, 214, InvalidRequest),
        ("welcome_messages.update", 403, 214, InvalidRequest),
        ("subscriptions.add", 409, 355, AlreadyDone),
        ("enterprise.replay", 409, 355, ReplayRunning),
        ("subscriptions.check", 401, 348, PermissionMissing),
        ("webhooks.list", 403, 99, PermissionMissing),
        ("oauth2.token", 403, 99, CredentialsRefused),
        ("users.show", 401, 89, TokenRefused),
        ("users.show", 403, 89, TokenRefused),
        ("users.show", 401, 135, ClockWrong),
        ("users.show", 404, 50, NotFound),
        ("users.show", 403, 4711, RejectedByX),
    ],
)
def test_route_and_code_decide_the_class(
    route: str, status: int, code: int, cls: type[RejectedByX]
) -> None:
    one, other = (
        refusals.refusal(route, answered(status, coded(code, text))) for text in ("a", "b")
    )
    assert type(one) is type(other) is cls
    assert (one.route, one.status, one.code, one.message) == (route, status, code, "a")


def test_every_code_of_the_table_but_those_to_be_retried_has_a_class() -> None:
    assert set(ERROR_CODES) - refusals.BY_CODE.keys() == {
        *RETRIED,
        92,
        151,
        158,
        162,
        271,
        425,
        433,
    }


def test_codes_that_mean_something_else_at_a_route_are_codes_of_that_route() -> None:
    for route, code in refusals.BY_ROUTE:
        assert code in ROUTES[route].errors


def test_every_class_stands_in_the_tree() -> None:
    for cls in {*refusals.BY_CODE.values(), *refusals.BY_ROUTE.values()}:
        assert f"{cls.__name__} " in str(errors.__doc__)


def test_what_x_tells_about_token_and_time_is_carried() -> None:
    error = refusals.refusal(
        "dm.events.new",
        answered(403, coded(93), x_access_level="read-write", date="Sun, 22 Nov 2026 13:56:15 GMT"),
    )
    assert error.access_level == "read-write"
    assert error.x_time == datetime(2026, 11, 22, 13, 56, 15, tzinfo=UTC)


@pytest.mark.parametrize("date", ["", "soon", "Sun, 99 Nov 2026 13:56:15 GMT"])
def test_a_date_that_is_none_is_not_carried(date: str) -> None:
    assert refusals.refusal("users.show", answered(401, coded(135), date=date)).x_time is None


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (coded(34), 34, "why"),
        ({"errors": [{"message": "m", "code": 1, "label": "x"}]}, 1, "m"),
        ({"request": "/1.1/x.json", "error": "Not authorized."}, 0, "Not authorized."),
        ({"errors": "plain"}, 0, "plain"),
        ({"errors": ["text", "more"]}, 0, "text"),
        ({"errors": []}, 0, ""),
        ({"errors": [7]}, 0, ""),
        ([], 0, ""),
    ],
)
def test_every_form_of_xs_errors_is_read(body: object, code: int, message: str) -> None:
    told = refusals.first_error(answered(400, body))
    assert (told.code, told.message) == (code, message)


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"[" * 10_000])
def test_a_body_that_is_no_error_of_x_has_no_code(body: bytes) -> None:
    assert refusals.first_error(Response(502, {}, body)).code == 0
