"""`roost.desk.connections.Connections` over the roster, X and what this process knows of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roost.desk.connections import AppWebhook, Connected, Subscribed
from roost.errors import AlreadyDone, NotPossible, RejectedByX, SendError
from roost.intake.health import Health
from roost.model.ids import UserId
from roost.service import environments
from roost.service.account_calls import AccountCalls
from roost.service.environments import Environment
from roost.service.roster import Roster
from roost.service.signing_in import SignIns
from roost.store.durable import DurableStore
from roost.xapi import activity, registration
from roost.xapi.client import XClient
from roost.xapi.wire_webhooks import Webhook


@dataclass(frozen=True, slots=True)
class _Told:
    webhooks: Mapping[str, Sequence[Webhook]]
    n_subscribed: int | None
    n_allowed: int | None
    problem: str = ""


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
        """Ask X how each webhook is, once for an app: it answers 15 times in 15 minutes.

        One it says nothing of has that as its problem.
        """
        settings, found = self.roster.settings, list[AppWebhook]()
        for key in sorted(settings.apps):
            told = await self._told(key)
            for place in environments.every(settings, self.paths):
                if place.app_key == key:
                    found.append(self._webhook(place, told))
        return found

    async def register(self, app: str, env_name: str | None) -> None:
        """Register our webhook, in the place of another address's."""
        place = self._place(app, env_name)
        await registration.ensure_webhook(self._owner(app), place.env_name, self._url(place))

    async def validate(self, app: str, env_name: str | None) -> None:
        """Have X check the webhook."""
        place = self._place(app, env_name)
        found = await self._there(place)
        await activity.of(place.env_name).validate(self._owner(app), found.id)

    async def delete(self, app: str, env_name: str | None) -> None:
        """Delete the webhook."""
        place = self._place(app, env_name)
        found = await self._there(place)
        await activity.of(place.env_name).remove(self._owner(app), found.id)

    async def subscribed(self, accounts: Sequence[UserId]) -> Mapping[UserId, Subscribed]:
        """Ask X whether it delivers; an environment's webhook is looked for once."""
        ids: dict[Environment, str] = {}
        found: dict[UserId, Subscribed] = {}
        for one in accounts:
            try:
                found[one] = await self._is_subscribed(one, ids)
            except (SendError, NotPossible) as error:
                found[one] = error
        return found

    async def subscribe(self, account_id: UserId) -> None:
        """Have X deliver an account's activity."""
        client, place = self._speaker(account_id)
        webhook_id = await self._subscribed_to(place)
        try:
            await activity.of(place.env_name).subscribe(client, webhook_id)
        except AlreadyDone:
            return

    async def unsubscribe(self, account_id: UserId) -> None:
        """Have X stop."""
        client, place = self._speaker(account_id)
        webhook_id = await self._subscribed_to(place)
        await activity.of(place.env_name).unsubscribe(client, webhook_id, account_id)

    def _webhook(self, place: Environment, told: _Told) -> AppWebhook:
        state, there = self.health.webhook(place.label), told.webhooks.get(place.env_name)
        problem = told.problem or (state.trouble if state is not None else "")
        if there is None and not problem:
            problem = f"X knows no environment {place.env_name}"
        found = activity.ours(activity.of(place.env_name), there or (), self._url(place))
        mine = environments.accounts_in(self.roster.settings, place)
        return AppWebhook(
            app=place.app_key,
            env_name=place.env_name,
            label=place.label,
            is_needed=bool(mine)
            or (place.label == place.app_key and not self._served(place.app_key)),
            url=self._url(place),
            registered_url="" if found is None else found.url,
            webhook_id="" if found is None else found.id,
            is_valid=found is not None and found.valid,
            challenged_at=self.health.last_challenge(place.label),
            delivered_at=self.health.last_delivery([UserId(one.user_id) for one in mine.values()]),
            problem=problem,
            n_subscribed=told.n_subscribed,
            n_allowed=told.n_allowed,
        )

    async def _told(self, app: str) -> _Told:
        """Ask X for all of an app's environments at once, and for the count of subscriptions."""
        where = activity.of(self.roster.settings.apps[app].environment)
        webhooks: Mapping[str, Sequence[Webhook]] = {}
        try:
            found = await where.environments(self._owner(app))
            webhooks = {one.environment_name: one.webhooks for one in found}
            counted = await where.count(self._owner(app))
        except (SendError, NotPossible) as error:
            return _Told(webhooks, None, None, _said(error))
        return _Told(webhooks, int(counted.subscriptions_count), int(counted.provisioned_count))

    async def _registered(self, place: Environment) -> Webhook | None:
        where = activity.of(place.env_name)
        found = await where.webhooks(self._owner(place.app_key))
        return activity.ours(where, found, self._url(place))

    async def _there(self, place: Environment) -> Webhook:
        found = await self._registered(place)
        if found is None:
            raise NotPossible(f"environment {place.label} has no webhook: register one first")
        return found

    async def _is_subscribed(self, account_id: UserId, ids: dict[Environment, str]) -> bool:
        client, place = self._speaker(account_id)
        where = activity.of(place.env_name)
        if where.is_by_webhook:
            if place not in ids:
                webhook = await self._registered(place)
                ids[place] = "" if webhook is None else webhook.id
            if not ids[place]:
                return False
        return await where.is_subscribed(client, ids.get(place, ""))

    async def _subscribed_to(self, place: Environment) -> str:
        """Give the id of the webhook that subscriptions are to; `""` where X does not ask."""
        is_by_webhook = activity.of(place.env_name).is_by_webhook
        return (await self._there(place)).id if is_by_webhook else ""

    def _place(self, app: str, env_name: str | None) -> Environment:
        """Find an environment; `None` for the app's first."""
        for place in environments.every(self.roster.settings, self.paths):
            is_meant = place.label == app if env_name is None else place.env_name == env_name
            if place.app_key == app and is_meant:
                return place
        named = "" if env_name is None else f" with an environment {env_name}"
        raise NotPossible(f"there is no app {app}{named}")

    def _url(self, place: Environment) -> str:
        return (self.roster.settings.public_url or self.address) + place.path

    def _served(self, app: str) -> list[UserId]:
        accounts = self.roster.settings.accounts.values()
        return [UserId(one.user_id) for one in accounts if one.app == app]

    def _owner(self, app: str) -> XClient:
        """Give the client that speaks for the app: that of its first account."""
        for account_id in self._served(app):
            if account_id in self.roster.clients:
                return self.roster.clients[account_id]
        raise NotPossible(f"app {app} has no account that could speak for it: connect one")

    def _speaker(self, account_id: UserId) -> tuple[XClient, Environment]:
        client, settings = self.roster.clients.get(account_id), self.roster.settings
        for one in settings.accounts.values():
            if one.user_id == account_id and client is not None:
                return client, self._place(one.app, environments.of_account(settings, one))
        raise NotPossible(f"account {account_id} is not served")


def _said(error: SendError | NotPossible) -> str:
    return error.message if isinstance(error, RejectedByX) else str(error)
