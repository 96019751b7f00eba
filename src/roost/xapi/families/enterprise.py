"""The enterprise tier of the Account Activity API: webhooks by their id, and replay.

Source: https://github.com/xdevplatform/docs, x-api/enterprise-gnip-2.0/fundamentals
/account-activity.mdx at 321ec888.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from roost.errors import InvalidCall
from roost.xapi import checks
from roost.xapi.calls import Caller
from roost.xapi.encoding import Call
from roost.xapi.families.webhooks import subscribed
from roost.xapi.wire_enterprise import ReplayJob, SubscriptionList, SubscriptionsCount
from roost.xapi.wire_webhooks import Webhook

LONGEST_REPLAY_MINUTES = 5 * 24 * 60
"""Minutes of a span that X may be asked to deliver again."""


class Enterprise:
    """`x.enterprise`. Every method may raise what `roost.xapi.calls.Caller.call` raises."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def create_webhook(self, url: str) -> Webhook:
        """Register a webhook; X checks it by a CRC before it answers. 15 in 15 minutes.

        Raises:
            WebhookRefused: X could not reach it, or its answer was wrong, slow or not there.
        """
        checks.webhook_url(url, is_x=self._caller.is_x)
        call = Call("enterprise.webhooks.create", parameters=[("url", url)])
        return await self._caller.fetch(call, Webhook)

    async def list_webhooks(self) -> list[Webhook]:
        """List the app's webhooks. 15 in 15 minutes."""
        return await self._caller.fetch(Call("enterprise.webhooks.list"), list[Webhook])

    async def validate_webhook(self, webhook_id: str) -> None:
        """Have X check a webhook again, and enable it if it passes. 15 in 15 minutes.

        Raises:
            WebhookRefused: It did not pass.
        """
        await self._caller.call(Call("enterprise.webhooks.validate", _of(webhook_id)))

    async def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook, and with it its subscriptions. 15 in 15 minutes."""
        await self._caller.call(Call("enterprise.webhooks.delete", _of(webhook_id)))

    async def subscribe(self, webhook_id: str) -> None:
        """Have X deliver this user's activity to a webhook. 500 in 15 minutes.

        Raises:
            AlreadyDone: It does.
        """
        await self._caller.call(Call("enterprise.subscriptions.add", _of(webhook_id)))

    async def is_subscribed(self, webhook_id: str) -> bool:
        """Tell whether X delivers this user's activity to a webhook. 500 in 15 minutes."""
        call = Call("enterprise.subscriptions.check", _of(webhook_id))
        return await subscribed(self._caller, call)

    async def unsubscribe_own(self, webhook_id: str) -> None:
        """Stop deliveries of this user's activity; X calls this way of doing it deprecated."""
        path = _of(webhook_id)
        await self._caller.call(Call("enterprise.subscriptions.remove_own", path))

    async def unsubscribe(self, webhook_id: str, user_id: str) -> None:
        """Stop deliveries of a user's activity, as the app. 500 in 15 minutes.

        Raises:
            NotFound: There is no such subscription.
        """
        path = {**_of(webhook_id), "user_id": checks.x_id("user_id", user_id)}
        await self._caller.call(Call("enterprise.subscriptions.remove", path))

    async def list_subscriptions(self, webhook_id: str) -> SubscriptionList:
        """List whom a webhook is told of. 50 in 15 minutes."""
        call = Call("enterprise.subscriptions.list", _of(webhook_id))
        return await self._caller.fetch(call, SubscriptionList)

    async def count_subscriptions(self) -> SubscriptionsCount:
        """Count the app's subscriptions. 15 in 15 minutes."""
        return await self._caller.fetch(Call("enterprise.subscriptions.count"), SubscriptionsCount)

    async def replay(self, webhook_id: str, begin: datetime, end: datetime) -> ReplayJob:
        """Have X deliver again what it tried to deliver in a span of time. 5 in 15 minutes.

        Args:
            webhook_id: Where to.
            begin: Aware; within the last five days and at least 31 minutes ago.
            end: Aware; later than `begin`, at least 10 minutes ago; not part of the span.

        Raises:
            InvalidCall: The span is empty or longer than five days, or a time is not aware. How
                long ago it is, X alone judges, by its own clock.
            ReplayRunning: The last job has not ended.
        """
        if begin.tzinfo is None or end.tzinfo is None or begin >= end:
            raise InvalidCall("end", "begin and end must be aware, and end the later")
        minutes = -((begin - end) // timedelta(minutes=1))
        checks.within("end", minutes, 1, LONGEST_REPLAY_MINUTES)
        span = [("from_date", _minute(begin)), ("to_date", _minute(end))]
        call = Call("enterprise.replay", _of(webhook_id), span)
        return await self._caller.fetch(call, ReplayJob)


def _minute(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y%m%d%H%M")


def _of(webhook_id: str) -> dict[str, str]:
    return {"webhook_id": checks.x_id("webhook_id", webhook_id)}
