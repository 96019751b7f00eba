"""`roost backfill`: with and without an application, and killed in the middle."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.rig import Rig, rig, until

from roost.cli import backfill
from roost.demo import world
from roost.errors import SettingsError

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str | None:
    """The application's database: its DSN, `None` for SQLite."""
    return request.getfixturevalue("dsn") if request.param == "postgresql" else None


async def verb(
    line: Rig, *arguments: str, environment: Mapping[str, str] | None = None
) -> tuple[int, list[dict[str, object]], str]:
    """Run the verb; its exit code, the objects it printed, and what it complained of."""
    settings = world.environment(line.keys, x_base_url=line.simulator_url, port=1, data=line.data)
    if line.database is not None:
        settings["ROOST_DATABASE"] = line.database
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("ROOST_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "roost", "backfill", "--json", *arguments),
        env={**inherited, **settings, **(environment or {})},
        cwd=line.data,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await process.communicate()
    pieces = [json.loads(row) for row in said.splitlines()]
    return process.returncode or 0, pieces, complained.decode()


@pytest.mark.crash
@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
async def test_killed_in_the_middle_it_goes_on_and_what_was_there_before_us_is_history(
    tmp_path: Path, database: str | None
) -> None:
    async with rig(tmp_path, database=database) as line:
        for number in range(120):
            await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, f"old {number}")
        killed, _, _ = await verb(line, environment={"ROOST_CRASH_AT": "backfill.stored:2"})
        assert killed == -signal.SIGKILL
        assert line.rows("SELECT n_pages, n_new FROM gaps WHERE kind = 'asked'") == [(1, 50)]
        assert line.rows("SELECT count(*) FROM events") == [(100,)], "one page is in and not told"

        code, pieces, complained = await verb(line)

        assert (code, complained) == (0, "")
        assert (pieces[-1]["state"], pieces[-1]["pages"]) == ("closed", 3)
        assert line.rows("SELECT count(*) FROM events WHERE is_history = 1") == [(120,)]
        async with line.application():
            await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "news")
            await line.until_settled(n_answers=1)

            assert await line.answers() == ["You said: news"]
            assert line.rows("SELECT count(*) FROM messages") == [(122,)]
            assert line.rows("SELECT unread FROM conversations") == [(1,)]
            code, pieces, complained = await verb(line, "--since", "1h", "--account", "@nobody")
            assert (code, complained) == (2, "")
            assert "there is no account '@nobody'" in pieces[-1]["errors"][0]["message"]
            code, pieces, complained = await verb(line, "--since", "1h", "--account", "acme")
            assert (code, complained) == (0, "")
            assert (pieces[-1]["state"], pieces[-1]["new"]) == ("closed", 0)


async def test_status_tells_how_the_webhook_is_and_which_gaps_are_open(tmp_path: Path) -> None:
    async with rig(tmp_path) as line, line.application():
        status = json.loads(await _status(line))

        webhook = status["webhooks"]["demo"]
        assert (webhook["state"], webhook["trouble"]) == ("valid", "")
        assert webhook["last_challenge_at"] is not None
        assert webhook["last_delivery_at"] is None
        assert {gap["reason"] for gap in status["gaps"]} <= {"first connected", "webhook missing"}
        await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "hello")

        async def is_told() -> bool:
            told = json.loads(await _status(line))
            return told["webhooks"]["demo"]["last_delivery_at"] is not None

        await until(is_told)


async def _status(line: Rig) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "roost", "status"),
        env={"ROOST_DATA": str(line.data)},
        cwd=line.data,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return said


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (None, NOW - timedelta(days=30)),
        ("7d", NOW - timedelta(days=7)),
        ("12h", NOW - timedelta(hours=12)),
        ("90m", NOW - timedelta(minutes=90)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T10:00:00+02:00", datetime(2026, 3, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_time_can_be_written_as_people_write_it(since: str | None, expected: datetime) -> None:
    assert backfill.begin_of(since, now=NOW) == expected


@pytest.mark.parametrize("since", ["", "yesterday", "7", "-7d", "7w", "99999d", "2026-13-01"])
def test_what_is_no_time_is_refused_with_what_to_write(since: str) -> None:
    with pytest.raises(SettingsError, match=r"is not a time.*Write 12h"):
        backfill.begin_of(since, now=NOW)


def test_a_time_that_lies_ahead_is_refused() -> None:
    with pytest.raises(SettingsError, match="lies ahead"):
        backfill.begin_of("2026-03-09", now=NOW)


@pytest.mark.parametrize("since", ["0001-01-01", "0001-01-01T00:00:00+14:00", "1999-12-31"])
def test_a_time_before_all_messages_is_refused(since: str) -> None:
    with pytest.raises(SettingsError, match="is not a time of the years 2000 to 2099"):
        backfill.begin_of(since, now=NOW)
