"""Backfill: what deliveries may have missed is listed and goes the way of every delivery.

Messages only. That somebody was writing, or had read, has no id and is in no list of X: what was
missed of that is lost.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from roost.engine.budgets import Budgets
from roost.engine.wake import Wake
from roost.errors import (
    MalformedDelivery,
    RateLimited,
    RejectedByX,
    SendError,
)
from roost.intake import answered, passes, rounds
from roost.intake.allowance import Allowance, Heard
from roost.intake.passes import Findings, Listed
from roost.model import waiting
from roost.model.budgets import RouteLimits
from roost.model.ids import UserId
from roost.model.messages import Profile
from roost.ports import Clock, Delivery, Gap, KnownMessages, Probe, Store, Tx
from roost.xapi import envelope

GAPS_AT_ONCE = 16
"""Most gaps worked on at the same time."""

NOTHING_LEFT = "the listings X allows are used up"
"""Why a gap waits whose account has none left for backfill."""

PAGES_AT_ONCE = 4
"""Most pages of one gap before others have their turn."""

_log = structlog.stdlib.get_logger("roost.backfill")


class Source(Heard, Protocol):
    """Where messages are listed."""

    async def page(self, account_id: UserId, cursor: str) -> bytes:
        """Give a page of an account's messages, newest first.

        Raises:
            RateLimited: Nothing is left of the window.
            SendError: X gave no page.
        """
        ...

    async def profiles(
        self, account_id: UserId, user_ids: Sequence[UserId]
    ) -> Mapping[str, Profile]:
        """Say how users are called, as far as that is known now."""
        ...


class Announced(Protocol):
    """Told when something new waits to be filed."""

    def __call__(self) -> None:
        """Wake whoever files events. Must not block."""
        ...


@dataclass(frozen=True, slots=True)
class BackfillPolicy:
    """How gaps are worked on.

    Attributes:
        confirm_after: From a pass that found something to the one that may close an outage.
        hold_at_most: What a pass has found waits for the pass to end, so that it is answered in
            order; but no longer than this.
        retry_after: After X gave no page.
        retry_refused_after: After X refused to give one.
        limits: What X allows, by route; a route that is not named is not limited. Shared with
            whoever settles sends.
    """

    confirm_after: timedelta = passes.CONFIRM_AFTER
    hold_at_most: timedelta = timedelta(minutes=30)
    retry_after: timedelta = timedelta(seconds=10)
    retry_refused_after: timedelta = timedelta(minutes=5)
    limits: Mapping[str, RouteLimits] = field(default_factory=dict[str, RouteLimits])


class Backfill:
    """Works on open gaps until they are closed. Killed anywhere, it goes on where it was.

    Attributes:
        wake: To be set when a gap has been opened.
    """

    def __init__(
        self,
        *,
        store: Store,
        source: Source,
        clock: Clock,
        probe: Probe,
        policy: BackfillPolicy,
        announce: Announced,
    ) -> None:
        """Make one.

        Args:
            store: Where gaps and events are kept.
            source: Lists messages.
            clock: Tells what is due.
            probe: Marks the steps.
            policy: How long to wait for what.
            announce: Called when something new waits.
        """
        self._store = store
        self._source = source
        self._clock = clock
        self._probe = probe
        self._policy = policy
        self._announce = announce
        self._allowance = Allowance(
            store, Budgets(policy.limits), source, retry_after=policy.retry_after
        )
        self.wake = Wake()

    async def run(self) -> None:
        """Work on whatever is due, until cancelled."""
        await rounds.go_on(self.step, self.wake, of="backfill")

    async def catch_up(self, *, within: timedelta) -> None:
        """Work on what is due for a little while; the rest is for `run`.

        To be called before deliveries are taken: what X delivers anew then finds its elders filed.
        """
        try:
            async with asyncio.timeout(within.total_seconds()):
                while await self.step():
                    pass
        except TimeoutError:
            _log.info("not caught up before deliveries are taken", seconds=within.total_seconds())

    async def step(self) -> int:
        """Do a few pages of every gap that is due; how many gaps there were.

        Raises:
            StoreUnavailable: Alone or in a group. What was not stored is listed again.
        """
        now = self._clock.now()
        due = await self._store.transact(
            lambda tx: tx.gaps.claim_due(now, GAPS_AT_ONCE), is_durable=False
        )
        await rounds.side_by_side(due, lambda gap: gap.account_id, self._work)
        return len(due)

    async def _work(self, gaps: Sequence[Gap]) -> None:
        """Work on an account's gaps one after the other; one that is not through holds the rest."""
        for number, gap in enumerate(gaps):
            if not await self._list(gap):
                waiting = gaps[number + 1 :]
                await self._store.transact(lambda tx, rest=waiting: _give_back(tx, rest))
                return

    async def _list(self, gap: Gap) -> bool:
        """List a few pages; whether the pass is through."""
        for _ in range(PAGES_AT_ONCE):
            now = self._clock.now()
            waits_until = await self._allowance.take(gap.account_id, now=now)
            if waits_until is not None:
                await self._postpone(gap, waits_until, NOTHING_LEFT)
                return False
            try:
                gap, is_through = await self._list_page(gap)
            except RateLimited as error:
                until = await self._allowance.refused(gap.account_id, error, now=now)
                await self._postpone(gap, until, str(error))
                return False
            except (SendError, MalformedDelivery) as error:
                await self._suffer(gap, error)
                return False
            if is_through:
                return True
        return False

    async def _list_page(self, gap: Gap) -> tuple[Gap, bool]:
        body = await self._source.page(gap.account_id, gap.cursor)
        self._probe.at("backfill.listed")
        now = self._clock.now()
        page = envelope.decode_page(body, gap.account_id, received_at=now)
        known, connected_at = await self._known(gap, passes.messages_of(page))
        found = passes.findings(page, known)
        await self._put(gap, body, found, connected_at)
        self._probe.at("backfill.stored")
        gap = passes.advanced(gap, found, now=now)
        is_through = passes.is_through(gap, found)
        if is_through:
            self._probe.at("backfill.ended")
            await self._end_pass(gap, met_known=bool(found.next_cursor))
        else:
            await self._save(gap)
        return gap, is_through

    async def _known(
        self, gap: Gap, messages: Sequence[Listed]
    ) -> tuple[KnownMessages, datetime | None]:
        ids = [one.event_key for one in messages]

        async def unit(tx: Tx) -> tuple[KnownMessages, datetime | None]:
            seen = await tx.gaps.last_seen(gap.account_id)
            return await tx.gaps.known(gap.account_id, ids), seen and seen.connected_at

        return await self._store.transact(unit, is_durable=False)

    async def _put(
        self, gap: Gap, body: bytes, found: Findings, connected_at: datetime | None
    ) -> None:
        if not found.new:
            return
        customers = sorted({UserId(one.customer.user_id) for one in found.new})
        names = await self._source.profiles(gap.account_id, customers)
        named = [
            replace(one, customer=names.get(one.customer.user_id, one.customer))
            for one in found.new
        ]
        history = [one for one in named if connected_at is not None and one.at < connected_at]
        news = [one for one in named if one not in history]
        if history:
            await self._deliver(gap, body, history, is_history=True)
            self._announce()
        if news:
            await self._deliver(gap, body, news, is_history=False)

    async def _deliver(
        self, gap: Gap, body: bytes, events: Sequence[Listed], *, is_history: bool
    ) -> None:
        received_at = self._clock.now()
        trace_id = secrets.token_hex(16)
        await self._store.inbox.put(
            Delivery(
                delivery_id=f"{int(received_at.timestamp() * 1000):013d}-{trace_id[:8]}",
                app_key="",
                account_id=gap.account_id,
                trace_id=trace_id,
                received_at=received_at,
                body=body,
                events=tuple(events),
                source="list",
                is_held=not is_history,
                is_history=is_history,
            )
        )

    async def _end_pass(self, gap: Gap, *, met_known: bool) -> None:
        now = self._clock.now()
        lost = None if met_known else passes.beyond_lists(gap, now=now)
        gap = replace(gap, cursor="", unlisted_to=lost)
        may_close = passes.may_close(gap, confirm_after=self._policy.confirm_after)
        again_at = waiting.at_most(max(now, gap.ended_at) + self._policy.confirm_after, now=now)

        async def unit(tx: Tx) -> int:
            n_released = await answered.release(tx, gap.account_id, at=now)
            if may_close:
                await tx.gaps.close(gap, at=now)
            else:
                await tx.gaps.save(replace(gap, due_at=again_at))
            return n_released

        if await self._store.transact(unit):
            self._announce()
        if lost is not None:
            _log.error("messages are beyond what X lists", before=lost, **_names(gap))
        if may_close and gap.kind.value != "sweep":
            _log.info("gap closed", new=gap.n_new, listed=gap.n_listed, **_names(gap))

    async def _suffer(self, gap: Gap, error: SendError | MalformedDelivery) -> None:
        wait = self._policy.retry_after
        if isinstance(error, RejectedByX):
            wait = self._policy.retry_refused_after
            # Whatever X has against it, an old cursor is nothing to insist on.
            gap = replace(gap, cursor="")
        await self._postpone(gap, self._clock.now() + wait, str(error))

    async def _postpone(self, gap: Gap, until: datetime, trouble: str) -> None:
        _log.warning("listing waits", until=until, reason=trouble, **_names(gap))
        now = self._clock.now()
        due_at = waiting.at_most(until, now=now)
        held_until = self._held_until(gap, now=now)
        if gap.cursor and held_until > now:
            # What its pass has found is let go then, whether or not X gives another page.
            due_at = min(due_at, held_until)
        await self._save(replace(gap, due_at=due_at, trouble=trouble))

    def _held_until(self, gap: Gap, *, now: datetime) -> datetime:
        return (gap.pass_begun_at or now) + self._policy.hold_at_most

    async def _save(self, gap: Gap) -> None:
        now = self._clock.now()
        is_held_too_long = self._held_until(gap, now=now) <= now

        async def unit(tx: Tx) -> int:
            await tx.gaps.save(gap)
            return await answered.release(tx, gap.account_id, at=now) if is_held_too_long else 0

        if await self._store.transact(unit, is_durable=False):
            self._announce()


async def _give_back(tx: Tx, gaps: Sequence[Gap]) -> None:
    for gap in gaps:
        await tx.gaps.save(gap)


def _names(gap: Gap) -> dict[str, str]:
    return {"account": gap.account_id, "gap": gap.gap_id, "reason_opened": gap.reason}
