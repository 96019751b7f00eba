"""What the core needs from the world, as Protocols written for whoever implements them."""

from __future__ import annotations

from roost.ports.budgets import BudgetRows, HealthRows
from roost.ports.conversations import (
    ConversationRow,
    ConversationRows,
    EventRow,
    EventRows,
    MessageRows,
    PendingEvents,
    QuarantinedEvent,
    SentMessage,
    Taken,
)
from roost.ports.dialogs import DialogRows
from roost.ports.gaps import Gap, GapKind, GapRows, KnownMessages, LastSeen, NewGap
from roost.ports.inbox import Delivery, Inbox
from roost.ports.outbox import OutboxRows
from roost.ports.store import ChangeRows, Store, Tx, Unit
from roost.ports.timers import TimerRows
from roost.ports.world import PROBES, Clock, Decider, Gateway, Probe, SentPage

__all__ = [
    "PROBES",
    "BudgetRows",
    "ChangeRows",
    "Clock",
    "ConversationRow",
    "ConversationRows",
    "Decider",
    "Delivery",
    "DialogRows",
    "EventRow",
    "EventRows",
    "Gap",
    "GapKind",
    "GapRows",
    "Gateway",
    "HealthRows",
    "Inbox",
    "KnownMessages",
    "LastSeen",
    "MessageRows",
    "NewGap",
    "OutboxRows",
    "PendingEvents",
    "Probe",
    "QuarantinedEvent",
    "SentMessage",
    "SentPage",
    "Store",
    "Taken",
    "TimerRows",
    "Tx",
    "Unit",
]
