"""Everything a running simulator consists of, for whatever answers a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from roost.simulator import replacing
from roost.simulator.application import Application
from roost.simulator.authentication import Authenticator
from roost.simulator.background import Background
from roost.simulator.clock import SimulatorClock
from roost.simulator.courier import Courier
from roost.simulator.entries import WorldFile
from roost.simulator.faults import Faults
from roost.simulator.limits import RateLimits, ReplyAllowance
from roost.simulator.live import Live
from roost.simulator.records import Records
from roost.simulator.replays import Replays
from roost.simulator.state_file import StateFile
from roost.simulator.webhooks import Webhooks
from roost.simulator.world import World


@dataclass(frozen=True, slots=True)
class Simulation:
    """The parts, each with one job.

    Attributes:
        initial: The world to return to.
        state_file: Where the world is kept; `None` where it is not.
        is_strict: Whether X's own rules for webhook URLs and for TLS hold.
    """

    initial: WorldFile
    clock: SimulatorClock
    world: World
    records: Records
    live: Live
    background: Background
    authenticator: Authenticator
    limits: RateLimits
    allowance: ReplyAllowance
    courier: Courier
    webhooks: Webhooks
    replays: Replays
    faults: Faults
    application: Application
    state_file: StateFile | None
    is_strict: bool

    def keep(self) -> None:
        """Put what has changed where it outlives the process, if there is such a place."""
        if self.state_file is not None:
            self.state_file.save(self.world)

    @asynccontextmanager
    async def keeping(self) -> AsyncGenerator[None]:
        """Keep what there is, and what changes without being asked for, as it happens."""
        self.keep()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_up())
            try:
                yield
            finally:
                self.live.close()
        self.keep()

    async def _keep_up(self) -> None:
        async for _ in self.live.follow(self.live.newest):
            self.keep()

    def restart(self, file: WorldFile) -> None:
        """Let a world begin: what was on its way is dropped, logs and counts are empty."""
        self.background.cancel()
        before = self.world.export()
        self.world.load(file)
        replacing.note(before, self.world.export())
        self.authenticator.forget()
        self.limits.reset()
        self.allowance.reset()
        self.courier.clear()
        self.replays.clear()
        self.faults.clear()
        self.records.clear()
        self.records.ledger.append("reset")
        self.webhooks.watch_all()
        self.live.publish("reset", {})
