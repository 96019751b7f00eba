"""Which users' activity apps are told of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from roost.simulator.entries import SubscriptionEntry, WebhookEntry

_Place = tuple[str, str, str]  # an app's environment, or its webhook of the enterprise tier


class Subscriptions:
    """Subscribed users by the place they are subscribed to, in the order they came."""

    def __init__(self, entries: Iterable[SubscriptionEntry]) -> None:
        self._places: dict[_Place, dict[str, None]] = {}
        for entry in entries:
            self.add(entry)

    def __contains__(self, entry: SubscriptionEntry) -> bool:
        return entry.user_id in self._places.get(_place(entry), {})

    def __iter__(self) -> Iterator[SubscriptionEntry]:
        return (
            SubscriptionEntry(
                app_id=app_id, env_name=env_name, webhook_id=webhook_id, user_id=user_id
            )
            for (app_id, env_name, webhook_id), users in self._places.items()
            for user_id in users
        )

    def add(self, entry: SubscriptionEntry) -> None:
        """Add one; one that is there already stays."""
        self._places.setdefault(_place(entry), {})[entry.user_id] = None

    def remove(self, entry: SubscriptionEntry) -> None:
        """Remove one that is there."""
        del self._places[_place(entry)][entry.user_id]

    def users_of(self, webhook: WebhookEntry) -> Sequence[str]:
        """Give the ids of the users a webhook is told of."""
        return list(self._places.get(_place_of(webhook), {}))

    def users_in(self, app_id: str, env_name: str) -> Sequence[str]:
        """Give the ids of the users an app's environment is told of."""
        return list(self._places.get((app_id, env_name, ""), {}))

    def forget(self, user_id: str, app_id: str) -> None:
        """Remove everything an app is told of one user."""
        for place, users in self._places.items():
            if place[0] == app_id:
                users.pop(user_id, None)

    def end(self, webhook: WebhookEntry) -> None:
        """Remove everything a webhook is told of."""
        self._places.pop(_place_of(webhook), None)


def subscription_to(webhook: WebhookEntry, user_id: str) -> SubscriptionEntry:
    """Give the subscription by which a webhook would be told of a user."""
    app_id, env_name, webhook_id = _place_of(webhook)
    return SubscriptionEntry(
        app_id=app_id, env_name=env_name, webhook_id=webhook_id, user_id=user_id
    )


def _place(entry: SubscriptionEntry) -> _Place:
    return entry.app_id, entry.env_name, entry.webhook_id


def _place_of(webhook: WebhookEntry) -> _Place:
    return webhook.app_id, webhook.env_name, "" if webhook.env_name else webhook.webhook_id
