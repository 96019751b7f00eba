"""Which users' activity apps are told of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from roost.simulator import touched
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
            _entry(place, user_id) for place, users in self._places.items() for user_id in users
        )

    def add(self, entry: SubscriptionEntry) -> None:
        """Add one; one that is there already stays."""
        if entry not in self:
            self._places.setdefault(_place(entry), {})[entry.user_id] = None
            touched.note("subscription", _key(entry), None, entry)

    def remove(self, entry: SubscriptionEntry) -> None:
        """Remove one that is there."""
        del self._places[_place(entry)][entry.user_id]
        touched.note("subscription", _key(entry), entry, None)

    def users_of(self, webhook: WebhookEntry) -> Sequence[str]:
        """Give the ids of the users a webhook is told of."""
        return list(self._places.get(_place_of(webhook), {}))

    def users_in(self, app_id: str, env_name: str) -> Sequence[str]:
        """Give the ids of the users an app's environment is told of."""
        return list(self._places.get((app_id, env_name, ""), {}))

    def forget(self, user_id: str, app_id: str) -> None:
        """Remove everything an app is told of one user."""
        for place, users in self._places.items():
            if place[0] == app_id and user_id in users:
                self.remove(_entry(place, user_id))

    def end(self, webhook: WebhookEntry) -> None:
        """Remove everything a webhook is told of."""
        place = _place_of(webhook)
        for user_id in self.users_of(webhook):
            self.remove(_entry(place, user_id))
        self._places.pop(place, None)


def subscription_to(webhook: WebhookEntry, user_id: str) -> SubscriptionEntry:
    """Give the subscription by which a webhook would be told of a user."""
    return _entry(_place_of(webhook), user_id)


def _entry(place: _Place, user_id: str) -> SubscriptionEntry:
    app_id, env_name, webhook_id = place
    return SubscriptionEntry(
        app_id=app_id, env_name=env_name, webhook_id=webhook_id, user_id=user_id
    )


def _key(entry: SubscriptionEntry) -> tuple[str, ...]:
    return entry.app_id, entry.env_name or entry.webhook_id, entry.user_id


def _place(entry: SubscriptionEntry) -> _Place:
    return entry.app_id, entry.env_name, entry.webhook_id


def _place_of(webhook: WebhookEntry) -> _Place:
    return webhook.app_id, webhook.env_name, "" if webhook.env_name else webhook.webhook_id
