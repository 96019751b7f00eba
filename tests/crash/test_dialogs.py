"""A dialog whose process is killed around every commit tells what it tells undisturbed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.rig import WITHIN, Rig, rig, until

from roost.demo import world
from roost.demo.child import Child

pytestmark = pytest.mark.crash

ASKING = str(Path(__file__).with_name("asking.py"))
TOLD = [
    "Which order?",
    "One moment.",
    "It is a lamp (A12).",
    "Which colour?",
    "Green it is.",
]
STORY = [("hello", 1), ("A12", 4), ("the second one", 5)]
"""What the customer says, and how many answers there are after it."""

N_COMMITS = 5
"""Of an undisturbed dialog: question, before the step, after it, before the sleep, end."""


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str | None:
    """The application's database: its DSN, `None` for SQLite."""
    return request.getfixturevalue("dsn") if request.param == "postgresql" else None


async def until_dead(doomed: Child) -> None:
    async with asyncio.timeout(WITHIN):
        await doomed.wait()


EVERYWHERE = [("sqlite", n) for n in range(1, N_COMMITS + 1)] + [("postgresql", 3)]
"""On PostgreSQL the one that has a step and a send in doubt."""


@pytest.mark.parametrize(("database", "n"), EVERYWHERE, indirect=["database"])
async def test_killed_around_a_commit_it_tells_the_same(
    n: int, tmp_path: Path, database: str | None
) -> None:
    customer, trace = world.CUSTOMER_ID, tmp_path / "steps"
    environment = {"TRIED_STEPS": str(trace), "ROOST_RECONCILE_AFTER_S": "1,2"}
    async with rig(tmp_path, database=database) as line:
        for probe in ("turn.decided", "turn.committed"):
            trace.unlink(missing_ok=True)
            n_before = len(await line.answers(customer))
            await _die_once(line, {**environment, "ROOST_CRASH_AT": f"{probe}:{n}"}, customer)
            assert (await line.answers(customer))[n_before:] == TOLD, probe
            keys = trace.read_text(encoding="utf-8").split()
            assert len(set(keys)) == 1, "a step that is repeated is given the same key"
            print(f"{probe}:{n}: the step ran {len(keys)} times")
        for table in ("dialogs", "points", "timers"):
            assert line.rows(f"SELECT count(*) FROM {table}") == [(0,)], table


async def _die_once(line: Rig, environment: dict[str, str], customer: str) -> None:
    """Play the story; where the application dies, start it again."""
    n_before = len(await line.answers(customer))
    async with asyncio.TaskGroup() as tasks:
        async with line.application(bot=ASKING, environment=environment) as doomed:
            playing = tasks.create_task(_tell(line, customer, n_before))
            await until_dead(doomed)
        del environment["ROOST_CRASH_AT"]
        async with line.application(bot=ASKING, environment=environment):
            await playing
            await line.until_settled(n_answers=n_before + len(TOLD))


async def _tell(line: Rig, customer: str, n_before: int) -> None:
    for text, n_answers in STORY:
        await line.controls.send_dm(customer, world.ACCOUNT_ID, text)

        async def is_answered(wanted: int = n_before + n_answers) -> bool:
            return len(await line.answers(customer)) >= wanted

        await until(is_answered)
