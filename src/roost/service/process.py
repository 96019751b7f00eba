"""One process of the application, as others see it: its control socket, its port, its accounts."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import structlog

from roost.bot.decider import BotDecider
from roost.engine.worker import Worker
from roost.errors import SendError, StoreUnavailable
from roost.intake.replays_at_x import ReplayInbox
from roost.intake.watchdog import WatchedApp
from roost.intake.webhook import WebhookIntake
from roost.model.ids import UserId
from roost.ports import Inbox
from roost.service import (
    backfilling,
    connecting,
    controls,
    desking,
    dialog_calls,
    environments,
    event_calls,
    inviting,
    outbox_calls,
    parts,
    serving,
    sign_in_pages,
)
from roost.service.desk_connections import DeskConnections
from roost.service.environments import Environment
from roost.service.health import Health
from roost.service.keeping import Keeping
from roost.service.notices import Notice
from roost.service.options import Serving
from roost.service.revocations import RevocationInbox
from roost.service.roster import Roster
from roost.service.sign_in_pages import SignInPages
from roost.service.signals import Stop
from roost.service.signing_in import SignIns
from roost.service.x_names import XNames
from roost.store.durable import DurableStore

_log = structlog.stdlib.get_logger("roost.service")


@dataclass(frozen=True, slots=True)
class Process:
    """This process.

    Attributes:
        how: What it does.
        store: The database.
        stop: Whether it is to stop.
        health: Whether all is well.
        kept: Keeps deliveries coming.
        roster: Who is served.
        worker: Does the work.
        n_waiting: Events and messages that waited when this process began.
        names: What accounts have at X under a name.
        bots: Those that run in this process.
    """

    how: Serving
    store: DurableStore
    stop: Stop
    health: Health
    kept: Keeping
    roster: Roster
    worker: Worker
    n_waiting: int
    names: XNames
    bots: Sequence[BotDecider]

    @asynccontextmanager
    async def answering(self) -> AsyncGenerator[None]:
        """Answer on the control socket, and follow the accounts, until the block is left."""
        further = (
            event_calls.calls(self.store, self.roster.reach.clock, self.worker.wake),
            dialog_calls.calls(self.store, self.roster.reach.clock, wake=self.worker.look),
            outbox_calls.calls(self.store, self.roster.reach.clock, wake=self.worker.look),
            backfilling.calls(self.store, self.kept),
            desking.calls(self.roster.settings, self.store, self.roster.reach.clock),
            self.roster.calls().calls(),
            self._sign_ins().control(),
            self.names.calls(),
        )
        async with (
            controls.answering(
                self.roster, self.how.role, self.store, self.health, kept=self.kept, further=further
            ),
            self.roster.running(),
        ):
            yield

    async def serve(self, listener: socket.socket, paths: Mapping[str, str]) -> None:
        """Take webhooks and show pages until stopped.

        Args:
            listener: Where.
            paths: Of each app's webhook, by its key.
        """
        await self.kept.begin()
        connections = DeskConnections(
            self.roster,
            self.store,
            self.kept.health,
            self._sign_ins(),
            paths,
            serving.address_of(listener),
        )
        desk = desking.desk(
            self.roster, self.store, connections=connections, worker=self.worker, bots=self.bots
        )
        is_secure = (self.roster.settings.public_url or "").startswith("https:")
        signing_in = SignInPages(self._sign_ins(), is_secure=is_secure)
        further = dict.fromkeys(sign_in_pages.PATHS, signing_in)
        async with self.kept.running(), self._writing_rejections(), desk as pages:
            front = serving.front(
                self._intake(paths), pages, self.health, self.stop, further=further
            )
            begin = partial(self._begin, serving.address_of(listener), paths)
            await serving.serve(
                front,
                listener,
                self.stop,
                on_started=begin,
                trusted_proxies=self.roster.settings.trusted_proxies,
            )

    @asynccontextmanager
    async def _writing_rejections(self) -> AsyncGenerator[None]:
        """Write down what intake refuses, until the block is left."""
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(self.kept.health.rejections.run(self.store))
            try:
                yield
            finally:
                writing.cancel()

    async def tell_ready(self, address: str, *webhooks: str) -> None:
        """Say that work can begin.

        Args:
            address: Where it is served; `""` where it is not.
            *webhooks: Where X delivers.
        """
        _log.info("ready", role=self.how.role.value, address=address, webhooks=webhooks)
        self.how.notices.tell(Notice("ready", address=address, waiting=self.n_waiting))

    def _sign_ins(self) -> SignIns:
        return SignIns(
            self.roster.calls(),
            self.roster.reach.transport,
            inviting.address_of(self.roster.settings),
        )

    def _intake(self, paths: Mapping[str, str]) -> WebhookIntake:
        ids = {key: app.app_id for key, app in self.roster.settings.apps.items()}
        inbox: Inbox = RevocationInbox(self.store.inbox, self.store, ids)
        if self.kept.replayer is not None:
            inbox = ReplayInbox(inbox, self.kept.replayer)
        return WebhookIntake(
            inbox=inbox,
            apps=parts.webhook_apps(self.roster.settings, paths),
            clock=self.roster.reach.clock,
            probe=self.roster.reach.probe,
            health=self.kept.health,
            on_stored=self.worker.wake,
        )

    async def _begin(self, address: str, paths: Mapping[str, str]) -> None:
        public = self.roster.settings.public_url or address
        places = environments.every(self.roster.settings, paths)
        await self.tell_ready(address, *(public + place.path for place in places))
        wanted = self._to_connect(places, public)

        async def follow(new: Sequence[UserId]) -> None:
            wanted[:] = self._to_connect(places, public)
            if new:
                await self._meet(new, wanted)

        self.roster.tell(follow)
        if self.roster.settings.connect_at_start:
            await connecting.connect(wanted, self.kept.watchdog, self.how.notices)
            await self.kept.watchdog.run(wanted)

    def _to_connect(self, places: Sequence[Environment], public: str) -> list[WatchedApp]:
        roster = self.roster
        return connecting.to_connect(roster.settings, roster.clients, places, public)

    async def _meet(self, new: Sequence[UserId], wanted: Sequence[WatchedApp]) -> None:
        """Begin with accounts that were connected just now."""
        await self.kept.meet(new)
        if not self.roster.settings.connect_at_start:
            return
        self.kept.health.silence(new)  # until the watchdog has found them well
        for app in wanted:
            if not set(new).isdisjoint(app.accounts):
                try:
                    await self.kept.watchdog.attend(app)
                except (SendError, StoreUnavailable) as error:
                    # The watchdog's next round tries again.
                    _log.error("not registered at X", app=app.app_key, reason=str(error))
