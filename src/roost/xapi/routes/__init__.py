"""X endpoints as data, one module per family; `ROUTES` holds them all by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from roost.xapi.routes import account_activity, direct_messages, enterprise, oauth
from roost.xapi.routes.route import Route

ROUTES: Mapping[str, Route] = MappingProxyType(
    {
        route.name: route
        for family in (direct_messages, account_activity, enterprise, oauth)
        for route in family.ROUTES
    }
)
"""Every route, by its name."""
