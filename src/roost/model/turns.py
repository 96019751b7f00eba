"""A turn: new events of one conversation, handed to a decider, and what it hands back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roost.model.decisions import Decision
from roost.model.dialogs import Dialog, DialogState
from roost.model.events import TurnEvent
from roost.model.ids import ConversationId, UserId
from roost.model.memories import Memory
from roost.model.messages import Profile
from roost.model.x_objects import XObject

EVENTS_PER_TURN = 32
"""Most events of a conversation in one turn; more make the next one."""


@dataclass(frozen=True, slots=True)
class Turn:
    """New messages and timers of one conversation, in order, for one decider.

    Attributes:
        bot: Name of the bot that serves the account.
        account_id: Our account.
        conversation_id: The conversation.
        customer: The other participant.
        events: 1 to 32 events, ordered by `position`.
        attempt: 1 on the first try; counted before the try, so that a crash counts.
        now: When the turn was claimed, by the service's clock.
        dialogs: Those of the conversation that have begun and not ended.
        late: Event keys of messages that came in after a later one had been handled.
        memories: What is remembered of the customer and of the conversation.
        has_written: Whether the customer has ever written to us; a bot never writes first.
        at_x: What the account has at X under a name.
    """

    bot: str
    account_id: UserId
    conversation_id: ConversationId
    customer: Profile
    events: tuple[TurnEvent, ...]
    attempt: int
    now: datetime
    dialogs: tuple[Dialog, ...] = ()
    late: tuple[str, ...] = ()
    memories: tuple[Memory, ...] = ()
    has_written: bool = True
    at_x: tuple[XObject, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """What a decider hands over at once, to be committed in one transaction.

    Attributes:
        decisions: In the order they were made.
        final: Whether the turn's events are all handled with this.
        n_handled: How many of them are, from the first on, where it is not final.
        dialogs: Those that began, went on or ended since the last `Progress`.
    """

    decisions: tuple[Decision, ...]
    final: bool
    n_handled: int = 0
    dialogs: tuple[DialogState, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to handle one turn until the lease ends.

    Attributes:
        turn: What is to be decided.
        fence: Raised on every claim; a commit under an older fence is refused.
        epoch: The conversation's ownership when it was claimed; raised with every change of it.
        trace_id: Of the delivery that brought the turn's last event.
        has_more: Whether other events may wait behind the turn's.
        is_too_old: Whether the turn has a message that the bot is no longer to answer.
    """

    turn: Turn
    fence: int
    epoch: int
    trace_id: str
    has_more: bool = False
    is_too_old: bool = False
