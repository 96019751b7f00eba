"""Thousands of sends, a third of them struck by a fault, in virtual time, and then the ledger.

`python -m tests.crash.sends --sends 100000` runs it by itself, `make crash` as a test. Everything
is in one process: the real engine over a real SQLite file, and the simulator it speaks to.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import structlog
from tests import pictures
from tests.crash import bots, powered
from tests.crash.places import in_memory
from tests.crash.seeds import FAULTY, seed
from tests.crash.surroundings import Forgetful, Machine, Slow, Watched
from tests.crash.tally import Often, Tally
from tests.crash.x_faults import DELIVERY_FAULTS, FAULTS, LISTING_FAULTS

from roost.engine.turns import TurnPolicy
from roost.engine.worker import Worker, WorkerPolicy
from roost.intake.health import Health
from roost.intake.webhook import WebhookApp, WebhookIntake
from roost.model.budgets import Limit, RouteLimits
from roost.model.ids import UserId
from roost.service.probes import NoProbe
from roost.service.steady_clock import SteadyClock
from roost.simulator import world_file
from roost.simulator.app import Simulator
from roost.simulator.clock import SimulatorClock
from roost.simulator.entries import TokenEntry, UserEntry
from roost.simulator.fault_rules import FaultRule
from roost.store import connection
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore
from roost.testing import ledger, ledger_trace, virtual_time
from roost.testing.in_process import InProcess
from roost.testing.ledger import Truth
from roost.testing.x_simulator import ORIGIN, World
from roost.xapi import registration, signing, windows
from roost.xapi.client import XClient
from roost.xapi.gateway import XGateway
from roost.xapi.transport import Request

ACCOUNTS, APP = (UserId("1001"), UserId("1002")), "13090192"
BEGINNING = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEBHOOK, PATH = "https://bot.example", "/x/main/sends"
LEASE = timedelta(seconds=60)
LISTED_AFTER = (timedelta(seconds=30), timedelta(seconds=120))

N_CUSTOMERS = 300
"""So many that hardly one writes six times while a window is closed: X counts the sixth reply, and
where that is refused the others may go on, which X's log cannot tell from calls made too early."""

OFTEN_IN_A_ROW, MOST_IN_A_ROW = 0.3, 2
"""How often who has just written writes once more, so that turns have messages to mix up."""

ASKED_PER_WORLD = 3_000

MOST_AT_ONCE = 25
"""Messages written at the same moment: about one a second, on the average."""

LIMITS = {
    route: RouteLimits(Limit(1_000_000, limits.user.window))
    for route, limits in windows.LIMITS.items()
}
"""As many calls as one likes, so that whatever waits does so because X refused."""

COUNTED = {"dm.events.list": windows.LIMITS["dm.events.list"].user}
"""What is counted where X's limits are real. Sends are not: most replies are free."""

STUCK_AFTER = timedelta(hours=6)
"""Of virtual time, after the last message: what is in doubt then stays in doubt."""


@dataclass
class Line:
    """The engine and its X.

    Attributes:
        x: The simulator.
        store: The database.
        database: Its file.
        worker: The engine.
        transport: Leads to the webhook.
        decider: The bot.
        machine: What the application runs on.
        often_by_hand: How often a person writes what the bot writes too.
        asked: How many messages customers have written.
        writing: Account and customer of the last of them.
        in_a_row: How many of the last ones were theirs.
        by_hand: Accounts, customers, and what a person is about to write to them.
        leases_lost: How many turns lost their lease before their end.
        forged: How many deliveries somebody has forged.
        forgeries_taken: How many of them were answered 200.
        is_limited: Whether X allows as many calls as it really does.
    """

    x: World
    store: SqliteStore
    database: Path
    worker: Worker
    transport: InProcess
    decider: Slow
    machine: Machine
    often_by_hand: float = 0.0
    asked: int = 0
    writing: tuple[str, str] = ("", "")
    in_a_row: int = MOST_IN_A_ROW
    by_hand: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    leases_lost: int = 0
    forged: int = 0
    forgeries_taken: int = 0
    is_limited: bool = False

    def ask(self, dice: random.Random) -> None:
        """Let a customer write, often several times in a row; now and then the same (F53)."""
        if self.in_a_row == MOST_IN_A_ROW or dice.random() > OFTEN_IN_A_ROW:
            self.writing = dice.choice(ACCOUNTS), str(3000 + dice.randrange(N_CUSTOMERS))
            self.in_a_row = 0
        self.in_a_row += 1
        account, customer = self.writing
        self.asked += 1
        text = "the same" if dice.random() < 0.1 else f"no {self.asked}"
        self.x.act(customer, "send_dm", to=account, text=text)
        if dice.random() < self.often_by_hand:
            self.by_hand.append((account, customer, bots.answer_to(text)))

    def write_by_hand(self) -> None:
        """Let a person write, in X's own app, what the bot has just said or is about to (F52)."""
        for account, customer, text in self.by_hand:
            self.x.act(account, "send_dm", to=customer, text=text)
        self.by_hand.clear()

    async def forge(self) -> None:
        """Let somebody who is not X post a delivery, each time signed wrongly in another way."""
        self.forged += 1
        body = powered.body_of(666_000_000 + self.forged, 3000)
        wrong = signing.signature_of(body, "not the secret").decode()
        ways = (None, "", "sha256=", "sha256=?", wrong[:-4], wrong, "sha256=AAAA")
        signature = ways[self.forged % len(ways)]
        headers = {} if signature is None else {"x-twitter-webhooks-signature": signature}
        answer = await self.transport.send(Request("POST", WEBHOOK + PATH, headers, body))
        self.forgeries_taken += answer.status == 200

    def fail(self, often: float, dice: random.Random) -> None:
        """Let faults strike so large a part of all sends."""
        rules = [rule for group in FAULTS.values() for rule in group]
        each = 1 - (1 - often) ** (1 / len(rules))
        striking = [{**rule, "probability": each, "seed": dice.randrange(10**9)} for rule in rules]
        others = [
            {**rule, "seed": dice.randrange(10**9)} for rule in (*DELIVERY_FAULTS, *LISTING_FAULTS)
        ]
        wanted = striking + others if often else []
        self.x.simulation.faults.put(msgspec.convert(wanted, list[FaultRule]))

    def struck(self) -> Counter[str]:
        """Count what was struck, by the number of the fault."""
        names, tallies = [n for n, r in FAULTS.items() for _ in r], self.x.simulation.faults.tallies
        found = Counter[str]()
        for name, tally in zip(names, tallies, strict=False):
            found[name] += tally.struck
        return found

    def truth(self) -> Truth:
        """Read what X knows."""
        log = self.x.simulation.records.ledger.text()
        truth = ledger.read(log, account_id=" ".join(ACCOUNTS), app_id=APP, answer=bots.answer_to)
        return replace(truth, limits=COUNTED) if self.is_limited else truth

    async def lose_leases(self) -> None:
        """End every lease under the turns that have one, as if this process were gone."""
        self.decider.lose_leases()
        with virtual_time.running().elsewhere():
            self.leases_lost += await self.store.transact(
                lambda tx: tx.conversations.take_over_leases()
            )
        self.worker.wake()

    async def until_settled(self) -> None:
        """Let time pass until nothing waits, or until it will wait for ever."""
        loop = asyncio.get_running_loop()
        end = loop.time() + STUCK_AFTER.total_seconds()
        while loop.time() < end:
            await asyncio.sleep(20)
            with virtual_time.running().elsewhere():
                counts = await self.store.counts()
            if counts.events_waiting + counts.outbox_waiting == 0:
                break
        await asyncio.sleep(300)  # X delivers the last echoes


@asynccontextmanager
async def line(
    folder: Path, dice: random.Random, *, is_limited: bool = False
) -> AsyncGenerator[Line]:
    """Put engine and X together.

    Args:
        folder: For the database.
        dice: Decides what lists forget.
        is_limited: Whether X allows as many calls as it really does.
    """
    machine = Machine(dice)
    clock = machine.clock()
    transport = InProcess()
    database = folder / "roost.db"
    async with (
        _x(
            SimulatorClock(BEGINNING, monotonic=virtual_time.running().time),
            transport,
            is_limited=is_limited,
        ) as x,
        _running_on(machine),
        SqliteStore.open(database) as store,
    ):
        transport.mount(ORIGIN, x.asgi)
        await _begun(store, database)
        world = World(x.simulation, ORIGIN)
        clients = _clients(world, Forgetful(transport, dice, often=0.2), clock)
        watched, decider = Watched(store, dice, refuses=0.003), Slow(dice, often=0.05)
        worker = await _worker(watched, decider, XGateway(clients), clock, is_limited=is_limited)
        intake = WebhookIntake(
            inbox=watched,
            apps={PATH: WebhookApp("main", (world.app().consumer_secret,))},
            clock=clock,
            probe=NoProbe(),
            on_stored=worker.wake,
            health=Health(),
        )
        transport.mount(WEBHOOK, intake)
        await registration.ensure_webhook(clients[ACCOUNTS[0]], "prod", WEBHOOK + PATH)
        await registration.ensure_subscriptions(list(clients.items()), "prod")
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(worker.run())
            yield Line(
                world, store, database, worker, transport, decider, machine, is_limited=is_limited
            )
            working.cancel()


async def _begun(store: SqliteStore, database: Path) -> None:
    """Register our accounts, and have the database trace its leases for the ledger."""
    await store.register(
        [AppRow("main", APP, "key")], [AccountRow(one, "main", "echo") for one in ACCOUNTS]
    )
    with closing(sqlite3.connect(database)) as tracing:
        for statement in ledger_trace.SQLITE:
            tracing.execute(statement)


def _clients(world: World, transport: Forgetful, clock: SimulatorClock) -> Mapping[UserId, XClient]:
    return {
        one: XClient(world.credentials(one), transport, clock, base_url=ORIGIN) for one in ACCOUNTS
    }


@asynccontextmanager
async def _running_on(machine: Machine) -> AsyncGenerator[None]:
    """Let the database's leases be counted by a machine's clocks."""
    real = connection.time
    connection.time = machine
    try:
        yield
    finally:
        connection.time = real


def _x(clock: SimulatorClock, transport: InProcess, *, is_limited: bool) -> Simulator:
    world = world_file.built_in()
    limits = "on" if is_limited else "off"
    rules = msgspec.structs.replace(world.rules, limits=limits, messages_kept=1_000_000)
    customers = [
        UserEntry(user_id=str(3000 + n), screen_name=f"c{n}", name=f"Customer {n}")
        for n in range(N_CUSTOMERS)
    ]
    second = UserEntry(
        user_id=ACCOUNTS[1],
        screen_name="acme2",
        name="Acme, too",
        tokens=(TokenEntry(app_id=APP),),
    )
    everybody = (*world.users, second, *customers)
    shared = (pictures.shared(BEGINNING),)
    people = msgspec.structs.replace(world, users=everybody, rules=rules, media=shared)
    return Simulator(people, clock=clock, transport=transport)


async def _worker(
    store: Watched, decider: Slow, gateway: XGateway, clock: SteadyClock, *, is_limited: bool
) -> Worker:
    await decider.start()
    return Worker(
        store=store,
        gateway=gateway,
        deciders={decider.name: decider},
        clock=clock,
        probe=NoProbe(),
        policy=WorkerPolicy(
            turns=TurnPolicy(deadline=LEASE * 10, lease=LEASE),
            listed_after=LISTED_AFTER,
            limits=windows.LIMITS if is_limited else LIMITS,
        ),
    )


def run(n: int, seeded: int, often: Often | None = None) -> Tally:
    """Have so many messages answered, and check the ledger after every three thousand.

    Args:
        n: How many messages customers write.
        seeded: The seed of what is written, and of what goes wrong. Threads apart, a run with the
            same seed is the same run.
        often: How often what happens.
    """
    dice, tally = random.Random(seeded), Tally()
    wanted = often or Often()
    while tally.asked < n:
        with in_memory() as folder:
            asked = min(ASKED_PER_WORLD, n - tally.asked)
            tally.add(virtual_time.run(_world(folder, asked, dice, wanted)))
    return tally


async def _world(folder: Path, n: int, dice: random.Random, often: Often) -> Tally:
    async with line(folder, dice, is_limited=often.is_limited) as one:
        one.often_by_hand = often.by_hand
        one.fail(often.fault, dice)
        while one.asked < n:
            for _ in range(min(dice.randrange(1, MOST_AT_ONCE), n - one.asked)):
                one.ask(dice)
                await asyncio.sleep(dice.choice((0, 0.2)))
            one.machine.jump()
            await asyncio.sleep(dice.uniform(0, 5))
            one.write_by_hand()
            await one.forge()
            await one.lose_leases()
            await asyncio.sleep(dice.uniform(0, 50))
        await one.until_settled()
        truth = one.truth()
        return Tally(
            asked=one.asked,
            leases_lost=one.leases_lost,
            forgeries=(one.forged, one.forgeries_taken),
            struck=one.struck(),
            seen=Counter(ledger.counts(truth, one.database)),
            hours=asyncio.get_running_loop().time() / 3_600,
            faults=[*one.decider.overlaps, *ledger.broken(truth, one.database)],
        )


def main() -> int:
    """Run from the command line; `FAULTY` where the ledger found a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sends", type=int, default=3_000)
    parser.add_argument("--faults", type=float, default=0.3, help="part of the sends to strike")
    parser.add_argument("--by-hand", type=float, default=0.0, help="part that people write too")
    parser.add_argument("--limited", action="store_true", help="with X's real limits")
    given = parser.parse_args()
    # Thousands of struck sends are thousands of warnings.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    tally = run(given.sends, seed(), Often(given.faults, given.by_hand, given.limited))
    print("\n".join(tally.lines()))
    return FAULTY if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
