"""A gateway that plays X for tests of the engine."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

from roost.errors import MediaUnusable, SendError
from roost.model.budgets import Standing
from roost.model.decisions import Signal
from roost.model.events import MessageSent
from roost.model.ids import MessageId, UserId
from roost.model.media import MediaFile
from roost.model.outbound import OutboxEntry
from roost.model.uploads import Uploaded
from roost.ports import SentPage


class FakeGateway:
    """`roost.ports.Gateway` that takes every message, unless told to fail.

    Attributes:
        attempts: Every entry that was tried, in order.
        taken: Entries X now has, with the ids it gave, in order.
        failures: Raised one after the other by the next attempts.
        listed: What listing shows.
        not_listed: Raised one after the other by the next listings.
        page_size: How many messages one page shows.
        unread: Positions of what it cannot read.
        listings: How often it was asked to list.
        refusals: Raised one after the other by the next checks of credentials.
        checks: The accounts whose credentials were checked, in order.
        shown: The signals customers have seen, in order, each with the customer's id.
        standings: What it says about windows, by account and route, once each.
        uploads: Every upload that was tried, in order: for whom, and what.
        upload_failures: Raised one after the other by the next uploads.
        good_for: How long X takes what is uploaded.
    """

    def __init__(self, *, first_id: int = 9_000) -> None:
        self.attempts: list[OutboxEntry] = []
        self.taken: list[tuple[OutboxEntry, MessageId]] = []
        self.failures: deque[SendError] = deque()
        self.listed: list[MessageSent] = []
        self.listings = 0
        self.not_listed: deque[SendError] = deque()
        self.page_size = 50
        self.unread: list[int] = []
        self.refusals: deque[SendError] = deque()
        self.checks: list[UserId] = []
        self.shown: list[tuple[UserId, Signal]] = []
        self.standings: dict[tuple[str, str], Standing] = {}
        self.uploads: list[tuple[UserId, MediaFile]] = []
        self.upload_failures: deque[SendError | MediaUnusable] = deque()
        self.good_for = timedelta(hours=24)
        self._next_id = first_id

    @property
    def texts(self) -> list[str]:
        """The texts X has taken, in order."""
        return [entry.message.text for entry, _ in self.taken]

    async def send(self, entry: OutboxEntry) -> MessageId:
        """Take a message, or raise the next failure."""
        self.attempts.append(entry)
        if self.failures:
            raise self.failures.popleft()
        self._next_id += 1
        message_id = MessageId(str(self._next_id))
        self.taken.append((entry, message_id))
        return message_id

    async def upload(self, account_id: UserId, file: MediaFile) -> Uploaded:
        """Take a file, or raise the next failure."""
        self.uploads.append((account_id, file))
        if self.upload_failures:
            raise self.upload_failures.popleft()
        self._next_id += 1
        return Uploaded(str(self._next_id), self.good_for)

    async def sent_page(self, account_id: UserId, *, baseline: int, cursor: str = "") -> SentPage:
        """Show what it was told to show, newest first, so many a page."""
        self.listings += 1
        if self.not_listed:
            raise self.not_listed.popleft()
        mine = [one for one in self.listed if one.account_id == account_id]
        mine.sort(key=lambda one: one.position, reverse=True)
        begin = int(cursor or 0)
        page, following = mine[begin : begin + self.page_size], begin + self.page_size
        reached = page[-1].position if following < len(mine) else 0
        return SentPage(
            [one for one in page if one.position > baseline],
            str(following) if reached > baseline else "",
            reached=reached,
            unread=[position for position in self.unread if position > baseline],
        )

    async def check(self, account_id: UserId) -> None:
        """Take an account's credentials, or raise the next refusal."""
        self.checks.append(account_id)
        if self.refusals:
            raise self.refusals.popleft()

    async def show(self, account_id: UserId, customer_id: UserId, signal: Signal) -> None:
        """Show a signal, or raise the next refusal."""
        del account_id
        if self.refusals:
            raise self.refusals.popleft()
        self.shown.append((customer_id, signal))

    def learned(self, account_id: UserId, route: str) -> Standing | None:
        """Say what it was told to say."""
        return self.standings.pop((account_id, route), None)
