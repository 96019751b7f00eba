"""What people do with accounts: connect, pause, resume, remove, and seal them with another key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from roost.engine import accounts as engine_accounts
from roost.errors import NotPossible, SettingsError
from roost.model.ids import UserId
from roost.ports import Clock
from roost.service import asking, databases, environments, stored_accounts
from roost.service.vault import Vault
from roost.settings import Account, Settings
from roost.store import sealing
from roost.store.control import Call
from roost.store.durable import DurableStore
from roost.store.registry import AccountRow
from roost.store.sealing import KeyRing
from roost.store.token_rows import TOKEN, TOKEN_SECRET, TOKENS, StoredAccount
from roost.store.transaction import Transaction

Shown = dict[str, str]
"""An account as people and machines read it; never with its tokens."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to connect: its owner has given the app a token, and X takes it.

    Attributes:
        user_id: X's id.
        screen_name: Without `@`.
        access_token: The token; neither it nor its secret is ever shown.
        access_token_secret: Its secret.
        app: Key of the app in the settings.
        bot: Which bot answers; `""` for the only one there is.
        name: What people call it; `""` for its screen name.
        access_level: What X says the token may do.
        env_name: The environment to subscribe it in; `""` for the first of the app.
    """

    user_id: str
    screen_name: str
    access_token: str
    access_token_secret: str
    app: str
    bot: str = ""
    name: str = ""
    access_level: str = ""
    env_name: str = ""

    def __repr__(self) -> str:
        return f"NewAccount({self.user_id})"


async def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class AccountCalls:
    """Does it, in the process that has the database.

    Attributes:
        settings: Of file and environment.
        store: Where accounts are.
        vault: Has the keys.
        clock: Stamps what is done.
        bots: Names of the bots that are served; `None` where that is not known.
        changed: Awaited after every change.
    """

    settings: Settings
    store: DurableStore
    vault: Vault
    clock: Clock
    bots: Sequence[str] | None = None
    changed: Callable[[], Awaitable[None]] = _nothing

    def calls(self) -> Mapping[str, Call]:
        """Give what the control socket answers."""
        return {
            "accounts": self.listed,
            "account_put": self.put_parts,
            "account_pause": self.pause,
            "account_resume": self.resume,
            "account_remove": self.remove,
            "accounts_rekey": self.rekey,
            "profiles_in_use": self.profiles_in_use,
        }

    async def listed(self) -> list[Shown]:
        """List every account: those of the settings, those connected, and those of before."""
        standing = await self.store.standing()
        # Who is named twice is the settings', and who is only remembered is nobody's.
        known = {row.account_id: _remembered(row) for row in await self.store.accounts()}
        known |= {one.account_id: _stored(one) for one in await self.store.tokens.every()}
        known |= {
            UserId(one.user_id): _of_settings(name, one)
            for name, one in self.settings.accounts.items()
        }
        return [
            {**_ANYBODY, "name": user_id, "user_id": user_id, **known[user_id]}
            | _state(standing.get(user_id, ""))
            for user_id in sorted(known, key=int)
        ]

    async def profiles_in_use(self, account_id: str) -> list[str]:
        """List X's ids of the custom profiles under which people speak for an account."""
        voices = await self.store.composing.voices(UserId(account_id))
        return [one.profile_id for one in voices.values()]

    async def put_parts(self, account: Mapping[str, str]) -> Shown:
        """Connect an account that comes in parts; see `put`."""
        return await self.put(NewAccount(**account))

    async def put(self, new: NewAccount) -> Shown:
        """Connect an account, or give one that is connected new tokens, and let it go on.

        Raises:
            NotPossible: The settings name the account, or another is called like that.
            SettingsError: App, bot or name is wrong.
            SecretsUnreadable: What is stored of others cannot be read with this key: sealed with
                it, the new tokens would be among some that it does not open.
        """
        name = self._checked_name(new)
        await self._check_owner(new, name)
        every = await self.store.tokens.every()
        ring = self.vault.ring_for(is_first=not every)
        _check_known(ring, [one for one in every if one.account_id != new.user_id])
        row = (TOKENS, new.user_id)
        tokens = {TOKEN: new.access_token, TOKEN_SECRET: new.access_token_secret}
        stored = StoredAccount(
            UserId(new.user_id),
            name,
            new.app,
            new.bot,
            new.screen_name,
            new.access_level,
            sealing.seal(ring, row, tokens),
            new.env_name,
        )
        at, bot = self.clock.now(), await self._bot(new)

        async def unit(tx: Transaction) -> None:
            await tx.tokens.put(stored, at=at)
            await tx.registry.add(AccountRow(stored.account_id, new.app, bot))
            await engine_accounts.restart(tx, stored.account_id, at=at)

        await self.store.manage(unit)
        await self.changed()
        return {**_stored(stored), "user_id": new.user_id, "state": "connected"}

    async def pause(self, name: str) -> Shown:
        """Send nothing for an account until it is resumed.

        Raises:
            NotPossible: There is no such account, or it was never served.
        """
        return await self._turned(name, engine_accounts.pause, "paused")

    async def resume(self, name: str) -> Shown:
        """Let an account go on.

        Raises:
            NotPossible: As for `pause`.
        """
        return await self._turned(name, engine_accounts.restart, "connected")

    async def remove(self, name: str) -> Shown:
        """Forget an account's tokens; its conversations stay.

        Raises:
            NotPossible: There is no such account, or the settings name it.
        """
        found = await self._named(name)
        if found["source"] == "settings":
            raise NotPossible(f"{found['name']} is named by the settings: take it out of them")
        if found["source"] == "none":
            raise NotPossible(f"account {name} is connected no more")

        async def unit(tx: Transaction) -> None:
            await tx.tokens.delete(UserId(found["user_id"]))
            await tx.registry.set_aside(UserId(found["user_id"]))

        await self.store.manage(unit)
        await self.changed()
        return {**found, "state": "removed"}

    async def rekey(self) -> dict[str, object]:
        """Seal every account with a new key; goes on where a rekeying was interrupted.

        While it lasts both keys are in the file, so that everything can be read at any moment.

        Raises:
            SecretsUnreadable: What is stored cannot be read.
        """
        every = await self.store.tokens.every()
        if not every:
            raise NotPossible("no account is connected, so nothing is sealed")
        _check_known(self.vault.ring(), every)  # before a wrong file gets a key more
        ring = self.vault.turned()
        rewrapped = [
            (one, sealing.rewrapped(ring, one.row, one.sealed))
            for one in every
            if one.sealed.key_id != ring.newest
        ]
        for one, sealed in rewrapped:
            await self.store.manage(lambda tx, one=one, new=sealed: tx.tokens.rewrap(one, new))
        await self.store.manage(lambda tx: tx.tokens.end_others(ring.newest))
        left = [o for o in await self.store.tokens.every() if o.sealed.key_id != ring.newest]
        if left:
            raise NotPossible(f"{len(left)} accounts were connected meanwhile; repeat this")
        self.vault.retire()
        return {
            "key": ring.newest,
            "accounts": len(rewrapped),
            "keys_in": "settings" if self.vault.is_in_settings else str(self.vault.file.path),
        }

    async def _turned(self, name: str, turn: Callable[..., Awaitable[bool]], state: str) -> Shown:
        found = await self._named(name)
        account_id, at = UserId(found["user_id"]), self.clock.now()

        async def unit(tx: Transaction) -> bool:
            return await turn(tx, account_id, at=at)

        if not await self.store.manage(unit):
            raise NotPossible(f"account {name} was never served; start `roost serve` first")
        await self.changed()
        return {**found, "state": state, "reason": ""}

    async def _named(self, name: str) -> Shown:
        every = await self.listed()
        bare = name.removeprefix("@")
        for one in every:
            if bare in {one["name"], one["user_id"], one["screen_name"]}:
                return one
        known = ", ".join(one["name"] for one in every) or "none"
        raise NotPossible(f"there is no account {name}; there are: {known}")

    async def _bot(self, new: NewAccount) -> str:
        """Give the bot that answers from now on.

        A process that runs none goes by the accounts there are: its workers know better soon, and
        no message may find nobody until then.
        """
        known = self.bots or [row.bot for row in await self.store.accounts() if row.bot]
        return new.bot or next(iter(known), "")

    def _checked_name(self, new: NewAccount) -> str:
        name = new.name or stored_accounts.name_for(new.screen_name)
        if not stored_accounts.NAME.fullmatch(name):
            raise SettingsError("--name", f"{name!r} is not 1 to 40 of a-z, 0-9, -", "Change it")
        if new.app not in self.settings.apps:
            known = ", ".join(self.settings.apps) or "none"
            raise SettingsError("--app", f"there is no app {new.app!r}", f"There are: {known}")
        if new.env_name:
            environments.checked(self.settings.apps[new.app], new.app, new.env_name, "--env")
        if new.bot and self.bots is not None and new.bot not in self.bots:
            known = ", ".join(sorted(self.bots)) or "none"
            raise SettingsError("--bot", f"no bot is called {new.bot!r}", f"There are: {known}")
        return name

    async def _check_owner(self, new: NewAccount, name: str) -> None:
        for key, one in self.settings.accounts.items():
            if one.user_id == new.user_id:
                raise NotPossible(
                    f"the settings name user {new.user_id} as accounts.{key}: change its tokens"
                    " there, or take it out and connect it then"
                )
            if key == name:
                raise NotPossible(f"the settings call another account {name}; choose --name")


def _check_known(ring: KeyRing, every: Sequence[StoredAccount]) -> None:
    """Refuse keys that are not those of what is stored.

    Raises:
        SecretsUnreadable: One of them is missing.
    """
    for one in every:
        ring.key(one.sealed.key_id)


_ANYBODY: Shown = {"screen_name": "", "access_level": "", "env_name": ""}


def _remembered(row: AccountRow) -> Shown:
    return {"app": row.app_key, "bot": row.bot, "source": "none"}


def _of_settings(name: str, one: Account) -> Shown:
    return {
        "name": name,
        "screen_name": one.screen_name or "",
        "app": one.app,
        "bot": one.bot or "",
        "env_name": one.env_name or "",
        "source": "settings",
    }


def _state(standing: str) -> Shown:
    state, _, reason = standing.partition(": ")
    return {"state": state or "not served yet", "reason": reason}


def _stored(one: StoredAccount) -> Shown:
    return {
        "name": one.name,
        "screen_name": one.screen_name,
        "app": one.app_key,
        "bot": one.bot,
        "env_name": one.env_name,
        "access_level": one.access_level,
        "source": "connected",
    }


async def ask(settings: Settings, clock: Clock, call: str, /, **args: object) -> object:
    """Do something with accounts: in the running application, or here where none runs.

    Raises:
        StoreError: The application refused, or the database cannot be used.
        NotPossible: It cannot be done.
    """
    return await asking.ask(
        settings,
        lambda store: AccountCalls(settings, store, Vault(settings), clock).calls(),
        call,
        **args,
    )


async def profiles_in_use(settings: Settings, clock: Clock, account_id: UserId) -> Collection[str]:
    """Give X's ids of the custom profiles under which people in the desk speak for an account.

    Raises:
        StoreError: The database cannot be used.
    """
    if settings.database is None and not (settings.data / databases.DATABASE).exists():
        return ()  # nobody has used the desk yet, and to ask is no reason to make one
    asked = await ask(settings, clock, "profiles_in_use", account_id=account_id)
    return msgspec.convert(asked, list[str])
