"""Following the simulator: its stream, and the application it is told of."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator

import aiohttp
import pytest

from roost.simulator.app import Options


class Stream:
    """Reads server-sent events, one at a time."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def next(self) -> tuple[int, str, object]:
        fields: dict[str, str] = {}
        async with asyncio.timeout(10):
            while line := (await self._answer.content.readline()).decode().rstrip("\r\n"):
                name, _, value = line.partition(": ")
                fields[name] = value
        if not fields:
            raise EOFError
        return int(fields["id"]), fields["event"], json.loads(fields["data"])


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def test_the_stream_tells_what_happens(stage, session):
    x, _ = await stage.subscribed("1001")
    async with session.get(f"{x.address}/_sim/live") as answer:
        assert answer.content_type == "text/event-stream"
        stream = Stream(answer)
        message_id = (await x.write("Hello")).json["id"]
        told = [await stream.next() for _ in range(3)]
        await x.get("/1.1/nothing.json")
        told.append(await stream.next())
        await x.control("POST", "/users", {"screen_name": "zed"})
        told += [await stream.next() for _ in range(2)]
        await x.control("POST", "/clock", {"action": "advance", "seconds": 60})
        told.append(await stream.next())
        await x.control("POST", "/reset")
        told += [await stream.next() for _ in range(2)]

    names = [one[1] for one in told]
    assert names[:6] == ["message", "change", "delivery", "request", "user", "change"]
    assert names[6:] == ["clock", "reset", "change"]
    assert [one[0] - told[0][0] for one in told] == list(range(9))
    causes = [data["cause"] for _, name, data in told if name == "change"]
    assert causes == ["send_dm", "add_user", "reset"]
    message, _, delivery, request, user, _, clock, *_ = (one[2] for one in told)
    assert clock == (await x.control("GET", "/clock")).json
    assert message["participants"] == ["2002", "1001"]
    assert message["event"]["id"] == message_id
    assert (delivery["kind"], delivery["status"]) == ("event", 200)
    assert request["status"] == 404
    assert user["screen_name"] == "zed"


async def test_a_reader_comes_back_without_missing_anything(x, session):
    async with session.get(f"{x.address}/_sim/live") as answer:
        await x.control("POST", "/users", {"screen_name": "a"})
        stream = Stream(answer)
        [*_, (seen, name, _)] = [await stream.next() for _ in range(2)]
    await x.control("POST", "/users", {"screen_name": "b"})

    async with session.get(f"{x.address}/_sim/live", headers={"Last-Event-ID": str(seen)}) as again:
        event_id, _, user = await Stream(again).next()

    assert name == "change"
    assert (event_id, user["screen_name"]) == (seen + 1, "b")


@pytest.mark.parametrize("last", ["1", "99999999999999999", "x", "-1", "٣"])
async def test_a_reader_that_cannot_be_resumed_is_told_so(x, session, last: str):
    headers = {"Last-Event-ID": last}
    async with session.get(f"{x.address}/_sim/live", headers=headers) as answer:
        assert (await Stream(answer).next())[1:] == ("resync", {})


async def test_what_is_known_of_the_application_is_told_to_whoever_follows(x, session):
    notice = {"id": "n1", "level": "error", "text": "SyntaxError", "file": "bot.py", "line": 3}
    status = {"state": "running", "text": "started", "notices": [notice]}
    async with session.get(f"{x.address}/_sim/live") as answer:
        stream = Stream(answer)
        assert (await x.control("PUT", "/application", status)).status == 200
        first = [await stream.next() for _ in range(2)]
        await x.control("PUT", "/application", {**status, "notices": []})
        second = [await stream.next() for _ in range(2)]

    assert [one[1:] for one in first] == [
        ("application", {"state": "running", "text": "started", "url": ""}),
        ("notice", {**notice, "remedy": ""}),
    ]
    assert second[1][1:] == ("notice_cleared", {"id": "n1"})
    assert (await x.control("GET", "/application")).json["notices"] == []


async def test_killing_the_application_is_an_order_to_whoever_started_it(stage):
    read_end, write_end = os.pipe()
    try:
        x = await stage.simulator(options=Options(control_fd=write_end))
        absent = await x.control("POST", "/application", {"action": "kill"})
        await x.control("PUT", "/application", {"state": "running"})
        killed = await x.control("POST", "/application", {"action": "kill"})
        order = os.read(read_end, 1_000)
    finally:
        os.close(read_end)
        os.close(write_end)

    assert (absent.status, killed.status) == (409, 202)
    assert order == b'{"action":"kill"}\n'


async def test_an_order_nobody_reads_any_more_is_refused(stage):
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        x = await stage.simulator(options=Options(control_fd=write_end))
        await x.control("PUT", "/application", {"state": "running"})
        assert (await x.control("POST", "/application", {"action": "kill"})).status == 409
    finally:
        os.close(write_end)


async def test_nobody_listens_nobody_kills(x):
    await x.control("PUT", "/application", {"state": "running"})

    assert (await x.control("POST", "/application", {"action": "kill"})).status == 409
    assert (await x.control("POST", "/application", {"action": "hug"})).status == 422
