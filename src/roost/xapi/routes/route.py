"""One X endpoint, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Host(StrEnum):
    """Which of X's hosts serves a route."""

    API = "api"
    UPLOAD = "upload"
    TON = "ton"
    PICTURES = "pbs"
    VIDEOS = "video"


class Auth(StrEnum):
    """How a request proves who it is.

    `OAUTH1_APP` is signed with no token, `OAUTH1_REQUEST` with a request token.
    """

    OAUTH1_USER = "oauth1_user"
    OAUTH1_APP = "oauth1_app"
    OAUTH1_REQUEST = "oauth1_request"
    APP = "app"
    NONE = "none"


class Encoding(StrEnum):
    """Where a request's parameters travel."""

    JSON = "json"
    FORM = "form"
    MULTIPART = "multipart"
    QUERY = "query"


@dataclass(frozen=True, slots=True)
class Window:
    """A rate limit.

    Attributes:
        limit: Calls allowed in the window.
        seconds: Its length.
        per: `user`, `app`, or `bearer` for what an app may do with its bearer token, which is
            counted apart from what its users do.
    """

    limit: int
    seconds: int
    per: str = "user"


QUARTER_HOUR = 15 * 60
DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint of X.

    Attributes:
        name: Ours, for example `dm.events.new`.
        method: HTTP method.
        path: Path under the host; `{name}` marks a part that varies.
        source: Where X documents it.
        success: HTTP status of success.
        auth: Ways a request may prove who it is.
        encoding: Where parameters travel.
        request: Type of the JSON body sent, where there is one.
        response: Type of the JSON body received, where there is one.
        windows: Rate limits.
        errors: X's error codes this route is known to give.
        host: Which host.
        dialect: Which generation of X's API.
        aliases: Other paths under which X served the same thing.
        command: The value of the parameter `command`, where one path serves several endpoints.
    """

    name: str
    method: str
    path: str
    source: str
    success: int = 200
    auth: frozenset[Auth] = frozenset({Auth.OAUTH1_USER})
    encoding: Encoding = Encoding.QUERY
    request: type | None = None
    response: object | None = None
    windows: tuple[Window, ...] = ()
    errors: tuple[int, ...] = ()
    host: Host = Host.API
    dialect: str = "v1"
    aliases: tuple[str, ...] = ()
    command: str = ""
