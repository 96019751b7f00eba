"""What came in, and the durable queue it is put into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roost.model.events import Event
from roost.model.ids import UserId


@dataclass(frozen=True, slots=True)
class Delivery:
    """One HTTP POST from X, verified.

    Attributes:
        delivery_id: Ours; sorts by time of receipt.
        app_key: The app whose webhook it came to.
        account_id: Whom it is for; `""` where it names nobody.
        trace_id: 32 hexadecimal digits; follows the delivery through the system.
        received_at: By the service's clock.
        body: The bytes as received.
        events: What they say, each element of each array.
        is_history: Whether it was fetched to complete transcripts, and is nothing new: its
            messages wake no bot, count as unread nowhere and start no timer. An event already
            known stays as it is; so does one of history that is then delivered as new, so what may
            still be on its way from X must not be put as history.
    """

    delivery_id: str
    app_key: str
    account_id: UserId
    trace_id: str
    received_at: datetime
    body: bytes
    events: tuple[Event, ...]
    is_history: bool = False


class Inbox(Protocol):
    """Durable queue of what came in."""

    async def put(self, delivery: Delivery) -> int:
        """Store a delivery and its events; on return they survive a power cut.

        Safe to call twice: an event whose account, kind and key are known is not stored again.
        Many calls in flight share one commit.

        Returns:
            How many of the events were new.

        Raises:
            StoreUnavailable: Nothing was stored.
        """
        ...
