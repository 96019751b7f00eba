"""What keeps deliveries coming and finds those that did not come: the parts, and their state."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roost.intake.backfill import Announced, Backfill, BackfillPolicy
from roost.intake.continuity import Continuity, ContinuityPolicy
from roost.intake.health import Health
from roost.intake.listing import Listing
from roost.intake.replaying import Replayer
from roost.intake.replays_at_x import ReplaysAtX
from roost.intake.watchdog import Watchdog, WatchPolicy
from roost.model.ids import UserId
from roost.ports import Clock, Gap, Probe, Replay, Store
from roost.service import environments, parts
from roost.settings import Settings
from roost.xapi.client import XClient

CATCH_UP_WITHIN = timedelta(seconds=2)
"""How long deliveries wait at start for what was missed; X waits 3 s for an answer."""


@dataclass(frozen=True, slots=True)
class Served:
    """Whose deliveries are kept coming. All may change while they are looked at.

    Attributes:
        clients: By user id.
        ids: User ids.
        replaying: The app of each account whose deliveries X can be asked to make again.
        paths: Of each app's webhook, by its key; none where no webhook is served.
    """

    clients: Mapping[UserId, XClient]
    ids: Sequence[UserId]
    replaying: Mapping[UserId, str]
    paths: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Keeping:
    """The parts.

    Attributes:
        health: The last signs of life from X.
        continuity: Writes down what may have been missed.
        backfill: Finds it.
        watchdog: Keeps webhooks valid.
        replayer: Has X deliver again; `None` where no app may have that.
        continuity_of: Makes the same as `continuity` for some accounts alone.
    """

    health: Health
    continuity: Continuity
    backfill: Backfill
    watchdog: Watchdog
    replayer: Replayer | None
    continuity_of: Callable[[Sequence[UserId]], Continuity]

    async def meet(self, accounts: Sequence[UserId]) -> None:
        """Begin with accounts that were connected while the application runs.

        Raises:
            StoreUnavailable: Nothing was written down.
        """
        await self.continuity_of(accounts).begin()

    async def begin(self) -> None:
        """Open the gap of the time before this start, and find what can be found at once.

        Raises:
            StoreUnavailable: Nothing was written down; nothing may be taken.
        """
        await self.continuity.begin()
        await self.backfill.catch_up(within=CATCH_UP_WITHIN)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep on until the block is left."""
        async with self.listing(), asyncio.TaskGroup() as tasks:
            beside = [tasks.create_task(self.continuity.run())]
            if self.replayer is not None:
                beside.append(tasks.create_task(self.replayer.run()))
            try:
                yield
            finally:
                for task in beside:
                    task.cancel()

    @asynccontextmanager
    async def listing(self) -> AsyncGenerator[None]:
        """Work on open gaps until the block is left."""
        async with asyncio.TaskGroup() as tasks:
            listing = tasks.create_task(self.backfill.run())
            try:
                yield
            finally:
                listing.cancel()


def keeping(
    settings: Settings,
    store: Store,
    served: Served,
    *,
    clock: Clock,
    probe: Probe,
    announce: Announced,
) -> Keeping:
    """Make the parts.

    Args:
        settings: Name the accounts, and how often what is looked at.
        store: Where gaps and events are kept.
        served: Whose messages; may change.
        clock: Of everything.
        probe: Marks steps.
        announce: Called when something new waits to be filed.
    """
    health = Health()
    if settings.connect_at_start:
        health.silence(served.ids)  # until the watchdog has found them well
    backfill = Backfill(
        store=store,
        source=Listing(served.clients),
        clock=clock,
        probe=probe,
        policy=_backfill_policy(settings),
        announce=announce,
    )

    def continuity_of(those: Sequence[UserId]) -> Continuity:
        return Continuity(
            store=store,
            clock=clock,
            health=health,
            accounts=those,
            opened=backfill.wake,
            policy=ContinuityPolicy(
                sweep_every=timedelta(seconds=settings.sweep_every_s), replaying=served.replaying
            ),
        )

    continuity = continuity_of(served.ids)
    policy = WatchPolicy(every=timedelta(seconds=settings.webhook_check_s))
    watchdog = Watchdog(continuity=continuity, health=health, clock=clock, policy=policy)
    replayer = _replayer(settings, store, served, clock)
    return Keeping(health, continuity, backfill, watchdog, replayer, continuity_of)


def _replayer(settings: Settings, store: Store, served: Served, clock: Clock) -> Replayer | None:
    if all(app.activity_tier != "enterprise" for app in settings.apps.values()):
        return None
    replays = ReplaysAtX(served.clients, served.replaying, served.paths)
    return Replayer(store=store, source=replays, clock=clock)


def _backfill_policy(settings: Settings) -> BackfillPolicy:
    confirm_after = timedelta(seconds=settings.confirm_gap_s)
    return BackfillPolicy(confirm_after=confirm_after, limits=parts.limits(settings))


def shown(gap: Gap) -> Mapping[str, object]:
    """Give a gap as people and machines read it."""
    return {
        "account": gap.account_id,
        "kind": gap.kind.value,
        "reason": gap.reason,
        "begun_at": gap.begun_at.isoformat(),
        "ended_at": gap.ended_at.isoformat(),
        "reached_at": _written(gap.reached_at),
        "passes": gap.passes,
        "pages": gap.n_pages,
        "listed": gap.n_listed,
        "new": gap.n_new,
        "due_at": gap.due_at.isoformat(),
        "trouble": gap.trouble,
    }


def shown_replay(replay: Replay) -> Mapping[str, object]:
    """Give a span that X delivers again as people and machines read it."""
    return {
        "app": replay.app_key,
        "reason": replay.reason,
        "begun_at": replay.begun_at.isoformat(),
        "ended_at": replay.ended_at.isoformat(),
        "reached_at": replay.reached_at.isoformat(),
        "jobs": replay.n_jobs,
        "job": replay.job_id,
        "due_at": replay.due_at.isoformat(),
        "trouble": replay.trouble,
        "lost_to": _written(replay.lost_to),
    }


def webhooks(settings: Settings, health: Health) -> Mapping[str, object]:
    """Give how each environment's webhook is: its state at X, and the last signs of life."""
    found: dict[str, object] = {}
    for place in environments.every(settings, dict.fromkeys(settings.apps, "")):
        mine = environments.accounts_in(settings, place)
        accounts = [UserId(one.user_id) for one in mine.values()]
        state = health.webhook(place.label)
        found[place.label] = {
            "state": state.state if state else "unknown",
            "checked_at": _written(state.checked_at if state else None),
            "last_challenge_at": _written(health.last_challenge(place.label)),
            "last_delivery_at": _written(health.last_delivery(accounts)),
            "trouble": state.trouble if state else "",
        }
    return found


async def open_gaps(store: Store) -> Sequence[Mapping[str, object]]:
    """Give every open gap, oldest first."""
    gaps = await store.transact(lambda tx: tx.gaps.open_gaps(), is_durable=False)
    return [shown(gap) for gap in gaps]


async def open_replays(store: Store) -> Sequence[Mapping[str, object]]:
    """Give every open span that X is asked to deliver again, oldest first."""
    spans = await store.transact(lambda tx: tx.replays.open_replays(), is_durable=False)
    return [shown_replay(span) for span in spans]


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
