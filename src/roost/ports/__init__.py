"""What the core needs from the world, as Protocols written for whoever implements them."""

from __future__ import annotations

from roost.ports.conversations import (
    ControlRow,
    ConversationRow,
    ConversationRows,
    EventRow,
    EventRows,
    MessageRows,
    PendingEvents,
    QuarantinedEvent,
    SentMessage,
)
from roost.ports.dialogs import DialogRows
from roost.ports.inbox import Delivery, Inbox
from roost.ports.outbox import OutboxRows
from roost.ports.store import ChangeRows, Store, Tx, Unit
from roost.ports.timers import TimerRows
from roost.ports.world import PROBES, Clock, Decider, Gateway, Probe

__all__ = [
    "PROBES",
    "ChangeRows",
    "Clock",
    "ControlRow",
    "ConversationRow",
    "ConversationRows",
    "Decider",
    "Delivery",
    "DialogRows",
    "EventRow",
    "EventRows",
    "Gateway",
    "Inbox",
    "MessageRows",
    "OutboxRows",
    "PendingEvents",
    "Probe",
    "QuarantinedEvent",
    "SentMessage",
    "Store",
    "TimerRows",
    "Tx",
    "Unit",
]
