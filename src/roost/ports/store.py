"""Transactions, and the store that runs them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from roost.model.ids import UserId
from roost.ports.acquaintances import AcquaintanceRows
from roost.ports.activity import RejectionRows
from roost.ports.api_keys import ApiKeyRows
from roost.ports.attempts import AttemptRows
from roost.ports.budgets import BudgetRows, HealthRows
from roost.ports.composing import ComposingRows
from roost.ports.conversations import ConversationRows, EventRows, MessageRows
from roost.ports.dialogs import DialogRows
from roost.ports.erasing import ErasingRows
from roost.ports.erasure import ErasureRows
from roost.ports.gaps import GapRows
from roost.ports.inbox import Inbox
from roost.ports.marks import MemoryRows, TagRows
from roost.ports.outbox import HeldRows, OutboxRows
from roost.ports.people import PeopleRows
from roost.ports.remarks import RemarkRows, RequestRows
from roost.ports.replays import ReplayRows
from roost.ports.restoring import RestoringRows
from roost.ports.timers import TimerRows
from roost.ports.turns import TurnRows
from roost.ports.uploads import UploadRows
from roost.ports.x_objects import XObjectRows

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change for the feed; see `ChangeRows.append`."""

    account_id: UserId
    kind: str
    conversation_id: str
    ref: str
    at: datetime


class ChangeRows(Protocol):
    """The change feed inside a transaction; what live pages follow."""

    async def append(
        self, account_id: UserId, kind: str, *, conversation_id: str, ref: str, at: datetime
    ) -> None:
        """Add one change; visible to readers only after the transaction commits."""
        ...

    async def append_all(self, changes: Sequence[NewChange]) -> None:
        """Add changes, in this order."""
        ...


class PeopleTx(Protocol):
    """What people's work needs of a transaction; bots and the engine do without."""

    @property
    def people(self) -> PeopleRows:
        """Who may log in, and who is."""
        ...

    @property
    def remarks(self) -> RemarkRows:
        """What people do in a conversation beside messages."""
        ...

    @property
    def composing(self) -> ComposingRows:
        """What people write with."""
        ...

    @property
    def api_keys(self) -> ApiKeyRows:
        """What programs use the API with."""
        ...

    @property
    def attempts(self) -> AttemptRows:
        """Who tries to get in."""
        ...

    @property
    def rejections(self) -> RejectionRows:
        """What was refused unread."""
        ...

    @property
    def requests(self) -> RequestRows:
        """Changes that were asked for under a key."""
        ...


class CatchingUpTx(Protocol):
    """What a transaction knows of what is missing."""

    @property
    def gaps(self) -> GapRows:
        """What may be missing, and how far finding it has come."""
        ...

    @property
    def restoring(self) -> RestoringRows:
        """What this database may have forgotten."""
        ...

    @property
    def replays(self) -> ReplayRows:
        """What X is asked to deliver again."""
        ...


class Tx(PeopleTx, CatchingUpTx, Protocol):
    """One transaction: all of it happens or nothing does."""

    @property
    def events(self) -> EventRows:
        """Stored events."""
        ...

    @property
    def conversations(self) -> ConversationRows:
        """Conversations, their control and leases."""
        ...

    @property
    def turns(self) -> TurnRows:
        """Conversations of several turns at once."""
        ...

    @property
    def acquaintances(self) -> AcquaintanceRows:
        """Conversations that begin with something else than a message."""
        ...

    @property
    def messages(self) -> MessageRows:
        """The transcript."""
        ...

    @property
    def outbox(self) -> OutboxRows:
        """Messages on their way out."""
        ...

    @property
    def timers(self) -> TimerRows:
        """Timers of conversations."""
        ...

    @property
    def dialogs(self) -> DialogRows:
        """Dialogs that have not ended, and their journals."""
        ...

    @property
    def erasure(self) -> ErasureRows:
        """What was deleted at X."""
        ...

    @property
    def budgets(self) -> BudgetRows:
        """What X still allows."""
        ...

    @property
    def health(self) -> HealthRows:
        """How accounts and apps stand with X."""
        ...

    @property
    def changes(self) -> ChangeRows:
        """The change feed."""
        ...

    @property
    def tags(self) -> TagRows:
        """Words on conversations."""
        ...

    @property
    def memories(self) -> MemoryRows:
        """What bots remember."""
        ...

    @property
    def held(self) -> HeldRows:
        """Messages that are taken out of the outbox again."""
        ...

    @property
    def erasing(self) -> ErasingRows:
        """Everything of a customer."""
        ...

    @property
    def uploads(self) -> UploadRows:
        """What X has of the files that hang on messages."""
        ...

    @property
    def x_objects(self) -> XObjectRows:
        """What accounts have at X under a name."""
        ...


Unit = Callable[[Tx], Awaitable[T]]
"""The body of a transaction. May be run again, so it only touches its `Tx`."""


class Store(Protocol):
    """Durable state. One contract suite runs on every adapter."""

    @property
    def inbox(self) -> Inbox:
        """Where intake puts deliveries."""
        ...

    async def transact(self, unit: Unit[T], *, is_durable: bool = True) -> T:
        """Run a unit in one transaction and return its result once it is committed.

        Args:
            unit: Touches only the `Tx` it is given: no network, no foreign code, no sleeping.
            is_durable: Whether the commit must survive a power cut before this returns. Without
                it the commit survives a killed process and is never torn from later ones.

        Raises:
            StoreUnavailable: Nothing was committed.
        """
        ...
