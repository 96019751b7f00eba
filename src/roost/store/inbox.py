"""Deliveries on their way into the database: many callers' rows in one go."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy.dialects.postgresql import insert

from roost.model.events import KINDS, Event, conversation_of
from roost.ports import Delivery
from roost.store import encoding
from roost.store.arrays import Values, given
from roost.store.statements import Bulk, fixed
from roost.store.tables import deliveries, events

EventValues = tuple[str, str, str, str, int, str, str, int, str, bytes, int]
DeliveryValues = tuple[str, str, str, str, int, int, bytes, str]


EVENT_NAMES = (
    "account_id",
    "kind",
    "event_key",
    "conversation_id",
    "position",
    "delivery_id",
    "trace_id",
    "received_at",
    "state",
    "payload",
    "is_history",
)
EVENT_CONSTANTS: Mapping[str, str | int] = MappingProxyType(
    {"channel": "dm", "dialect": "v1", "reason": "", "attempts": 0}
)
DELIVERY_NAMES = (
    "account_id",
    "delivery_id",
    "app_key",
    "trace_id",
    "received_at",
    "is_duplicate",
    "body",
    "source",
)
DELIVERY_CONSTANTS: Mapping[str, str | int] = MappingProxyType({"dialect": "v1"})


def _values(names: Sequence[str], constants: Mapping[str, str | int]) -> Values:
    return {
        **given(*names),
        **{name: fixed(value) for name, value in constants.items()},
    }


EVENT_VALUES = _values(EVENT_NAMES, EVENT_CONSTANTS)
DELIVERY_VALUES = _values(DELIVERY_NAMES, DELIVERY_CONSTANTS)

PUT_EVENT = Bulk(insert(events).values(EVENT_VALUES).on_conflict_do_nothing())

PUT_DELIVERY = Bulk(insert(deliveries).values(DELIVERY_VALUES).on_conflict_do_nothing())


@dataclass(frozen=True, slots=True)
class DeliveryRows:
    """A delivery as rows, ready to be stored.

    Attributes:
        delivery: Values in the order of `DELIVERY_NAMES`.
        events: Values in the order of `EVENT_NAMES`.
    """

    delivery: DeliveryValues
    events: tuple[EventValues, ...]

    def delivery_with(self, new: int) -> DeliveryValues:
        """Give the delivery's values now that it is known how many of its events were new.

        X, or whoever recorded its requests, may repeat a delivery for ever: only the fact stays.
        """
        return self.delivery if new else (*self.delivery[:5], 1, b"", self.delivery[7])


def rows_of(delivery: Delivery) -> DeliveryRows:
    """Encode a delivery. Done by the caller, so that the writer has only rows to insert."""
    text = encoding.storable_text
    delivery_id, trace_id = text(delivery.delivery_id), text(delivery.trace_id)
    received_at = encoding.milliseconds(delivery.received_at)
    return DeliveryRows(
        (
            text(delivery.account_id),
            delivery_id,
            text(delivery.app_key),
            trace_id,
            received_at,
            0,
            delivery.body,
            delivery.source,
        ),
        tuple(_event(event, delivery, delivery_id, received_at) for event in delivery.events),
    )


def _event(event: Event, delivery: Delivery, delivery_id: str, received_at: int) -> EventValues:
    event, payload = encoding.encode(event)
    return (
        event.account_id,
        KINDS[type(event)],
        event.event_key,
        conversation_of(event),
        event.position,
        delivery_id,
        encoding.storable_text(delivery.trace_id),
        received_at,
        "held" if delivery.is_held else "new",
        payload,
        int(delivery.is_history),
    )


def put_all(connection: sqlite3.Connection, batch: Sequence[DeliveryRows]) -> list[int]:
    """Store deliveries inside the open transaction; give each one's number of new events.

    Two statements where everything is new, which is how it nearly always is. Otherwise these are
    undone and each delivery is stored by itself, so that each gets its own number.
    """
    rows = [row for delivery in batch for row in delivery.events]
    connection.execute("SAVEPOINT deliveries")
    before = connection.total_changes
    connection.executemany(PUT_EVENT.sql, rows)
    is_all_new = connection.total_changes - before == len(rows)
    if is_all_new and all(delivery.events for delivery in batch):
        connection.executemany(PUT_DELIVERY.sql, [delivery.delivery for delivery in batch])
        counts = [len(delivery.events) for delivery in batch]
    else:
        connection.execute("ROLLBACK TO deliveries")
        counts = [_put_one(connection, delivery) for delivery in batch]
    connection.execute("RELEASE deliveries")
    return counts


def _put_one(connection: sqlite3.Connection, rows: DeliveryRows) -> int:
    before = connection.total_changes
    connection.executemany(PUT_EVENT.sql, rows.events)
    new = connection.total_changes - before
    connection.execute(PUT_DELIVERY.sql, rows.delivery_with(new))
    return new
