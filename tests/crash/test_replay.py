"""Replay of the enterprise tier, and every way in which it can fail; then the ledger."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from tests.crash.test_faults_of_delivery import post
from tests.scenario.intake import conftest as scene
from tests.scenario.intake.conftest import ACCOUNT, House

from roost.intake.replays_at_x import ReplaysAtX
from roost.simulator.fault_rules import (
    DropRule,
    DuplicateRule,
    ErrorStatusRule,
    FaultRule,
    GarbageBodyRule,
    Match,
    RateLimitRule,
    ReorderRule,
    ResetRule,
    UnreachableRule,
)
from roost.store.durable import DurableStore
from roost.store.postgresql.store import PostgresStore
from roost.store.sqlite import SqliteStore
from roost.testing import ledger, ledger_database

pytestmark = pytest.mark.crash

x_world, x_simulator = scene.x_world, scene.x_simulator
anyio_backend, store, enterprise = scene.anyio_backend, scene.store, scene.enterprise

ASK = Match(route="enterprise.replay")
REPORT = Match(event="replay_job_status")
MESSAGES = Match(event="direct_message_events")
FOLLOWS = Match(event="follow_events")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TEXTS = [f"no {n}" for n in range(20)]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """The application's SQLite file, or its PostgreSQL DSN."""
    if request.param == "sqlite":
        return tmp_path / "roost.db"
    return request.getfixturevalue("dsn")


@pytest.fixture
def opening(database: Path | str) -> AbstractAsyncContextManager[DurableStore]:
    if isinstance(database, Path):
        return SqliteStore.open(database)
    return PostgresStore.open(database)


class Judge:
    """Has the ledger say whether all is as it should be."""

    def __init__(self, house: House, database: Path | str) -> None:
        self._house = house
        self._database = database

    async def __call__(self) -> None:
        with suppress(TimeoutError):  # X tells of the last answers a moment after they were sent
            await self._house.until(lambda: self._faults() == [])
        assert self._faults() == []

    def follows(self) -> int:
        """Count the follows that have been told, which no list of X shows."""
        rows = ledger_database.opened(self._database).rows(
            "SELECT event_key FROM events WHERE kind = 'followed'"
        )
        return len(rows)

    def _faults(self) -> list[str]:
        log = self._house.x.simulation.records.ledger.text()
        app_id = self._house.x.app().app_id
        truth = ledger.read(
            log, account_id=ACCOUNT, app_id=app_id, answer=lambda text: f"re: {text}"
        )
        assert truth.messages
        return ledger.broken(truth, self._database)


@pytest.fixture
def judged(enterprise: House, database: Path | str) -> Judge:
    return Judge(enterprise, database)


async def missed(house: House) -> None:
    """Be away for an hour in which people write and follow, and X gives up delivering."""
    await house.start()
    house.write("before")
    await house.until_answered(["before"])
    await house.stop()
    house.write(*TEXTS)
    house.x.act("ada", "follow", to="acme")
    for _ in range(12):
        house.x.clock.advance(5 * MINUTE)
        await asyncio.sleep(0.02)


async def until_replayed(house: House, *, within: timedelta = 12 * HOUR) -> timedelta:
    """Let time pass until X has delivered all of it again; how long that took."""
    begun_at = house.x.clock.now()
    while await house.open_replays():
        assert house.x.clock.now() - begun_at < within, await house.open_replays()
        await house.pass_by(5 * MINUTE)
        await asyncio.sleep(0.02)
        await house.until(house.is_settled)
    return house.x.clock.now() - begun_at


async def test_what_x_tried_to_deliver_meanwhile_it_delivers_again(enterprise, judged) -> None:
    await missed(enterprise)
    assert judged.follows() == 0
    await enterprise.start()
    await enterprise.until_answered(["before", *TEXTS])
    assert judged.follows() == 0, "no list shows it"

    took = await until_replayed(enterprise)

    assert judged.follows() == 1
    assert 10 * MINUTE <= took <= HOUR, "X takes no span that ends in the last ten minutes"
    assert enterprise.answers() == [f"re: {text}" for text in ("before", *TEXTS)]
    await judged()


@pytest.mark.parametrize(
    ("n_asked", "rules"),
    [
        (2, [UnreachableRule(match=FOLLOWS, count=1)]),
        (4, [ErrorStatusRule(match=ASK, code=355, count=3)]),
        (2, [RateLimitRule(match=ASK, seconds=900, count=1)]),
        (2, [DropRule(match=REPORT, count=1)]),
        (2, [GarbageBodyRule(match=ASK, when="after", count=1)]),
        (2, [ResetRule(match=ASK, when="after", count=1)]),
        (3, [ErrorStatusRule(match=ASK, code=131, count=2)]),
        (3, [ErrorStatusRule(match=ASK, code=200, status=403, count=2)]),
    ],
    ids=[
        "fault[F43-incomplete]",
        "fault[F43-conflict]",
        "fault[F43-429]",
        "fault[F43-never-ends]",
        "fault[F43-unreadable-answer]",
        "fault[F43-answer-lost]",
        "fault[F43-500]",
        "fault[F43-refused]",
    ],
)
async def test_a_job_that_comes_to_nothing_is_asked_for_again(
    enterprise, judged, n_asked: int, rules: list[FaultRule]
) -> None:
    await missed(enterprise)
    await enterprise.start()
    enterprise.faults(*rules)

    await until_replayed(enterprise)

    (tally,) = enterprise.x.simulation.faults.tallies
    assert tally.struck == tally.rule.count
    assert len(asked(enterprise)) >= n_asked
    assert judged.follows() == 1
    assert enterprise.answers() == [f"re: {text}" for text in ("before", *TEXTS)]
    await judged()


def asked(house: House) -> list[Mapping[str, object]]:
    """Give every answer of X to our asking for a job."""
    return [row for row in house.x.ledger() if row.get("route") == "enterprise.replay"]


async def test_fault_f43_while_a_job_fails_the_span_stays_open_and_says_why(enterprise) -> None:
    await missed(enterprise)
    await enterprise.start()
    enterprise.faults(ErrorStatusRule(match=ASK, code=200, status=403))

    await enterprise.pass_by(3 * HOUR)

    (span,) = await enterprise.open_replays()
    assert "X answered 403, code 200" in span.trouble
    assert 8 <= len(asked(enterprise)) <= 12, "once in a quarter of an hour"


async def test_fault_f35_the_same_event_by_delivery_by_list_and_by_replay(
    enterprise, judged
) -> None:
    """Delivered late and more than once, listed and replayed at the same time: one of each."""
    await missed(enterprise)
    await enterprise.start()
    await enterprise.pass_by(35 * MINUTE)
    enterprise.faults(
        DuplicateRule(match=MESSAGES, copies=3),
        DuplicateRule(match=FOLLOWS, copies=3),
        ReorderRule(match=MESSAGES, by=5, seconds=5, probability=0.3),
    )
    since = enterprise.x.clock.now() - 3 * HOUR
    for n in range(4):
        enterprise.write(f"again {n}")
        await enterprise.continuity.ask([ACCOUNT], since=since)
        await enterprise.look()
        enterprise.x.clock.advance(4 * MINUTE)
    await until_replayed(enterprise)

    texts = ("before", *TEXTS, *(f"again {n}" for n in range(4)))
    await enterprise.until_answered(texts)
    assert len(asked(enterprise)) >= 2
    assert judged.follows() == 1
    await judged()


class Killed(Exception):
    """The process is no more."""


async def test_a_process_that_ends_between_asking_and_noting_asks_again(
    enterprise, judged, monkeypatch
) -> None:
    await missed(enterprise)
    await enterprise.start()
    asks = ReplaysAtX.replay

    async def die(source, *span) -> str:
        await asks(source, *span)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(ReplaysAtX, "replay", die)
        with pytest.raises(ExceptionGroup) as ended:
            await enterprise.pass_by(40 * MINUTE)
    assert ended.group_contains(Killed)
    assert len(asked(enterprise)) == 1
    await enterprise.until(enterprise.is_settled)
    await enterprise.stop()
    await enterprise.start()

    await until_replayed(enterprise)

    assert len(asked(enterprise)) >= 2
    assert judged.follows() == 1
    await judged()


async def test_the_end_of_a_job_that_is_none_of_ours_ends_nothing(enterprise, judged) -> None:
    await missed(enterprise)
    await enterprise.start()
    enterprise.faults(DropRule(match=REPORT))
    await enterprise.pass_by(36 * MINUTE)
    (span,) = await enterprise.open_replays()
    assert span.job_id

    for job_id in ("7", "", "x" * 10_000, "\0"):
        status = {
            "webhook_id": "1",
            "job_state": "Complete",
            "job_state_description": "Job completed successfully",
            "job_id": job_id,
        }
        body = json.dumps({"replay_job_status": status}).encode()
        assert (await post(enterprise, body)).status == 200
    assert (await post(enterprise, b'{"replay_job_status":[]}')).status == 200

    (after,) = await enterprise.open_replays()
    assert (after.job_id, after.reached_at) == (span.job_id, span.reached_at)
    enterprise.faults()
    await until_replayed(enterprise)
    await judged()


async def test_a_long_outage_is_replayed_in_parts_and_what_is_too_old_is_said(
    enterprise, judged
) -> None:
    await enterprise.start()
    enterprise.write("before")
    await enterprise.until_answered(["before"])
    await enterprise.stop()
    enterprise.x.clock.advance(timedelta(days=6))
    await enterprise.start()
    (span,) = await enterprise.open_replays()

    await until_replayed(enterprise, within=timedelta(days=2))

    latest = await enterprise.store.transact(lambda tx: tx.replays.latest("main"))
    done, is_open = latest
    assert (done.replay_id, is_open) == (span.replay_id, False)
    assert done.lost_to is not None
    assert timedelta(hours=23) < done.lost_to - done.begun_at < timedelta(hours=26)
    taken = [row for row in asked(enterprise) if row["status"] == 202]
    assert len(taken) == 60, "five days, two hours each"
    assert done.n_jobs >= len(taken), "counted before X is asked, which allows five at a time"
    await judged()
