"""The application under test, as whoever started it reports it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec
from litestar import Controller, Response, get, post, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from roost.simulator.actions import FieldError
from roost.simulator.application import ApplicationStatus
from roost.simulator.controls import problems
from roost.simulator.controls.parts import Parts
from roost.simulator.controls.problems import Refusal, Refused

_CONFLICT = 409
_NOBODY = ResponseSpec(Refusal, description="There is nobody who could do it.")


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do to the application."""

    action: Literal["kill"]


class ApplicationController(Controller):
    """Its state and notices."""

    path = "/_sim/application"

    @get()
    async def show(self, parts: Parts) -> ApplicationStatus:
        """Show its state as last reported."""
        return parts.application.status

    @put()
    async def report(self, parts: Parts, data: JSONBody[ApplicationStatus]) -> ApplicationStatus:
        """Report its state and every notice that holds; for whoever started it."""
        parts.application.change(data)
        return parts.application.status

    @post(status_code=202, responses={_CONFLICT: _NOBODY})
    async def order(
        self, parts: Parts, data: JSONBody[Order]
    ) -> Response[Mapping[str, str]] | Refused:
        """Have it killed; 409 where there is nobody who could."""
        if not parts.application.kill():
            error = FieldError("action", "there is no application to kill")
            return problems.refused(error, status=_CONFLICT)
        return Response({"action": data.action}, status_code=202)
