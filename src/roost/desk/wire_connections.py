"""What the API says of accounts, webhooks and subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct


class ConnectedAccount(Struct, frozen=True, kw_only=True):
    """An account; the fields are those of `roost.desk.connections.Connected`.

    Attributes:
        last_event_at: When its last event came in; `None` if none ever did.
    """

    account_id: str
    name: str
    screen_name: str
    app: str
    bot: str
    state: str
    reason: str
    source: str
    last_event_at: datetime | None


class ConnectedAccounts(Struct, frozen=True):
    """Every account, by id."""

    accounts: Sequence[ConnectedAccount]


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Connect an account by Sign in with X.

    Attributes:
        app: Key of the app; `None` for the only one.
    """

    app: Annotated[str, Meta(min_length=1, max_length=40)] | None = None


class SignInLink(Struct, frozen=True):
    """Where the account's owner signs in; it works once, for 15 minutes, in one browser."""

    url: str


class WebhookState(Struct, frozen=True, kw_only=True):
    """An environment's webhook; the fields are those of `roost.desk.connections.AppWebhook`.

    Attributes:
        state: `valid`; `invalid`, where X has stopped to deliver; `foreign`, where it delivers to
            another address; `missing`; or `unknown`, where X did not say.
    """

    app: str
    env_name: str
    label: str
    is_needed: bool
    url: str
    registered_url: str
    webhook_id: str
    state: Literal["valid", "invalid", "foreign", "missing", "unknown"]
    challenged_at: datetime | None
    delivered_at: datetime | None
    problem: str
    n_subscribed: int | None
    n_allowed: int | None


class WebhookStates(Struct, frozen=True):
    """The webhook of every environment, by the app's key."""

    webhooks: Sequence[WebhookState]


class Subscription(Struct, frozen=True, kw_only=True):
    """Whether X delivers an account's activity.

    Attributes:
        is_subscribed: `None` where X did not say.
        problem: Why it did not; `""` where it did.
    """

    account_id: str
    is_subscribed: bool | None
    problem: str


class Subscriptions(Struct, frozen=True):
    """The subscription of every account that is served, by id."""

    subscriptions: Sequence[Subscription]
