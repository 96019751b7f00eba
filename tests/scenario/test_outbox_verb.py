"""`roost outbox` against a running application."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import msgspec
from tests.rig import Rig, rig, until

from roost.demo import world


async def outbox(line: Rig, *arguments: str) -> tuple[int, str]:
    """Run the verb; its exit code and what it said."""
    settings = world.environment(line.keys, x_base_url=line.simulator_url, port=1, data=line.data)
    ended = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "roost", "outbox", *arguments),
        env=settings,
        cwd=line.data,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await ended.communicate()
    return ended.returncode or 0, said.decode()


async def test_a_refused_message_is_listed_sent_again_and_dropped(tmp_path: Path) -> None:
    async with rig(tmp_path) as line, line.application():
        refused = [{"effect": "status", "code": 349, "match": {"route": "dm.events.new"}}]
        await line.controls.raw("PUT", "/_sim/faults", msgspec.json.encode({"faults": refused}))
        await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "hello")

        async def is_dead() -> bool:
            return line.rows("SELECT state FROM outbox") == [("dead",)]

        await until(is_dead)
        code, said = await outbox(line, "list", "--json")
        (row,) = json.loads(said)
        assert (code, row["state"], row["lane"]) == (0, "dead", "bot")
        assert "349" in row["reason"]
        assert row["text"].startswith("Hello Ada")
        assert "dead" in (await outbox(line, "list"))[1]

        number = str(row["outbox_id"])
        code, said = await outbox(line, "check", number)
        assert (code, "X has refused it" in said) == (2, True)
        await line.controls.raw("DELETE", "/_sim/faults")
        assert await outbox(line, "resend", number) == (
            0,
            f"message {number}: will be sent again\n",
        )
        await line.until_settled(n_answers=1)
        assert await outbox(line, "list") == (0, "nothing waits for a person\n")
        code, said = await outbox(line, "drop", number)
        assert (code, "neither parked nor dead" in said) == (2, True)
