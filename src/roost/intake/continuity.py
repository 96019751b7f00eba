"""Nothing is missed unnoticed: how far everything has arrived, and a gap for whatever may have not.

A gap is written down before anything is done about it. What happens while the database takes
nothing is remembered, and, should the process end, covered by how far it had come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from roost.engine.wake import Wake
from roost.errors import StoreUnavailable
from roost.intake.health import Health, Refused
from roost.intake.passes import LISTED_FOR
from roost.intake.slices import KEPT_FOR
from roost.model.ids import UserId
from roost.ports import Clock, GapKind, NewGap, NewReplay, Store, Tx

_log = structlog.stdlib.get_logger("roost.continuity")

MARGIN = timedelta(minutes=10)
"""How much older than what is known a gap is taken to begin: X delivers what it has in any order,
and tries again for about five minutes."""


@dataclass(frozen=True, slots=True)
class ContinuityPolicy:
    """How often what is done.

    Attributes:
        beat_every: How often it is written down that everything has arrived.
        mend_every: The same while something is not well.
        sweep_every: How often every account is listed although nothing is amiss: a delivery that X
            has lost is noticed in no other way. Costs one listing, out of 15 in 15 minutes.
        replaying: The app of each account whose deliveries X can be asked to make again; may
            change. What the others have missed is listed and nothing more.
    """

    beat_every: timedelta = timedelta(seconds=10)
    mend_every: timedelta = timedelta(seconds=1)
    sweep_every: timedelta = timedelta(minutes=10)
    replaying: Mapping[UserId, str] = field(default_factory=dict[UserId, str])


class Continuity:
    """Writes down, for some accounts, what has arrived and what may have not."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        health: Health,
        accounts: Sequence[UserId],
        opened: Wake,
        policy: ContinuityPolicy,
    ) -> None:
        """Make one.

        Args:
            store: Where gaps are kept.
            clock: Stamps them.
            health: Knows what could not be stored.
            accounts: Ours.
            opened: Set when a gap has been opened.
            policy: How often what is done.
        """
        self._store = store
        self._clock = clock
        self._health = health
        self._accounts = accounts
        self._opened = opened
        self._policy = policy
        self._swept_at = clock.now()

    async def begin(self) -> None:
        """Open a gap for the time nobody was here; for a new account one for its history.

        Raises:
            StoreUnavailable: Nothing was opened. Deliveries must not be taken before it was.
        """
        now = self._clock.now()

        async def unit(tx: Tx) -> None:
            for account_id in self._accounts:
                seen = await tx.gaps.last_seen(account_id)
                if seen is None:
                    await _meet(tx, account_id, now)
                else:
                    begun_at = min(seen.ok_at, now) - MARGIN
                    gap = NewGap(account_id, GapKind.OUTAGE, "not running", begun_at, now)
                    await self._open(tx, gap, at=now)

        await self._store.transact(unit)
        self._opened.set()

    async def missed(
        self, accounts: Sequence[UserId], reason: str, *, until: datetime | None = None
    ) -> None:
        """Open a gap from when everything had last arrived, and take accounts as heard again.

        Args:
            accounts: Whom it concerns.
            reason: For people, for example `webhook invalid`.
            until: From then on deliveries arrive; `None` for now. May lie ahead.

        Raises:
            StoreUnavailable: Nothing was opened; the accounts still count as silent.
        """
        now = self._clock.now()

        async def unit(tx: Tx) -> bool:
            is_news = False
            for account_id in accounts:
                seen = await tx.gaps.last_seen(account_id)
                is_news |= seen is not None and seen.connected_at < now - MARGIN
                begun_at = (min(seen.ok_at, now) if seen else now) - MARGIN
                gap = NewGap(account_id, GapKind.OUTAGE, reason, begun_at, until or now)
                await self._open(tx, gap, at=now)
            return is_news

        is_news = await self._store.transact(unit)
        self._health.hear(accounts)
        self._opened.set()
        # Of an account that has just been connected nothing was to be expected yet.
        tell = _log.warning if is_news else _log.info
        tell("deliveries may have been missed", reason=reason, accounts=len(accounts))

    async def ask(self, accounts: Sequence[UserId], *, since: datetime) -> None:
        """Have accounts listed because a person wants it.

        What was asked for before and is not done yet goes on, if it reaches as far back.

        Raises:
            StoreUnavailable: Nothing was opened.
        """
        now = self._clock.now()

        async def unit(tx: Tx) -> None:
            for account_id in accounts:
                if await tx.gaps.last_seen(account_id) is None:
                    await _meet(tx, account_id, now)
                latest = await tx.gaps.latest(account_id, GapKind.ASKED)
                if latest is None or not latest[1] or latest[0].begun_at > since:
                    gap = NewGap(account_id, GapKind.ASKED, "asked for", since, now)
                    await self._open(tx, gap, at=now)

        await self._store.transact(unit)
        self._opened.set()
        _log.info("listing asked for", since=since, accounts=len(accounts))

    def replaying(self, accounts: Sequence[UserId]) -> Sequence[str]:
        """Give the apps of accounts whose deliveries X can be asked to make again, each once."""
        apps = self._policy.replaying
        return sorted({apps[account_id] for account_id in accounts if account_id in apps})

    async def beat(self) -> None:
        """Write down how far everything has arrived, and what was refused meanwhile.

        Raises:
            StoreUnavailable: Nothing was written; what was refused stays remembered.
        """
        now = self._clock.now()
        refused = self._health.refusals
        arriving = [one for one in self._accounts if self._health.is_arriving(one)]

        async def unit(tx: Tx) -> None:
            await tx.gaps.put_right(now)
            for account_id, span in refused.items():
                gap = NewGap(
                    account_id, GapKind.OUTAGE, "answered 503", span.since - MARGIN, span.last
                )
                await self._open(tx, gap, at=now)
            await tx.gaps.note_ok(arriving, now)

        await self._store.transact(unit, is_durable=bool(refused))
        self._note_recorded(refused)
        self._swept_at = min(self._swept_at, now)
        if now - self._swept_at >= self._policy.sweep_every:
            await self._sweep(arriving, now)

    async def run(self) -> None:
        """Beat until cancelled; at once when a delivery is refused, and until that is noted."""
        every = min(self._policy.beat_every, self._policy.sweep_every)
        while True:
            if await self._try_to_beat() and not self._health.refusals:
                await self._health.trouble.wait(every)
            else:
                await asyncio.sleep(self._policy.mend_every.total_seconds())

    async def _try_to_beat(self) -> bool:
        try:
            await self.beat()
        except StoreUnavailable as error:
            _log.error("nothing written down of what arrives", reason=str(error))
            return False
        return True

    async def _sweep(self, accounts: Sequence[UserId], now: datetime) -> None:
        async def unit(tx: Tx) -> None:
            for account_id in accounts:
                seen = await tx.gaps.last_seen(account_id)
                if seen is None or now - seen.swept_at < self._policy.sweep_every:
                    continue
                if await tx.gaps.note_swept(account_id, before=seen.swept_at, at=now):
                    since = seen.swept_at - MARGIN
                    sweep = NewGap(account_id, GapKind.SWEEP, "sweep", since, now)
                    await tx.gaps.open(sweep, at=now)

        await self._store.transact(unit, is_durable=False)
        self._swept_at = now
        self._opened.set()

    async def _open(self, tx: Tx, gap: NewGap, *, at: datetime) -> None:
        """Have what was missed found in every way there is: all accounts of an app share one."""
        await tx.gaps.open(gap, at=at)
        app_key = self._policy.replaying.get(gap.account_id)
        if app_key is not None:
            # A person who asks for 30 days knows that X does not deliver all of it again.
            is_asked = gap.kind is GapKind.ASKED
            begun_at = max(gap.begun_at, at - KEPT_FOR) if is_asked else gap.begun_at
            replay = NewReplay(app_key, gap.reason, begun_at, gap.ended_at)
            await tx.replays.open(replay, at=at)

    def _note_recorded(self, refused: Mapping[UserId, Refused]) -> None:
        if refused:
            self._health.recorded(refused)
            self._opened.set()
            _log.warning("deliveries were refused", accounts=len(refused), reason="answered 503")


async def _meet(tx: Tx, account_id: UserId, now: datetime) -> None:
    """Take up an account for the first time: what X still lists of it is history."""
    await tx.gaps.meet(account_id, now)
    since = now - LISTED_FOR
    history = NewGap(account_id, GapKind.HISTORY, "first connected", since, now)
    await tx.gaps.open(history, at=now)
