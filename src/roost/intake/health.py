"""What is known, while the process lives, of how deliveries come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from roost.engine.wake import Wake
from roost.intake.rejections import Rejections
from roost.model.ids import UserId


@dataclass(frozen=True, slots=True)
class Refused:
    """A time in which an account's deliveries were answered 503.

    Attributes:
        since: When the first one was.
        last: When the last one was.
    """

    since: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class WebhookState:
    """What X says of an environment's webhook.

    Attributes:
        state: `valid`, or what is wrong: `invalid`, `missing`, `foreign`, `unknown`.
        checked_at: When X was asked.
        trouble: What keeps it from being mended; `""` for nothing.
    """

    state: str
    checked_at: datetime
    trouble: str = ""


class Health:
    """Remembers the last signs of life from X, and what could not be stored.

    Nothing of it is durable: what is lost with the process is covered by `LastSeen.ok_at`.

    Attributes:
        trouble: Set when a delivery could not be stored.
        rejections: Requests that were refused unread.
    """

    def __init__(self) -> None:
        self.trouble = Wake()
        self.rejections = Rejections()
        self._challenged: dict[str, datetime] = {}
        self._delivered: dict[UserId, datetime] = {}
        self._refused: dict[UserId, Refused] = {}
        self._silent: set[UserId] = set()
        self._webhooks: dict[str, WebhookState] = {}

    def challenged(self, place: str, at: datetime) -> None:
        """Note a CRC that was answered at an environment's webhook."""
        self._challenged[place] = at

    def delivered(self, account_id: UserId, at: datetime) -> None:
        """Note a delivery that was stored."""
        self._delivered[account_id] = at

    def refused(self, account_id: UserId, at: datetime) -> None:
        """Note a delivery that could not be stored; one for nobody holds no messages."""
        if account_id:
            before = self._refused.get(account_id)
            self._refused[account_id] = Refused(before.since if before else at, at)
            self.trouble.set()

    def found(self, place: str, state: WebhookState) -> None:
        """Note what X says of an environment's webhook."""
        self._webhooks[place] = state

    def silence(self, accounts: Sequence[UserId]) -> None:
        """Note that X does not deliver to accounts now."""
        self._silent.update(accounts)

    def hear(self, accounts: Sequence[UserId]) -> None:
        """Note that X delivers to accounts again, and that what was missed is in a gap."""
        self._silent.difference_update(accounts)

    def recorded(self, refused: Mapping[UserId, Refused]) -> None:
        """Forget refusals that have been written down as gaps; later ones stay."""
        for account_id, span in refused.items():
            if self._refused.get(account_id) == span:
                del self._refused[account_id]

    @property
    def refusals(self) -> Mapping[UserId, Refused]:
        """Refusals that are not written down yet, by account."""
        return dict(self._refused)

    def is_arriving(self, account_id: UserId) -> bool:
        """Tell whether, as far as is known, deliveries for an account arrive and are stored."""
        return account_id not in self._refused and account_id not in self._silent

    def last_challenge(self, place: str) -> datetime | None:
        """Give the time of an environment's last CRC."""
        return self._challenged.get(place)

    def last_delivery(self, accounts: Sequence[UserId]) -> datetime | None:
        """Give the time of the last delivery to any of some accounts."""
        return max(
            (self._delivered[one] for one in accounts if one in self._delivered), default=None
        )

    def webhook(self, place: str) -> WebhookState | None:
        """Give what X said last of an environment's webhook."""
        return self._webhooks.get(place)
