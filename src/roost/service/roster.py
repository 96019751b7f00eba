"""The accounts that are served, kept up while people connect and remove some."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from roost.errors import RoostError, StoreUnavailable
from roost.model.ids import UserId
from roost.ports import Probe
from roost.service import accounts, databases, parts, stored_accounts
from roost.service.account_calls import AccountCalls
from roost.service.clock import FollowedClock, SystemClock
from roost.service.keeping import Served
from roost.service.steady_clock import SteadyClock
from roost.service.vault import Vault
from roost.settings import Account, Role, Settings, check_accounts
from roost.store.durable import DurableStore
from roost.xapi.client import XClient
from roost.xapi.transport import Transport

LOOK_EVERY = 2.0
"""Seconds between two looks for what other processes have done to the accounts."""

Changed = Callable[[Sequence[UserId]], Awaitable[None]]
"""Told after a change which accounts are new, or have new tokens."""

_log = structlog.stdlib.get_logger("roost.accounts")


@dataclass(frozen=True, slots=True)
class Reach:
    """What every part that deals with X needs.

    Attributes:
        clock: Of everything that people can see.
        transport: The way to X.
        probe: Marks steps.
    """

    clock: SystemClock | SteadyClock | FollowedClock
    transport: Transport
    probe: Probe


class Roster:
    """Who is served, and a client for each.

    Attributes:
        configured: The settings without those accounts that were connected.
        reach: The way to X, and the clock.
        settings: With every account among theirs, as of now.
        clients: By user id; the same mapping always, changed in place.
        ids: User ids; the same list always, changed in place.
        replaying: The app of each account whose deliveries X can be asked to make again; the same
            mapping always, changed in place.
    """

    def __init__(self, configured: Settings, store: DurableStore, reach: Reach) -> None:
        """Make one that serves nobody yet.

        Args:
            configured: The settings, as found in file and environment.
            store: Has the accounts that were connected.
            reach: Of all clients.
        """
        self._store = store
        self._vault = Vault(configured)
        self.configured = configured
        self.reach = reach
        self._role, self._bots = Role.ALL, list[str]()
        self._accounts: dict[UserId, Account] = {}
        self._changed: list[Changed] = []
        self._version = (0, 0)
        self._paths: Mapping[str, str] = {}
        self.settings = configured
        self.clients: dict[UserId, XClient] = {}
        self.ids: list[UserId] = []
        self.replaying: dict[UserId, str] = {}

    @property
    def served(self) -> Served:
        """Who is served, as it changes."""
        return Served(self.clients, self.ids, self.replaying, self._paths)

    def tell(self, changed: Changed) -> None:
        """Have somebody told of every change from now on."""
        self._changed.append(changed)

    async def begin(self, bots: Sequence[str], role: Role) -> Mapping[str, str]:
        """Serve who there is; give each app's webhook path by its key.

        Args:
            bots: Names of those that are served.
            role: Of this process.

        Raises:
            SettingsError: There is nobody to serve, or an account's app or bot is not there.
            SecretsUnreadable: Tokens cannot be read.
        """
        self._role, self._bots = role, list(bots)
        self._version = await self._store.tokens.version()
        found = await stored_accounts.joined(self.configured, self._store.tokens, self._vault)
        check_accounts(found)
        self._paths = await databases.registered(found, self._store, self._bots, role)
        self._take(found)
        return self._paths

    def calls(self) -> AccountCalls:
        """Give what people do with accounts."""
        return AccountCalls(
            self.configured,
            self._store,
            self._vault,
            self.reach.clock,
            bots=self._bots if self._role.works else None,
            changed=self.refresh,
        )

    async def refresh(self) -> None:
        """Look who is served now, and tell of it.

        Raises:
            SecretsUnreadable: Tokens cannot be read; everything stays as it was.
            SettingsError: An account's app or bot is not there; likewise.
            StoreUnavailable: The database does not answer; likewise.
        """
        version = await self._store.tokens.version()
        found = await stored_accounts.joined(self.configured, self._store.tokens, self._vault)
        await databases.registered(found, self._store, self._bots, self._role)
        new = self._take(found)
        self._version = version
        _log.info("accounts changed", served=len(self.ids), new=new)
        for changed in self._changed:
            await changed(new)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Follow what other processes do to the accounts, until the block is left."""
        if self.configured.database is None:
            yield
            return
        async with asyncio.TaskGroup() as tasks:
            following = tasks.create_task(self._follow())
            try:
                yield
            finally:
                following.cancel()

    async def _follow(self) -> None:
        refused = self._version  # which could not be taken over; said once
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                version = await self._store.tokens.version()
                if version not in {self._version, refused}:
                    refused = version
                    await self.refresh()
            except StoreUnavailable as error:
                refused = self._version  # to be tried again
                _log.warning("accounts not looked at", reason=str(error))
            except RoostError as error:
                _log.error("accounts not taken over", reason=str(error))

    def _take(self, settings: Settings) -> list[UserId]:
        """Serve whom the settings name; give who is new, or has new tokens."""
        wanted = {UserId(one.user_id): one for one in settings.accounts.values()}
        new = [user_id for user_id, one in wanted.items() if self._accounts.get(user_id) != one]
        for user_id in self._accounts.keys() - wanted.keys():
            del self.clients[user_id]
        for user_id in new:
            self.clients[user_id] = accounts.client_of(
                settings, wanted[user_id], self.reach.transport, self.reach.clock
            )
        self._accounts, self.settings = wanted, settings
        self.ids[:] = wanted
        self.replaying.clear()
        self.replaying.update(parts.replaying(settings))
        return new
