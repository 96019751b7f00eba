"""Who is calling: OAuth 1.0a signatures and app-only bearer tokens, checked as X checks them.

Source: https://docs.x.com/resources/fundamentals/authentication/oauth-1-0a (docs of 2026-08-22).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Literal
from urllib.parse import unquote

from authlib.oauth1.rfc5849 import signature as rfc5849
from authlib.oauth1.rfc5849.util import escape

from roost.ports import Clock
from roost.simulator.calls import Call
from roost.simulator.entries import DM_LEVEL, AccessLevel, AppEntry
from roost.simulator.nonces import Nonces
from roost.simulator.refusals import refusal
from roost.simulator.world import World
from roost.xapi.routes.route import Auth, Route

TIMESTAMP_WINDOW = timedelta(seconds=300)
"""How far a signature's time may be from X's (assumed; X documents none)."""

_NEEDED = (
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_signature",
    "oauth_signature_method",
    "oauth_timestamp",
)
_VERSIONS = frozenset({"1.0", "1.0a"})
_SECONDS = re.compile(r"[0-9]{1,12}")
_NO_PERMISSION = 93
_NO_WRITES = 261


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling.

    Attributes:
        how: For the log of requests, for example `oauth1 ok (@acme)`.
        app_id: The app; `""` where the route asks for no proof.
        user_id: The user; `""` where the app speaks for itself.
        access_level: What the user's token may do; `""` where there is none.
        oauth: The parameters of the signature, wherever they travelled, by name.
    """

    how: str
    app_id: str = ""
    user_id: str = ""
    access_level: AccessLevel | Literal[""] = ""
    oauth: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class _Holder:
    """Whose token signs: a user's, a request token's (nobody's yet), or none's.

    Attributes:
        secrets: Of the token; a signature made with any of them counts.
    """

    kind: Auth
    secrets: tuple[str, ...] = ("",)
    user_id: str = ""
    access_level: AccessLevel | Literal[""] = ""


class Authenticator:
    """Checks who is calling, and remembers nonces so that no signature is used twice."""

    def __init__(self, world: World, clocks: Sequence[Clock]) -> None:
        """Make one.

        Args:
            world: Its apps, users and tokens.
            clocks: A signature's time must be near the time of one of these: the simulator's, and
                the machine's, which is what a client that knows of no simulator signs with.
        """
        self._world = world
        self._clocks = clocks
        self._nonces = Nonces()

    def authenticate(self, call: Call, route: Route) -> Caller:
        """Find out who makes a call.

        Raises:
            Refusal: The proof is missing or wrong, or of a kind the route does not take.
        """
        scheme, _, credentials = call.headers.get("authorization", "").partition(" ")
        if Auth.NONE in route.auth and (len(route.auth) == 1 or not _has_proof(call, scheme)):
            return Caller("none needed")
        if scheme.lower() == "bearer":
            return self._app(credentials.strip(), route)
        header = _oauth_header(credentials) if scheme.lower() == "oauth" else []
        return self._user(call, header, route)

    def forget(self) -> None:
        """Forget every nonce."""
        self._nonces.clear()

    def _app(self, token: str, route: Route) -> Caller:
        app = next((a for a in self._world.apps.values() if _same(a.bearer_token, token)), None)
        if app is None:
            raise refusal(89, reason="unknown bearer token")
        if Auth.APP not in route.auth:
            code = _NO_WRITES if _NO_WRITES in route.errors else 220
            raise refusal(code, reason="a bearer token where a user's token is needed")
        _check_level(app, route)
        return Caller(f"bearer ok ({app.name})", app.app_id)

    def _user(self, call: Call, header: Sequence[tuple[str, str]], route: Route) -> Caller:
        places = header, call.query_parameters, call.form_parameters
        signed = [pair for place in places for pair in place]
        if Auth.OAUTH1_REQUEST in route.auth and _is_unsigned(signed):
            return self._unsigned(dict(signed))
        oauth = _protocol_parameters(signed)
        _check_names(places)
        app = self._world.app_by_consumer_key(oauth["oauth_consumer_key"])
        if app is None:
            raise refusal(32, reason="unknown consumer key")
        _check_level(app, route)
        holder = self._holder(oauth.get("oauth_token", ""), app, route)
        self._check_time(oauth["oauth_timestamp"])
        keys = [(app.consumer_secret, secret) for secret in holder.secrets]
        _check_signature(call, signed, oauth, keys)
        self._use_nonce(oauth)
        if holder.kind not in route.auth:
            raise refusal(32, reason="a user's token where the app's bearer token is needed")
        if holder.kind is not Auth.OAUTH1_USER:
            return Caller(f"oauth1 ok ({app.name})", app.app_id, oauth=oauth)
        self._check_permission(holder, route)
        screen_name = self._world.users[holder.user_id].screen_name
        return Caller(
            how=f"oauth1 ok (@{screen_name})",
            app_id=app.app_id,
            user_id=holder.user_id,
            access_level=holder.access_level,
            oauth=oauth,
        )

    def _unsigned(self, sent: Mapping[str, str]) -> Caller:
        """Take a request token without a signature: its verifier is what proves something.

        Source: X's page of `POST oauth/access_token` (archived), whose examples have no more.
        """
        handshake = self._world.handshakes.find(sent["oauth_token"])
        app = None if handshake is None else self._world.apps.get(handshake.app_id)
        if app is None or sent.get("oauth_consumer_key", app.consumer_key) != app.consumer_key:
            raise refusal(89, reason="unknown request token, another app's, or used up")
        return Caller(f"unsigned, as X allows here ({app.name})", app.app_id, oauth=sent)

    def _holder(self, token: str, app: AppEntry, route: Route) -> _Holder:
        if Auth.OAUTH1_APP in route.auth and not token:
            return _Holder(Auth.OAUTH1_APP)
        if Auth.OAUTH1_REQUEST in route.auth:
            handshake = self._world.handshakes.find(token)
            if handshake is None or handshake.app_id != app.app_id:
                raise refusal(89, reason="unknown request token, another app's, or used up")
            # twitter-lite signs with the app's secret alone, and X takes that.
            return _Holder(Auth.OAUTH1_REQUEST, (handshake.secret, ""))
        found = self._world.tokens.get(token)
        if found is None or found[1].app_id != app.app_id:
            raise refusal(89, reason="unknown access token, or another app's")
        user, entry = found
        level = entry.access_level or app.access_level
        return _Holder(Auth.OAUTH1_USER, (entry.access_token_secret,), user.user_id, level)

    def _check_permission(self, holder: _Holder, route: Route) -> None:
        user = self._world.users[holder.user_id]
        if user.suspended or user.locked:
            raise refusal(64 if user.suspended else 326)
        reason = f"the token's access level is {holder.access_level}"
        if _NO_PERMISSION in route.errors and holder.access_level != DM_LEVEL:
            raise refusal(_NO_PERMISSION, reason=reason)
        if _NO_WRITES in route.errors and holder.access_level == "read":
            raise refusal(_NO_WRITES, reason=reason)

    def _check_time(self, timestamp: str) -> None:
        if not _SECONDS.fullmatch(timestamp):
            raise refusal(135, reason="oauth_timestamp is not a number of seconds")
        apart = min(abs(clock.now().timestamp() - int(timestamp)) for clock in self._clocks)
        if apart > TIMESTAMP_WINDOW.total_seconds():
            raise refusal(135, reason=f"oauth_timestamp is {apart:.0f} s off")

    def _use_nonce(self, oauth: Mapping[str, str]) -> None:
        key, token = oauth["oauth_consumer_key"], oauth.get("oauth_token", "")
        if not oauth["oauth_nonce"].isascii():
            raise refusal(32, reason="oauth_nonce is not ASCII")
        if not self._nonces.use(key, token, oauth["oauth_nonce"]):
            raise refusal(32, reason="oauth_nonce used before")


def _has_proof(call: Call, scheme: str) -> bool:
    """Say whether a caller claims to be somebody; key and password are the response's to check."""
    names = {name for name, _ in (*call.query_parameters, *call.form_parameters)}
    return scheme.lower() in {"oauth", "bearer"} or "oauth_signature" in names


def _oauth_header(credentials: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for part in credentials.split(","):
        name, _, quoted = part.strip().partition("=")
        if name != "realm":
            pairs.append((unquote(name), unquote(quoted.removeprefix('"').removesuffix('"'))))
    return pairs


def _protocol_parameters(signed: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    oauth = {name: value for name, value in signed if name.startswith("oauth_")}
    missing = [name for name in _NEEDED if not oauth.get(name)]
    if missing:
        raise refusal(215, reason=f"missing {missing[0]}" if oauth else "no credentials")
    if oauth.get("oauth_version", "1.0").lower() not in _VERSIONS:
        raise refusal(32, reason="oauth_version is not 1.0")
    return oauth


def _is_unsigned(sent: Sequence[tuple[str, str]]) -> bool:
    names = {name for name, _ in sent}
    return "oauth_token" in names and "oauth_signature" not in names


def _check_level(app: AppEntry, route: Route) -> None:
    if route.name.startswith(app.withheld):
        raise refusal(453, reason=f"the app's access level is without {route.name}")


def _check_names(places: Sequence[Sequence[tuple[str, str]]]) -> None:
    """Refuse a parameter that is there twice, unless it says the same in two places.

    So twitter-lite sends `oauth_callback` in header and query, and python-twitter `media_ids` in
    query and form.
    """
    apart = {pair for place in places for pair in place}
    if len({name for name, _ in apart}) != len(apart) or any(
        len({name for name, _ in place}) != len(place) for place in places
    ):
        raise refusal(32, reason="a parameter is there twice, which X refuses")


def _check_signature(
    call: Call,
    signed: Sequence[tuple[str, str]],
    oauth: Mapping[str, str],
    keys: Sequence[tuple[str, str]],
) -> None:
    method = _METHODS.get(oauth["oauth_signature_method"])
    if method is None:
        raise refusal(32, reason="oauth_signature_method is not HMAC-SHA1 or HMAC-SHA256")
    sign, digest = method
    # What is there in two places is signed once by some clients, twice by others.
    ways = (signed, list(dict.fromkeys(signed)))
    bases = {_base_string(call, way) for way in ways}
    expected = [sign(base, *key) for base in bases for key in keys]
    if not any(_same(one, oauth["oauth_signature"]) for one in expected):
        raise refusal(32, reason=f"wrong signature for {call.method} {call.url}")
    body_hash = oauth.get("oauth_body_hash")
    if body_hash is not None:
        found = base64.b64encode(hashlib.new(digest, call.body).digest()).decode()
        if not _same(found, body_hash):
            raise refusal(32, reason="oauth_body_hash is not the body's")


def _base_string(call: Call, signed: Sequence[tuple[str, str]]) -> str:
    """Join Authlib's normal forms.

    Its own `construct_base_string` unescapes the values of `oauth_*` once more, and drops a query
    parameter called `realm`; both break signatures that are right.
    """
    parameters = [(name, value) for name, value in signed if name != "oauth_signature"]
    return "&".join(
        escape(part)
        for part in (
            call.method.upper(),
            _base_url(call.url),
            rfc5849.normalize_parameters(parameters),
        )
    )


def _base_url(url: str) -> str:
    try:
        return rfc5849.normalize_base_string_uri(url)
    except ValueError as error:
        raise refusal(32, reason=f"the request's host cannot be read: {error}") from error


def _hmac_sha256_signature(base_string: str, client_secret: str, token_secret: str) -> str:
    key = f"{escape(client_secret)}&{escape(token_secret)}"
    return base64.b64encode(hmac.digest(key.encode(), base_string.encode(), "sha256")).decode()


_METHODS: Mapping[str, tuple[Callable[[str, str, str], str], str]] = MappingProxyType(
    {
        "HMAC-SHA1": (rfc5849.hmac_sha1_signature, "sha1"),
        "HMAC-SHA256": (_hmac_sha256_signature, "sha256"),
    }
)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
