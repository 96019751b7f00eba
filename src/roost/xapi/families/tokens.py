"""Getting tokens and giving them up: an app's bearer token, a user's by the three-legged flow.

Source: https://docs.x.com/resources/fundamentals/authentication (docs of 2026-08-22).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import parse_qs, urlencode

from roost.errors import InvalidCall, SendUncertain
from roost.xapi.calls import Caller
from roost.xapi.encoding import Call
from roost.xapi.oauth1 import Credentials
from roost.xapi.routes import ROUTES
from roost.xapi.routes.route import Host
from roost.xapi.transport import Response
from roost.xapi.wire_oauth import InvalidatedToken

OUT_OF_BAND = "oob"
"""The callback of an app without one: the user is shown a PIN to type."""


@dataclass(frozen=True, slots=True)
class RequestToken:
    """A token to send a user to X with; good for one authorization.

    Attributes:
        token: Stands in the address of X's page and in the callback.
        secret: Never shown in `repr`.
    """

    token: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Authorized:
    """A user has let the app act for them.

    Attributes:
        credentials: With these, a client speaks in the user's name.
        user_id: Who.
        screen_name: Without `@`; may change.
    """

    credentials: Credentials
    user_id: str
    screen_name: str


class Tokens:
    """`x.tokens`. Every method may raise what `roost.xapi.calls.Caller.call` raises."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def bearer(self) -> str:
        """Get the app's bearer token; X gives the same one until it is invalidated."""
        return await self._caller.bearer_token()

    async def invalidate_bearer(self, bearer: str) -> None:
        """Take the app's bearer token back, in the name of the app's owner."""
        call = Call("oauth2.invalidate_token", parameters=[("access_token", bearer)])
        await self._caller.fetch(call, InvalidatedToken)

    async def request(
        self, callback: str = OUT_OF_BAND, *, access: Literal["", "read", "write"] = ""
    ) -> RequestToken:
        """Begin the three-legged flow.

        Args:
            callback: An address the app has registered at X, or `oob`.
            access: Ask for less than the app may.

        Raises:
            InvalidCall: The callback can be none.
            InvalidRequest: X does not know the callback, or the app may only use `oob`.
        """
        if not callback.strip() or not callback.isascii():
            raise InvalidCall("callback", f"{callback[:40]!r} is neither an address nor `oob`")
        call = Call(
            "oauth.request_token",
            parameters=[("x_auth_access_type", access)] if access else [],
            signed_by=replace(self._caller.credentials, token="", token_secret=""),
            protocol=[("oauth_callback", callback)],
        )
        token, secret = _pair(call.route, await self._caller.call(call))
        return RequestToken(token, secret)

    def page(
        self,
        request: RequestToken,
        *,
        sign_in: bool = False,
        force_login: bool = False,
        screen_name: str = "",
    ) -> str:
        """Give the address of X's page where the user lets the app in, or does not.

        Args:
            request: From `request`.
            sign_in: *Sign in with X*: a user who has let the app in before is not asked again.
            force_login: Ask for name and password even of who is signed in.
            screen_name: Who is expected to sign in.
        """
        route = ROUTES["oauth.authenticate" if sign_in else "oauth.authorize"]
        query = [("oauth_token", request.token)]
        query += [("force_login", "true")] if force_login else []
        query += [("screen_name", screen_name.removeprefix("@"))] if screen_name else []
        return f"{self._caller.addresses[Host.API]}{route.path}?{urlencode(query)}"

    async def exchange(self, request: RequestToken, verifier: str) -> Authorized:
        """End the three-legged flow. Once: the request token is used up.

        Args:
            request: From `request`.
            verifier: `oauth_verifier` of the callback, or the PIN.

        Raises:
            InvalidCall: There is no verifier.
            CredentialsRefused: The verifier is wrong, or the request token is used up.
        """
        if not verifier.strip():
            raise InvalidCall("verifier", "must not be empty")
        app = self._caller.credentials
        call = Call(
            "oauth.access_token",
            signed_by=replace(app, token=request.token, token_secret=request.secret),
            protocol=[("oauth_verifier", verifier.strip())],
        )
        answer = await self._caller.call(call)
        token, secret = _pair(call.route, answer)
        told = parse_qs(answer.body.decode(errors="replace"))
        return Authorized(
            replace(app, token=token, token_secret=secret),
            user_id=told.get("user_id", [""])[0],
            screen_name=told.get("screen_name", [""])[0],
        )

    async def invalidate(self) -> None:
        """Take back the user's token that this client signs with."""
        await self._caller.fetch(Call("oauth.invalidate_token"), InvalidatedToken)


def _pair(route: str, answer: Response) -> tuple[str, str]:
    told = parse_qs(answer.body.decode(errors="replace"))
    try:
        return told["oauth_token"][0], told["oauth_token_secret"][0]
    except KeyError as error:
        raise SendUncertain(route, "X's answer holds no token") from error
