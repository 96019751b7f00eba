"""Who may do what: one check before every route, which refuses what has no policy.

Sessions are kept by the digest of a random token. Litestar's own keep the token itself, which a
copy of the database would give away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import cast
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, State
from litestar.handlers import BaseRouteHandler
from litestar.types import HTTPScope

from roost.desk import tokens
from roost.desk.problems import Refused, not_found
from roost.model.ids import UserId
from roost.model.people import Person, Role
from roost.ports import Clock, Store
from roost.ports.api_keys import ApiKeyLookup, Scope
from roost.ports.people import PeopleLookup, SessionRow

IDLE = timedelta(hours=8)
"""A session ends when nobody has used it for so long: not their page, which asks by itself."""

ENDS = timedelta(days=7)
"""A session ends after so long, used or not."""

CSRF_HEADER = "x-roost-csrf"

BY_HEADER, BY_PERSON = "x-roost-by", "person"
"""What a page sends with requests while somebody is at it; without it, none is use of a session."""

KEY_PREFIX = "roost_"
"""How API keys begin, so that one that gets out is known for what it is."""

UNAUTHORISED, FORBIDDEN = 401, 403

_SEEN_EVERY = timedelta(minutes=1)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SAME_SITE = frozenset({"same-origin", "none"})

Connection = ASGIConnection[BaseRouteHandler, object, object, State]


class Policy(StrEnum):
    """Who may use a route, said as `policy=` where it is declared.

    `public` is for everybody, `person` for whoever is logged in, `admin` for admins, and
    `admin_in_person` for those of them who come with no API key. A route with `account_id` in its
    path is besides only for whoever serves that account.
    """

    PUBLIC = "public"
    PERSON = "person"
    ADMIN = "admin"
    ADMIN_IN_PERSON = "admin_in_person"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who makes a request.

    Attributes:
        person: Somebody of ours, as they are now.
        scope: What their API key may do; `None` for a session in a browser.
        session: That session; `None` for an API key.
    """

    person: Person
    scope: Scope | None
    session: SessionRow | None = None


class Access:
    """Checks requests, and keeps the browser's side of sessions.

    Args:
        store: Where sessions are noted as used.
        people: Where they are looked up.
        api_keys: Where the keys of programs are.
        clock: Tells when they end.
        is_secure: Whether people reach us by https; then the cookie is kept to that.
    """

    def __init__(
        self,
        store: Store,
        people: PeopleLookup,
        api_keys: ApiKeyLookup,
        clock: Clock,
        *,
        is_secure: bool,
    ) -> None:
        self._store = store
        self._people = people
        self._api_keys = api_keys
        self._clock = clock
        self._is_secure = is_secure
        self._cookie = "__Host-roost" if is_secure else "roost"

    async def check(self, connection: Connection, route: BaseRouteHandler) -> None:
        """Let a request through, or not. Litestar calls this as a guard.

        Raises:
            Refused: It may not be made.
        """
        _check_origin(connection)
        policy = route.opt.get("policy")
        if policy is Policy.PUBLIC:
            return
        if not isinstance(policy, Policy):
            raise Refused(FORBIDDEN, "forbidden", "Nobody may use this.")
        visitor = await self.visitor(connection.headers, connection.cookies)
        if visitor is None:
            raise Refused(UNAUTHORISED, "not_logged_in", "Log in first.")
        if visitor.scope is None:
            _check_csrf(connection, self.token_of(connection.cookies) or "")
        else:
            _check_scope(connection, policy, visitor.scope)
        _check_policy(connection, policy, visitor.person)
        if visitor.session is not None and connection.headers.get(BY_HEADER) == BY_PERSON:
            await self._note_use(visitor.session)
        connection.scope["user"] = visitor.person

    async def visitor(
        self, headers: Mapping[str, str], cookies: Mapping[str, str]
    ) -> Visitor | None:
        """Find who makes a request: by their key where they send one, else by their session.

        To look whether a session still holds is no use of it.
        """
        sent = headers.get("authorization")
        if sent is not None:
            return await self._holder(sent)
        token = self.token_of(cookies)
        session = None if token is None else await self.session(token)
        return None if session is None else Visitor(session.person, None, session)

    async def _holder(self, sent: str) -> Visitor | None:
        scheme, _, secret = sent.partition(" ")
        if scheme.lower() != "bearer" or not secret.startswith(KEY_PREFIX):
            return None
        found = await self._api_keys.holder(tokens.digest(secret))
        if found is None:
            return None
        now, used_at = self._clock.now(), found.key.used_at
        if used_at is None or now - used_at >= _SEEN_EVERY:
            key_id = found.key.key_id
            await self._store.transact(lambda tx: tx.api_keys.see(key_id, at=now), is_durable=False)
        return Visitor(found.person, found.key.scope)

    def token_of(self, cookies: Mapping[str, str]) -> str | None:
        """Give what the browser holds."""
        return cookies.get(self._cookie)

    async def session(self, token: str) -> SessionRow | None:
        """Find who is logged in."""
        now = self._clock.now()
        return await self._people.session(tokens.digest(token), now=now, idle_since=now - IDLE)

    async def _note_use(self, session: SessionRow) -> None:
        now = self._clock.now()
        if now - session.seen_at >= _SEEN_EVERY:
            await self._store.transact(
                lambda tx: tx.people.see(session.token_hash, at=now), is_durable=False
            )

    async def begin(self, person: Person) -> str:
        """Let somebody in; give the token for `cookie`."""
        token, now = tokens.new(), self._clock.now()
        await self._store.transact(
            lambda tx: tx.people.begin_session(
                person.person_id, tokens.digest(token), at=now, ends_at=now + ENDS
            )
        )
        return token

    def cookie(self, token: str | None) -> Cookie:
        """Give the cookie that holds a token, or that forgets it."""
        return Cookie(
            self._cookie,
            value=token or "",
            max_age=int(ENDS.total_seconds()) if token else 0,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )


def _check_origin(connection: Connection) -> None:
    """Refuse changes that another site's page asks for."""
    if _is_safe(connection):
        return
    site = connection.headers.get("sec-fetch-site", "none")
    origin = connection.headers.get("origin")
    is_ours = origin is None or urlsplit(origin).netloc == connection.headers.get("host")
    if site not in _SAME_SITE or not is_ours:
        raise Refused(FORBIDDEN, "foreign_origin", "Another site's page asked for this.")


def _check_scope(connection: Connection, policy: Policy, scope: Scope) -> None:
    needed = Scope.READ if _is_safe(connection) else Scope.WRITE
    if policy is Policy.ADMIN:
        needed = Scope.ADMIN
    if policy is Policy.ADMIN_IN_PERSON:
        raise Refused(FORBIDDEN, "forbidden", "No key may do this: log in.")
    if list(Scope).index(scope) < list(Scope).index(needed):
        raise Refused(FORBIDDEN, "scope", f"The key's scope is {scope}; this needs {needed}.")


def _check_csrf(connection: Connection, token: str) -> None:
    if _is_safe(connection):
        return
    if not tokens.is_csrf_of(token, connection.headers.get(CSRF_HEADER, "")):
        raise Refused(FORBIDDEN, "csrf", f"{CSRF_HEADER} is missing or wrong.")


def _is_safe(connection: Connection) -> bool:
    return cast("HTTPScope", connection.scope)["method"] in _SAFE


def _check_policy(connection: Connection, policy: Policy, person: Person) -> None:
    if policy in {Policy.ADMIN, Policy.ADMIN_IN_PERSON} and person.role is not Role.ADMIN:
        raise Refused(FORBIDDEN, "forbidden", "Only admins may do this.")
    account = cast("str | None", connection.path_params.get("account_id"))
    if account is not None and not person.may_serve(UserId(account)):
        raise not_found("such account")
