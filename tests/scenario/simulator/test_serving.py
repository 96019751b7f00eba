"""Starting and stopping."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys

import aiohttp
import pytest
from tests.rig import until

from roost.cli import simulate
from roost.errors import SettingsError
from roost.simulator import serving
from roost.simulator.app import Simulator

START = "import asyncio; from roost.cli.simulate import run; asyncio.run(run(port=0))"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_says_where_it_is_and_ends_on_a_signal_though_pages_follow(number: int):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", START, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    line = (await process.stdout.readline()).decode()
    address = re.search(r"http://127\.0\.0\.1:\d+", line)[0]
    async with asyncio.timeout(10), aiohttp.ClientSession() as session:
        async with session.get(f"{address}/_sim/live") as stream:
            process.send_signal(number)
            rest = await stream.content.read()
        output, errors = await process.communicate()

    assert f"{address}/_sim/phone" in line
    assert (rest, output, errors, process.returncode) == (b"", b"", b"", 0)


def test_connections_are_of_the_kind_that_asyncio_turns_nagle_off_for():
    with serving.bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_a_taken_port_means_the_next_free_one():
    with serving.bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with serving.bind("127.0.0.1", port) as other:
            assert other.getsockname()[1] > port


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("192.0.2.1", 8090)])
def test_a_port_that_cannot_be_had_is_named(host: str, port: int):
    with pytest.raises(SettingsError, match=f"cannot listen at {host}:{port}"):
        serving.bind(host, port)


async def test_a_world_file_that_is_missing_or_wrong_is_named(tmp_path):
    path = tmp_path / "world.json"
    with pytest.raises(SettingsError, match=r"world\.json"):
        await simulate.run(world=path)
    path.write_text('{"format":1,"userz":[]}')
    with pytest.raises(SettingsError, match="userz"):
        await simulate.run(world=path)


@pytest.mark.parametrize("token", ["too-short", "a" * 15, "sixteen chars or more", "ü" * 16])
async def test_a_token_that_could_be_guessed_or_not_be_sent_is_named(token: str):
    with pytest.raises(SettingsError, match=rf"^token: has {len(token)} characters, not 16"):
        await simulate.run(token=token)


async def test_files_that_cannot_be_opened_are_named(tmp_path):
    with pytest.raises(SettingsError, match="ledger"):
        await simulate.run(ledger=tmp_path / "no" / "folder")
    path = tmp_path / "world.json"
    path.write_text('{"format":1,"rules":{"webhook_ca_file":"/nowhere.pem"}}')
    with pytest.raises(SettingsError, match="webhook_ca_file"):
        await simulate.run(world=path)


async def test_a_fault_of_the_simulators_own_is_not_silent():
    async def fail() -> None:
        raise ZeroDivisionError

    async def run() -> None:
        async with Simulator() as simulator:
            simulator.simulation.background.spawn(fail())
            await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(run())

    assert caught.group_contains(ZeroDivisionError)


async def test_every_option_is_heeded_when_it_runs_as_typed(tmp_path):
    with serving.bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    world = tmp_path / "world.json"
    world.write_text('{"users": [{"user_id": "7", "screen_name": "seven"}]}', encoding="utf-8")
    options = ["--port", str(port), "--world", str(world), "--state", str(tmp_path / "x.db")]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "roost", "simulate", *options),
        *("--quiet", "--strict", "--clock", "virtual", "--ledger", str(tmp_path / "ledger")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        async with aiohttp.ClientSession() as session:
            address = f"http://127.0.0.1:{port}"

            async def is_answering() -> bool:
                try:
                    return (await session.get(f"{address}/_sim/health")).status == 200
                except aiohttp.ClientConnectorError:
                    return False

            await until(is_answering)
            clock = await (await session.get(f"{address}/_sim/clock")).json()
            shown = await (await session.get(f"{address}/_sim/world")).json()
            other = {"host": "api.x.com"}
            plain = await session.get(f"{address}/1.1/users/show.json", headers=other)
            refused = await plain.json()
    finally:
        process.send_signal(signal.SIGTERM)
        output, errors = await process.communicate()

    assert clock["is_frozen"] is True
    assert [user["screen_name"] for user in shown["users"]] == ["seven"]
    assert (plain.status, refused["errors"][0]["code"]) == (403, 92)
    assert (output, errors, process.returncode) == (b"", b"", 0)
    assert (tmp_path / "x.db").exists()
    assert b'"kind":"request"' in (tmp_path / "ledger").read_bytes()
