"""The durable store as the rest of Roost sees it, over whichever database."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from roost.errors import DiskTrouble
from roost.model.health import APP_WORKING
from roost.model.ids import UserId
from roost.ports import Delivery, QuarantinedEvent, Unit
from roost.ports.erasing import Traces
from roost.store import (
    change_rows,
    conservation,
    counts,
    event_rows,
    inbox,
    registry,
)
from roost.store.activity_rows import StoredActivity
from roost.store.api_key_rows import StoredApiKeyLookup
from roost.store.change_rows import Change, FeedPosition, Resync
from roost.store.composing_rows import StoredComposingLookup
from roost.store.conservation import Balance
from roost.store.counts import Counts
from roost.store.customer_queries import StoredCustomers
from roost.store.desk_queries import StoredDesk
from roost.store.dialog_listing import StoredDialogLookup
from roost.store.inbox import DeliveryRows
from roost.store.mark_rows import StoredTagLookup
from roost.store.people_rows import StoredPeopleLookup
from roost.store.registry import AccountRow, AppRow
from roost.store.search_queries import Finding, StoredSearch
from roost.store.statements import Reading
from roost.store.token_rows import StoredTokenLookup
from roost.store.traces import StoredTraces
from roost.store.transaction import Transaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CommitStats:
    """What has been committed since the store was opened. All are counts.

    Attributes:
        commits: Transactions that changed something.
        durable_commits: Those of them that waited for the disk.
        jobs: Callers' jobs in them. `jobs / commits` tells how well commits are shared.
        rows: Rows they changed.
    """

    commits: int = 0
    durable_commits: int = 0
    jobs: int = 0
    rows: int = 0

    def __add__(self, other: CommitStats) -> CommitStats:
        """Give the sum of each count."""
        return CommitStats(
            self.commits + other.commits,
            self.durable_commits + other.durable_commits,
            self.jobs + other.jobs,
            self.rows + other.rows,
        )


class Writing(Protocol):
    """How a database takes changes."""

    @property
    def trouble(self) -> str:
        """What is wrong with its disk, in words that everybody may read; `""` for nothing."""
        ...

    @property
    def stats(self) -> CommitStats:
        """What has been committed so far."""
        ...

    @property
    def left(self) -> Traces:
        """Where something of what was erased may still be."""
        ...

    async def put(self, rows: DeliveryRows) -> int:
        """Store a delivery durably; give its number of new events.

        Raises:
            StoreUnavailable: Nothing was stored.
        """
        ...

    async def run(
        self, unit: Callable[[Transaction], Awaitable[T]], *, is_durable: bool = True
    ) -> T:
        """Run a unit in a transaction; give its result once that is committed.

        Raises:
            StoreUnavailable: Nothing was committed.
        """
        ...

    async def beat(self, *, is_durable: bool) -> None:
        """Commit a change that means nothing, and hint at it to nobody.

        Raises:
            StoreUnavailable: It was not committed.
        """
        ...


class Others(Protocol):
    """The other processes on the same database."""

    def wakeups(self) -> AsyncGenerator[None]:
        """Yield whenever another process has stored something. Others may be lost."""
        ...

    async def announce(self) -> None:
        """Give the other processes a hint, now.

        Raises:
            StoreUnavailable: It was not given.
        """
        ...

    async def work(self) -> None:
        """Count among the processes that run bots and send, until this one is gone.

        Raises:
            StoreUnavailable: The others cannot see it.
        """
        ...

    async def leave(self) -> None:
        """Be gone, as far as leases and sends of this process are concerned.

        Raises:
            StoreUnavailable: The others have not been told; they will find out.
        """
        ...


class StoredInbox:
    """`roost.ports.Inbox` on any database."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing

    async def put(self, delivery: Delivery) -> int:
        """Store a delivery and its events; on return they survive a power cut.

        Characters that a database refuses are replaced, see `roost.store.encoding`. A delivery that
        brings nothing new leaves a row without a body.
        """
        return await self._writing.put(inbox.rows_of(delivery))


class DurableStore:
    """`roost.ports.Store`, and what the service needs beside it.

    Attributes:
        inbox: Where intake puts deliveries.
        desk: Conversations as people look at them.
        search: Messages and customers that hold some words.
        people: Who may log in, and who is.
        tokens: Tokens of accounts that people have connected.
        dialogs: Dialogs that have not ended, as people look at them.
        tags: Words on conversations.
        composing: What people write with.
        activity: What came in, and what became of it.
        customers: What is known of customers beside the messages.
        api_keys: What programs use the API with.
        traces: What may still hold what was erased.
    """

    def __init__(
        self,
        writing: Writing,
        reading: Reading,
        others: Others,
        finding: Finding,
        *,
        listing: Reading | None = None,
    ) -> None:
        """Put it together.

        Args:
            writing: Where units run.
            reading: Where queries run.
            others: The other processes on this database.
            finding: How words are looked for.
            listing: Where the queries of lists and conversations run; `None` for `reading`.
        """
        self._writing = writing
        self._reading = reading
        self._others = others
        self.inbox = StoredInbox(writing)
        self._followers: list[Callable[[], None]] = []
        self.desk = StoredDesk(listing or reading)
        self.search = StoredSearch(finding)
        self.people = StoredPeopleLookup(reading)
        self.tokens = StoredTokenLookup(reading)
        self.dialogs = StoredDialogLookup(reading)
        self.tags = StoredTagLookup(reading)
        self.composing = StoredComposingLookup(reading)
        self.activity = StoredActivity(reading)
        self.customers = StoredCustomers(reading)
        self.api_keys = StoredApiKeyLookup(reading)
        self.traces = StoredTraces(lambda: writing.left)

    @property
    def stats(self) -> CommitStats:
        """What has been committed since the store was opened."""
        return self._writing.stats

    async def transact(self, unit: Unit[T], *, is_durable: bool = True) -> T:
        """Run a unit in one transaction and return its result once it is committed.

        The unit must not wait for anything but its transaction, see decision 0001. It may be run
        again where the database asks for that.

        Raises:
            StoreUnavailable: Nothing was committed.
            RuntimeError: The unit waited where the database allows no waiting; it was undone.
        """
        result = await self._writing.run(unit, is_durable=is_durable)
        for follower in self._followers:
            follower()
        return result

    async def manage(
        self, unit: Callable[[Transaction], Awaitable[T]], *, is_durable: bool = True
    ) -> T:
        """Run a unit that may use what only the service writes; otherwise as `transact`."""
        result = await self._writing.run(unit, is_durable=is_durable)
        for follower in self._followers:
            follower()
        return result

    def tell(self, follower: Callable[[], None]) -> None:
        """Call somebody after each unit this process commits, for as long as the store is open."""
        self._followers.append(follower)

    def wakeups(self) -> AsyncGenerator[None]:
        """Yield whenever another process on this database has stored something.

        Others may be lost, and several may come as one: whoever follows them looks for work at
        intervals all the same. To be followed once. Never ends.
        """
        return self._others.wakeups()

    async def announce(self) -> None:
        """Hint to the other processes that there may be work for them.

        Raises:
            StoreUnavailable: The hint was not given.
        """
        await self._others.announce()

    async def work(self) -> None:
        """Count among the processes that run bots and send, until this one is gone.

        Raises:
            StoreUnavailable: The others cannot see it.
        """
        await self._others.work()

    async def leave(self) -> None:
        """Count as gone, so that whatever this process still holds can be taken over.

        For when its work has ended; it may go on as a process that holds nothing yet.

        Raises:
            StoreUnavailable: The database was not told. It finds out when the process ends.
        """
        await self._others.leave()

    async def check(self) -> None:
        """Commit a change that means nothing; durably where the disk has failed.

        Raises:
            DiskTrouble: The disk is full, read-only or failing, or has no room for deliveries.
            StoreUnavailable: The database takes no change.
        """
        await self._writing.beat(is_durable=bool(self._writing.trouble))
        if self._writing.trouble:
            raise DiskTrouble(self._writing.trouble)

    async def _settle(self) -> None:
        """Have the disk keep every commit there has been, also those that have not waited for it.

        Raises:
            StoreUnavailable: It does not.
        """
        await self._writing.beat(is_durable=True)

    async def register(
        self, apps: Sequence[AppRow], accounts: Sequence[AccountRow] | None = None
    ) -> Mapping[str, str]:
        """Store what the settings name; give each app's webhook path, drawn once, by app key.

        Args:
            apps: All of them.
            accounts: All of them; `None` to leave the accounts as they are.
        """

        async def put(tx: Transaction) -> Mapping[str, str]:
            return await tx.registry.put(apps, accounts)

        return await self._writing.run(put)

    async def accounts(self) -> Sequence[AccountRow]:
        """Give all known accounts, by id."""
        return [registry.account_of(row) for row in await self._reading.rows(registry.ACCOUNTS, {})]

    async def account(self, account_id: UserId) -> AccountRow | None:
        """Give one account; `None` where it is not ours."""
        rows = await self._reading.rows(registry.ACCOUNT, {"account": account_id})
        return registry.account_of(rows[0]) if rows else None

    async def standing(self) -> Mapping[str, str]:
        """Tell how each account stands with X, by id, in words: its state, and what holds it."""
        rows = await self._reading.rows(registry.HEALTH, {})
        return {
            account_id: ": ".join(filter(None, (state, reason)))
            if app_state == APP_WORKING
            else f"app {app_state}: {app_reason}"
            for account_id, state, reason, app_state, app_reason in rows
        }

    async def counts(self) -> Counts:
        """Count what there is by state. Takes longer with the number of rows stored."""
        ((n_workers,),) = await self._reading.rows(counts.WORKERS, {})
        return Counts(
            events=counts.by_state(await self._reading.rows(counts.EVENTS, {}), rest="done"),
            outbox=counts.by_state(await self._reading.rows(counts.OUTBOX, {}), rest="sent"),
            workers=n_workers,
        )

    async def conservation(self) -> Sequence[Balance]:
        """Account for every event, by account. Takes longer with the number of rows stored."""
        return [Balance(*row) for row in await self._reading.rows(conservation.BALANCES, {})]

    async def quarantined(self, limit: int) -> Sequence[QuarantinedEvent]:
        """Give events that were set aside, those received last first."""
        rows = await self._reading.rows(event_rows.QUARANTINED, {"limit": limit})
        return [event_rows.quarantined_of(row) for row in rows]

    async def quarantined_as(self, event_key: str) -> Sequence[QuarantinedEvent]:
        """Give the events set aside that have a key: one for each account and kind."""
        rows = await self._reading.rows(event_rows.QUARANTINED_AS, {"key": event_key})
        return [event_rows.quarantined_of(row) for row in rows]

    async def feed_position(self) -> FeedPosition:
        """Give the place of the last change in the feed; a power cut does not take it back."""
        position = await self._last_position()
        await self._settle()
        return position

    async def _last_position(self) -> FeedPosition:
        (row,) = await self._reading.rows(change_rows.POSITION, {})
        return change_rows.position_of(row)

    async def changes_after(
        self, position: FeedPosition, *, limit: int
    ) -> Sequence[Change] | Resync:
        """Give up to `limit` changes after a place in the feed, none left out and none twice.

        Within a transaction they come as they were made. Transactions come in an order that stays
        the same whenever it is read; a change is given only when nothing can come in before it,
        which in PostgreSQL is when every transaction older than its own has ended.

        What is given stays: a change that a power cut could still take back would leave its place
        to another one, which whoever has seen this one would never be given.
        """
        rows = await self._reading.rows(
            change_rows.AFTER,
            {
                "feed_epoch": position.feed_epoch,
                "xid": position.xid,
                "seq": position.seq,
                "limit": limit,
            },
        )
        if rows:
            await self._settle()
            return [change_rows.change_of(row) for row in rows]
        last = await self._last_position()
        if last.feed_epoch == position.feed_epoch:
            return []
        await self._settle()
        return Resync(last)
