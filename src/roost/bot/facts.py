"""What a dialog knew when it began, and goes on knowing although the world has gone on."""

from __future__ import annotations

import msgspec

from roost.model.events import TimerFired, TurnEvent
from roost.model.messages import Profile
from roost.model.turns import Turn


class Facts(msgspec.Struct, frozen=True, array_like=True):
    """What handlers branch on and no verb gives.

    Attributes:
        may_write: Whether the customer has ever written to us.
        is_late: Whether what began the dialog was delivered late.
        customer: Whom the conversation is with.
    """

    may_write: bool
    is_late: bool
    customer: Profile


def of(turn: Turn, begun_by: TurnEvent) -> Facts:
    """Give what is known in a turn to a dialog that an event began."""
    told = _told(begun_by)
    return Facts(turn.has_written, begun_by.event_key in turn.late, told or turn.customer)


def packed(facts: Facts, begun_by: TurnEvent) -> bytes:
    """Pack facts for the journal; `b""` where they are the same at any time.

    Who has written has written for ever, and who wrote a message is told with it.
    """
    is_lasting = facts.may_write and not facts.is_late and _told(begun_by) is not None
    return b"" if is_lasting else msgspec.msgpack.encode(facts)


def unpacked(known: bytes) -> Facts:
    """Give back what was packed."""
    return msgspec.msgpack.decode(known, type=Facts)


def _told(event: TurnEvent) -> Profile | None:
    """Give whom an event names as the customer, where it does."""
    if isinstance(event, TimerFired) or not event.customer.name:
        return None
    return event.customer
