"""How accounts, webhooks and subscriptions stand with X, and what admins do about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roost.errors import NotPossible, SendError
from roost.model.ids import UserId

Subscribed = bool | SendError | NotPossible
"""Whether X delivers an account's activity, or why it is not known."""


@dataclass(frozen=True, slots=True)
class Connected:
    """An account.

    Attributes:
        account_id: X's user id.
        name: What people call it.
        screen_name: Without `@`; `""` where it is not known.
        app: Key of its app.
        bot: Which bot answers; `""` for none.
        state: `connected`, or what holds it, such as `paused` and `needs_reauth`.
        reason: Why it is held; `""` where it is not.
        source: `settings`, `connected` (here or on the command line), or `none` for one that was.
    """

    account_id: UserId
    name: str
    screen_name: str
    app: str
    bot: str
    state: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class AppWebhook:
    """The webhook of one of an app's environments, as X says it is.

    Attributes:
        app: Our key of the app.
        env_name: The environment at X; `""` for an app of the enterprise tier.
        label: What people call it: `main`, or `main/staging` where it is not the app's first.
        is_needed: Whether X is to deliver there: an account of ours is in it, or the app has none
            at all and it is the first.
        url: Where X is to deliver.
        registered_url: Where it delivers; `""` where nothing is registered.
        webhook_id: X's; `""` likewise.
        is_valid: Whether X delivers there.
        challenged_at: When this process answered the last challenge; `None` if it has not.
        delivered_at: When this process took the last delivery; `None` likewise.
        problem: Why X did not say, or what kept our own attempts from mending it; `""` for
            nothing.
        n_subscribed: Accounts that X delivers for, in all the app's environments; `None` where X
            did not say.
        n_allowed: How many there may be; `None` likewise.
    """

    app: str
    env_name: str
    label: str
    is_needed: bool
    url: str
    registered_url: str
    webhook_id: str
    is_valid: bool
    challenged_at: datetime | None
    delivered_at: datetime | None
    problem: str
    n_subscribed: int | None
    n_allowed: int | None


class Connections(Protocol):
    """What is between us and X. Calls of X may raise what X refuses, see `roost.errors.SendError`.

    What names an account, app or environment that is not there raises `roost.errors.NotPossible`.
    Where `env_name` is `None`, the app's first environment is meant.
    """

    async def accounts(self) -> Sequence[Connected]:
        """Give every account, by id: also one that is connected no more."""
        ...

    async def apps_of(self, accounts: Sequence[UserId]) -> Sequence[str]:
        """Give the keys of some accounts' apps."""
        ...

    async def sign_in(self, app: str | None) -> str:
        """Make a link under which an account's owner connects it; it works once, for 15 minutes.

        `app` is `None` for the only one.
        """
        ...

    async def pause(self, account_id: UserId) -> None:
        """Send nothing for an account until it is resumed."""
        ...

    async def resume(self, account_id: UserId) -> None:
        """Let an account go on."""
        ...

    async def webhooks(self) -> Sequence[AppWebhook]:
        """Ask X how the webhook of each environment is, in the order of the apps' keys."""
        ...

    async def register(self, app: str, env_name: str | None) -> None:
        """Have X deliver to us: register our webhook, in the place of another address's."""
        ...

    async def validate(self, app: str, env_name: str | None) -> None:
        """Have X check the webhook, and enable it again if it passes."""
        ...

    async def delete(self, app: str, env_name: str | None) -> None:
        """Delete the webhook, and with it its subscriptions."""
        ...

    async def subscribed(self, accounts: Sequence[UserId]) -> Mapping[UserId, Subscribed]:
        """Ask X whether it delivers some accounts' activity; why it did not say is an answer."""
        ...

    async def subscribe(self, account_id: UserId) -> None:
        """Have X deliver an account's activity; where it does, nothing changes."""
        ...

    async def unsubscribe(self, account_id: UserId) -> None:
        """Have X stop."""
        ...
