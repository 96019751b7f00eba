"""Webhooks and subscriptions of the Account Activity API, by environment.

Source: https://developer.x.com/en/docs/x-api/premium/account-activity-api (archived).
"""

from __future__ import annotations

from roost.errors import RejectedByX
from roost.xapi import checks
from roost.xapi.calls import Caller
from roost.xapi.encoding import Call
from roost.xapi.wire_webhooks import Environment, Environments, SubscriptionCount, Webhook
from roost.xapi.wire_webhooks import SubscriptionList as Subscriptions_

_NOT_SUBSCRIBED = frozenset({401, 403, 404})
_SUBSCRIPTION_CODES = frozenset({34, 348})


class Webhooks:
    """`x.webhooks`, in the name of the app's owner. 15 calls of each kind in 15 minutes.

    Every method may raise what `roost.xapi.calls.Caller.call` raises. An environment is named by
    its name, not its label, and case matters.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def create(self, env_name: str, url: str) -> Webhook:
        """Register a webhook; X checks it by a CRC before it answers.

        Args:
            env_name: An environment, which has one webhook.
            url: `https`, without a port.

        Raises:
            InvalidCall: X calls no such address; nothing was sent.
            WebhookRefused: X could not reach it, or its answer was wrong, slow or not there.
        """
        checks.webhook_url(url, is_x=self._caller.is_x)
        call = Call("webhooks.create", _of(env_name), [("url", url)])
        return await self._caller.fetch(call, Webhook)

    async def list(self, env_name: str) -> list[Webhook]:
        """List an environment's webhooks; `valid` tells whether X delivers."""
        return await self._caller.fetch(Call("webhooks.list", _of(env_name)), list[Webhook])

    async def list_all(self) -> list[Environment]:
        """List every environment of the app, with its webhook."""
        return (await self._caller.fetch(Call("webhooks.list_all"), Environments)).environments

    async def validate(self, env_name: str, webhook_id: str) -> None:
        """Have X check a webhook again by a CRC, and enable it if it passes.

        Raises:
            WebhookRefused: It did not pass.
        """
        path = {**_of(env_name), "webhook_id": checks.x_id("webhook_id", webhook_id)}
        await self._caller.call(Call("webhooks.validate", path))

    async def delete(self, env_name: str, webhook_id: str) -> None:
        """Remove a webhook, and with it its subscriptions."""
        path = {**_of(env_name), "webhook_id": checks.x_id("webhook_id", webhook_id)}
        await self._caller.call(Call("webhooks.delete", path))


class Subscriptions:
    """`x.subscriptions`: whose activity X delivers. 500 calls of most kinds in 15 minutes.

    Every method may raise what `roost.xapi.calls.Caller.call` raises.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def add(self, env_name: str) -> None:
        """Have X deliver this user's activity. Events may take 10 s to begin.

        Raises:
            AlreadyDone: It does.
            PermissionMissing: The token does not carry Direct Messages.
        """
        await self._caller.call(Call("subscriptions.add", _of(env_name)))

    async def is_there(self, env_name: str) -> bool:
        """Tell whether X delivers this user's activity."""
        return await subscribed(self._caller, Call("subscriptions.check", _of(env_name)))

    async def remove_own(self, env_name: str) -> None:
        """Stop deliveries of this user's activity; X calls this way of doing it deprecated."""
        await self._caller.call(Call("subscriptions.remove_own", _of(env_name)))

    async def remove(self, env_name: str, user_id: str, *, bearer: str = "") -> None:
        """Stop deliveries of a user's activity, as the app.

        Args:
            env_name: The environment's name.
            user_id: Whose activity.
            bearer: The app's bearer token; fetched where left out.

        Raises:
            NotFound: There is no such subscription.
        """
        path = {**_of(env_name), "user_id": checks.x_id("user_id", user_id)}
        await self._caller.call(Call("subscriptions.remove", path, bearer=bearer))

    async def list(self, env_name: str) -> Subscriptions_:
        """List whom an environment is told of. 50 in 15 minutes, perhaps only 15."""
        call = Call("subscriptions.list", _of(env_name))
        return await self._caller.fetch(call, Subscriptions_)

    async def count(self) -> SubscriptionCount:
        """Count the app's subscriptions. 15 in 15 minutes."""
        return await self._caller.fetch(Call("subscriptions.count"), SubscriptionCount)


def _of(env_name: str) -> dict[str, str]:
    return {"env_name": checks.segment("env_name", env_name)}


async def subscribed(caller: Caller, call: Call) -> bool:
    """Ask whether a subscription is there, which X answers by success or by an error.

    Raises:
        RejectedByX: For any other reason than that it is not.
    """
    try:
        await caller.call(call)
    except RejectedByX as error:
        if error.status in _NOT_SUBSCRIBED and error.code in _SUBSCRIPTION_CODES:
            return False
        raise
    return True
