"""Did X take that message? Proof by echo first, by listing second; sent again only after neither.

X has no idempotency key for Direct Messages, and an error is no proof that nothing happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import groupby

import structlog

from roost.engine import accounts, failing, matching, withholding
from roost.engine.budgets import opens_at
from roost.engine.failing import OnError
from roost.engine.listings import Listing, Listings, attempt_of
from roost.engine.means import Means
from roost.engine.retry import hold_of_question
from roost.engine.wake import Wake
from roost.errors import RateLimited, RejectedByX, SendError, StoreUnavailable
from roost.model.budgets import LIST, LONGEST_WINDOW, POST, SEND, Granted, Purpose
from roost.model.events import MessageSent
from roost.model.ids import MessageId, UserId, position_of
from roost.model.outbound import Lane, OutboxEntry
from roost.model.posts import PublicReply
from roost.ports import Tx

MOST_PAGES = 8
"""Most pages of one listing; X allows 15 in 15 minutes."""

MOST_POSTINGS = 3
"""How often a public reply is posted at most while X tells nothing of it."""

MOST_SENDS = 12
"""How often a bot's message is sent at most while X does not show it. The waits between them grow:
with the usual settings, and X failing all along, it is about an hour. An attempt of which X surely
knows nothing, as when it could not be reached, counts for neither."""

_AFTER_FAILED_LISTING = timedelta(minutes=1)
"""Until an account's messages are listed again after that failed."""

LONGEST_DOUBT = timedelta(hours=24)
"""How old an attempt becomes at most whose account X does not list, or cannot be asked about: then
a person decides."""

_FAILING_LISTINGS = timedelta(hours=1)
"""For how long listing has to have failed before that is said of it."""

_log = structlog.stdlib.get_logger("roost.reconcile")


class Absence(Enum):
    """What follows where X does not show a message."""

    WAIT = "wait"
    RESEND = "resend"
    PARK = "park"
    UNKNOWN = "unknown"
    GONE = "gone"


_WHY = {
    Absence.PARK: "it may have arrived: X does not show it",
    Absence.UNKNOWN: "it may have arrived: X could not be asked for a day",
    Absence.GONE: "it may have arrived: the settings no longer name its account",
}


async def settle_if_known(tx: Tx, entry: OutboxEntry) -> bool:
    """Mark an uncertain entry sent if X has told us of its message; whether it had."""
    message_id = await _known_as(tx, entry)
    if message_id is None:
        return False
    await tx.messages.put_sent(entry, message_id, entry.attempted_at)
    await tx.outbox.finish(entry, message_id)
    await tx.changes.append(
        entry.account_id,
        "outbox_sent",
        conversation_id=entry.conversation_id,
        ref=str(entry.outbox_id),
        at=entry.attempted_at,
    )
    return True


async def _known_as(tx: Tx, entry: OutboxEntry) -> MessageId | None:
    """Give X's id of what an entry sent, if X has told us of it."""
    if isinstance(entry.message, PublicReply):
        after = position_of(entry.message.post_id, at=entry.attempted_at)
        posts = await tx.events.unlinked_posts(entry.account_id, after=after)
        posted = matching.match_post(entry.message, posts)
        return None if posted is None else MessageId(posted.post.post_id)
    found = matching.match(entry, await tx.messages.unlinked(entry))
    return None if found is None else found.message.message_id


class Reconciler:
    """Settles uncertain sends that no echo has settled.

    One listing serves all uncertain messages of an account: each of those whose baseline it has
    reached, whatever lies further down. Posts are not listed: X has no such route for us, but it
    refuses to post the same again. So a bot's public reply that X has told nothing of is posted
    again.

    Nothing is sent again without end, as X may refuse for a reason that it does not document:
    after `MOST_SENDS` and `MOST_POSTINGS` a bot's words wait for a person too. So does everything
    whose account X refuses to list for `LONGEST_DOUBT`, and everything as old whose account does
    not act: X holds it or its app, or a person has paused it. Of an account that the settings no
    longer name X is never asked again, so that no more than an echo is waited for.

    Args:
        means: Store, gateway, clock, budgets and policy.
        waits: When to list after an attempt ended, in rising order. If the last listing does not
            show the message either, a bot's is sent again, and a person's waits for a person.
        outbox: Woken when something is to be sent again.
        held: Woken when X holds an account or app back.
    """

    def __init__(
        self, means: Means, *, waits: Sequence[timedelta], outbox: Wake, held: Wake
    ) -> None:
        self._means = means
        self._store = means.store
        self._gateway = means.gateway
        self._clock = means.clock
        self._budgets = means.budgets
        self._policy = means.retry
        self._outbox = outbox
        self._held = held
        self._listings = Listings(waits)
        self._opens_at: dict[UserId, datetime] = {}
        self._failing_since: dict[UserId, datetime] = {}
        self.wake = Wake()

    async def run(self) -> None:
        """Look at uncertain sends until cancelled."""
        while True:
            try:
                await self._look()
            except StoreUnavailable as error:
                _log.error("reconciling waits for the database", reason=str(error))
            await self.wake.wait()

    async def settle_known(self) -> None:
        """Settle what X has told of already, such as before a process died that was sending it."""
        for entry in await self._store.transact(lambda tx: tx.outbox.uncertain(), is_durable=False):
            await self._learn(entry, (), Absence.WAIT)

    async def _look(self) -> None:
        entries, unasked = await self._store.transact(_in_doubt, is_durable=False)
        self._listings.keep([*entries, *unasked], self._clock.now())
        for entry in unasked:
            await self._give_up_asking(entry)
        for account_id, group in groupby(entries, key=lambda entry: entry.account_id):
            now = self._clock.now()
            everything = list(group)
            for entry in everything:
                if entry.route == POST and self._listings.is_due(entry, now):
                    await self._give_up_waiting(entry, now)
            mine = [entry for entry in everything if entry.route == SEND]
            due = [entry for entry in mine if self._listings.is_due(entry, now)]
            opens = self._opens_at.get(account_id, now)
            if due and (now >= opens or opens - now > LONGEST_WINDOW):
                await self._list(account_id, due, mine)

    async def _give_up_waiting(self, entry: OutboxEntry, now: datetime) -> None:
        """Count how long a public reply's echo was waited for, and say what follows."""
        self._listings.count(entry, now)
        is_over = self._listings.are_over(entry)
        absence = _absence(entry, is_whole=True) if is_over else Absence.WAIT
        await self._learn(entry, (), absence)

    async def _give_up_asking(self, entry: OutboxEntry) -> None:
        """Leave to people what nobody has asked X about for a day, or what nobody ever will."""
        now = self._clock.now()
        if now - self._listings.ended_at(entry) >= LONGEST_DOUBT:
            await self._learn(entry, (), Absence.UNKNOWN)
        elif entry.is_unlisted and self._listings.is_due(entry, now):
            await self._learn(entry, (), Absence.GONE)

    async def _list(
        self, account_id: UserId, due: Sequence[OutboxEntry], uncertain: Sequence[OutboxEntry]
    ) -> None:
        listing = await self._listing(account_id, min(entry.baseline for entry in due))
        now = self._clock.now()
        if not listing.is_cut_off:
            self._failing_since.pop(account_id, None)
        doubtful = self._doubtful(account_id, due, now)
        for entry in uncertain:
            shown, absence = listing.here(entry), Absence.WAIT
            if entry in due and listing.has_looked_for(entry):
                self._listings.count(entry, now)
                if self._listings.are_over(entry):
                    absence = _absence(entry, is_whole=listing.is_whole_for(entry))
            elif entry in doubtful:
                absence = Absence.UNKNOWN
            elif not shown:
                continue
            await self._learn(entry, shown, absence)

    def _doubtful(
        self, account_id: UserId, due: Sequence[OutboxEntry], now: datetime
    ) -> Sequence[OutboxEntry]:
        """Give those that have been in doubt for too long while X did not answer."""
        since = self._failing_since.get(account_id, now)
        if now - since < _FAILING_LISTINGS:
            return []
        return [entry for entry in due if now - entry.attempted_at >= LONGEST_DOUBT]

    async def _learn(
        self, entry: OutboxEntry, shown: Sequence[MessageSent], absence: Absence
    ) -> None:
        now = self._clock.now()
        learning = _Learning(self._means, entry, shown, absence, now)
        is_settled = await self._store.transact(learning)
        if not is_settled and absence is not Absence.WAIT:
            _log.warning(
                "no proof of arrival", outbox_id=entry.outbox_id, follows=str(absence.value)
            )
        self._outbox.set()

    async def _listing(self, account_id: UserId, baseline: int) -> Listing:
        """List down to a position, or as far as that can be done now."""
        listing, cursor = Listing(), ""
        for _ in range(MOST_PAGES):
            if not await self._may_list(account_id):
                listing.is_cut_off = True
                break
            try:
                page = await self._gateway.sent_page(account_id, baseline=baseline, cursor=cursor)
            except SendError as error:
                await self._failed(account_id, error)
                listing.is_cut_off = True
                break
            listing.add(page)
            cursor = page.next_cursor
            if not cursor:
                break
        return listing

    async def _may_list(self, account_id: UserId) -> bool:
        now = self._clock.now()
        standing = self._gateway.learned(account_id, LIST)

        async def take(tx: Tx) -> datetime | None:
            if standing is not None:
                await self._budgets.learn(tx, account_id, LIST, standing, now=now)
            taken = await self._budgets.take(tx, account_id, LIST, Purpose.RECONCILE, now=now)
            return None if isinstance(taken, Granted) else opens_at(taken, now)

        closed_until = await self._store.transact(take)
        if closed_until is not None:
            self._opens_at[account_id] = closed_until
        return closed_until is None

    async def _failed(self, account_id: UserId, error: SendError) -> None:
        now = self._clock.now()
        self._opens_at[account_id] = now + _AFTER_FAILED_LISTING
        self._failing_since.setdefault(account_id, now)
        _log.warning("listing failed", account=account_id, reason=type(error).__name__)
        if isinstance(error, RateLimited):
            limited = self._policy.limited(error, attempt=1, now=now)
            self._opens_at[account_id] = max(limited.when, now + _AFTER_FAILED_LISTING)
            await self._store.transact(
                lambda tx: self._budgets.close(tx, account_id, LIST, limited)
            )
        why = hold_of_question(error) if isinstance(error, RejectedByX) else None
        if why is not None:
            if await self._store.transact(lambda tx: accounts.hold(tx, account_id, why, at=now)):
                accounts.tell(account_id, why)
            self._held.set()


async def _in_doubt(tx: Tx) -> tuple[Sequence[OutboxEntry], Sequence[OutboxEntry]]:
    """Give what X can be asked about, and what it cannot."""
    return await tx.outbox.uncertain(), await tx.outbox.uncertain(unasked=True)


def _absence(entry: OutboxEntry, *, is_whole: bool) -> Absence:
    """Tell what follows absence: a person's words are not sent twice, nor on half a proof.

    Nor is what a person has had X asked about: to ask is not to say that it is to be sent.
    """
    is_spent = entry.doubts >= (MOST_POSTINGS if entry.route == POST else MOST_SENDS)
    waits = entry.lane is Lane.AGENT or entry.is_checked or is_spent
    return Absence.PARK if waits or not is_whole else Absence.RESEND


@dataclass(frozen=True, slots=True)
class _Learning:
    """The transaction that stores what a listing shows, and settles an attempt by it."""

    means: Means
    entry: OutboxEntry
    shown: Sequence[MessageSent]
    absence: Absence
    now: datetime

    async def __call__(self, tx: Tx) -> bool:
        """Tell whether the attempt is settled."""
        entry = self.entry
        current = await tx.outbox.uncertain((entry.account_id, entry.conversation_id))
        if all(attempt_of(one) != attempt_of(entry) for one in current):
            return True  # an echo settled it meanwhile
        for event in self.shown:
            await tx.messages.put(event)
        if await settle_if_known(tx, entry):
            return True
        if self.absence is not Absence.WAIT:
            kind = await self._go_on(tx)
            await tx.changes.append(
                entry.account_id,
                kind,
                conversation_id=entry.conversation_id,
                ref=str(entry.outbox_id),
                at=self.now,
            )
        return False

    async def _go_on(self, tx: Tx) -> str:
        """Do what follows absence; give the kind of the change."""
        entry = self.entry
        if self.absence is Absence.RESEND:
            # The waits between the listings were enough for a first time.
            wait = self.means.retry.wait(entry.doubts - 1) if entry.doubts > 1 else None
            again_at = min(entry.attempted_at, self.now) if wait is None else self.now + wait
            await tx.outbox.postpone(entry, again_at, reason="X does not show it")
            where = entry.account_id, entry.conversation_id
            is_withheld = await withholding.settle(tx, *where, at=self.now)
            return "outbox_dropped" if is_withheld else "outbox_queued"
        reason = _WHY[self.absence]
        await tx.outbox.park(entry, reason=reason)
        if self.means.on_error is OnError.HAND_OFF:
            await failing.leave_to_people(tx, entry, reason, at=self.now)
        return "outbox_parked"
