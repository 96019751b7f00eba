"""Every route the simulator answers: those this project's client calls, and those others call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from roost.xapi.routes import ROUTES
from roost.xapi.routes.route import QUARTER_HOUR, Auth, Encoding, Route, Window
from roost.xapi.wire_tweets import Tweet

_POSTS = "https://developer.x.com/en/docs/x-api/v1/tweets/post-and-engage/api-reference"
_FOLLOW = (
    "https://developer.x.com/en/docs/x-api/v1/accounts-and-users"
    "/follow-search-get-users/api-reference"
)
_FEEDBACK = "https://github.com/twitterdev/preview-docs_feedback-api (archived)"
_AUTH_ERRORS = (32, 64, 89, 135, 215)
_EITHER = frozenset({Auth.OAUTH1_USER, Auth.APP})


def _by_get(name: str) -> Route:
    return replace(ROUTES[name], name=f"{name}.get", method="GET", encoding=Encoding.QUERY)


def _of_friends(name: str, path: str, page: str) -> Route:
    """Give a route of those whom a user follows: like the one of followers, at another path."""
    like = ROUTES[name.replace("friends", "followers")]
    return replace(like, name=name, path=path, source=f"{_FOLLOW}/{page} (archived)")


_OTHERS = (
    _of_friends("friends.ids", "/1.1/friends/ids.json", "get-friends-ids"),
    _of_friends("friends.list", "/1.1/friends/list.json", "get-friends-list"),
    # RFC 5849 leaves the method to the client, and older libraries (twython among them) say GET.
    _by_get("oauth.request_token"),
    _by_get("oauth.access_token"),
    Route(
        name="statuses.show",
        method="GET",
        path="/1.1/statuses/show.json",
        source=f"{_POSTS}/get-statuses-show-id (archived)",
        auth=_EITHER,
        response=Tweet,
        windows=(Window(900, QUARTER_HOUR), Window(900, QUARTER_HOUR, per="bearer")),
        errors=(*_AUTH_ERRORS, 38, 88, 144, 179, 421, 422),
        aliases=("/1.1/statuses/show/{id}.json",),
    ),
    Route(
        name="statuses.retweet",
        method="POST",
        path="/1.1/statuses/retweet/{id}.json",
        source=f"{_POSTS}/post-statuses-retweet-id (archived)",
        encoding=Encoding.FORM,
        response=Tweet,
        windows=ROUTES["statuses.update"].windows,
        errors=(*_AUTH_ERRORS, 144, 179, 185, 214, 261, 327, 421, 422, 425),
    ),
    Route(
        name="statuses.unretweet",
        method="POST",
        path="/1.1/statuses/unretweet/{id}.json",
        source=f"{_POSTS}/post-statuses-unretweet-id (archived)",
        encoding=Encoding.FORM,
        response=Tweet,
        errors=(*_AUTH_ERRORS, 144, 179, 214, 261),
    ),
    Route(
        name="feedback.create",
        method="POST",
        path="/1.1/feedback/create.json",
        source=_FEEDBACK,
        encoding=Encoding.FORM,
        errors=(*_AUTH_ERRORS, 87),
    ),
    Route(
        name="feedback.events",
        method="GET",
        path="/1.1/feedback/events.json",
        source=_FEEDBACK,
        errors=(*_AUTH_ERRORS, 87),
    ),
    Route(
        name="feedback.show",
        method="GET",
        path="/1.1/feedback/show/{id}.json",
        source=_FEEDBACK,
        errors=(*_AUTH_ERRORS, 87),
    ),
)

SERVED: Mapping[str, Route] = MappingProxyType(
    {**ROUTES, **{route.name: route for route in _OTHERS}}
)
"""Every route that is answered, by its name."""
