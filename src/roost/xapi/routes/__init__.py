"""X endpoints as data, one module per family; `ROUTES` holds them all by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from roost.xapi.routes import (
    account_activity,
    custom_profiles,
    direct_messages,
    enterprise,
    feedback,
    media,
    oauth,
    posts,
    relations,
    users,
    welcome_messages,
)
from roost.xapi.routes.route import Route

ROUTES: Mapping[str, Route] = MappingProxyType(
    {
        route.name: route
        for family in (
            direct_messages,
            welcome_messages,
            custom_profiles,
            feedback,
            media,
            account_activity,
            enterprise,
            oauth,
            users,
            relations,
            posts,
        )
        for route in family.ROUTES
    }
)
"""Every route, by its name."""
