"""Following, blocking and muting of the v1.1 API."""

from __future__ import annotations

from roost.xapi.routes.route import DAY, QUARTER_HOUR, Auth, Encoding, Route, Window
from roost.xapi.wire_users import Friendship, FullUser, IdPage, UserPage

_SOURCE = "https://developer.x.com/en/docs/x-api/v1/accounts-and-users"
_FOLLOW = f"{_SOURCE}/follow-search-get-users/api-reference"
_MUTE = f"{_SOURCE}/mute-block-report-users/api-reference"
_EITHER = frozenset({Auth.OAUTH1_USER, Auth.APP})
_READ_ERRORS = (32, 64, 88, 89, 135, 215)
_WRITE_ERRORS = (32, 38, 50, 63, 64, 89, 135, 215, 261)
_PAGES = (Window(15, QUARTER_HOUR), Window(15, QUARTER_HOUR, per="bearer"))


def _change(name: str, path: str, source: str, *errors: int) -> Route:
    return Route(
        name=name,
        method="POST",
        path=f"/1.1/{path}.json",
        source=f"{source} (archived)",
        encoding=Encoding.FORM,
        response=FullUser,
        errors=(*_WRITE_ERRORS, *errors),
    )


ROUTES = (
    Route(
        name="friendships.show",
        method="GET",
        path="/1.1/friendships/show.json",
        source=f"{_FOLLOW}/get-friendships-show (archived)",
        auth=_EITHER,
        response=Friendship,
        windows=(Window(180, QUARTER_HOUR), Window(15, QUARTER_HOUR, per="bearer")),
        errors=(*_READ_ERRORS, 38, 50),
    ),
    Route(
        name="friendships.create",
        method="POST",
        path="/1.1/friendships/create.json",
        source=f"{_FOLLOW}/post-friendships-create (archived)",
        encoding=Encoding.FORM,
        response=FullUser,
        windows=(Window(400, DAY), Window(1_000, DAY, per="app")),
        errors=(*_WRITE_ERRORS, 158, 160, 161, 162),
    ),
    _change("friendships.destroy", "friendships/destroy", f"{_FOLLOW}/post-friendships-destroy"),
    Route(
        name="followers.ids",
        method="GET",
        path="/1.1/followers/ids.json",
        source=f"{_FOLLOW}/get-followers-ids (archived)",
        auth=_EITHER,
        response=IdPage,
        windows=_PAGES,
        errors=(*_READ_ERRORS, 34, 38, 214),
    ),
    Route(
        name="followers.list",
        method="GET",
        path="/1.1/followers/list.json",
        source=f"{_FOLLOW}/get-followers-list (archived)",
        auth=_EITHER,
        response=UserPage,
        windows=_PAGES,
        errors=(*_READ_ERRORS, 34, 38, 214),
    ),
    _change("blocks.create", "blocks/create", f"{_MUTE}/post-blocks-create"),
    _change("blocks.destroy", "blocks/destroy", f"{_MUTE}/post-blocks-destroy"),
    _change("mutes.create", "mutes/users/create", f"{_MUTE}/post-mutes-users-create", 271),
    _change("mutes.destroy", "mutes/users/destroy", f"{_MUTE}/post-mutes-users-destroy", 272),
)
