"""A dialog whose process is killed at any point tells what it tells undisturbed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.crash import dialogs, hosts, lives, servers, stories, telling
from tests.crash.dialogs import Walk
from tests.crash.hosts import COMMITTED, DECIDED, POINT
from tests.crash.stage import NotSettled
from tests.crash.telling import Told
from tests.postgres import Databases
from tests.rig import WITHIN, Rig, rig, until

from roost.demo import world
from roost.demo.child import Child

pytestmark = pytest.mark.crash

SAMPLED = ("order_status", "support_desk")
ONE_IN = 4
"""On PostgreSQL every fourth point of these; `make crash-long` walks them all."""


SEEN_WITHIN = 8.0
"""Seconds after which a bot that forgets has gone wrong, if it has not said so before."""


def assert_walked(walks: Sequence[Walk], *, every: int = 1) -> None:
    for one in walks:
        print(one.line())
        assert one.faults == []
        for kind, n in one.n_points.items():
            assert one.n_kills[kind] == len(range(0, n, every)) > 0, f"{one.example}, {kind}"
        assert one.n_points.get(POINT, one.length) == len(one.journal) == one.length > 0


@pytest.mark.timeout(900)
async def test_killed_at_every_point_each_example_tells_the_same() -> None:
    walks: list[Walk] = []
    await dialogs.run([*stories.STORIES], on_walk=walks.append)
    assert_walked(walks)
    assert len(walks) == 6
    assert sum(len(one.journal) for one in walks) >= 50, "the examples have something to lose"


@pytest.fixture
def traced(databases: Databases, migrated_template: str) -> Sequence[str]:
    """DSNs of PostgreSQL databases, one for each example."""
    return servers.traced(databases, len(SAMPLED), migrated_template)


@pytest.mark.timeout(600)
async def test_on_postgresql_they_tell_the_same(traced: Sequence[str]) -> None:
    walks: list[Walk] = []
    await dialogs.run(SAMPLED, databases=traced, every=ONE_IN, on_walk=walks.append)
    assert_walked(walks, every=ONE_IN)


@pytest.mark.timeout(600)
async def test_a_step_that_is_repeated_is_given_the_same_key(tmp_path: Path) -> None:
    async with (
        lives.nursery(tmp_path / "log") as nursery,
        telling.theatre(tmp_path / "asking", stories.ASKING) as at,
    ):
        walked = await dialogs.walk(nursery, at, (DECIDED, COMMITTED))
    assert_walked([walked])
    keys = Counter((tmp_path / "asking" / telling.STEPS).read_text().split())
    n_told = 1 + sum(walked.n_points.values())
    assert len(keys) == n_told, "a key for each customer's step, however often it ran"
    assert max(keys.values()) > 1, "it did run again"


async def test_a_journal_that_forgets_one_result_is_found_out(tmp_path: Path) -> None:
    example = "order_status"
    async with lives.nursery(tmp_path / "log") as nursery:

        async def told(name: str, forgets: int) -> tuple[Sequence[str], Told | Exception]:
            async with telling.theatre(tmp_path / name, example, forgets=forgets) as at:
                at.on.patience = SEEN_WITHIN if forgets else at.on.patience
                try:
                    ended: Told | Exception = await dialogs.once(nursery, at)
                except* (NotSettled, LookupError) as errors:
                    ended = errors
                return hosts.passed(at.folder, "story-1", POINT), ended

        journal, undisturbed = await told("whole", 0)
        assert isinstance(undisturbed, Told)
        [place] = [n for n, point in enumerate(journal, 1) if point.startswith("step")]
        # The first point of the story is the menu's, which has a journal of its own.
        forgotten = place - 1
        _, mutant = await told("mutant", forgotten)
        assert mutant != undisturbed


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str | None:
    """The application's database: its DSN, `None` for SQLite."""
    return request.getfixturevalue("dsn") if request.param == "postgresql" else None


TOLD = [
    "Which order?",
    "One moment.",
    "It is a lamp (A12).",
    "Which colour?",
    "Green it is.",
]
STORY = [("hello", 1), ("A12", 4), ("the second one", 5)]
"""What the customer says, and how many answers there are after it."""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
async def test_roost_serve_killed_in_the_middle_of_a_step_tells_the_same(
    tmp_path: Path, database: str | None
) -> None:
    customer, trace = world.CUSTOMER_ID, tmp_path / "steps"
    environment = {"TRIED_STEPS": str(trace), "ROOST_RECONCILE_AFTER_S": "1,2"}
    async with rig(tmp_path, database=database) as line:
        for probe in ("turn.decided", "turn.committed"):
            trace.unlink(missing_ok=True)
            n_before = len(await line.answers(customer))
            await _die_once(line, {**environment, "ROOST_CRASH_AT": f"{probe}:3"}, customer)
            assert (await line.answers(customer))[n_before:] == TOLD, probe
            keys = trace.read_text(encoding="utf-8").split()
            assert len(set(keys)) == 1, "a step that is repeated is given the same key"
            print(f"{probe}: the step ran {len(keys)} times")
        for table in ("dialogs", "points", "timers"):
            assert line.rows(f"SELECT count(*) FROM {table}") == [(0,)], table


async def until_dead(doomed: Child) -> None:
    async with asyncio.timeout(WITHIN):
        await doomed.wait()


async def _die_once(line: Rig, environment: dict[str, str], customer: str) -> None:
    """Play the story; where the application dies, start it again."""
    n_before = len(await line.answers(customer))
    async with asyncio.TaskGroup() as tasks:
        async with line.application(
            bot=str(stories.file_of(stories.ASKING)), environment=environment
        ) as doomed:
            playing = tasks.create_task(_tell(line, customer, n_before))
            await until_dead(doomed)
        del environment["ROOST_CRASH_AT"]
        async with line.application(
            bot=str(stories.file_of(stories.ASKING)), environment=environment
        ):
            await playing
            await line.until_settled(n_answers=n_before + len(TOLD))


async def _tell(line: Rig, customer: str, n_before: int) -> None:
    for text, n_answers in STORY:
        await line.controls.send_dm(customer, world.ACCOUNT_ID, text)

        async def is_answered(wanted: int = n_before + n_answers) -> bool:
            return len(await line.answers(customer)) >= wanted

        await until(is_answered)
