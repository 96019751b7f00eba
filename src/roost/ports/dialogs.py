"""Durable dialogs, as a transaction sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roost.model.dialogs import Dialog, DialogState
from roost.model.ids import ConversationId, UserId
from roost.model.turns import Claim
from roost.ports.conversations import ConversationRow


@dataclass(frozen=True, slots=True)
class OpenDialog:
    """A dialog that has begun and not ended, as people look at it.

    Attributes:
        account_id: Our account.
        conversation_id: Where.
        customer_id: With whom.
        dialog_id: Unique in its conversation.
        name: Of its handler.
        phase: A `roost.model.dialogs.DialogPhase`.
        step: What it waits for, or is doing.
        since: Since when.
        n_points: How many it has passed.
    """

    account_id: UserId
    conversation_id: ConversationId
    customer_id: UserId
    dialog_id: str
    name: str
    phase: str
    step: str
    since: datetime
    n_points: int


class DialogRows(Protocol):
    """The `dialogs` and `points` tables inside a transaction.

    A dialog ends with the ownership it began under: after a change of it, it is not seen again.
    """

    async def open(self, conversation: ConversationRow) -> Sequence[Dialog]:
        """Give the dialogs of a claimed conversation, with their journals, oldest first."""
        ...

    async def record(self, claim: Claim, states: Sequence[DialogState], *, at: datetime) -> None:
        """Write down where dialogs of the claim's conversation are; ended ones are gone."""
        ...

    async def end_interrupted(self, claim: Claim) -> None:
        """End the dialogs that are in the middle of one of the claim's events."""
        ...
