"""`roost.desk.connections.Connections` over the roster, X and what this process knows of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roost.desk.connections import AppWebhook, Connected
from roost.errors import AlreadyDone, NotPossible, RejectedByX, SendError
from roost.intake.health import Health
from roost.model.ids import UserId
from roost.service.account_calls import AccountCalls
from roost.service.roster import Roster
from roost.service.signing_in import SignIns
from roost.store.durable import DurableStore
from roost.xapi import registration
from roost.xapi.client import XClient
from roost.xapi.wire_webhooks import SubscriptionCount, Webhook


@dataclass(frozen=True, slots=True)
class DeskConnections:
    """Does it in this process.

    Attributes:
        roster: Who is served.
        store: Where accounts are.
        health: The last signs of life from X.
        sign_ins: Begins sign-ins.
        paths: Of each app's webhook, by its key.
        address: Where we are served; used where the settings name no public address.
    """

    roster: Roster
    store: DurableStore
    health: Health
    sign_ins: SignIns
    paths: Mapping[str, str]
    address: str

    @property
    def _calls(self) -> AccountCalls:
        return self.roster.calls()

    async def accounts(self) -> Sequence[Connected]:
        """Give every account, by id."""
        bots = {one.account_id: one.bot for one in await self.store.accounts()}
        return [
            Connected(
                account_id=UserId(one["user_id"]),
                name=one["name"],
                screen_name=one["screen_name"],
                app=one["app"],
                bot=one["bot"] or bots.get(UserId(one["user_id"]), ""),
                state=one["state"],
                reason=one["reason"],
                source=one["source"],
            )
            for one in await self._calls.listed()
        ]

    async def apps_of(self, accounts: Sequence[UserId]) -> Sequence[str]:
        """Give the keys of some accounts' apps."""
        wanted = set(accounts)
        found = {one.app_key for one in await self.store.accounts() if one.account_id in wanted}
        return sorted(found)

    async def sign_in(self, app: str | None) -> str:
        """Make a link under which an account's owner connects it."""
        return await self.sign_ins.begin(app, "", "")

    async def pause(self, account_id: UserId) -> None:
        """Send nothing for an account until it is resumed."""
        await self._calls.pause(account_id)

    async def resume(self, account_id: UserId) -> None:
        """Let an account go on."""
        await self._calls.resume(account_id)

    async def webhooks(self) -> Sequence[AppWebhook]:
        """Ask X how each app's webhook is; one it says nothing of has that as its problem."""
        return [await self._webhook(key) for key in sorted(self.roster.settings.apps)]

    async def register(self, app: str) -> None:
        """Register our webhook, in the place of another address's."""
        await registration.ensure_webhook(self._owner(app), self._env(app), self._url(app))

    async def validate(self, app: str) -> None:
        """Have X check the webhook."""
        await self._owner(app).validate_webhook(self._env(app), (await self._there(app)).id)

    async def delete(self, app: str) -> None:
        """Delete the webhook."""
        await self._owner(app).delete_webhook(self._env(app), (await self._there(app)).id)

    async def is_subscribed(self, account_id: UserId) -> bool:
        """Ask X whether it delivers an account's activity."""
        client, env_name = self._speaker(account_id)
        return await client.is_subscribed(env_name)

    async def subscribe(self, account_id: UserId) -> None:
        """Have X deliver an account's activity."""
        client, env_name = self._speaker(account_id)
        try:
            await client.subscribe(env_name)
        except AlreadyDone:
            return

    async def unsubscribe(self, account_id: UserId) -> None:
        """Have X stop."""
        client, env_name = self._speaker(account_id)
        await client.subscriptions.remove(env_name, account_id)

    async def _webhook(self, app: str) -> AppWebhook:
        found: Webhook | None = None
        counted: SubscriptionCount | None = None
        state = self.health.webhook(app)
        problem = state.trouble if state is not None else ""
        try:
            found = await self._registered(app)
            counted = await self._owner(app).subscriptions.count()
        except (SendError, NotPossible) as error:
            problem = error.message if isinstance(error, RejectedByX) else str(error)
        accounts = self._served(app)
        return AppWebhook(
            app=app,
            env_name=self._env(app),
            url=self._url(app),
            registered_url="" if found is None else found.url,
            webhook_id="" if found is None else found.id,
            is_valid=found is not None and found.valid,
            challenged_at=self.health.last_challenge(app),
            delivered_at=self.health.last_delivery(accounts),
            problem=problem,
            n_subscribed=None if counted is None else int(counted.subscriptions_count),
            n_allowed=None if counted is None else int(counted.provisioned_count),
        )

    async def _registered(self, app: str) -> Webhook | None:
        found = await self._owner(app).list_webhooks(self._env(app))
        return found[0] if found else None

    async def _there(self, app: str) -> Webhook:
        found = await self._registered(app)
        if found is None:
            raise NotPossible(f"environment {self._env(app)} has no webhook: register one first")
        return found

    def _env(self, app: str) -> str:
        known = self.roster.settings.apps.get(app)
        if known is None:
            raise NotPossible(f"there is no app {app}")
        return known.env_name

    def _url(self, app: str) -> str:
        return (self.roster.settings.public_url or self.address) + self.paths.get(app, "")

    def _served(self, app: str) -> list[UserId]:
        accounts = self.roster.settings.accounts.values()
        return [UserId(one.user_id) for one in accounts if one.app == app]

    def _owner(self, app: str) -> XClient:
        """Give the client that speaks for the app: that of its first account."""
        for account_id in self._served(app):
            if account_id in self.roster.clients:
                return self.roster.clients[account_id]
        raise NotPossible(f"app {app} has no account that could speak for it: connect one")

    def _speaker(self, account_id: UserId) -> tuple[XClient, str]:
        client = self.roster.clients.get(account_id)
        for one in self.roster.settings.accounts.values():
            if one.user_id == account_id and client is not None:
                return client, self._env(one.app)
        raise NotPossible(f"account {account_id} is not served")
