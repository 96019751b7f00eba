"""X's API: find the route, the caller, the limits, and the response."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import urlsplit

from roost.simulator import api_faults, changes, gate, limits, registry, retired
from roost.simulator.authentication import Caller
from roost.simulator.calls import Answer, Call, largest_body
from roost.simulator.faults import Subject
from roost.simulator.records import RequestRow
from roost.simulator.refusals import Refusal, refusal
from roost.simulator.registry import ApiCall
from roost.simulator.responses import (
    consent,
    custom_profiles,
    direct_messages,
    enterprise,
    feedback,
    follows,
    handshake,
    likes,
    media_files,
    media_upload,
    oauth,
    posts,
    premium,
    relations,
    reposts,
    signals,
    users,
    welcome_messages,
    welcome_rules,
)
from roost.simulator.served_routes import SERVED
from roost.simulator.simulation import Simulation
from roost.xapi.routes.route import Route

FAMILIES = (
    direct_messages,
    welcome_messages,
    welcome_rules,
    custom_profiles,
    media_upload,
    media_files,
    premium,
    enterprise,
    oauth,
    signals,
    handshake,
    consent,
    users,
    relations,
    follows,
    posts,
    reposts,
    likes,
    feedback,
)
"""The modules whose import registers every response."""


@dataclass(frozen=True, slots=True)
class _Entry:
    method: str
    pattern: re.Pattern[str]
    route: Route


@dataclass(frozen=True, slots=True)
class _Handled:
    answer: Answer
    route: str | None
    auth: str
    caller: Caller
    code: int | None
    fault: str | None = None
    change_id: str | None = None


class Api:
    """Answers calls to X, whichever host name they were made to."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._entries = list(_entries(SERVED.values()))

    async def answer(self, call: Call) -> Answer:
        """Answer one call and write it down."""
        begun = time.monotonic()
        at = self._simulation.world.timestamp()
        handled = await self._handle(call)
        row = RequestRow(
            at=at,
            method=call.method,
            path=call.path,
            route=handled.route,
            status=handled.answer.status,
            ms=round((time.monotonic() - begun) * 1_000, 1),
            auth=handled.auth,
            user_id=handled.caller.user_id or None,
            error_code=handled.code,
            fault=handled.fault,
            resets_at=_reset_in(handled.answer),
            change_id=handled.change_id,
        )
        self._simulation.records.request(row, app_id=handled.caller.app_id)
        return handled.answer

    async def _handle(self, call: Call) -> _Handled:
        nobody = Caller("")
        found = self._find(call)
        if found is None:
            return _refused(retired.not_found(call.path), None, "not checked", nobody)
        route, path = found
        objection = self._objection(call)
        if objection is not None:
            return _refused(objection, route, "not checked", nobody)
        try:
            caller = self._simulation.authenticator.authenticate(call, route)
        except Refusal as error:
            return _refused(error, route, f"rejected: {error.reason}", nobody)
        return await self._carry_out(ApiCall(call, route, caller, path))

    async def _carry_out(self, asked: ApiCall) -> _Handled:
        route, caller = asked.route, asked.caller
        subject = Subject(route=route.name, user=caller.user_id, app=caller.app_id)
        fault = self._simulation.faults.for_call(subject)
        name = None if fault is None else fault.effect
        noted: list[str] = []
        try:
            answer = await api_faults.respond(
                self._simulation, fault, asked, lambda: self._apply(asked, noted)
            )
        except Refusal as error:
            handled = _refused(error, route, caller.how, caller)
        else:
            handled = _Handled(answer, route.name, caller.how, caller, None)
        return replace(handled, fault=name, change_id=noted[0] if noted else None)

    async def _apply(self, asked: ApiCall, noted: list[str]) -> Answer:
        """Respond; `noted` gets the id of the row that says what it changed, if it did."""
        simulation, caller = self._simulation, asked.caller
        noting = changes.noting(
            simulation.world,
            simulation.records,
            cause=asked.route.name,
            user_id=caller.user_id,
            ids=noted,
        )
        with noting:
            return await self._respond(asked)

    def _objection(self, call: Call) -> Refusal | None:
        if self._simulation.is_strict and _is_plain(call):
            return refusal(92)
        if len(call.body) > largest_body(call.path):
            return Refusal(Answer(413), reason="the body is too large")
        return None

    async def _respond(self, asked: ApiCall) -> Answer:
        responder = registry.RESPONDERS[asked.route.name]
        headers: Mapping[str, str] = {}
        if not responder.counts_itself and self._simulation.world.rules.limits == "on":
            caller = asked.caller
            counted = limits.meters(asked.route, app_id=caller.app_id, user_id=caller.user_id)
            headers = self._simulation.limits.take(counted)
        answer = await responder.respond(self._simulation, asked)
        return replace(answer, headers={**answer.headers, **headers, **_access_level(asked.caller)})

    def _find(self, call: Call) -> tuple[Route, Mapping[str, str]] | None:
        for entry in self._entries:
            if entry.method == call.method and (match := entry.pattern.fullmatch(call.path)):
                if entry.route.command and entry.route.command != call.parameter("command"):
                    continue
                return entry.route, match.groupdict()
        return None


def _is_plain(call: Call) -> bool:
    """Say whether a call was made without TLS to a host that is not this machine's name."""
    parts = urlsplit(call.url)
    return parts.scheme == "http" and not gate.is_local_name(parts.netloc)


def _reset_in(answer: Answer) -> int | None:
    if answer.status != HTTPStatus.TOO_MANY_REQUESTS:
        return None
    said = answer.headers.get("x-rate-limit-reset", "")
    return int(said) if said.isdigit() else None


def _refused(error: Refusal, route: Route | None, auth: str, caller: Caller) -> _Handled:
    name = None if route is None else route.name
    return _Handled(error.answer, name, auth, caller, error.code)


def _access_level(caller: Caller) -> Mapping[str, str]:
    return {"x-access-level": caller.access_level} if caller.access_level else {}


def _entries(routes: Iterable[Route]) -> Iterable[_Entry]:
    for route in routes:
        for path in (route.path, *route.aliases):
            literal = re.escape(path).replace(r"\{", "{").replace(r"\}", "}")
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", literal)
            yield _Entry(route.method, re.compile(pattern), route)
