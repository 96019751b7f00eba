"""One call of X's API: built from its route, signed, sent, and its answer made of it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import NoReturn
from urllib.parse import quote, urlencode

import msgspec

from roost.errors import (
    AnswerLost,
    NotSent,
    RateLimited,
    RejectedByX,
    SendUncertain,
    XApiUnavailable,
)
from roost.ports import Clock
from roost.xapi import oauth1, windows
from roost.xapi.errors_table import NOT_SENT_CODES
from roost.xapi.oauth1 import Credentials
from roost.xapi.routes import ROUTES
from roost.xapi.routes.route import Encoding, Route
from roost.xapi.transport import Request, Response, Transport
from roost.xapi.windows import Standings
from roost.xapi.wire_webhooks import XErrorItem, XErrors

_errors = msgspec.json.Decoder(XErrors)
_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
_NOT_DONE_STATUS = frozenset({400, 401, 404, 409, 410, 413, 415, 422})
_TIMED_OUT, _FORBIDDEN = 408, 403
_TOO_MANY = frozenset({420, 429})
_CLOCK_IS_WRONG = 135


@dataclass(frozen=True, slots=True)
class Call:
    """What to ask of X.

    Attributes:
        route: Name in `ROUTES`.
        path: Values for the `{…}` parts of the route's path.
        parameters: Query parameters, or form fields where the route is a form.
        body: JSON body, encoded; empty for none.
        bearer: An app's bearer token, to be used instead of a signature.
        basic: Whether to authenticate as the app by HTTP Basic instead of a signature.
    """

    route: str
    path: Mapping[str, str] = field(default_factory=dict[str, str])
    parameters: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    bearer: str = field(default="", repr=False)
    basic: bool = False


class Caller:
    """Makes calls in the name of one app and, mostly, one user.

    Attributes:
        standings: What X has said about its windows.
    """

    def __init__(
        self, credentials: Credentials, transport: Transport, clock: Clock, *, base_url: str
    ) -> None:
        self._credentials = credentials
        self._transport = transport
        self._clock = clock
        self._base_url = base_url.rstrip("/")
        self._offset = timedelta(0)
        self.standings = Standings()

    async def call(self, call: Call) -> Response:
        """Make one call; its answer, if it is the success the route promises.

        Raises:
            RateLimited: Nothing happened; see `resets_at`.
            RejectedByX: Nothing happened; repeating unchanged is pointless.
            SendUncertain: A call that must not be repeated blindly may have had its effect.
            XApiUnavailable: Nothing happened, or the call may be repeated at will.
        """
        route = ROUTES[call.route]
        request = self._request(route, call)
        try:
            answer = await self._transport.send(request)
        except NotSent as error:
            raise XApiUnavailable(str(error)) from error
        except AnswerLost as error:
            if route.method in _REPEATABLE:
                raise XApiUnavailable(str(error)) from error
            raise SendUncertain(route.name, "the connection broke or was too slow") from error
        self.standings.hear(route.name, answer.headers)
        if answer.status != route.success:
            self._set_clock(answer)
            _refuse(route, answer)
        return answer

    def _set_clock(self, answer: Response) -> None:
        """Sign by X's clock from now on, where X says that ours is wrong and tells its own."""
        date = answer.headers.get("date")
        if date is None or first_error(answer).code != _CLOCK_IS_WRONG:
            return
        try:
            x_now = parsedate_to_datetime(date)
        except ValueError:
            return
        if x_now.tzinfo is not None:
            self._offset = x_now - self._clock.now()

    def _request(self, route: Route, call: Call) -> Request:
        path = route.path.format(**{k: quote(v, safe="") for k, v in call.path.items()})
        url = self._base_url + path
        encoded = urlencode(call.parameters, quote_via=quote, safe="~")
        headers = {"Authorization": self._authorization(route, call, url)}
        body = call.body
        if route.encoding is Encoding.JSON:
            headers["Content-Type"] = "application/json"
        elif route.encoding is Encoding.FORM:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body, encoded = encoded.encode(), ""
        return Request(route.method, f"{url}?{encoded}" if encoded else url, headers, body)

    def _authorization(self, route: Route, call: Call, url: str) -> str:
        credentials = self._credentials
        if call.bearer:
            return f"Bearer {call.bearer}"
        if call.basic:
            pair = f"{quote(credentials.consumer_key)}:{quote(credentials.consumer_secret)}"
            return "Basic " + base64.b64encode(pair.encode()).decode()
        return oauth1.authorization(
            route.method,
            url,
            credentials,
            parameters_signed=call.parameters,
            now=self._clock.now() + self._offset,
        )


def first_error(answer: Response) -> XErrorItem:
    """Give the first entry of X's error body; code 0 and no text where there is none."""
    try:
        errors = _errors.decode(answer.body).errors
    except msgspec.DecodeError:
        return XErrorItem()
    return errors[0] if errors else XErrorItem()


def _refuse(route: Route, answer: Response) -> NoReturn:
    error = first_error(answer)
    if answer.status in _TOO_MANY:
        headers = answer.headers
        raise RateLimited(route.name, windows.reset_in(headers), windows.most_in(headers))
    if _is_refusal(route, answer.status, error.code):
        raise RejectedByX(route.name, status=answer.status, code=error.code, message=error.message)
    if route.method in _REPEATABLE:
        raise XApiUnavailable(f"{route.name}: X answered {answer.status}")
    raise SendUncertain(route.name, f"X answered {answer.status}, code {error.code}")


def _is_refusal(route: Route, status: int, code: int) -> bool:
    # With 403 only the codes X checks beforehand prove that a message was not delivered; with 151
    # it sometimes was. Everything but a message can be looked at again.
    if status == _FORBIDDEN:
        return route.name != "dm.events.new" or code in NOT_SENT_CODES
    return status in _NOT_DONE_STATUS or _FORBIDDEN < status < _TIMED_OUT
