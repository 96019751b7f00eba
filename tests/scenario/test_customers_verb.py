"""`roost customers` against a running application."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.rig import Rig, rig

from roost.demo import world


async def customers(line: Rig, *arguments: str) -> tuple[int, str]:
    """Run the verb; its exit code and what it said."""
    settings = world.environment(line.keys, x_base_url=line.simulator_url, port=1, data=line.data)
    ended = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "roost", "customers", *arguments),
        env=settings,
        cwd=line.data,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await ended.communicate()
    return ended.returncode or 0, said.decode()


async def test_a_customer_is_exported_to_a_private_file_and_erased_once(tmp_path: Path) -> None:
    async with rig(tmp_path) as line, line.application():
        await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "a xylophone")
        await line.until_settled(n_answers=1)

        code, said = await customers(line, "export", world.CUSTOMER_ID, "--to", "ada.json")

        file = line.data / "ada.json"
        exported = json.loads(file.read_text())
        assert (code, said) == (0, "written to ada.json\n")
        assert file.stat().st_mode & 0o777 == 0o600
        (found,) = exported["conversations"]
        assert found["lines"][0]["text"] == "a xylophone"
        assert len(found["lines"]) + len(found["outgoing"]) >= 2
        told = [json.loads(one["body"]) for one in exported["records"]["deliveries"]]
        assert any("a xylophone" in json.dumps(one) for one in told)
        code, said = await customers(line, "export", world.CUSTOMER_ID, "--to", "ada.json")
        assert (code, "already there" in said) == (2, True)

        code, said = await customers(line, "erase", world.CUSTOMER_ID)
        assert (code, "nothing was erased" in said) == (2, True)
        assert line.rows("SELECT count(*) FROM conversations") == [(1,)]
        bodies = line.rows("SELECT body FROM deliveries ORDER BY delivery_id")
        code, said = await customers(line, "erase", "id", "--yes")
        assert (code, "has nothing of customer id" in said) == (2, True)
        assert line.rows("SELECT body FROM deliveries ORDER BY delivery_id") == bodies
        code, said = await customers(line, "erase", world.CUSTOMER_ID, "--yes", "--json")
        assert (code, json.loads(said)["conversations"]) == (0, 1)
        assert line.rows("SELECT count(*) FROM conversations") == [(0,)]
        code, said = await customers(line, "export", world.CUSTOMER_ID)
        assert (code, "has nothing of customer 2002" in said) == (2, True)
        code, said = await customers(line, "erase", world.CUSTOMER_ID, "--account", "5", "--yes")
        assert (code, "there is no account 5" in said) == (2, True)
