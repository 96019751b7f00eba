"""Every route the simulator answers: those this project's client calls, and those others call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from roost.xapi.routes import ROUTES
from roost.xapi.routes.route import Encoding, Route
from roost.xapi.wire_tweets import Tweet

_POSTS = "https://developer.x.com/en/docs/x-api/v1/tweets/post-and-engage/api-reference"
_FOLLOW = (
    "https://developer.x.com/en/docs/x-api/v1/accounts-and-users"
    "/follow-search-get-users/api-reference"
)


def _like(known: str, name: str, path: str, source: str) -> Route:
    """Give a route that is like one of ours but for its place; the rest is replaced by hand."""
    return replace(ROUTES[known], name=name, path=path, source=f"{source} (archived)")


def _by_get(name: str) -> Route:
    return replace(ROUTES[name], name=f"{name}.get", method="GET", encoding=Encoding.QUERY)


def _show() -> Route:
    source = f"{_POSTS}/get-statuses-show-id"
    like = _like("users.show", "statuses.show", "/1.1/statuses/show.json", source)
    return replace(
        like,
        response=Tweet,
        errors=(*(code for code in like.errors if code not in {50, 63}), 144, 179, 421, 422),
        aliases=("/1.1/statuses/show/{id}.json",),
    )


def _retweet() -> Route:
    path, source = "/1.1/statuses/retweet/{id}.json", f"{_POSTS}/post-statuses-retweet-id"
    like = _like("statuses.destroy", "statuses.retweet", path, source)
    return replace(
        like,
        windows=ROUTES["statuses.update"].windows,
        errors=(*like.errors, 185, 327, 421, 422, 425),
    )


_OTHERS = (
    _like("followers.ids", "friends.ids", "/1.1/friends/ids.json", f"{_FOLLOW}/get-friends-ids"),
    _like(
        "followers.list", "friends.list", "/1.1/friends/list.json", f"{_FOLLOW}/get-friends-list"
    ),
    # RFC 5849 leaves the method to the client, and older libraries (twython among them) say GET.
    _by_get("oauth.request_token"),
    _by_get("oauth.access_token"),
    _show(),
    _retweet(),
    _like(
        "statuses.destroy",
        "statuses.unretweet",
        "/1.1/statuses/unretweet/{id}.json",
        f"{_POSTS}/post-statuses-unretweet-id",
    ),
)

SERVED: Mapping[str, Route] = MappingProxyType(
    {**ROUTES, **{route.name: route for route in _OTHERS}}
)
"""Every route that is answered, by its name."""
