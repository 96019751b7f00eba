"""A world that outlives its simulator."""

from __future__ import annotations

import asyncio
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from tests import samples
from tests.scenario.simulator.test_welcome_messages import made, ruled
from tests.uploads import attach

from roost.errors import SettingsError
from roost.simulator.app import Options, Simulator
from roost.simulator.clock import SimulatorClock, SystemClock
from roost.simulator.entries import Rules
from roost.simulator.state_file import StateFile
from roost.simulator.world import World
from roost.xapi.transport import Request, aiohttp_transport

START = "import asyncio, sys; from roost.cli import app; sys.exit(app.main(sys.argv[1:]))"


def options(path: Path) -> Options:
    return Options(is_clock_frozen=True, state=path)


async def test_what_was_there_is_there_again(stage, tmp_path):
    path = tmp_path / "x.state"
    hook = await stage.webhook()
    async with stage.serving(Simulator(stage.world(), options=options(path))) as first:
        await first.call(
            "POST", "/1.1/account_activity/all/prod/webhooks.json", query={"url": hook.url}
        )
        await first.call("POST", "/1.1/account_activity/all/prod/subscriptions.json")
        await first.control("POST", "/users", {"screen_name": "dora"})
        await first.send("Hello")
        await first.write("Hi")
        before = first.simulator.simulation.world.export()

    async with stage.serving(Simulator(options=options(path))) as second:
        after = second.simulator.simulation.world.export()
        await second.write("again")
        await second.deliveries(1)

    assert after == before
    assert len(before.messages) == 2
    assert hook.received[-1].json["for_user_id"] == "1001"


async def test_everything_a_world_can_hold_is_kept(stage, tmp_path):
    path = tmp_path / "x.state"
    async with stage.serving(Simulator(stage.world(), options=options(path))) as x:
        media_id = (await attach(x, samples.png())).json["media_id"]
        await x.write("look", media_ids=[media_id])
        await ruled(x, await made(x, "Welcome!"))
        post_id = (await act(x, "1001", "post", text="Hi"))["id"]
        await act(x, "2002", "like", post_id=post_id)
        await act(x, "2002", "open_conversation", to="1001")
        message_id = (await x.send("Hello")).json["event"]["id"]
        await act(x, "2002", "read", to="1001", message_id=message_id)
        before = x.simulator.simulation.world.export()

    with StateFile(path, SystemClock()) as kept:
        after = kept.load()

    empty = [name for name in before.__struct_fields__ if getattr(before, name) in ((), None)]
    assert set(empty) <= {"webhooks", "subscriptions", "custom_profiles"}
    assert after == before


async def test_media_that_gave_way_is_gone_from_the_file(stage, tmp_path):
    path = tmp_path / "x.state"
    rules = Rules(limits="off", media_bytes=2 * 1_024 + 2 * len(samples.png()))
    async with stage.serving(Simulator(stage.world(rules), options=options(path))) as x:
        ids = [(await attach(x, samples.png())).json["media_id"] for _ in range(3)]

    with StateFile(path, SystemClock()) as kept:
        assert [media.media_id for media in kept.load().media] == ids[1:]


async def act(x, user_id: str, action: str, **fields: str):
    answer = await x.control("POST", f"/users/{user_id}/actions", {"action": action, **fields})
    assert answer.status == 200, answer.body
    return answer.json


async def test_it_survives_being_killed(tmp_path):
    path = tmp_path / "x.state"
    sent = 0
    for n in range(3):
        async with running(path) as (process, address), aiohttp_transport() as transport:
            for i in range(20):
                body = {"action": "send_dm", "to": "1001", "text": f"{n}.{i}"}
                answer = await transport.send(
                    Request(
                        "POST",
                        f"{address}/_sim/users/2002/actions",
                        {"content-type": "application/json"},
                        msgspec.json.encode(body),
                    )
                )
                assert answer.status == 200
                sent += 1
            process.send_signal(signal.SIGKILL)
            await process.wait()
        with StateFile(path, SystemClock()) as kept:
            assert len(kept.load().messages) == sent


async def test_a_challenge_that_nobody_asked_for_is_kept_too(stage, tmp_path):
    path = tmp_path / "x.state"
    hook = await stage.webhook()
    async with stage.serving(Simulator(stage.world(), options=options(path))) as x:
        await x.call(
            "POST", "/1.1/account_activity/all/prod/webhooks.json", query={"url": hook.url}
        )
        await x.control("PUT", "/faults", {"faults": [{"effect": "crc_wrong_token"}]})
        await x.deliveries(2, kind="crc")

    with StateFile(path, SystemClock()) as kept:
        (webhook,) = kept.load().webhooks
    assert not webhook.valid


async def test_a_reset_is_kept(stage, tmp_path):
    path = tmp_path / "x.state"
    async with stage.serving(Simulator(stage.world(), options=options(path))) as x:
        await x.write("Hello")
        await x.control("POST", "/users", {"screen_name": "dora"})
        await x.control("POST", "/reset")

    with StateFile(path, SystemClock()) as kept:
        world = kept.load()
    assert world.messages == ()
    assert [user.screen_name for user in world.users] == [
        user.screen_name for user in stage.world().users
    ]


async def test_an_export_of_one_is_an_import_of_another(stage, tmp_path):
    async with stage.serving(Simulator(stage.world(), options=options(tmp_path / "one"))) as one:
        await one.write("Hello")
        state = (await one.control("GET", "/state")).json
    async with stage.serving(Simulator(options=options(tmp_path / "two"))) as two:
        assert (await two.control("PUT", "/state", state)).status == 204

    with (
        StateFile(tmp_path / "one", SystemClock()) as first,
        StateFile(tmp_path / "two", SystemClock()) as second,
    ):
        assert first.load() == second.load()


class Machine:
    """The machine's time, as a test has it."""

    def __init__(self) -> None:
        self.time = SystemClock().now()

    def now(self):
        return self.time


@pytest.mark.parametrize("is_frozen", [True, False])
async def test_a_clock_that_runs_has_run_on_meanwhile(stage, tmp_path, is_frozen):
    machine = Machine()
    clock = SimulatorClock(machine.time, is_frozen=is_frozen, monotonic=lambda: 0.0)
    world = World(clock, stage.world())
    with StateFile(tmp_path / "x", machine) as kept:
        kept.save(world)
    machine.time += timedelta(hours=1)

    with StateFile(tmp_path / "x", machine) as kept:
        shown = kept.load().clock

    apart = int(shown.now) - int(world.timestamp())
    assert apart == (0 if is_frozen else 3_600_000)
    assert shown.is_frozen is is_frozen


async def test_messages_that_leave_the_world_leave_the_file(stage, tmp_path):
    path = tmp_path / "x.state"
    rules = Rules(limits="off", messages_kept=3)
    async with stage.serving(Simulator(stage.world(rules), options=options(path))) as x:
        for n in range(10):
            await x.write(str(n))

    with StateFile(path, SystemClock()) as kept:
        assert [one.data.text for one in kept.load().messages] == ["7", "8", "9"]


def test_a_file_has_one_owner(tmp_path):
    with (
        StateFile(tmp_path / "x", SystemClock()),
        pytest.raises(SettingsError, match="state file"),
    ):
        StateFile(tmp_path / "x", SystemClock())


def test_a_file_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "x"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE mine (id INTEGER)")
    with pytest.raises(SettingsError, match="another program's"):
        StateFile(path, SystemClock())
    (tmp_path / "y").write_text("this is no database, and long enough to tell" * 30)
    with pytest.raises(SettingsError, match="not a database"):
        StateFile(tmp_path / "y", SystemClock())
    with pytest.raises(SettingsError, match="state file"):
        StateFile(tmp_path / "missing" / "z", SystemClock())


def test_a_file_of_a_later_format_is_refused(tmp_path):
    path = tmp_path / "x"
    with StateFile(path, SystemClock()):
        pass
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE facts SET value = '2' WHERE name = 'format'")

    with pytest.raises(SettingsError, match="its format is 2"):
        StateFile(path, SystemClock())


@asynccontextmanager
async def running(path: Path) -> AsyncGenerator[tuple[asyncio.subprocess.Process, str]]:
    """Run `roost simulate` as a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        START,
        "simulate",
        "--port",
        "0",
        "--state",
        str(path),
        stdout=subprocess.PIPE,
    )
    try:
        line = (await process.stdout.readline()).decode()
        yield process, re.search(r"http://127\.0\.0\.1:\d+", line)[0]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
