"""Logging in and out, by password or by link."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

import structlog
from litestar import Controller, Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.params import JSONBody

from roost.desk import passwords, tokens
from roost.desk.access import UNAUTHORISED, Policy
from roost.desk.parts import DeskParts, Parts, Somebody
from roost.desk.problems import Refused
from roost.desk.wire import (
    ChoosePassword,
    Colleague,
    Invitation,
    LogIn,
    Me,
    OpenLink,
)
from roost.model.ids import UserId
from roost.model.people import LinkPurpose, Person
from roost.ports import Tx
from roost.ports.people import LinkRow

TOO_MANY, GONE = 429, 410

_log = structlog.stdlib.get_logger("roost.desk")

NOBODYS = UserId("")
"""The account of changes that belong to none."""

AnyRequest = Request[object, object, State]


class LoginController(Controller):
    """Who is logged in."""

    path = "/api/session"
    tags: Sequence[str] | None = ("session",)

    @get("", policy=Policy.PERSON)
    async def me(self, parts: Parts, person: Somebody, request: AnyRequest) -> Me:
        """Say who is logged in, and what they may do."""
        return await _me(parts, person, parts.access.token_of(request.cookies) or "")

    @post("", policy=Policy.PUBLIC, status_code=200)
    async def log_in(
        self, data: JSONBody[LogIn], parts: Parts, request: AnyRequest
    ) -> Response[Me]:
        """Let somebody in by password. Each failure after a few makes the next one wait longer."""
        login = data.login.strip().casefold()
        whose = ("login", login, _address(request))
        await _check_pace(parts, whose)
        found = await parts.store.people.person(login)
        verdict = await parts.passwords.check(data.password, found.password_hash if found else "")
        if found is None or not verdict.is_right:
            _log.warning("login refused", address=_address(request))
            raise Refused(UNAUTHORISED, "wrong_login", "Login or password is wrong.")
        await parts.throttle.succeeded(*whose)
        if verdict.better_hash is not None:
            better, person_id = verdict.better_hash, found.person.person_id
            await parts.store.transact(lambda tx: tx.people.set_password(person_id, better))
        return await _entered(parts, found.person)

    @delete("", policy=Policy.PERSON)
    async def log_out(self, parts: Parts, person: Somebody, request: AnyRequest) -> Response[None]:
        """Let somebody out at once, and have the browser forget what it holds of us."""
        token, now = parts.access.token_of(request.cookies), parts.wall.now()

        async def unit(tx: Tx) -> None:
            if token is not None:
                await tx.people.end_session(tokens.digest(token))
            await tx.changes.append(
                NOBODYS, "person", conversation_id="", ref=person.person_id, at=now
            )

        await parts.store.transact(unit)
        _log.info("logged out", person=person.person_id)
        return Response(
            None,
            status_code=204,
            cookies=[parts.access.cookie(None)],
            headers={"clear-site-data": '"cache", "cookies", "storage"'},
        )

    @post("/link", policy=Policy.PUBLIC, status_code=200)
    async def look_at_link(
        self, data: JSONBody[OpenLink], parts: Parts, request: AnyRequest
    ) -> Invitation:
        """Say what a link is good for; it stays as good."""
        link = await _link(parts, data.token, request)
        return Invitation(
            login=link.person.login, name=link.person.name, purpose=link.purpose.value
        )

    @post("/enter", policy=Policy.PUBLIC, status_code=200)
    async def enter(
        self, data: JSONBody[OpenLink], parts: Parts, request: AnyRequest
    ) -> Response[Me]:
        """Let somebody in by a link that needs no password."""
        link = await _link(parts, data.token, request)
        if link.purpose is not LinkPurpose.ENTER:
            raise Refused(passwords.UNPROCESSABLE, "choose_password", "Choose a password first.")
        await _use(parts, data.token)
        return await _entered(parts, link.person)

    @post("/password", policy=Policy.PUBLIC, status_code=200)
    async def choose(
        self, data: JSONBody[ChoosePassword], parts: Parts, request: AnyRequest
    ) -> Response[Me]:
        """Take up an invitation: choose a password and be let in. Other sessions end."""
        link = await _link(parts, data.token, request)
        passwords.check_choice(data.password, login=link.person.login)
        hashed = await parts.passwords.hash(data.password)

        person_id, now = link.person.person_id, parts.wall.now()

        async def unit(tx: Tx) -> bool:
            is_used = await tx.people.use_link(tokens.digest(data.token), at=now)
            if is_used:
                await tx.people.set_password(person_id, hashed)
                await tx.changes.append(
                    NOBODYS, "person", conversation_id="", ref=person_id, at=now
                )
            return is_used

        if not await parts.store.transact(unit):
            raise _gone()
        return await _entered(parts, link.person)


async def _link(parts: DeskParts, token: str, request: AnyRequest) -> LinkRow:
    # Nobody guesses a token, so whoever has one is let through however many others have tried.
    link = await parts.store.people.link(tokens.digest(token), now=parts.wall.now())
    if link is None:
        await _check_pace(parts, ("link", _address(request)))
        raise _gone()
    return link


async def _use(parts: DeskParts, token: str) -> None:
    now = parts.wall.now()
    if not await parts.store.transact(lambda tx: tx.people.use_link(tokens.digest(token), at=now)):
        raise _gone()


def _gone() -> Refused:
    return Refused(GONE, "link_gone", "This link has been used, or is too old. Ask for another.")


async def _check_pace(parts: DeskParts, whose: tuple[str, ...]) -> None:
    wait = await parts.throttle.wait(*whose)
    if wait > timedelta():
        seconds = math.ceil(wait.total_seconds())
        raise Refused(
            TOO_MANY,
            "slow_down",
            f"Too many attempts. Try again in {seconds} s; nobody is locked out for good.",
            headers={"retry-after": str(seconds)},
        )


async def _entered(parts: DeskParts, person: Person) -> Response[Me]:
    token = await parts.access.begin(person)
    _log.info("logged in", person=person.person_id)
    return Response(
        await _me(parts, person, token), status_code=200, cookies=[parts.access.cookie(token)]
    )


async def _me(parts: DeskParts, person: Person, token: str) -> Me:
    everybody = await parts.store.people.people()
    return Me(
        person_id=person.person_id,
        login=person.login,
        name=person.name,
        role=person.role,
        accounts=parts.accounts_of(person),
        colleagues=[Colleague(person_id=one.person_id, name=one.name) for one in everybody],
        csrf=tokens.csrf_of(token),
    )


def _address(request: AnyRequest) -> str:
    return request.client.host if request.client else ""
