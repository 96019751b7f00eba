"""Getting and giving up an app's bearer token."""

from __future__ import annotations

from roost.xapi.routes.route import Auth, Encoding, Route
from roost.xapi.wire_oauth import BearerToken

ROUTES = (
    Route(
        name="oauth2.token",
        method="POST",
        path="/oauth2/token",
        source="https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/bearer-tokens"
        " (docs of 2026-08-22)",
        auth=frozenset({Auth.NONE}),
        encoding=Encoding.FORM,
        response=BearerToken,
        errors=(99,),
    ),
)
