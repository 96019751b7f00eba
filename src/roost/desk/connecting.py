"""Accounts, webhooks and subscriptions, for admins: what is between us and X."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from litestar import Controller, delete, get, post, put
from litestar.params import JSONBody, PathParameter, QueryParameter

from roost.desk import wire_connections as wire
from roost.desk.access import Policy
from roost.desk.connections import AppWebhook, Subscribed
from roost.desk.parts import DeskParts, Parts
from roost.desk.problems import not_found
from roost.errors import RejectedByX
from roost.model.ids import UserId

AppKey = Annotated[str, PathParameter(max_length=40)]
EnvName = Annotated[
    str | None,
    QueryParameter(
        name="env", min_length=1, max_length=40, description="the app's first where left out"
    ),
]
AccountId = Annotated[str, PathParameter(max_length=19)]
State = Literal["valid", "invalid", "foreign", "missing", "unknown"]


class ConnectionController(Controller):
    """What is between us and X. Every change is safe to repeat."""

    path = "/api/connections"
    tags: Sequence[str] | None = ("connections",)

    @get("/accounts", policy=Policy.ADMIN)
    async def accounts(self, parts: Parts) -> wire.ConnectedAccounts:
        """List every account, how it stands with X, and when its last event came in."""
        found = [
            wire.ConnectedAccount(
                account_id=one.account_id,
                name=one.name,
                screen_name=one.screen_name,
                app=one.app,
                bot=one.bot,
                state=one.state,
                reason=one.reason,
                source=one.source,
                last_event_at=await parts.store.activity.last_received(one.account_id),
            )
            for one in await parts.connections.accounts()
        ]
        return wire.ConnectedAccounts(found)

    @post("/sign-ins", policy=Policy.ADMIN, status_code=201)
    async def sign_in(self, data: JSONBody[wire.SignIn], parts: Parts) -> wire.SignInLink:
        """Make a link under which an account's owner connects it by Sign in with X."""
        return wire.SignInLink(await parts.connections.sign_in(data.app))

    @post("/accounts/{account:str}/pause", policy=Policy.ADMIN, status_code=204)
    async def pause(self, parts: Parts, account: AccountId) -> None:
        """Send nothing for an account until it is resumed; what comes in is kept."""
        await parts.connections.pause(UserId(account))

    @post("/accounts/{account:str}/resume", policy=Policy.ADMIN, status_code=204)
    async def resume(self, parts: Parts, account: AccountId) -> None:
        """Let an account go on."""
        await parts.connections.resume(UserId(account))

    @get("/webhooks", policy=Policy.ADMIN)
    async def webhooks(self, parts: Parts) -> wire.WebhookStates:
        """Ask X how the webhook of every environment is."""
        return wire.WebhookStates([_webhook(one) for one in await parts.connections.webhooks()])

    @put("/webhooks/{app:str}", policy=Policy.ADMIN)
    async def register(self, parts: Parts, app: AppKey, env: EnvName = None) -> wire.WebhookState:
        """Register our webhook at X, in the place of another address's.

        X then forgets that one's subscriptions. It checks ours before it answers.
        """
        await parts.connections.register(app, env)
        return await _one(parts, app, env)

    @post("/webhooks/{app:str}/validate", policy=Policy.ADMIN, status_code=200)
    async def validate(self, parts: Parts, app: AppKey, env: EnvName = None) -> wire.WebhookState:
        """Have X check the webhook, and enable it again if it passes."""
        await parts.connections.validate(app, env)
        return await _one(parts, app, env)

    @delete("/webhooks/{app:str}", policy=Policy.ADMIN)
    async def drop(self, parts: Parts, app: AppKey, env: EnvName = None) -> None:
        """Delete the webhook, and with it its subscriptions: X delivers nothing from then on."""
        await parts.connections.delete(app, env)

    @get("/subscriptions", policy=Policy.ADMIN)
    async def subscriptions(self, parts: Parts) -> wire.Subscriptions:
        """Ask X for every account that is served whether it delivers its activity."""
        accounts = [UserId(one.account_id) for one in parts.accounts]
        found = await parts.connections.subscribed(accounts)
        return wire.Subscriptions([_subscription(one, found[one]) for one in accounts])

    @put("/subscriptions/{account:str}", policy=Policy.ADMIN)
    async def subscribe(self, parts: Parts, account: AccountId) -> wire.Subscription:
        """Have X deliver an account's activity; events may take 10 s to begin."""
        one = UserId(account)
        await parts.connections.subscribe(one)
        return _subscription(one, (await parts.connections.subscribed([one]))[one])

    @delete("/subscriptions/{account:str}", policy=Policy.ADMIN)
    async def unsubscribe(self, parts: Parts, account: AccountId) -> None:
        """Have X stop to deliver an account's activity."""
        await parts.connections.unsubscribe(UserId(account))


async def _one(parts: DeskParts, app: str, env_name: str | None) -> wire.WebhookState:
    for one in await parts.connections.webhooks():
        if one.app == app and env_name in {None, one.env_name}:
            return _webhook(one)
    raise not_found("such app")


def _subscription(account: UserId, found: Subscribed) -> wire.Subscription:
    if isinstance(found, bool):
        return wire.Subscription(account_id=account, is_subscribed=found, problem="")
    problem = found.message if isinstance(found, RejectedByX) else str(found)
    return wire.Subscription(account_id=account, is_subscribed=None, problem=problem)


def _webhook(one: AppWebhook) -> wire.WebhookState:
    return wire.WebhookState(
        app=one.app,
        env_name=one.env_name,
        label=one.label,
        is_needed=one.is_needed,
        url=one.url,
        registered_url=one.registered_url,
        webhook_id=one.webhook_id,
        state=_state(one),
        challenged_at=one.challenged_at,
        delivered_at=one.delivered_at,
        problem=one.problem,
        n_subscribed=one.n_subscribed,
        n_allowed=one.n_allowed,
    )


def _state(one: AppWebhook) -> State:
    if not one.webhook_id:
        return "unknown" if one.problem else "missing"
    if one.registered_url != one.url:
        return "foreign"
    return "valid" if one.is_valid else "invalid"
