"""What the core needs from the world, as Protocols written for whoever implements them."""

from __future__ import annotations

from roost.ports.acquaintances import AcquaintanceRows
from roost.ports.budgets import BudgetRows, HealthRows, UnservedBot
from roost.ports.conversations import (
    Arrival,
    ControlRow,
    ConversationRow,
    ConversationRows,
    EventRow,
    EventRows,
    Filed,
    MessageRows,
    PendingEvents,
    QuarantinedEvent,
    SentMessage,
)
from roost.ports.dialogs import DialogRows
from roost.ports.erasure import ErasureRows
from roost.ports.gaps import Gap, GapKind, GapRows, KnownMessages, LastSeen, NewGap
from roost.ports.inbox import Delivery, Inbox
from roost.ports.outbox import OutboxRows
from roost.ports.replays import NewReplay, Replay, ReplayRows
from roost.ports.restoring import Marked, RestoringRows
from roost.ports.store import ChangeRows, NewChange, Store, Tx, Unit
from roost.ports.timers import TimerRows
from roost.ports.uploads import UploadRows
from roost.ports.world import (
    PROBES,
    PROBES_OF_MEDIA,
    RECOVERY_PROBES,
    Clock,
    Decider,
    Gateway,
    Probe,
    SentPage,
)
from roost.ports.x_objects import XObjectRows

__all__ = [
    "PROBES",
    "PROBES_OF_MEDIA",
    "RECOVERY_PROBES",
    "AcquaintanceRows",
    "Arrival",
    "BudgetRows",
    "ChangeRows",
    "Clock",
    "ControlRow",
    "ConversationRow",
    "ConversationRows",
    "Decider",
    "Delivery",
    "DialogRows",
    "ErasureRows",
    "EventRow",
    "EventRows",
    "Filed",
    "Gap",
    "GapKind",
    "GapRows",
    "Gateway",
    "HealthRows",
    "Inbox",
    "KnownMessages",
    "LastSeen",
    "Marked",
    "MessageRows",
    "NewChange",
    "NewGap",
    "NewReplay",
    "OutboxRows",
    "PendingEvents",
    "Probe",
    "QuarantinedEvent",
    "Replay",
    "ReplayRows",
    "RestoringRows",
    "SentMessage",
    "SentPage",
    "Store",
    "TimerRows",
    "Tx",
    "Unit",
    "UnservedBot",
    "UploadRows",
    "XObjectRows",
]
