"""The webhook of a real application over real HTTP: what it refuses, what it stores."""

from __future__ import annotations

import asyncio
import gzip
import json
import sqlite3
import time
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from tests.rig import Rig, rig, until

from roost.demo import world
from roost.store import control
from roost.xapi import signing
from roost.xapi.transport import Request, Response, aiohttp_transport

ADA = "2002"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Rig]:
    async with rig(tmp_path_factory.mktemp("line")) as running, running.application():
        yield running


@pytest.fixture(scope="module")
def webhook(line: Rig) -> str:
    ((path,),) = line.rows("SELECT webhook_path FROM apps")
    return f"{line.application_url}{path}"


JUST_NOW = str(time.time_ns() // 1_000_000)
"""Milliseconds; messages of another day are left to people."""


def body(number: int, text: str = "hello", *, account: str = world.ACCOUNT_ID) -> bytes:
    return json.dumps(
        {
            "for_user_id": account,
            "direct_message_events": [
                {
                    "type": "message_create",
                    "id": str(number),
                    "created_timestamp": JUST_NOW,
                    "message_create": {
                        "target": {"recipient_id": account},
                        "sender_id": ADA,
                        "message_data": {"text": text, "entities": {}},
                    },
                }
            ],
            "users": {},
        }
    ).encode()


async def post(
    line: Rig, webhook: str, content: bytes, *, signature: str | None = None, **headers: str
) -> Response:
    right = signing.signature_of(content, line.keys.consumer_secret).decode()
    headers["x-twitter-webhooks-signature"] = right if signature is None else signature
    async with aiohttp_transport() as transport:
        return await transport.send(Request("POST", webhook, headers, content))


async def raw(line: Rig, text: bytes) -> bytes:
    """Write bytes to the application's port and read the answer's first line."""
    host, _, port = line.application_url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(text)
    answer = await reader.readline()
    writer.close()
    return answer


def n_deliveries(line: Rig) -> object:
    return line.rows("SELECT count(*) FROM deliveries")


async def test_the_same_delivery_a_hundred_times_on_16_connections_is_one_event_and_one_answer(
    line: Rig, webhook: str
) -> None:
    sent_before = len(await line.sends())
    content = body(1580000000000000100, "a storm")
    signature = signing.signature_of(content, line.keys.consumer_secret).decode()
    request = Request("POST", webhook, {"x-twitter-webhooks-signature": signature}, content)
    async with aiohttp_transport(connections=16) as transport, asyncio.TaskGroup() as tasks:
        sending = [tasks.create_task(transport.send(request)) for _ in range(100)]
    assert {task.result().status for task in sending} == {200}
    await line.until_settled(n_answers=1)
    assert line.rows("SELECT count(*) FROM events WHERE event_key = '1580000000000000100'") == [
        (1,)
    ]
    assert len(await line.sends()) == sent_before + 1


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "sha256=",
        "sha256=short",
        "nonsense",
        "sha256=" + "A" * 43 + "=",
        "sha1=abc",
        "x" * 4_000,
    ],
)
async def test_a_wrong_signature_is_refused_and_nothing_is_stored(
    line: Rig, webhook: str, signature: str
) -> None:
    before = n_deliveries(line)
    answer = await post(line, webhook, body(7), signature=signature)
    assert (answer.status, answer.body) == (401, b"")
    assert n_deliveries(line) == before


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"x-twitter-webhooks-signature: sha256=\xc3\xbc\xff\xfe\r\n",
        b"x-twitter-webhooks-signature: sha256=AAAA\r\nx-twitter-webhooks-signature: sha256=B\r\n",
    ],
)
async def test_a_missing_a_non_ascii_and_a_doubled_signature_are_refused(
    line: Rig, webhook: str, header: bytes
) -> None:
    before = n_deliveries(line)
    path = webhook.removeprefix(line.application_url).encode()
    answer = await raw(
        line,
        b"POST " + path + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n" + header + b"\r\n{}",
    )
    assert b" 401 " in answer
    assert n_deliveries(line) == before


@pytest.mark.parametrize(
    "query",
    [
        "crc_token=%7Ba%7D",
        "crc_token=%22",
        "crc_token=a%20b",
        "crc_token=",
        "",
        "crc_token=a&crc_token=b",
    ],
)
async def test_a_challenge_that_x_would_not_send_is_refused(
    line: Rig, webhook: str, query: str
) -> None:
    async with aiohttp_transport() as transport:
        answer = await transport.send(Request("GET", f"{webhook}?{query}"))
    assert answer.status == 400


async def test_a_challenge_is_answered_as_x_wants_it(line: Rig, webhook: str) -> None:
    async with aiohttp_transport() as transport:
        answer = await transport.send(Request("GET", f"{webhook}?crc_token=abc&nonce=x"))
    token = signing.signature_of(b"abc", line.keys.consumer_secret).decode()
    assert answer.status == 200
    assert json.loads(answer.body) == {"response_token": token}
    assert answer.headers["content-type"] == "application/json"
    assert "content-encoding" not in answer.headers


async def test_what_is_too_large_compressed_or_not_a_post_is_refused(
    line: Rig, webhook: str
) -> None:
    before = n_deliveries(line)
    path = webhook.removeprefix(line.application_url).encode()
    head = b"POST " + path + b" HTTP/1.1\r\nHost: a\r\n"
    assert b" 413 " in await raw(line, head + b"Content-Length: 1048577\r\n\r\n")
    endless = b"80000\r\n" + b"x" * 0x80000 + b"\r\n"
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n" + endless * 3
    assert b" 413 " in await raw(line, chunked)
    packed = gzip.compress(body(8))
    assert (await post(line, webhook, packed, **{"Content-Encoding": "gzip"})).status == 415
    async with aiohttp_transport() as transport:
        for method in ("PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"):
            assert (await transport.send(Request(method, webhook))).status == 405
        assert (await transport.send(Request("POST", f"{webhook}/"))).status == 404
        assert (await transport.send(Request("POST", f"{webhook}x", body=b"{}"))).status == 404
    assert n_deliveries(line) == before


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b"null", b'{"a": [[[[1]]]]}', b"[" * 9_000]
)
async def test_what_is_signed_but_odd_is_kept_and_accepted(
    line: Rig, webhook: str, content: bytes
) -> None:
    assert (await post(line, webhook, content)).status == 200
    await until(lambda: _is_filed(line))
    assert (content,) in line.rows("SELECT body FROM deliveries")


async def _is_filed(line: Rig) -> bool:
    return line.rows("SELECT count(*) FROM events WHERE state = 'new'") == [(0,)]


async def test_a_message_for_an_unknown_account_is_kept_and_answered_by_nobody(
    line: Rig, webhook: str
) -> None:
    sent_before = len(await line.sends())
    answer = await post(line, webhook, body(1580000000000000200, account="4711"))
    assert answer.status == 200
    await until(lambda: _is_filed(line))
    assert line.rows("SELECT state FROM events WHERE account_id = '4711'") == [("done",)]
    assert len(await line.sends()) == sent_before


async def test_while_the_database_is_locked_x_is_told_to_come_again_and_challenges_are_answered(
    line: Rig, webhook: str
) -> None:
    content = body(1580000000000000300, "patience")
    blocker = sqlite3.connect(line.data / "roost.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    try:
        async with asyncio.TaskGroup() as tasks:
            refused = tasks.create_task(post(line, webhook, content))
            async with aiohttp_transport() as transport:
                challenge = Request("GET", f"{webhook}?crc_token=abc")
                answer = await transport.send(challenge, answer_within=timedelta(seconds=20))
                assert not refused.done() or refused.result().status == 503
        assert refused.result().status == 503
        assert answer.status == 200
    finally:
        blocker.execute("ROLLBACK")
        blocker.close()
    answers = len(await line.answers())
    assert (await post(line, webhook, content)).status == 200
    await line.until_settled(n_answers=answers + 1)
    assert (await line.answers())[-1] == "You said: patience"


async def test_the_owner_answers_on_its_control_socket(line: Rig) -> None:
    status = await control.ask(line.data / control.SOCKET, "status")
    assert isinstance(status, dict)
    assert status["workers"] == 1
    assert set(status) == {
        *("version", "pid", "role", "workers", "problem", "commits"),
        *("events", "outbox", "conservation"),
        *("accounts", "webhooks", "gaps", "replays"),
    }
