"""What callers hand to the writer thread, and how each gets its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Generic, Protocol, TypeVar

from roost.errors import StoreUnavailable
from roost.store.inbox import DeliveryRows
from roost.store.transaction import Transaction, run_without_waiting

T = TypeVar("T")


class Answer(Generic[T]):
    """One caller's future. Settled by the writer thread, delivered by the caller's loop.

    Attributes:
        future: What the caller awaits.
    """

    __slots__ = ("_deliver", "future")

    def __init__(self, future: asyncio.Future[T]) -> None:
        self.future = future
        self._deliver: Callable[[], None] = partial(
            future.set_exception, StoreUnavailable("the writer stopped before it came to this")
        )

    @property
    def is_abandoned(self) -> bool:
        """Whether the caller has gone: it was cancelled, or its time was up."""
        return self.future.done()

    def succeed(self, result: T) -> None:
        """Settle on a result, in place of whatever was settled before."""
        self._deliver = partial(self.future.set_result, result)

    def fail(self, error: BaseException) -> None:
        """Settle on an error, in place of whatever was settled before."""
        self._deliver = partial(self.future.set_exception, error)

    def deliver(self) -> None:
        """Hand over what was settled. To be called on the caller's loop."""
        if not self.future.done():
            self._deliver()


class Deliverable(Protocol):
    """Whatever has an answer to hand over, of any type."""

    def deliver(self) -> None:
        """Hand over what was settled. To be called on the caller's loop."""
        ...


class Job(Deliverable, Protocol):
    """Anything the writer thread commits for a caller."""

    @property
    def is_durable(self) -> bool:
        """Whether the commit must survive a power cut."""
        ...

    @property
    def is_abandoned(self) -> bool:
        """Whether nobody waits for it any more, so that it need not begin."""
        ...

    def fail(self, error: BaseException) -> None:
        """Settle on an error."""
        ...


class TransactionJob(Job, Protocol):
    """A job that runs code of its own in the transaction."""

    def run(self, tx: Transaction) -> None:
        """Run, and settle on the result; what it raises undoes this job alone."""
        ...


class UnitJob(Answer[T]):
    """A unit to run in a transaction.

    Attributes:
        is_durable: As in `roost.ports.Store.transact`.
    """

    __slots__ = ("_unit", "is_durable")

    def __init__(
        self,
        future: asyncio.Future[T],
        unit: Callable[[Transaction], Awaitable[T]],
        *,
        is_durable: bool,
    ) -> None:
        super().__init__(future)
        self._unit = unit
        self.is_durable = is_durable

    def run(self, tx: Transaction) -> None:
        """Run the unit and settle on its result; what it raises is raised here."""
        self.succeed(run_without_waiting(self._unit(tx)))


class PutJob(Answer[int]):
    """A delivery to store.

    Attributes:
        rows: What to store.
        is_durable: Always: X is told that we have it.
    """

    __slots__ = ("rows",)

    is_durable = True

    def __init__(self, future: asyncio.Future[int], rows: DeliveryRows) -> None:
        super().__init__(future)
        self.rows = rows
