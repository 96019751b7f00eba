"""People, their sessions and their links, as a transaction sees them and as they are looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roost.model.ids import ConversationId, UserId
from roost.model.people import LinkPurpose, Person, PersonId


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is known of somebody who wants to log in.

    Attributes:
        person: Who they say they are.
        password_hash: Of their password; `""` while they have not chosen one.
    """

    person: Person
    password_hash: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Somebody who is logged in.

    Attributes:
        person: Who; as they are now, not as they were when they logged in.
        token_hash: Names the session; what the browser holds cannot be found from it.
        seen_at: When they last did something, to the minute.
    """

    person: Person
    token_hash: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link that still works.

    Attributes:
        person: Whom it was made for.
        purpose: What it does.
    """

    person: Person
    purpose: LinkPurpose


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of ours, as admins see them.

    Attributes:
        person: Who.
        is_active: Whether they are let in.
        has_password: Whether they have chosen one.
    """

    person: Person
    is_active: bool
    has_password: bool


class PeopleRows(Protocol):
    """The tables `people`, `sessions` and `links` inside a transaction."""

    async def put(self, person: Person, *, at: datetime) -> bool:
        """Store a new person; false, and nothing stored, where the login is taken."""
        ...

    async def admins(self) -> frozenset[PersonId]:
        """Give all admins who are let in; nobody else changes who is one until the end."""
        ...

    async def change(self, person: Person, *, is_active: bool) -> bool:
        """Replace name, role, accounts, and whether they are let in; false where nobody is it.

        Whoever is not let in any more has no session and no link from then on. The login stays.
        """
        ...

    async def serves(self, person_id: PersonId, account_id: UserId) -> bool:
        """Tell whether somebody is let in and serves an account; nobody changes that to the end."""
        ...

    async def give_up(self, person_id: PersonId) -> Sequence[tuple[UserId, ConversationId]]:
        """Have a person's conversations wait for anybody where the person may not answer them.

        Returns:
            Account and conversation of each, as far as there were any. Their epochs are raised.
        """
        ...

    async def set_password(self, person_id: PersonId, password_hash: str) -> None:
        """Replace a password, and end every session and every link of the person."""
        ...

    async def begin_session(
        self, person_id: PersonId, token_hash: str, *, at: datetime, ends_at: datetime
    ) -> None:
        """Let somebody in until `ends_at`."""
        ...

    async def see(self, token_hash: str, *, at: datetime) -> None:
        """Note that a session is in use."""
        ...

    async def end_session(self, token_hash: str) -> None:
        """Let somebody out; nothing where they are out already."""
        ...

    async def put_link(
        self,
        person_id: PersonId,
        token_hash: str,
        *,
        purpose: LinkPurpose,
        uses: int,
        ends_at: datetime,
    ) -> None:
        """Store a link that works `uses` times, until `ends_at`.

        One to choose a password ends every other link of the person: whoever was given one of them
        could take the password over.
        """
        ...

    async def use_link(self, token_hash: str, *, at: datetime) -> bool:
        """Use a link up by one; false where it does not work (any more)."""
        ...


class PeopleLookup(Protocol):
    """People as every request looks them up. Sees what is committed."""

    async def person(self, login: str) -> Credentials | None:
        """Find somebody by what they log in with; disabled people are not found."""
        ...

    async def people(self) -> Sequence[Person]:
        """Give everybody, disabled people too, by name."""
        ...

    async def members(self) -> Sequence[Member]:
        """Give the same people, and which of them are let in."""
        ...

    async def session(
        self, token_hash: str, *, now: datetime, idle_since: datetime
    ) -> SessionRow | None:
        """Find who is logged in.

        Args:
            token_hash: Of what the browser holds.
            now: Sessions that have ended by then are not found.
            idle_since: Nor are those that were last seen before.
        """
        ...

    async def link(self, token_hash: str, *, now: datetime) -> LinkRow | None:
        """Find a link that still works."""
        ...
