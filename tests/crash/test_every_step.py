"""The application is killed at every step of the line, and still answers, once."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from tests.rig import WITHIN, rig

from roost.demo import world
from roost.ports import PROBES

pytestmark = pytest.mark.crash


# Only where the process dies between its word that it sends and the first byte does no echo ever
# come; everywhere else the echo settles what is in doubt, long before X would be asked.
SOON = {"ROOST_RECONCILE_AFTER_S": "1,2"}


IN_DOUBT = {"outbox.sending": 2}
"""Where X is asked what it has: listings that no gap counts, by step. Each is looked for twice."""

UNCOUNTED = {"backfill.listed": 1, "backfill.stored": 1, "backfill.ended": 1}
"""Where a page was listed for a gap that did not come to count it."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    """The application's database: its DSN, `None` for SQLite."""
    return request.getfixturevalue("dsn") if request.param == "postgresql" else None


@pytest.mark.parametrize("probe", PROBES)
async def test_killed_at_a_step_it_still_answers_once(
    probe: str, tmp_path: Path, database: str | None
) -> None:
    async with rig(tmp_path, database=database) as line:
        async with line.application(environment={"ROOST_CRASH_AT": probe}) as doomed:
            if probe not in UNCOUNTED:
                await line.until_listed()
            await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "hello")
            async with asyncio.timeout(WITHIN):  # a step never reached ends here
                assert await doomed.wait() == -signal.SIGKILL
        async with line.application(environment=SOON if probe == "outbox.sending" else None):
            await line.until_settled(n_answers=1)
            await line.until_listed(for_no_gap=IN_DOUBT.get(probe, 0) + UNCOUNTED.get(probe, 0))
            received = line.rows("SELECT event_key FROM events WHERE kind = 'message_received'")
            assert len(received) == 1, "exactly one stored event"
            assert await line.answers() == ["Hello Ada Lovelace! What can I do for you?"], (
                "exactly one answer"
            )
            assert await line.sends() == [200], "sent once, whatever was in doubt"
            assert line.rows("SELECT state, count(*) FROM outbox GROUP BY state") == [("sent", 1)]


async def test_a_second_message_is_answered_after_a_crash_with_the_first(
    tmp_path: Path, database: str | None
) -> None:
    async with rig(tmp_path, database=database) as line:
        async with line.application(environment={"ROOST_CRASH_AT": "turn.decided"}) as doomed:
            await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "one")
            await doomed.wait()
        await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "two")
        async with line.application():
            await line.until_settled(n_answers=2)
            assert await line.answers() == ["You said: one", "You said: two"]
