"""An owner who takes an app's authorization back: X says so in a delivery, and sends then stop.

Source: https://developer.x.com/en/docs/x-api/premium/account-activity-api (archived).
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from roost.engine import accounts
from roost.model.health import AccountState, Hold, Scope
from roost.model.ids import UserId
from roost.ports import Delivery, Inbox, Store, Tx
from roost.xapi.wire_events import Revocation, UserActivity

REVOKED = Hold(
    Scope.ACCOUNT, AccountState.REVOKED, "its owner has taken the app's authorization back"
)
"""Why nothing is sent then."""

_MARK = b'"user_event"'
_activities = msgspec.json.Decoder(UserActivity)


class RevocationInbox:
    """`roost.ports.Inbox` that holds an account as soon as X tells that it is lost.

    Args:
        inbox: Stores everything.
        store: Where accounts are held.
        apps: X's ids of apps, by our keys.
    """

    def __init__(self, inbox: Inbox, store: Store, apps: Mapping[str, str]) -> None:
        self._inbox = inbox
        self._store = store
        self._apps = apps

    async def put(self, delivery: Delivery) -> int:
        """Store a delivery; see `roost.ports.Inbox.put`.

        An account is held first: whoever is told of it twice holds it once.
        """
        revoked = _revocation(delivery.body) if _MARK in delivery.body else None
        if revoked is not None and revoked.target.app_id == self._apps.get(delivery.app_key):
            await self._hold(UserId(revoked.source.user_id), delivery)
        return await self._inbox.put(delivery)

    async def _hold(self, account_id: UserId, delivery: Delivery) -> None:
        async def unit(tx: Tx) -> bool:
            app_key = await tx.health.app_of(account_id)
            if app_key != delivery.app_key:
                return False
            return await accounts.hold(tx, account_id, REVOKED, at=delivery.received_at)

        if await self._store.transact(unit):
            accounts.tell(account_id, REVOKED)


def _revocation(body: bytes) -> Revocation | None:
    try:
        return _activities.decode(body).user_event.revoke
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None  # another kind, which is stored as it is
