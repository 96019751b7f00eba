"""The application is killed at every step of the line, and still answers in public, once."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import msgspec
import pytest
from tests.rig import WITHIN, Rig, rig, until

from roost.demo import world
from roost.ports import PROBES
from roost.testing import ledger

pytestmark = pytest.mark.crash

BOT = """
from roost import Bot, Chat

bot = Bot("public")


@bot.on_mention
async def answer(chat: Chat) -> None:
    await chat.reply_publicly("We are on it.", continue_in_dm=True)
"""

STEPS = [probe for probe in PROBES if not probe.startswith("backfill.")]

PLACES = [
    *(("sqlite", probe) for probe in STEPS),
    *(("postgresql", probe) for probe in STEPS if probe.startswith("outbox.")),
]
"""On both databases where it may be in doubt what X has; the steps before are each database's."""

SOON = {"ROOST_RECONCILE_AFTER_S": "1,2"}
"""Only before the first byte does no echo ever come, so that the answer is posted again."""


class Told(msgspec.Struct):
    """A line of the simulator's ledger."""

    kind: str
    user_id: str | None = None


async def mention(line: Rig) -> None:
    """Have the customer call on the account."""
    action = {"action": "post", "kind": "mention", "to": world.ACCOUNT_ID, "text": "@acme hello"}
    body = msgspec.json.encode(action)
    await line.controls.raw("POST", f"/_sim/users/{world.CUSTOMER_ID}/actions", body)


async def n_answers(line: Rig) -> int:
    """Count what the account has posted."""
    raw = await line.controls.raw("GET", "/_sim/ledger")
    told = [msgspec.json.decode(row, type=Told) for row in raw.splitlines()]
    return sum((one.kind, one.user_id) == ("post", world.ACCOUNT_ID) for one in told)


@pytest.mark.parametrize(("kind", "probe"), PLACES)
async def test_killed_at_a_step_it_still_answers_in_public_once(
    kind: str, probe: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = request.getfixturevalue("dsn") if kind == "postgresql" else None
    bot = tmp_path / "public.py"
    bot.write_text(BOT, encoding="utf-8")
    async with rig(tmp_path, database=database) as line:
        crashing = {"ROOST_CRASH_AT": probe}
        async with line.application(bot=str(bot), environment=crashing) as doomed:
            await mention(line)
            async with asyncio.timeout(WITHIN):  # a step never reached ends here
                assert await doomed.wait() == -signal.SIGKILL
        environment = SOON if probe == "outbox.sending" else None
        async with line.application(bot=str(bot), environment=environment):

            async def is_settled() -> bool:
                sent = line.rows("SELECT state FROM outbox")
                echo = line.rows("SELECT state FROM events WHERE kind = 'posted'")
                return (sent, echo) == ([("sent",)], [("done",)])

            await until(is_settled)
            assert await n_answers(line) == 1
            received = line.rows("SELECT event_key FROM events WHERE kind = 'mentioned'")
            assert len(received) == 1, "exactly one stored event"
            linked = line.rows(
                "SELECT count(*) FROM outbox JOIN events ON event_key = message_id"
                " WHERE kind = 'posted'"
            )
            assert linked == [(1,)], "the entry is known by X's id of the Post"
            raw = await line.controls.raw("GET", "/_sim/ledger")
            truth = ledger.read(raw, account_id=world.ACCOUNT_ID, app_id=world.APP_ID)
            assert len(truth.posted) == 1
            assert ledger.broken(truth, database or tmp_path / "roost.db") == []
