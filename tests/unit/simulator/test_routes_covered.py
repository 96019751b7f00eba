"""Every route of X has a response here, and no response is without a route."""

from __future__ import annotations

from roost.simulator import api
from roost.simulator.registry import RESPONDERS
from roost.xapi.routes import ROUTES


def test_every_route_is_answered_and_nothing_else():
    assert api.FAMILIES
    assert RESPONDERS.keys() == ROUTES.keys()
