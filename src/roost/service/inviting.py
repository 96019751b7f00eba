"""Letting people in: invitations and links, for the command line and the demo."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from roost.desk import people as desk_people
from roost.errors import NotPossible, SettingsError
from roost.model.ids import UserId
from roost.model.people import LinkPurpose, Person, PersonId, Role
from roost.ports import Clock
from roost.service import asking
from roost.settings import Settings
from roost.store.control import Call
from roost.store.durable import DurableStore

ENTRANCE_LASTS = timedelta(hours=12)
"""How long a link that lets in at once works."""

_LOGIN = re.compile(rf"[^\s\x00-\x1f]{{1,{desk_people.LONGEST_LOGIN}}}")


@dataclass(frozen=True, slots=True)
class Doors:
    """Makes people and the links by which they come in.

    Attributes:
        store: Where they are kept.
        clock: Tells how long links last.
        address: Where the desk is, without a slash at the end.
    """

    store: DurableStore
    clock: Clock
    address: str

    def calls(self) -> dict[str, Call]:
        """Give what the control socket answers."""
        return {
            "invite": self.invite,
            "link": self.link,
            "entrance": self.entrance,
            "people": self.people,
        }

    async def invite(
        self, login: str, name: str, role: str | None, accounts: Sequence[str] | None
    ) -> str:
        """Make a person; give the link under which they choose a password.

        Args:
            login: What they log in as; 1 to 120 characters without blanks.
            name: As colleagues see it, 1 to 80 characters; `""` for what stands before the `@`.
            role: `None` for the first person to be an admin, and the others agents.
            accounts: User ids of the accounts an agent serves; `None` for all.

        Raises:
            LoginTaken: Somebody has that login.
            SettingsError: Something is written wrongly.
        """
        person = await self._new(login, name, role, accounts)
        return await self._link(
            person.person_id, LinkPurpose.CHOOSE, 1, desk_people.INVITATION_LASTS
        )

    async def link(self, login: str) -> str:
        """Give somebody who is known a new link under which they choose a password.

        Raises:
            NotPossible: Nobody logs in like that.
        """
        found = await self.store.people.person(login.casefold())
        if found is None:
            raise NotPossible(f"nobody logs in as {login}")
        person_id = found.person.person_id
        return await self._link(person_id, LinkPurpose.CHOOSE, 1, desk_people.INVITATION_LASTS)

    async def entrance(self, login: str, name: str, role: str, uses: int) -> str:
        """Give a link that lets somebody in at once, several times; make them if need be."""
        found = await self.store.people.person(login.casefold())
        person = found.person if found else await self._new(login, name, role, None)
        return await self._link(person.person_id, LinkPurpose.ENTER, uses, ENTRANCE_LASTS)

    async def people(self) -> list[dict[str, object]]:
        """List everybody."""
        return [
            {
                "login": one.login,
                "name": one.name,
                "role": one.role.value,
                "accounts": None if one.accounts is None else sorted(one.accounts),
            }
            for one in await self.store.people.people()
        ]

    async def _new(
        self, login: str, name: str, role: str | None, accounts: Sequence[str] | None
    ) -> Person:
        is_first = not await self.store.people.people()
        person = Person(
            desk_people.new_id(),
            _login(login),
            _name(name or login.partition("@")[0]),
            Role(role) if role else Role.ADMIN if is_first else Role.AGENT,
            None if accounts is None else frozenset(map(UserId, accounts)),
        )
        return await desk_people.add(self.store, self.clock, person)

    async def _link(
        self, person_id: PersonId, purpose: LinkPurpose, uses: int, lasts: timedelta
    ) -> str:
        path = await desk_people.new_link(
            self.store, self.clock, person_id, purpose, uses=uses, lasts=lasts
        )
        return f"{self.address}{path}"


def _login(text: str) -> str:
    if not _LOGIN.fullmatch(text):
        raise SettingsError(
            "login", f"{text!r} is not 1 to 120 characters without blanks", "Write another"
        )
    return text.casefold()


def _name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= desk_people.LONGEST_NAME:
        raise SettingsError(
            "--name",
            f"has {len(name)} characters, 1 to {desk_people.LONGEST_NAME} fit",
            "Write another",
        )
    return name


async def ask(settings: Settings, clock: Clock, call: str, /, **args: object) -> object:
    """Do something with people: in the running application, or here where none runs.

    Raises:
        StoreError: The application refused, or the database cannot be used.
        NotPossible: It cannot be done.
    """
    return await asking.ask(
        settings, lambda store: Doors(store, clock, address_of(settings)).calls(), call, **args
    )


def address_of(settings: Settings) -> str:
    """Give the address under which people reach the desk, as far as the settings tell it."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{settings.port}"
