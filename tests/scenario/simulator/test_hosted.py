"""The simulator as an ASGI application that any server may serve."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import msgspec
import pytest

from roost.simulator import hosted, world_file
from roost.simulator.hosted import Hosted, NotStarted
from roost.testing.in_process import InProcess
from roost.xapi.transport import Request

HEALTH = Request("GET", "http://127.0.0.1/_sim/health", {}, b"")
SHOP = b'{"apps": [{"app_id": "5"}], "users": [{"user_id": "6", "screen_name": "shop"}]}'
UNREADABLE = b'{"rules": {"webhook_ca_file": "/nowhere.pem"}}'


class Server:
    """Tells an application of its life, as servers do."""

    def __init__(self):
        self.tells, self.told = asyncio.Queue(), asyncio.Queue()

    async def start(self, application):
        await self.tells.put({"type": "lifespan.startup"})
        await application({"type": "lifespan"}, self.tells.get, self.told.put)


@asynccontextmanager
async def served(application):
    server = Server()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.start(application))
        assert await server.told.get() == {"type": "lifespan.startup.complete"}
        yield InProcess({"http://127.0.0.1": application})
        await server.tells.put({"type": "lifespan.shutdown"})
        assert await server.told.get() == {"type": "lifespan.shutdown.complete"}


async def test_it_lives_as_long_as_its_server():
    application = Hosted(world_file.read(SHOP, source="this test"))

    for _ in range(2):
        async with served(application) as x:
            answer = await x.send(Request("GET", "http://127.0.0.1/_sim/world", {}, b""))
            users = msgspec.json.decode(answer.body)["users"]
            assert [user["screen_name"] for user in users] == ["shop"]
            assert application.simulator.simulation.world.users.keys() == {"6"}

    with pytest.raises(NotStarted):
        await InProcess({"http://127.0.0.1": application}).send(HEALTH)


async def test_the_module_has_one_with_the_built_in_world():
    async with served(hosted.app) as x:
        assert (await x.send(HEALTH)).body == b'{"ok":true}'
        assert "1001" in hosted.app.simulator.simulation.world.users


async def test_one_that_cannot_begin_tells_the_server_why():
    server = Server()

    await server.start(Hosted(world_file.read(UNREADABLE, source="this test")))

    told = server.told.get_nowait()
    assert told["type"] == "lifespan.startup.failed"
    assert "webhook_ca_file" in told["message"]
