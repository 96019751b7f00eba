"""A call as an HTTP request: where its parameters travel, and which of them are signed."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from roost.xapi import oauth1
from roost.xapi.oauth1 import Credentials
from roost.xapi.routes.route import Auth, Encoding, Host, Route
from roost.xapi.transport import ANSWER_WITHIN, Request

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Call:
    """What to ask of X.

    Attributes:
        route: Name in `ROUTES`.
        path: Values for the `{…}` parts of the route's path.
        parameters: Query parameters, or form fields where the route is a form.
        body: JSON body, encoded; empty for none.
        files: Further fields of a form of several parts, whose contents are not signed.
        bearer: An app's bearer token, to be used instead of a signature.
        basic: Whether to authenticate as the app by HTTP Basic instead of a signature.
        signed_by: Whose token signs instead of the client's own, as in the three-legged flow.
        protocol: Further parameters of the signature's header, such as `oauth_callback`.
        address: Where a file is, as X gave it, in place of the route's own address.
        answer_within: For the whole call.
    """

    route: str
    path: Mapping[str, str] = field(default_factory=dict[str, str])
    parameters: Sequence[tuple[str, str]] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    files: Sequence[tuple[str, bytes]] = field(default=(), repr=False)
    bearer: str = field(default="", repr=False)
    basic: bool = False
    signed_by: Credentials | None = None
    protocol: Sequence[tuple[str, str]] = field(default=(), repr=False)
    address: str = ""
    answer_within: timedelta = ANSWER_WITHIN


def request(
    route: Route,
    call: Call,
    credentials: Credentials,
    *,
    addresses: Mapping[Host, str],
    now: datetime,
) -> Request:
    """Build and sign a call.

    Args:
        route: What is called.
        call: With what.
        credentials: Who signs, where the call does not say otherwise.
        addresses: The origin of each host.
        now: The signature's time.
    """
    url = call.address or addresses[route.host] + _path(route, call)
    is_multipart = route.encoding is Encoding.MULTIPART
    signed = () if is_multipart else call.parameters
    headers: dict[str, str] = {}
    if route.auth != {Auth.NONE} or call.basic:
        headers["Authorization"] = _authorization(route, call, credentials, (url, signed, now))
    query = urlencode(call.parameters, quote_via=quote, safe="~")
    body = call.body
    if is_multipart:
        body, headers["Content-Type"] = _multipart(call)
        query = ""
    elif route.encoding is Encoding.FORM:
        body, headers["Content-Type"] = query.encode(), _FORM
        query = ""
    elif route.encoding is Encoding.JSON:
        headers["Content-Type"] = "application/json"
    return Request(route.method, f"{url}?{query}" if query else url, headers, body)


def _path(route: Route, call: Call) -> str:
    return route.path.format(**{name: quote(text, safe="") for name, text in call.path.items()})


def _authorization(
    route: Route,
    call: Call,
    credentials: Credentials,
    what: tuple[str, Sequence[tuple[str, str]], datetime],
) -> str:
    if call.bearer:
        return f"Bearer {call.bearer}"
    if call.basic:
        pair = f"{quote(credentials.consumer_key)}:{quote(credentials.consumer_secret)}"
        return "Basic " + base64.b64encode(pair.encode()).decode()
    url, signed, now = what
    return oauth1.authorization(
        route.method,
        url,
        call.signed_by or credentials,
        parameters_signed=signed,
        protocol=call.protocol,
        now=now,
    )


def _multipart(call: Call) -> tuple[bytes, str]:
    """Give a body of several parts and its content type; field names are the routes' own."""
    boundary = secrets.token_hex(16)
    fields = [*((name, text.encode()) for name, text in call.parameters), *call.files]
    files = {name for name, _ in call.files}
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
        % (
            boundary.encode(),
            name.encode(),
            b'; filename="media"\r\nContent-Type: application/octet-stream'
            if name in files
            else b"",
            content,
        )
        for name, content in fields
    ]
    body = b"".join((*parts, b"--%s--\r\n" % boundary.encode()))
    return body, f"multipart/form-data; boundary={boundary}"
