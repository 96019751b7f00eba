"""Getting and giving up tokens: an app's bearer token, and a user's by the three-legged flow."""

from __future__ import annotations

from roost.xapi.routes.route import Auth, Encoding, Route
from roost.xapi.wire_oauth import BearerToken, InvalidatedToken

_API = "https://docs.x.com/resources/fundamentals/authentication/api-reference (docs of 2026-08-22)"
_BASIC = "https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/bearer-tokens"
_NOBODY = frozenset({Auth.NONE})

ROUTES = (
    Route(
        name="oauth2.token",
        method="POST",
        path="/oauth2/token",
        source=f"{_BASIC} (docs of 2026-08-22)",
        auth=_NOBODY,
        encoding=Encoding.FORM,
        response=BearerToken,
        errors=(99,),
    ),
    Route(
        name="oauth2.invalidate_token",
        method="POST",
        path="/oauth2/invalidate_token",
        source=_API,
        auth=frozenset({Auth.NONE, Auth.OAUTH1_USER}),
        encoding=Encoding.FORM,
        response=InvalidatedToken,
        errors=(32, 89, 99, 200),
    ),
    Route(
        name="oauth.request_token",
        method="POST",
        path="/oauth/request_token",
        source=_API,
        auth=frozenset({Auth.OAUTH1_APP}),
        encoding=Encoding.FORM,
        errors=(32, 135, 215, 415, 417),
    ),
    Route(
        name="oauth.authorize",
        method="GET",
        path="/oauth/authorize",
        source=_API,
        auth=_NOBODY,
    ),
    Route(
        name="oauth.authenticate",
        method="GET",
        path="/oauth/authenticate",
        source=_API,
        auth=_NOBODY,
    ),
    Route(
        name="oauth.consent",
        method="POST",
        path="/oauth/authorize",
        source=_API,
        auth=_NOBODY,
        encoding=Encoding.FORM,
    ),
    Route(
        name="oauth.access_token",
        method="POST",
        path="/oauth/access_token",
        source=_API,
        auth=frozenset({Auth.OAUTH1_REQUEST}),
        encoding=Encoding.FORM,
        errors=(32, 89, 135, 215),
    ),
    Route(
        name="oauth.invalidate_token",
        method="POST",
        path="/1.1/oauth/invalidate_token.json",
        source=_API,
        encoding=Encoding.FORM,
        response=InvalidatedToken,
        errors=(32, 89, 135, 215),
    ),
)
