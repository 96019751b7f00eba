"""Which function answers which of X's routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from roost.simulator.authentication import Caller
from roost.simulator.calls import Answer, Call
from roost.simulator.simulation import Simulation
from roost.xapi.routes.route import Route


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A call whose caller is known and whose limits are not used up.

    Attributes:
        call: As received.
        route: Which endpoint it is for.
        caller: Who is calling, proved in a way the route takes.
        path: What stood in the variable parts of the route's path, by name.
    """

    call: Call
    route: Route
    caller: Caller
    path: Mapping[str, str]


Response = Callable[[Simulation, ApiCall], Awaitable[Answer]]
"""Answers one route. Raises `Refusal` where X would refuse."""


@dataclass(frozen=True, slots=True)
class Responder:
    """A route's response.

    Attributes:
        respond: The function.
        counts_itself: Whether it takes from the rate limits by itself, because what counts
            depends on what is asked.
    """

    respond: Response
    counts_itself: bool


RESPONDERS: dict[str, Responder] = {}
"""Every response, by its route's name. Filled where the modules of `responses` are imported."""


def responds(route_name: str, *, counts_itself: bool = False) -> Callable[[Response], Response]:
    """Register the decorated function as the response of a route."""

    def register(respond: Response) -> Response:
        RESPONDERS[route_name] = Responder(respond, counts_itself)
        return respond

    return register
