"""The application is killed at any step of sending a picture, and the customer sees it once."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from tests import samples
from tests.rig import WITHIN, Rig, rig, until

from roost.demo import world
from roost.ports import PROBES_OF_MEDIA
from roost.testing import ledger

pytestmark = pytest.mark.crash

BOT = """
from roost import Bot, Chat

bot = Bot("showing")


@bot.on_message()
async def show(chat: Chat) -> None:
    await chat.say("Before")
    await chat.say("Our lamp", media="lamp.png")
    await chat.say("After")
"""

# The first message of the three that goes to X is the text, the second the picture.
STEPS = [*PROBES_OF_MEDIA, "outbox.sending:2", "outbox.sent:2"]

SOON = {"ROOST_RECONCILE_AFTER_S": "1,2"}
"""Only before the first byte does no echo ever come, so that the picture is sent again."""


class Told(msgspec.Struct):
    """A line of the simulator's ledger."""

    route: str | None = None


async def n_uploads(line: Rig) -> int:
    """Count the uploads that X has been asked for."""
    raw = await line.controls.raw("GET", "/_sim/ledger")
    told = [msgspec.json.decode(row, type=Told) for row in raw.splitlines()]
    return sum(one.route == "media.init" for one in told)


@pytest.fixture(
    params=[(kind, step) for kind in ("sqlite", "postgresql") for step in STEPS], ids="-".join
)
def place(request: pytest.FixtureRequest) -> tuple[str | None, str]:
    """The database's DSN, `None` for SQLite; and the step."""
    kind, step = request.param
    return (request.getfixturevalue("dsn") if kind == "postgresql" else None), step


async def test_killed_at_a_step_the_customer_sees_the_picture_once(
    place: tuple[str | None, str], tmp_path: Path
) -> None:
    database, step = place
    bot = tmp_path / "showing.py"
    bot.write_text(BOT, encoding="utf-8")
    (tmp_path / "lamp.png").write_bytes(samples.png())
    async with rig(tmp_path, database=database) as line:
        crashing = {"ROOST_CRASH_AT": step}
        async with line.application(bot=str(bot), environment=crashing) as doomed:
            await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "hello")
            async with asyncio.timeout(WITHIN):  # a step never reached ends here
                assert await doomed.wait() == -signal.SIGKILL
        environment = SOON if step.startswith("outbox.sending") else None
        async with line.application(bot=str(bot), environment=environment):

            async def is_settled() -> bool:
                sent = line.rows("SELECT state FROM outbox")
                echoed = line.rows("SELECT state FROM events WHERE kind = 'message_sent'")
                return (sent, echoed) == ([("sent",)] * 3, [("done",)] * 3)

            await until(is_settled)
            answers = await line.answers(world.CUSTOMER_ID)
            assert [one.partition(" https://")[0] for one in answers] == [
                "Before",
                "Our lamp",
                "After",
            ]
            attempts = Counter(n for (n,) in line.rows("SELECT attempts FROM outbox"))
            assert attempts == ({1: 2, 2: 1} if step.startswith("outbox.sending") else {1: 3})
            # X's answer that nobody has read is the one case in which it has the file twice.
            assert await n_uploads(line) == (2 if step == "media.uploaded" else 1)
            raw = await line.controls.raw("GET", "/_sim/ledger")
            truth = ledger.read(raw, account_id=world.ACCOUNT_ID, app_id=world.APP_ID)
            stored = database or tmp_path / "roost.db"
            assert await asyncio.to_thread(ledger.broken, truth, stored) == []
