"""One call of X's API: signed, sent, and its answer made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn, TypeVar

import msgspec

from roost.errors import (
    AnswerLost,
    AnswerTooLarge,
    ClockWrong,
    NotSent,
    RateLimited,
    RoostError,
    SendUncertain,
    TokenRefused,
    XApiUnavailable,
)
from roost.model.budgets import Standing
from roost.ports import Clock
from roost.xapi import encoding, hosts, refusals, windows
from roost.xapi.encoding import Call
from roost.xapi.errors_table import NOT_SENT_CODES
from roost.xapi.oauth1 import Credentials
from roost.xapi.routes import ROUTES
from roost.xapi.routes.route import Auth, Host, Route
from roost.xapi.transport import Request, Response, Sink, Transport
from roost.xapi.windows import Standings
from roost.xapi.wire_oauth import BearerToken

T = TypeVar("T")

_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
_NOT_DONE_STATUS = frozenset({400, 401, 404, 409, 410, 413, 415, 422})
_TOO_MANY = frozenset({420, 429})
_TIMED_OUT, _FORBIDDEN = 408, 403

_NOT_WORTH_MENDING = timedelta(seconds=5)
"""X tells its time to the second, and it is old by the time an answer takes."""


class Caller:
    """Makes calls in the name of one app and, mostly, one user.

    Attributes:
        standings: What X has said about its windows, and nobody has taken note of yet.
        heard: What it said last, by route.
        access_level: What it said last that the token may do; `""` where it has not.
        ahead: How far this machine's clock was ahead of X's at the last answer; `None` before.
    """

    def __init__(
        self,
        credentials: Credentials,
        transport: Transport,
        clock: Clock,
        *,
        addresses: Mapping[Host, str],
    ) -> None:
        self._credentials = credentials
        self._transport = transport
        self._clock = clock
        self._bearer = ""
        self.addresses = addresses
        self._offset = timedelta(0)
        self.standings = Standings()
        self.heard: dict[str, Standing] = {}
        self.access_level = ""
        self.ahead: timedelta | None = None

    @property
    def is_x(self) -> bool:
        """Whether it is X itself that is called, and not a simulator."""
        return self.addresses[Host.API] == hosts.X_API

    @property
    def credentials(self) -> Credentials:
        """Who signs."""
        return self._credentials

    async def fetch(self, call: Call, as_type: type[T]) -> T:
        """Make one call and read its answer.

        Raises:
            RateLimited: As for `call`.
            RejectedByX: As for `call`.
            SendUncertain: As for `call`; also where the answer of a call that must not be repeated
                cannot be read.
            XApiUnavailable: As for `call`; also where the answer of another cannot be read.
        """
        answer = await self.call(call)
        try:
            return msgspec.json.decode(answer.body, type=as_type)
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            if ROUTES[call.route].method == "GET":
                raise XApiUnavailable(f"{call.route}: X's answer could not be read") from error
            raise SendUncertain(call.route, "X's answer could not be read") from error

    async def call(self, call: Call) -> Response:
        """Make one call; its answer, if it is the success the route promises.

        Where the route takes only an app's own token, or the client has no user's, that is fetched
        first and kept.

        Raises:
            RateLimited: Nothing happened; see `resets_at`.
            RejectedByX: Nothing happened; repeating unchanged is pointless.
            SendUncertain: A call that must not be repeated blindly may have had its effect.
            XApiUnavailable: Nothing happened, or the call may be repeated at will.
        """
        route = ROUTES[call.route]
        if self._speaks_as_app(route, call):
            return await self._call_as_app(call)
        request = self._request(route, call)
        try:
            return await self._exchange(route, request, call)
        except RoostError:
            raise
        except Exception as error:
            # Of what nobody has foreseen it is not known whether X has acted.
            raise _in_doubt(route, f"{type(error).__name__}: {error}") from error

    async def _exchange(self, route: Route, request: Request, call: Call) -> Response:
        try:
            answer = await self._transport.send(request, answer_within=call.answer_within)
        except NotSent as error:
            raise XApiUnavailable(str(error)) from error
        except (AnswerLost, AnswerTooLarge) as error:
            if route.method in _REPEATABLE:
                raise XApiUnavailable(str(error)) from error
            raise SendUncertain(route.name, "the connection broke or was too slow") from error
        self._note(route, answer)
        if answer.status != route.success:
            self._refuse(route, answer)
        return answer

    async def download(self, call: Call, sink: Sink, *, most_bytes: int) -> Response:
        """Make one call and hand its answer on piece by piece.

        Raises:
            AnswerTooLarge: There is more than `most_bytes`.
            RateLimited: As for `call`.
            RejectedByX: As for `call`.
            XApiUnavailable: X did not answer, or not to the end; `sink` may have got a part.
        """
        route = ROUTES[call.route]
        request = self._request(route, call)
        try:
            answer = await self._transport.download(
                request, sink, most_bytes=most_bytes, answer_within=call.answer_within
            )
        except (NotSent, AnswerLost) as error:
            raise XApiUnavailable(str(error)) from error
        self._note(route, answer)
        if answer.status != route.success:
            self._refuse(route, answer)
        return answer

    async def bearer_token(self) -> str:
        """Get the app's bearer token, at X; see `call` for what may be raised."""
        call = Call("oauth2.token", parameters=[("grant_type", "client_credentials")], basic=True)
        return (await self.fetch(call, BearerToken)).access_token

    def _speaks_as_app(self, route: Route, call: Call) -> bool:
        if call.bearer or call.basic or Auth.APP not in route.auth:
            return False
        return Auth.OAUTH1_USER not in route.auth or not self._credentials.token

    async def _call_as_app(self, call: Call) -> Response:
        self._bearer = self._bearer or await self.bearer_token()
        try:
            return await self.call(replace(call, bearer=self._bearer))
        except TokenRefused:
            self._bearer = ""  # the next call asks for another
            raise

    def _request(self, route: Route, call: Call) -> Request:
        return encoding.request(
            route,
            call,
            self._credentials,
            addresses=self.addresses,
            now=self._clock.now() + self._offset,
        )

    def _note(self, route: Route, answer: Response) -> None:
        self.access_level = answer.headers.get("x-access-level", self.access_level)
        x_time = refusals.time_in(answer)
        if x_time is not None:
            self.ahead = self._clock.now() - x_time
        standing = windows.standing_in(answer.headers)
        if standing is not None:
            resets_at = self._by_our_clock(route, standing.resets_at)
            self.heard[route.name] = replace(standing, resets_at=resets_at)
            self.standings.hear(route.name, self.heard[route.name])

    def _by_our_clock(self, route: Route, resets_at: datetime) -> datetime:
        """Tell when a window opens by this machine's clock, which may be wrong.

        Never later than one whole window from now, whatever X says.
        """
        now, ahead = self._clock.now(), self.ahead or timedelta(0)
        if abs(ahead) < _NOT_WORTH_MENDING:
            ahead = timedelta(0)
        wait, longest = resets_at - (now - ahead), windows.longest_of(route)
        return now + (wait if wait <= longest + _NOT_WORTH_MENDING else longest)

    def _refuse(self, route: Route, answer: Response) -> NoReturn:
        if answer.status in _TOO_MANY:
            raise self._limited(route, answer)
        try:
            _refuse(route, answer)
        except ClockWrong as refused:
            self._set_clock(refused)
            raise

    def _limited(self, route: Route, answer: Response) -> RateLimited:
        """Say when a window opens: as X says, or else as it said of that window before."""
        headers = answer.headers
        resets_at, most = windows.reset_in(headers), windows.most_in(headers)
        if resets_at is not None:
            resets_at = self._by_our_clock(route, resets_at)
        before = self.heard.get(route.name)
        now = self._clock.now()
        if resets_at is None and before is not None and before.resets_at > now:
            resets_at, most = before.resets_at, most or before.most
            self.heard[route.name] = replace(before, remaining=0)
        return RateLimited(route.name, resets_at, most)

    def _set_clock(self, refused: ClockWrong) -> None:
        """Sign by X's clock from now on, where X says that ours is wrong and tells its own."""
        if refused.x_time is not None:
            self._offset = refused.x_time - self._clock.now()


def _refuse(route: Route, answer: Response) -> NoReturn:
    error = refusals.first_error(answer)
    if _is_refusal(route, answer.status, error.code):
        raise refusals.refusal(route.name, answer)
    raise _in_doubt(route, f"X answered {answer.status}, code {error.code}")


def _in_doubt(route: Route, reason: str) -> XApiUnavailable | SendUncertain:
    if route.method in _REPEATABLE:
        return XApiUnavailable(f"{route.name}: {reason}")
    return SendUncertain(route.name, reason)


def _is_refusal(route: Route, status: int, code: int) -> bool:
    # With 403 only the codes X checks beforehand prove that a message was not delivered; with 151
    # it sometimes was. Everything but a message can be looked at again.
    if status == _FORBIDDEN:
        return route.name != "dm.events.new" or code in NOT_SENT_CODES
    return status in _NOT_DONE_STATUS or _FORBIDDEN < status < _TIMED_OUT
