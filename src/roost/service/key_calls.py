"""What the control socket answers about API keys, and what is done where nobody runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roost.desk import keys
from roost.errors import NotPossible, SettingsError
from roost.ports import Clock
from roost.ports.api_keys import Scope
from roost.service import asking
from roost.settings import Settings
from roost.store.control import Call
from roost.store.durable import DurableStore


@dataclass(frozen=True, slots=True)
class KeyCalls:
    """Makes, lists and revokes keys.

    Attributes:
        store: Where they are kept.
        clock: Stamps them.
    """

    store: DurableStore
    clock: Clock

    def calls(self) -> Mapping[str, Call]:
        """Give what the control socket answers."""
        return {"key_new": self.new, "keys": self.every, "key_revoke": self.revoke}

    async def new(self, name: str, login: str, scope: str) -> dict[str, str]:
        """Make a key in somebody's name; its secret is told this once.

        Raises:
            SettingsError: The name is empty or too long.
            NotPossible: Nobody logs in like that.
        """
        if not 1 <= len(name.strip()) <= keys.LONGEST_NAME:
            found = len(name.strip())
            problem = f"has {found} characters, 1 to {keys.LONGEST_NAME} fit"
            raise SettingsError("NAME", problem, "Write another")
        owner = await self.store.people.person(login.casefold())
        if owner is None:
            raise NotPossible(f"nobody logs in as {login}")
        key, secret = await keys.make(
            self.store, self.clock, owner.person.person_id, name, scope=Scope(scope)
        )
        return {"key_id": key.key_id, "secret": secret}

    async def every(self) -> list[dict[str, str | None]]:
        """List every key, revoked ones too, the newest first."""
        logins = {one.person_id: one.login for one in await self.store.people.people()}
        return [
            {
                "key_id": one.key_id,
                "name": one.name,
                "login": logins.get(one.person_id, ""),
                "scope": one.scope.value,
                "created_at": one.created_at.isoformat(),
                "used_at": None if one.used_at is None else one.used_at.isoformat(),
                "revoked_at": None if one.revoked_at is None else one.revoked_at.isoformat(),
            }
            for one in await self.store.api_keys.every()
        ]

    async def revoke(self, key_id: str) -> None:
        """End a key for good.

        Raises:
            NotPossible: There is none that works.
        """
        if not await keys.revoke(self.store, self.clock, key_id):
            raise NotPossible(f"there is no key {key_id} that works: see `roost keys list`")


async def ask(settings: Settings, clock: Clock, call: str, /, **args: object) -> object:
    """Do something with keys: in the running application, or here where none runs.

    Raises:
        StoreError: The application refused, or the database cannot be used.
        NotPossible: It cannot be done.
    """
    return await asking.ask(settings, lambda store: KeyCalls(store, clock).calls(), call, **args)
