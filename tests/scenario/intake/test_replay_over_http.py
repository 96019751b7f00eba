"""Replay between real processes: what an outage has hidden from every list comes all the same."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.rig import Rig, rig, until
from tests.scenario.intake.test_backfill_verb import verb

from roost.demo import world

pytestmark = pytest.mark.crash

ENTERPRISE = {"ROOST_APPS__DEMO__ACTIVITY_TIER": "enterprise", "ROOST_CLOCK": "simulator"}
FOLLOWS = "SELECT count(*) FROM events WHERE kind = 'followed'"


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str | None:
    """The application's database: its DSN, `None` for SQLite."""
    return request.getfixturevalue("dsn") if request.param == "postgresql" else None


async def advance(line: Rig, seconds: int) -> None:
    """Let time pass, for both."""
    body = json.dumps({"action": "advance", "seconds": seconds}).encode()
    await line.controls.raw("POST", "/_sim/clock", body)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
async def test_after_an_outage_x_delivers_again_and_backfill_says_which_way_it_went(
    tmp_path: Path, database: str | None
) -> None:
    async with rig(tmp_path, database=database, is_clock_followed=True) as line:

        def n_follows() -> int:
            return int(str(line.rows(FOLLOWS)[0][0]))

        async with line.application(environment=ENTERPRISE):
            await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "before")
            await line.until_settled(n_answers=1)
        await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "meanwhile")
        follow = json.dumps({"action": "follow", "to": world.ACCOUNT_ID}).encode()
        await line.controls.raw("POST", f"/_sim/users/{world.CUSTOMER_ID}/actions", follow)
        await advance(line, 3600)
        assert n_follows() == 0
        async with line.application(environment=ENTERPRISE):
            await line.until_settled(n_answers=2)
            code, pieces, complained = await verb(line, "--since", "2h", environment=ENTERPRISE)
            assert (code, complained) == (0, "")
            assert {piece["by"] for piece in pieces} == {"list", "replay"}
            (span,) = [piece for piece in pieces if piece["by"] == "replay"]
            assert (span["app"], span["state"]) == ("demo", "open")

            async def is_replayed() -> bool:
                await advance(line, 300)
                await asyncio.sleep(0.2)
                return line.rows("SELECT count(*) FROM replays WHERE state = 'open'") == [(0,)]

            await until(is_replayed)
            assert n_follows() == 1
            assert await line.answers() == ["You said: before", "You said: meanwhile"]
            jobs = line.rows("SELECT sum(n_jobs) FROM replays")
            assert int(str(jobs[0][0])) >= 1
