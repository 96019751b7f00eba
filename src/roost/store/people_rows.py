"""The tables `people`, `sessions` and `links`: written in transactions, looked up beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from roost.model.ids import ConversationId, UserId
from roost.model.people import LinkPurpose, Person, PersonId, Role
from roost.ports.people import Credentials, LinkRow, Member, SessionRow
from roost.store import encoding, registry
from roost.store.conversation_statements import GIVE_UP
from roost.store.people_tables import links, people, sessions
from roost.store.statements import Command, Query, Reading, Session, fixed

_EVERY_ACCOUNT = "*"
_PERSON = (
    people.c.person_id,
    people.c.login,
    people.c.name,
    people.c.role,
    people.c.accounts,
)
_IS_ACTIVE = people.c.state == fixed("active")
_of_session = people.c.person_id == sessions.c.person_id
_of_link = people.c.person_id == links.c.person_id

PUT = Query[tuple[str]](
    insert(people)
    .values(
        {
            **{
                name: bindparam(name)
                for name in ("person_id", "login", "name", "role", "accounts", "created_at")
            },
            "password_hash": fixed(""),
            "state": fixed("active"),
        }
    )
    .on_conflict_do_nothing(index_elements=[people.c.login])
    .returning(people.c.person_id)
)

CHANGE = Command(
    update(people)
    .where(people.c.person_id == bindparam("person"))
    .values({name: bindparam(f"new_{name}") for name in ("name", "role", "accounts", "state")})
)

ADMINS = Query[tuple[str]](
    select(people.c.person_id)
    .where(people.c.role == fixed("admin"), _IS_ACTIVE)
    .order_by(people.c.person_id)
    .with_for_update()
)

SET_PASSWORD = Command(
    update(people)
    .where(people.c.person_id == bindparam("person"))
    .values(password_hash=bindparam("password_hash"))
)

STANDING = Query[tuple[str, str, str, str, str, str]](
    select(*_PERSON, people.c.state)
    .where(people.c.person_id == bindparam("person"))
    .with_for_update(read=True)
)

END_ALL = Command(delete(sessions).where(sessions.c.person_id == bindparam("person")))

END_OVER = Command(
    delete(sessions).where(
        sessions.c.person_id == bindparam("person"), sessions.c.ends_at <= bindparam("now")
    )
)

BEGIN = Command(insert(sessions))

SEE = Command(
    update(sessions)
    .where(sessions.c.token_hash == bindparam("token"))
    .values(seen_at=bindparam("now"))
)

END = Command(delete(sessions).where(sessions.c.token_hash == bindparam("token")))

PUT_LINK = Command(insert(links))

END_LINKS = Command(delete(links).where(links.c.person_id == bindparam("person")))

END_LINKS_OUTSIDE = Command(
    delete(links).where(
        links.c.person_id == bindparam("person"),
        select(people.c.person_id).where(_of_link, people.c.state != fixed("active")).exists(),
    )
)
"""Those that were made while somebody was just being shut out."""

_LINK_WORKS = (
    links.c.token_hash == bindparam("token"),
    links.c.uses_left > fixed(0),
    links.c.ends_at > bindparam("now"),
)

USE_LINK = Command(update(links).where(*_LINK_WORKS).values(uses_left=links.c.uses_left - fixed(1)))

BY_LOGIN = Query[tuple[str, str, str, str, str, str]](
    select(*_PERSON, people.c.password_hash).where(people.c.login == bindparam("login"), _IS_ACTIVE)
)

EVERYBODY = Query[tuple[str, str, str, str, str]](
    select(*_PERSON).order_by(people.c.name, people.c.person_id)
)

MEMBERS = Query[tuple[str, str, str, str, str, str, str]](
    select(*_PERSON, people.c.state, people.c.password_hash).order_by(
        people.c.name, people.c.person_id
    )
)

SESSION = Query[tuple[str, str, str, str, str, int]](
    select(*_PERSON, sessions.c.seen_at)
    .join_from(sessions, people, _of_session)
    .where(
        sessions.c.token_hash == bindparam("token"),
        sessions.c.ends_at > bindparam("now"),
        sessions.c.seen_at >= bindparam("idle_since"),
        _IS_ACTIVE,
    )
)

LINK = Query[tuple[str, str, str, str, str, str]](
    select(*_PERSON, links.c.purpose)
    .join_from(links, people, _of_link)
    .where(*_LINK_WORKS, _IS_ACTIVE)
)


class StoredPeople:
    """`roost.ports.people.PeopleRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, person: Person, *, at: datetime) -> bool:
        """Store a new person; false, and nothing stored, where the login is taken."""
        stored = await self._session.rows(
            PUT,
            {
                "person_id": person.person_id,
                "login": person.login,
                "name": person.name,
                "role": person.role,
                "accounts": _written(person.accounts),
                "created_at": encoding.milliseconds(at),
            },
        )
        return bool(stored)

    async def admins(self) -> frozenset[PersonId]:
        """Give all admins who are let in, locked."""
        return frozenset(PersonId(row[0]) for row in await self._session.rows(ADMINS, {}))

    async def change(self, person: Person, *, is_active: bool) -> bool:
        """Replace name, role, accounts, and whether they are let in; false where nobody is it."""
        await self._session.run(END_LINKS_OUTSIDE, {"person": person.person_id})
        changed = await self._session.run(
            CHANGE,
            {
                "person": person.person_id,
                "new_name": person.name,
                "new_role": person.role,
                "new_accounts": _written(person.accounts),
                "new_state": "active" if is_active else "disabled",
            },
        )
        if not is_active:
            await self._session.run(END_ALL, {"person": person.person_id})
            await self._session.run(END_LINKS, {"person": person.person_id})
        return bool(changed)

    async def serves(self, person_id: PersonId, account_id: UserId) -> bool:
        """Tell whether somebody is let in and serves an account, locked."""
        rows = await self._session.rows(STANDING, {"person": person_id})
        return any(_may_serve(row, account_id) for row in rows)

    async def give_up(self, person_id: PersonId) -> Sequence[tuple[UserId, ConversationId]]:
        """Have a person's conversations wait for anybody where the person may not answer them."""
        rows = await self._session.rows(STANDING, {"person": person_id})
        found: list[tuple[UserId, ConversationId]] = []
        for account, *_ in await self._session.rows(registry.ACCOUNTS, {}):
            if not any(_may_serve(row, UserId(account)) for row in rows):
                given = await self._session.rows(GIVE_UP, {"account": account, "person": person_id})
                found += [(UserId(account), ConversationId(one)) for (one,) in given]
        return found

    async def set_password(self, person_id: PersonId, password_hash: str) -> None:
        """Replace a password, and end every session and every link of the person."""
        await self._session.run(SET_PASSWORD, {"person": person_id, "password_hash": password_hash})
        await self._session.run(END_ALL, {"person": person_id})
        await self._session.run(END_LINKS, {"person": person_id})

    async def begin_session(
        self, person_id: PersonId, token_hash: str, *, at: datetime, ends_at: datetime
    ) -> None:
        """Let somebody in until `ends_at`; forget those of their sessions that are over."""
        now = encoding.milliseconds(at)
        await self._session.run(END_OVER, {"person": person_id, "now": now})
        await self._session.run(
            BEGIN,
            {
                "token_hash": token_hash,
                "person_id": person_id,
                "created_at": now,
                "seen_at": now,
                "ends_at": encoding.milliseconds(ends_at),
            },
        )

    async def see(self, token_hash: str, *, at: datetime) -> None:
        """Note that a session is in use."""
        await self._session.run(SEE, {"token": token_hash, "now": encoding.milliseconds(at)})

    async def end_session(self, token_hash: str) -> None:
        """Let somebody out; nothing where they are out already."""
        await self._session.run(END, {"token": token_hash})

    async def put_link(
        self,
        person_id: PersonId,
        token_hash: str,
        *,
        purpose: LinkPurpose,
        uses: int,
        ends_at: datetime,
    ) -> None:
        """Store a link that works `uses` times, until `ends_at`; see the port what it ends."""
        if purpose is LinkPurpose.CHOOSE:
            await self._session.run(END_LINKS, {"person": person_id})
        await self._session.run(
            PUT_LINK,
            {
                "token_hash": token_hash,
                "person_id": person_id,
                "purpose": purpose,
                "uses_left": uses,
                "ends_at": encoding.milliseconds(ends_at),
            },
        )

    async def use_link(self, token_hash: str, *, at: datetime) -> bool:
        """Use a link up by one; false where it does not work (any more)."""
        now = encoding.milliseconds(at)
        return bool(await self._session.run(USE_LINK, {"token": token_hash, "now": now}))


class StoredPeopleLookup:
    """`roost.ports.people.PeopleLookup` on any database."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def person(self, login: str) -> Credentials | None:
        """Find somebody by what they log in with; disabled people are not found."""
        rows = await self._reading.rows(BY_LOGIN, {"login": login})
        return Credentials(person_of(rows[0][:5]), rows[0][5]) if rows else None

    async def people(self) -> Sequence[Person]:
        """Give everybody, disabled people too, by name."""
        return [person_of(row) for row in await self._reading.rows(EVERYBODY, {})]

    async def members(self) -> Sequence[Member]:
        """Give everybody by name, and which of them are let in."""
        return [
            Member(person_of(row[:5]), row[5] == "active", row[6] != "")
            for row in await self._reading.rows(MEMBERS, {})
        ]

    async def session(
        self, token_hash: str, *, now: datetime, idle_since: datetime
    ) -> SessionRow | None:
        """Find who is logged in, and has not been idle since before `idle_since`."""
        rows = await self._reading.rows(
            SESSION,
            {
                "token": token_hash,
                "now": encoding.milliseconds(now),
                "idle_since": encoding.milliseconds(idle_since),
            },
        )
        if not rows:
            return None
        return SessionRow(person_of(rows[0][:5]), token_hash, encoding.moment(rows[0][5]))

    async def link(self, token_hash: str, *, now: datetime) -> LinkRow | None:
        """Find a link that still works."""
        rows = await self._reading.rows(
            LINK, {"token": token_hash, "now": encoding.milliseconds(now)}
        )
        return LinkRow(person_of(rows[0][:5]), LinkPurpose(rows[0][5])) if rows else None


def person_of(row: tuple[str, str, str, str, str]) -> Person:
    """Read id, login, name, role and accounts."""
    person_id, login, name, role, accounts = row
    return Person(PersonId(person_id), login, name, Role(role), _read(accounts))


def _may_serve(row: tuple[str, str, str, str, str, str], account_id: UserId) -> bool:
    return row[5] == "active" and person_of(row[:5]).may_serve(account_id)


def _written(accounts: frozenset[UserId] | None) -> str:
    return _EVERY_ACCOUNT if accounts is None else " ".join(sorted(accounts))


def _read(accounts: str) -> frozenset[UserId] | None:
    if accounts == _EVERY_ACCOUNT:
        return None
    return frozenset(map(UserId, accounts.split()))
