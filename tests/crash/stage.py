"""Where the application is killed: an X in this process, served over HTTP, with many customers."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from tests.crash.bots import answer_to
from tests.crash.deaths import Deaths

from roost.demo import world as demo
from roost.model.ids import UserId
from roost.simulator import serving, world_file
from roost.simulator.app import Simulator
from roost.simulator.entries import UserEntry, WorldFile
from roost.store import schema
from roost.testing import ledger, ledger_database, ledger_trace
from roost.testing.ledger import Truth
from roost.testing.ledger_database import typed
from roost.testing.x_simulator import World

N_CUSTOMERS = 12

DELIVERED_AGAIN_AFTER = [0.03, 0.05, *[0.1] * 600]
"""Seconds. X is far more patient and far slower; what is tried here is the application."""

SETTLED_WITHIN = 60.0
_LOOK_AGAIN = 0.02

_WAITING = (
    "SELECT (SELECT count(*) FROM events WHERE state IN ('held', 'new', 'pending')),"
    " (SELECT count(*) FROM outbox WHERE state NOT IN ('sent', 'dead'))"
)

_IN_DOUBT = "SELECT min(baseline) FROM outbox WHERE state IN ('sending', 'uncertain')"

_STATES = (
    "SELECT 'events', state, count(*) FROM events GROUP BY state"
    " UNION ALL SELECT 'sends', state, count(*) FROM outbox GROUP BY state"
    " UNION ALL SELECT 'conversations', control, count(*) FROM conversations GROUP BY control"
)


class NotSettled(AssertionError):
    """What was begun did not come to its end in time."""


def a_world(folder: Path, keys: demo.Keys) -> WorldFile:
    """Make the demo's world, with more customers and an impatient X."""
    path = folder / "world.json"
    demo.write(path, keys, {"retry_after_s": DELIVERED_AGAIN_AFTER, "limits": "off"})
    world = world_file.read(path.read_bytes(), source=str(path))
    customers = (
        UserEntry(user_id=str(3000 + n), screen_name=f"c{n}", name=f"Customer {n}")
        for n in range(N_CUSTOMERS)
    )
    return msgspec.structs.replace(world, users=(*world.users, *customers))


@dataclass
class Stage:
    """One X, and one folder for the lives of one application.

    Attributes:
        x: The simulator.
        data: The application's data folder.
        environment: The application's settings.
        connecting: The same, for the life that registers at X, once and for all.
        written: How many messages customers have written.
        patience: Seconds until something that must happen has happened.
        deaths: Says whom the application may leave to people.
    """

    x: World
    data: Path
    environment: Mapping[str, str]
    connecting: Mapping[str, str]
    dice: random.Random
    written: int = 0
    patience: float = SETTLED_WITHIN
    deaths: Deaths = field(default_factory=Deaths)
    customers: list[str] = field(
        default_factory=lambda: [str(3000 + n) for n in range(N_CUSTOMERS)]
    )

    @property
    def database(self) -> Path | str:
        """The application's SQLite file, or its PostgreSQL DSN."""
        return self.environment.get("ROOST_DATABASE") or self.data / "roost.db"

    @property
    def is_fresh(self) -> bool:
        """Whether the application is to make its database."""
        return isinstance(self.database, Path) and not self.database.exists()

    def trace_fences(self) -> None:
        """Make the SQLite file before the application does, so that it traces fences."""
        assert isinstance(self.database, Path), "a PostgreSQL database is made with its trace"
        self.data.mkdir(parents=True, exist_ok=True)
        schema.upgrade(self.database)
        with closing(sqlite3.connect(self.database)) as connection:
            for statement in ledger_trace.SQLITE:
                connection.execute(statement)
            connection.commit()

    def write(self, n: int) -> None:
        """Let customers write so many messages, each with a text of its own."""
        for _ in range(n):
            self.written += 1
            customer = self.dice.choice(self.customers)
            self.x.act(customer, "send_dm", to=demo.ACCOUNT_ID, text=f"no {self.written}")

    def n_behind(self) -> int:
        """Count what the application has not heard of, and what it has not dealt with.

        Not what is not answered: a conversation whose turn was killed five times is with people,
        who answer nobody here.
        """
        return len(_unheard(self.truth())) + sum(self._waiting())

    def n_above_doubt(self) -> int:
        """Count what X has above the lowest baseline of all sends in doubt; 0 where none is."""
        ((baseline,),) = typed(ledger_database.opened(self.database), _IN_DOUBT, tuple[int | None])
        return sum(
            baseline is not None and int(line.message_id) > baseline
            for line in self.truth().messages
        )

    def truth(self) -> Truth:
        """Read what X knows."""
        log = self.x.simulation.records.ledger.text()
        return ledger.read(
            log,
            account_id=UserId(demo.ACCOUNT_ID),
            app_id=demo.APP_ID,
            answer=answer_to,
            left_to_people=self.deaths.left_to_people,
        )

    async def until_connected(self) -> None:
        """Wait until X delivers. It tells nobody of what was written before."""
        subscriptions = self.x.simulation.world.subscriptions
        await self.until(lambda: bool(list(subscriptions)), "connected")

    async def until_handled(self) -> None:
        """Wait until no event waits; sends may still be in doubt."""
        await self.until(lambda: self._waiting()[0] == 0, "events are handled")

    async def until_settled(self) -> None:
        """Wait until X has been told 200 for all there is, and nothing waits any more."""
        await self.until(
            lambda: self._is_acknowledged() and self._waiting() == (0, 0), "all is settled"
        )

    def state(self) -> str:
        """Say how everything is, for people."""
        unheard = _unheard(self.truth())
        world = self.x.simulation.world
        valid = [webhook.valid for webhook in world.webhooks.values()]
        rows = ledger_database.opened(self.database).rows(_STATES)
        states = ", ".join(f"{what} {state}: {n}" for what, state, n in rows)
        return (
            f"{states}; {len(unheard)} not acknowledged,"
            f" webhooks valid: {valid}, subscriptions: {len(list(world.subscriptions))}"
        )

    def _waiting(self) -> tuple[int, int]:
        ((events, sends),) = ledger_database.opened(self.database).rows(_WAITING)
        return int(str(events)), int(str(sends))

    def _is_acknowledged(self) -> bool:
        return not _unheard(self.truth())

    async def until(self, condition, what: str) -> None:
        try:
            async with asyncio.timeout(self.patience):
                while True:
                    if self._holds(condition):
                        return
                    await asyncio.sleep(_LOOK_AGAIN)
        except TimeoutError as error:
            raise NotSettled(f"{what}: not within {self.patience:.0f} s; {self.state()}") from error

    def _holds(self, condition) -> bool:
        try:
            return condition()
        except sqlite3.OperationalError:
            return False  # the application has not made its tables yet


def _unheard(truth: Truth) -> set[str]:
    return {line.message_id for line in truth.messages} - truth.acknowledged


@asynccontextmanager
async def stage(
    folder: Path, dice: random.Random, settings: Mapping[str, str] | None = None
) -> AsyncGenerator[Stage]:
    """Serve an X on a free port.

    Args:
        folder: Empty, or of an earlier stage that is not used any more.
        dice: Chooses who writes.
        settings: Of the application, beside those that every one has.
    """
    keys = demo.Keys()
    simulator = Simulator(a_world(folder, keys))
    async with simulator, serving.listening(simulator, "127.0.0.1", 0) as url:
        data = folder / "data"
        (folder / "settings.toml").touch()
        with serving.bind("127.0.0.1", 0) as probe:
            port = probe.getsockname()[1]
        environment = {
            **demo.environment(keys, x_base_url=url, port=port, data=data),
            "ROOST_SETTINGS": str(folder / "settings.toml"),
            "ROOST_RECONCILE_AFTER_S": "0.4,0.8",
            "ROOST_RATE_LIMITS": "off",
            **(settings or {}),
        }
        quiet = {**environment, "ROOST_CONNECT_AT_START": "false"}
        yield Stage(World(simulator.simulation, url), data, quiet, environment, dice)
