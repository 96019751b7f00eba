"""Users of the v1.1 API, and how far one's limits are used up."""

from __future__ import annotations

from roost.xapi.routes.route import QUARTER_HOUR, Auth, Encoding, Route, Window
from roost.xapi.wire_users import FullUser, RateLimitStatus

_SOURCE = "https://developer.x.com/en/docs/x-api/v1/accounts-and-users"
_USERS = f"{_SOURCE}/follow-search-get-users/api-reference"
_EITHER = frozenset({Auth.OAUTH1_USER, Auth.APP})
_AUTH_ERRORS = (32, 64, 89, 135, 215)

_LOOKUP = Route(
    name="users.lookup",
    method="GET",
    path="/1.1/users/lookup.json",
    source=f"{_USERS}/get-users-lookup (archived)",
    auth=_EITHER,
    response=list[FullUser],
    windows=(Window(900, QUARTER_HOUR), Window(300, QUARTER_HOUR, per="bearer")),
    errors=(*_AUTH_ERRORS, 17, 38, 88, 214),
)

ROUTES = (
    Route(
        name="account.verify_credentials",
        method="GET",
        path="/1.1/account/verify_credentials.json",
        source=f"{_SOURCE}/manage-account-settings/api-reference"
        "/get-account-verify_credentials (archived)",
        response=FullUser,
        windows=(Window(75, QUARTER_HOUR),),
        errors=(*_AUTH_ERRORS, 88),
    ),
    Route(
        name="users.show",
        method="GET",
        path="/1.1/users/show.json",
        source=f"{_USERS}/get-users-show (archived)",
        auth=_EITHER,
        response=FullUser,
        windows=(Window(900, QUARTER_HOUR), Window(900, QUARTER_HOUR, per="bearer")),
        errors=(*_AUTH_ERRORS, 38, 50, 63, 88),
    ),
    _LOOKUP,
    Route(
        name="users.lookup.form",
        method="POST",
        path=_LOOKUP.path,
        source=_LOOKUP.source,
        auth=_LOOKUP.auth,
        encoding=Encoding.FORM,
        response=_LOOKUP.response,
        windows=_LOOKUP.windows,
        errors=_LOOKUP.errors,
    ),
    Route(
        name="application.rate_limit_status",
        method="GET",
        path="/1.1/application/rate_limit_status.json",
        source="https://developer.x.com/en/docs/x-api/v1/developer-utilities/rate-limit-status"
        " (archived)",
        auth=_EITHER,
        response=RateLimitStatus,
        windows=(Window(180, QUARTER_HOUR), Window(180, QUARTER_HOUR, per="bearer")),
        errors=(*_AUTH_ERRORS, 88),
    ),
)
