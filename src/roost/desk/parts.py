"""What the desk's handlers work with, and how they get at it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from roost.desk.access import Access
from roost.desk.at_x import AtX
from roost.desk.connections import Connections
from roost.desk.feed import Feed
from roost.desk.greetings import GreetingsAtX
from roost.desk.passwords import Passwords
from roost.desk.problems import not_found
from roost.desk.showing import Showing
from roost.desk.throttle import Throttle
from roost.desk.wire import Account
from roost.model.ids import UserId
from roost.model.people import Person
from roost.ports import Clock, Store
from roost.ports.activity import ActivityLookup
from roost.ports.api_keys import ApiKeyLookup
from roost.ports.changes import ChangeLookup
from roost.ports.composing import ComposingLookup
from roost.ports.customers import CustomerLookup
from roost.ports.desk import DeskLookup
from roost.ports.erasing import TraceLookup
from roost.ports.people import PeopleLookup
from roost.ports.searching import SearchLookup

AT_ONCE = 4
"""Files on their way in one direction."""


class DeskStore(Store, ChangeLookup, Protocol):
    """A store that people look into."""

    @property
    def desk(self) -> DeskLookup:
        """Conversations as people look at them."""
        ...

    @property
    def customers(self) -> CustomerLookup:
        """What is known of customers beside the messages."""
        ...

    @property
    def search(self) -> SearchLookup:
        """Messages and customers that hold some words."""
        ...

    @property
    def people(self) -> PeopleLookup:
        """Who may log in, and who is."""
        ...

    @property
    def composing(self) -> ComposingLookup:
        """What people write with."""
        ...

    @property
    def api_keys(self) -> ApiKeyLookup:
        """What programs use the API with."""
        ...

    @property
    def activity(self) -> ActivityLookup:
        """What came in, and what became of it."""
        ...

    @property
    def traces(self) -> TraceLookup:
        """What may still hold what was erased."""
        ...


@dataclass(frozen=True, slots=True)
class DeskParts:
    """Everything handlers need.

    Attributes:
        store: Durable state.
        clock: Stamps what people do.
        wall: Tells how old links are; it follows no simulation.
        accounts: Every account that is served, by its id.
        access: Who may do what.
        feed: What live pages follow.
        on_queued: Called when a message waits to be sent.
        on_requeued: Called when an event waits for its bot again.
        passwords: Hashes and checks.
        at_x: What the desk asks of X itself.
        greetings: The accounts' welcome messages.
        connections: What is between us and X.
        limits_sends: Whether what may be sent is limited as X documents.
        showing: What customers see of agents.
        throttle: Slows down whoever guesses, in every process.
        uploads: At most so many files go to X at once,
        downloads: and so many come from there.
        undo_for: How long a reply can be taken back, where its writer wants that.
        framed_by: Origin of pages that may show the desk in a frame; `None` for nobody.
    """

    store: DeskStore
    clock: Clock
    wall: Clock
    accounts: Sequence[Account]
    access: Access
    feed: Feed
    on_queued: Callable[[], None]
    on_requeued: Callable[[], None]
    at_x: AtX
    greetings: GreetingsAtX
    connections: Connections
    showing: Showing
    throttle: Throttle
    undo_for: timedelta = timedelta(seconds=5)
    framed_by: str | None = None
    limits_sends: bool = True
    uploads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    downloads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    passwords: Passwords = field(default_factory=Passwords)

    def accounts_of(self, person: Person) -> list[Account]:
        """Give the accounts a person may serve."""
        return [one for one in self.accounts if person.may_serve(UserId(one.account_id))]

    def known(self, account_id: str) -> UserId:
        """Give an account's id, where it is one of ours.

        Raises:
            Refused: It is none.
        """
        if all(one.account_id != account_id for one in self.accounts):
            raise not_found("such account")
        return UserId(account_id)


Parts = NamedDependency[SkipValidation[DeskParts]]
"""The type of a handler's parameter called `parts`."""

Somebody = NamedDependency[SkipValidation[Person]]
"""The type of a handler's parameter called `person`: who asks."""
