"""Two people at the desk by way of two web processes on one PostgreSQL database."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from tests.rig import WITHIN, Rig, rig

from roost.demo import world
from roost.demo.parent import free_port

PASSWORD = "a heron on the roof"
CONVERSATION = f"{world.ACCOUNT_ID}-{world.CUSTOMER_ID}"
HERE = f"/api/conversations/{world.ACCOUNT_ID}/{CONVERSATION}"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Colleague:
    """Somebody at the desk, by way of one of the processes."""

    session: aiohttp.ClientSession
    origin: str
    person_id: str = ""
    csrf: str = ""

    async def post(self, path: str, body: object) -> aiohttp.ClientResponse:
        """Change something, as the page does."""
        headers = {"x-roost-csrf": self.csrf, "origin": self.origin}
        answer = await self.session.post(path, json=body, headers=headers)
        assert answer.ok, (path, answer.status, await answer.text())
        return answer

    async def enters(self, token: str) -> None:
        """Choose a password."""
        answer = await self.post("/api/session/password", {"token": token, "password": PASSWORD})
        me = await answer.json()
        self.person_id, self.csrf = me["person_id"], me["csrf"]

    async def shows(self, page: str, doing: str) -> None:
        """Have a page tell what is done there."""
        await self.post(f"{HERE}/presence", {"page": page, "doing": doing})

    @asynccontextmanager
    async def following(self) -> AsyncGenerator[aiohttp.StreamReader]:
        """Follow the changes, from now on."""
        async with self.session.get("/api/changes") as answer:
            assert answer.ok, await answer.text()
            assert b"event: ready" in await answer.content.readuntil(b"\r\n\r\n")
            yield answer.content


def at_desk(origin: str) -> aiohttp.ClientSession:
    """Keep cookies, also of a server that has no name."""
    return aiohttp.ClientSession(origin, cookie_jar=aiohttp.CookieJar(unsafe=True))


async def hears(stream: aiohttp.StreamReader) -> str:
    """Wait for the next presence; give who does what, on which page."""
    async with asyncio.timeout(WITHIN):
        while True:
            event = (await stream.readuntil(b"\r\n\r\n")).decode()
            told = [line for line in event.splitlines() if line.startswith("data: ")]
            if told and (change := json.loads(told[0][6:])).get("kind") == "presence":
                assert change["conversation_id"] == CONVERSATION
                return change["ref"]


async def invited(line: Rig, login: str) -> str:
    """Invite an admin; give what their link holds."""
    asked = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "roost", "users", "invite", login, "--role", "admin", "--json"),
        env={"ROOST_DATA": str(line.data), "ROOST_DATABASE": str(line.database)},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await asked.communicate()
    return json.loads(said)["link"].partition("#")[2]


async def test_who_looks_and_who_types_is_told_from_one_web_process_to_the_other(
    tmp_path: Path, dsn: str
) -> None:
    port = free_port(19_500)
    async with rig(tmp_path, database=dsn) as line:
        elsewhere = {"ROOST_PORT": str(port), "ROOST_PUBLIC_URL": line.application_url}
        origins = line.application_url, f"http://127.0.0.1:{port}"
        async with (
            line.application(),
            line.application(role="web", environment=elsewhere),
            at_desk(origins[0]) as at_one,
            at_desk(origins[1]) as at_other,
        ):
            await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "hello")
            await line.until_settled(n_answers=1)
            sam, robin = Colleague(at_one, origins[0]), Colleague(at_other, origins[1])
            await sam.enters(await invited(line, "sam"))
            await robin.enters(await invited(line, "robin"))
            async with sam.following() as to_sam, robin.following() as to_robin:
                await sam.shows("aaaaaaaa", "viewing")
                assert await hears(to_robin) == f"{sam.person_id} viewing aaaaaaaa"
                await robin.shows("bbbbbbbb", "typing")
                heard = [await hears(to_sam), await hears(to_sam)]
                assert heard[-1] == f"{robin.person_id} typing bbbbbbbb"
                await sam.shows("aaaaaaaa", "gone")
                heard = [await hears(to_robin), await hears(to_robin)]
                assert heard[-1] == f"{sam.person_id} gone aaaaaaaa"
