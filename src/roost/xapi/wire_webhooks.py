"""Webhooks and subscriptions as the v1.1 Account Activity API writes them.

Source: https://developer.x.com/en/docs/x-api/premium/account-activity-api (archived).
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType


class Webhook(msgspec.Struct, frozen=True):
    """A registered webhook. X writes its age as `created_at` or as `created_timestamp`."""

    id: str
    url: str
    valid: bool
    created_at: str | UnsetType = UNSET
    created_timestamp: str | UnsetType = UNSET


class Subscriber(msgspec.Struct, frozen=True):
    """A subscribed user."""

    user_id: str


class SubscriptionList(msgspec.Struct, frozen=True):
    """Who an environment is told of."""

    environment: str
    application_id: str
    subscriptions: list[Subscriber]


class SubscriptionCount(msgspec.Struct, frozen=True):
    """How many subscriptions there are, and how many there may be. X writes both as strings."""

    account_name: str
    subscriptions_count: str
    provisioned_count: str


class Environment(msgspec.Struct, frozen=True):
    """One environment of an app, and its webhook if it has one."""

    environment_name: str
    webhooks: list[Webhook]


class Environments(msgspec.Struct, frozen=True):
    """Every environment of an app."""

    environments: list[Environment]


class XErrorItem(msgspec.Struct, frozen=True):
    """One entry of X's error body."""

    code: int = 0
    message: str = ""


class XErrors(msgspec.Struct, frozen=True):
    """X's usual error body."""

    errors: list[XErrorItem]
