"""The people of the desk: invited, changed and shut out by admins, which holds at once."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from litestar import Controller, get, post, put
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from roost.desk import once, tokens
from roost.desk.access import Policy
from roost.desk.login import NOBODYS
from roost.desk.once import AnyRequest, Key
from roost.desk.parts import DeskParts, Parts, Somebody
from roost.desk.problems import not_found
from roost.engine import answering
from roost.errors import LoginTaken, NotPossible
from roost.model.ids import UserId
from roost.model.people import LinkPurpose, Person, PersonId, Role
from roost.ports import Clock, Store, Tx
from roost.ports.people import Member
from roost.ports.remarks import RequestKey

INVITATION_LASTS = timedelta(days=3)
"""How long a link that asks for a password works."""

LONGEST_LOGIN, LONGEST_NAME = 120, 80
"""Characters."""

_ID_BYTES = 8
MOST_ACCOUNTS = 1_000
"""Accounts that are named one by one; whoever serves more serves all."""

Whom = Annotated[str, PathParameter(min_length=1, max_length=40)]
Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME, pattern=r"\S")]
Login = Annotated[str, Meta(min_length=1, max_length=LONGEST_LOGIN, pattern=r"^[^\s\x00-\x1f]+$")]
AccountId = Annotated[str, Meta(pattern=r"^[0-9]{1,19}$")]
Accounts = Annotated[Sequence[AccountId], Meta(max_length=MOST_ACCOUNTS)]


class Invite(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to be invited.

    Attributes:
        login: What they log in as, such as their mail address; 1 to 120 characters without blanks.
        name: As colleagues and customers see it; 1 to 80 characters.
        role: What they may do.
        accounts: User ids of the accounts an agent serves; `null` for all there are.
    """

    login: Login
    name: Name
    role: Role = Role.AGENT
    accounts: Accounts | None = None


class ChangedPerson(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody is from now on.

    Attributes:
        name: As colleagues and customers see it; 1 to 80 characters.
        role: What they may do.
        accounts: User ids of the accounts an agent serves; `null` for all there are.
        is_active: Whether they are let in.
    """

    name: Name
    role: Role
    accounts: Accounts | None
    is_active: bool


class MemberInfo(Struct, frozen=True, kw_only=True):
    """Somebody of ours, without what opens.

    Attributes:
        person_id: Ours.
        login: What they log in as.
        name: As colleagues and customers see it.
        role: What they may do.
        accounts: User ids of the accounts an agent serves; `null` for all there are.
        is_active: Whether they are let in.
        has_password: Whether they have chosen one, that is, have come in by their first link.
    """

    person_id: str
    login: str
    name: str
    role: Role
    accounts: Sequence[str] | None
    is_active: bool
    has_password: bool


class People(Struct, frozen=True):
    """Everybody, by name."""

    people: Sequence[MemberInfo]


class Invited(Struct, frozen=True, kw_only=True):
    """A link under which somebody chooses a password.

    Attributes:
        person_id: Whose.
        path: To be put behind the desk's address; works once, for three days, unless there is a
            newer one, a password is chosen, or they are shut out. Told this once.
    """

    person_id: str
    path: str


class _Given(Struct, frozen=True):
    """What is kept of a link that was given: whose, and the digest of what opens."""

    person_id: str
    token_hash: str


class PeopleController(Controller):
    """Who may log in, and to what. No key reaches these: they are for admins who have logged in."""

    path = "/api/people"
    tags: Sequence[str] | None = ("people",)

    @get("", policy=Policy.ADMIN_IN_PERSON)
    async def everybody(self, parts: Parts) -> People:
        """List everybody, those who are shut out, too."""
        return People([_shown(one) for one in await parts.store.people.members()])

    @post("", policy=Policy.ADMIN_IN_PERSON, status_code=201)
    async def invite(
        self,
        *,
        data: JSONBody[Invite],
        parts: Parts,
        request: AnyRequest,
        key: Key,
    ) -> Invited:
        """Invite somebody; nothing is sent, so give them the link.

        Asked again under the same `Idempotency-Key`, the answer has another link to the same
        person, and the one before opens nothing.
        """
        person = Person(new_id(), data.login, data.name, data.role, _these(data.accounts))
        at = parts.wall.now()

        async def whom(tx: Tx) -> PersonId:
            return (await _put(tx, person, at=at)).person_id

        return await _invited(parts, await once.named(request, NOBODYS, key), whom)

    @put("/{person_id:str}", policy=Policy.ADMIN_IN_PERSON, status_code=204)
    async def change(
        self, data: JSONBody[ChangedPerson], parts: Parts, person: Somebody, person_id: Whom
    ) -> None:
        """Change what somebody may do, or shut them out; it holds at once, wherever they are.

        Conversations they have and may not answer any more wait for anybody.
        """
        known = await _find(parts, person_id)
        changed = replace(
            known.person, name=data.name.strip(), role=data.role, accounts=_these(data.accounts)
        )
        by = person.person_id
        await change(parts.store, parts.clock, changed, is_active=data.is_active, by=by)

    @post("/{person_id:str}/link", policy=Policy.ADMIN_IN_PERSON, status_code=201)
    async def link(
        self, *, parts: Parts, request: AnyRequest, person_id: Whom, key: Key
    ) -> Invited:
        """Give somebody a new link, as who has forgotten a password needs; older ones end.

        Asked again under the same `Idempotency-Key`, it is another one in the place of the first.
        """
        known = await _find(parts, person_id)
        if not known.is_active:
            raise NotPossible(f"{known.person.name} is shut out; let them in first")

        async def whom(_: Tx) -> PersonId:
            return known.person.person_id

        return await _invited(parts, await once.named(request, NOBODYS, key), whom)


def new_id() -> PersonId:
    """Draw an id for somebody new."""
    return PersonId(secrets.token_hex(_ID_BYTES))


async def add(store: Store, clock: Clock, person: Person) -> Person:
    """Keep somebody new, and give them as they are kept: logins do not tell large from small.

    Raises:
        LoginTaken: Somebody has that login.
    """
    at = clock.now()
    return await store.transact(lambda tx: _put(tx, person, at=at))


async def _put(tx: Tx, person: Person, *, at: datetime) -> Person:
    kept = replace(person, login=person.login.casefold(), name=person.name.strip())
    if not await tx.people.put(kept, at=at):
        raise LoginTaken(kept.login)
    return kept


async def change(
    store: Store, clock: Clock, person: Person, *, is_active: bool, by: PersonId
) -> None:
    """Replace what somebody is. Live pages look again at once.

    Args:
        store: Where people are kept.
        clock: Stamps what follows of it in conversations.
        person: What they are from now on.
        is_active: Whether they are let in.
        by: Who changes it.

    Raises:
        NotPossible: Nobody would be left who can change it back.
    """
    at = clock.now()
    is_admin = person.role is Role.ADMIN and is_active

    async def unit(tx: Tx) -> None:
        if not is_admin and await tx.people.admins() == {person.person_id}:
            raise NotPossible(f"{person.name} is the only admin who is let in; make another first")
        await tx.people.change(person, is_active=is_active)
        await answering.give_up(tx, person.person_id, by=by, at=at)
        await tx.changes.append(NOBODYS, "person", conversation_id="", ref=person.person_id, at=at)

    await store.transact(unit)


async def new_link(
    store: Store,
    clock: Clock,
    person_id: PersonId,
    purpose: LinkPurpose,
    *,
    uses: int,
    lasts: timedelta,
) -> str:
    """Make a link; give its path.

    What stands behind the `#` is not sent to any server, nor kept in any server's log.
    """
    token, ends_at = tokens.new(), clock.now() + lasts

    async def unit(tx: Tx) -> None:
        await tx.people.put_link(
            person_id, tokens.digest(token), purpose=purpose, uses=uses, ends_at=ends_at
        )

    await store.transact(unit)
    return _path(token)


def _path(token: str) -> str:
    return f"/desk/enter#{token}"


async def _invited(
    parts: DeskParts, key: RequestKey, whom: Callable[[Tx], Awaitable[PersonId]]
) -> Invited:
    """Give somebody a link, in the place of the one they were given under the same key."""
    token, now = tokens.new(), parts.wall.now()

    async def work(tx: Tx, before: _Given | None) -> _Given:
        if before is None:
            person_id = await whom(tx)
        else:
            person_id = PersonId(before.person_id)
            await tx.people.use_link(before.token_hash, at=now)
        ends_at = now + INVITATION_LASTS
        given = _Given(person_id, tokens.digest(token))
        await tx.people.put_link(
            person_id, given.token_hash, purpose=LinkPurpose.CHOOSE, uses=1, ends_at=ends_at
        )
        return given

    given = await once.anew(parts, key, _Given, work)
    return Invited(person_id=given.person_id, path=_path(token))


async def _find(parts: DeskParts, person_id: str) -> Member:
    for one in await parts.store.people.members():
        if one.person.person_id == person_id:
            return one
    raise not_found("such person")


def _these(accounts: Sequence[str] | None) -> frozenset[UserId] | None:
    return None if accounts is None else frozenset(map(UserId, accounts))


def _shown(one: Member) -> MemberInfo:
    person = one.person
    return MemberInfo(
        person_id=person.person_id,
        login=person.login,
        name=person.name,
        role=person.role,
        accounts=None if person.accounts is None else sorted(person.accounts),
        is_active=one.is_active,
        has_password=one.has_password,
    )
