"""Custom profiles of the v1.1 API."""

from __future__ import annotations

from roost.xapi import wire_profiles
from roost.xapi.routes.route import DAY, QUARTER_HOUR, Encoding, Route, Window

_SOURCE = "https://developer.x.com/en/docs/x-api/v1/direct-messages/custom-profiles"
_ERRORS = (32, 88, 89, 93, 135, 215)

ROUTES = (
    Route(
        name="custom_profiles.new",
        method="POST",
        path="/1.1/custom_profiles/new.json",
        source=f"{_SOURCE}/api-reference/new-profile (archived)",
        encoding=Encoding.JSON,
        request=wire_profiles.OneCustomProfile,
        response=wire_profiles.OneCustomProfile,
        windows=(Window(1_000, DAY),),
        errors=(*_ERRORS, 214, 220, 324, 325),
    ),
    Route(
        name="custom_profiles.list",
        method="GET",
        path="/1.1/custom_profiles/list.json",
        source=f"{_SOURCE}/api-reference/get-profile-list (archived)",
        response=wire_profiles.CustomProfileList,
        windows=(Window(180, QUARTER_HOUR),),
        errors=(*_ERRORS, 214),
    ),
    # After `list`, whose path this one's pattern covers too.
    Route(
        name="custom_profiles.show",
        method="GET",
        path="/1.1/custom_profiles/{id}.json",
        source=f"{_SOURCE}/api-reference/get-profile (archived)",
        response=wire_profiles.OneCustomProfile,
        windows=(Window(180, QUARTER_HOUR),),
        errors=(*_ERRORS, 34, 214),
    ),
    Route(
        name="custom_profiles.destroy",
        method="DELETE",
        path="/1.1/custom_profiles/destroy.json",
        source=f"{_SOURCE}/api-reference/delete-profile (archived)",
        success=204,
        windows=(Window(1_000, DAY),),
        errors=(*_ERRORS, 34, 214),
    ),
)
