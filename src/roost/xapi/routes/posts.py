"""Posting, deleting and liking of the v1.1 API."""

from __future__ import annotations

from roost.xapi.routes.route import DAY, Encoding, Route, Window
from roost.xapi.wire_tweets import Tweet

_SOURCE = "https://developer.x.com/en/docs/x-api/v1/tweets/post-and-engage/api-reference"
_ERRORS = (32, 64, 89, 135, 214, 215, 261)
_THREE_HOURS = 3 * 60 * 60

ROUTES = (
    Route(
        name="statuses.update",
        method="POST",
        path="/1.1/statuses/update.json",
        source=f"{_SOURCE}/post-statuses-update (archived)",
        encoding=Encoding.FORM,
        response=Tweet,
        windows=(Window(300, _THREE_HOURS), Window(300, _THREE_HOURS, per="app")),
        errors=(*_ERRORS, 38, 44, 150, 151, 185, 186, 187, 324, 385, 386),
    ),
    Route(
        name="statuses.destroy",
        method="POST",
        path="/1.1/statuses/destroy/{id}.json",
        source=f"{_SOURCE}/post-statuses-destroy-id (archived)",
        encoding=Encoding.FORM,
        response=Tweet,
        errors=(*_ERRORS, 144, 179),
    ),
    Route(
        name="favorites.create",
        method="POST",
        path="/1.1/favorites/create.json",
        source=f"{_SOURCE}/post-favorites-create (archived)",
        encoding=Encoding.FORM,
        response=Tweet,
        windows=(Window(1_000, DAY),),
        errors=(*_ERRORS, 38, 88, 139, 144, 179),
    ),
    Route(
        name="favorites.destroy",
        method="POST",
        path="/1.1/favorites/destroy.json",
        source=f"{_SOURCE}/post-favorites-destroy (archived)",
        encoding=Encoding.FORM,
        response=Tweet,
        windows=(Window(1_000, DAY),),
        errors=(*_ERRORS, 38, 88, 144),
    ),
)
