"""The desk put together: its API, its page, and how the application is."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Litestar, Request, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import MutableScopeHeaders, State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler, Message, Scope

from roost.desk import problems, status
from roost.desk.access import Policy
from roost.desk.accounts import AccountController
from roost.desk.activity import ActivityController
from roost.desk.changes import ChangeController
from roost.desk.composing import ComposingController
from roost.desk.connecting import ConnectionController
from roost.desk.conversations import ConversationController
from roost.desk.customer_panel import PanelController
from roost.desk.customers import CustomerController
from roost.desk.description import Description
from roost.desk.keys import KeyController
from roost.desk.login import LoginController
from roost.desk.media import MediaController, UploadController
from roost.desk.outgoing import OutgoingController
from roost.desk.page import PageController
from roost.desk.parts import DeskParts
from roost.desk.people import PeopleController
from roost.desk.presence import PresenceController
from roost.desk.problems import Refused
from roost.desk.replies import ReplyController
from roost.desk.searching import SearchController
from roost.desk.sorting import SortingController
from roost.desk.status import Count
from roost.desk.welcomes import WelcomeController
from roost.errors import (
    InvalidCall,
    InvalidMessage,
    MediaNotReady,
    NotPossible,
    NotSetAside,
    SendError,
    SettingsError,
    StoreUnavailable,
)
from roost.model.people import Person

LARGEST_BODY = 1_000_000
"""Bytes of a request's body."""


CONTROLLERS: Sequence[ControllerRouterHandler] = (
    LoginController,
    ConversationController,
    ReplyController,
    SortingController,
    PresenceController,
    SearchController,
    CustomerController,
    PanelController,
    OutgoingController,
    ComposingController,
    AccountController,
    UploadController,
    MediaController,
    ChangeController,
    ActivityController,
    ConnectionController,
    WelcomeController,
    KeyController,
    PeopleController,
    PageController,
)
"""Everything people and programs ask for."""

NOT_OF_THE_PAGE = r"^/api/"
"""Paths whose answers are not compressed: changes are told as they come, and the length of a
compressed answer tells about what is secret in it."""


def pages(parts: DeskParts, count: Count, *, version: str) -> Litestar:
    """Make the application that people and programs use.

    Args:
        parts: What handlers work with.
        count: Counts what is stored and what waits.
        version: Of Roost.
    """

    def provided() -> DeskParts:
        return parts

    return Litestar(
        [
            *CONTROLLERS,
            status.route(count, version=version),
        ],
        guards=[parts.access.check],
        dependencies={
            "parts": Provide(provided, sync_to_thread=False),
            "person": Provide(_person, sync_to_thread=False),
        },
        exception_handlers={
            Refused: problems.refused,
            InvalidMessage: problems.invalid_message,
            NotPossible: problems.not_possible,
            SettingsError: problems.settings,
            NotSetAside: problems.not_set_aside,
            InvalidCall: problems.invalid_call,
            MediaNotReady: problems.not_ready,
            SendError: problems.from_x,
            StoreUnavailable: problems.unavailable,
            HTTPException: problems.from_litestar,
            Exception: problems.failed,
        },
        request_max_body_size=LARGEST_BODY,
        before_send=[_guarded],
        compression_config=CompressionConfig("gzip", exclude=NOT_OF_THE_PAGE),
        logging_config=None,
        openapi_config=_described(version),
    )


_GUARDS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


async def _guarded(message: Message, scope: Scope) -> None:
    """Have no answer of the API kept anywhere, nor taken for what it does not say it is."""
    if message["type"] == "http.response.start" and scope["path"].startswith("/api/"):
        headers = MutableScopeHeaders.from_message(message)
        for name, value in _GUARDS.items():
            if name not in headers:
                headers[name] = value


_BY_KEY = SecurityScheme(
    type="http",
    scheme="bearer",
    description="An API key, made under Activity or with `roost keys new`. Its scope is `read`, "
    "`write` or `admin`; it never reaches further than its owner.",
)
_BY_SESSION = SecurityScheme(
    type="apiKey",
    name="roost",
    security_scheme_in="cookie",
    description="A session in a browser; under https the cookie is called `__Host-roost`. Changes "
    "want `X-Roost-CSRF` besides, which `GET /api/session` tells.",
)


def _described(version: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Roost",
        version=version,
        openapi_router=Router(
            "/api/openapi.json",
            route_handlers=[],
            opt={"policy": Policy.PUBLIC},
            include_in_schema=False,
        ),
        components=Components(security_schemes={"key": _BY_KEY, "session": _BY_SESSION}),
        security=[{"key": []}, {"session": []}],
        render_plugins=[Description(path="/")],
        create_examples=False,
        use_handler_docstrings=True,
    )


def _person(request: Request[Person, object, State]) -> Person:
    return request.user
