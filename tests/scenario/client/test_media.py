"""Uploading and fetching media over real HTTP, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import pytest
from tests import samples
from tests.scenario.client.conftest import X

from roost.errors import (
    AnswerTooLarge,
    CredentialsRefused,
    InvalidCall,
    MediaNotReady,
    MediaRefused,
    NotFound,
    PermissionMissing,
    SendUncertain,
    XApiUnavailable,
)
from roost.model.messages import OutboundMessage
from roost.simulator.fault_rules import ErrorStatusRule, FaultRule, Match, ResetRule
from roost.xapi import Credentials, XClient, downloads, media_rules
from roost.xapi.families.media import Progress, Upload
from roost.xapi.sources import Source, Stream

LARGE = samples.png() + bytes(2 * media_rules.CHUNK_BYTES)
"""A picture with so much after its end that it takes three pieces."""


async def stream(content: bytes, n_bytes: int = 700_001) -> AsyncGenerator[bytes, None]:
    for begin in range(0, len(content), n_bytes):
        yield content[begin : begin + n_bytes]


def faults(x: X, *rules: FaultRule) -> None:
    x.simulator.simulation.faults.put(rules)


def listed(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def stored(x: X, media_id: str) -> bytes:
    return x.simulator.simulation.world.media.media(media_id).content


async def sent(client: XClient, media_id: str) -> str:
    """Send media and give the address to fetch it at."""
    event = await client.messages.send("2002", OutboundMessage("", media_id=media_id))
    media = downloads.media_of(event)
    assert media is not None
    return downloads.link(media)


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: LARGE,
        lambda folder: folder / "picture.png",
        lambda folder: Stream(stream(LARGE), len(LARGE)),
    ],
    ids=["bytes", "path", "stream"],
)
async def test_a_file_goes_in_pieces_from_wherever_it_is(
    x: X, tmp_path: Path, make: Callable[[Path], Source]
):
    (tmp_path / "picture.png").write_bytes(LARGE)
    client = await x.client()
    told: list[Progress] = []

    uploaded = await client.media.upload(make(tmp_path), progress=told.append)

    assert stored(x, uploaded.media_id_string) == LARGE
    assert [row.route for row in x.requests].count("media.append") == 3
    assert [one.sent_bytes for one in told] == [1 << 20, 2 << 20, len(LARGE)]
    assert await client.media.download(await sent(client, uploaded.media_id_string)) == LARGE


async def test_a_film_is_waited_for_as_x_asks_and_progress_is_told(x: X):
    client = await x.client()
    told: list[Progress] = []

    uploaded = await client.media.upload(samples.mp4(), progress=told.append)

    assert x.waits == [3]
    assert uploaded.processing_info.state == "succeeded"
    assert [one.percent for one in told] == [None, 100]
    assert await client.media.download(await sent(client, uploaded.media_id_string))


async def test_a_film_that_takes_too_long_is_not_waited_for(x: X):
    client = await x.client()

    with pytest.raises(MediaNotReady, match="after 0 s") as caught:
        await client.media.upload(samples.mp4(), within=timedelta(seconds=2))

    assert (caught.value.reason, x.waits) == ("", [])
    with pytest.raises(MediaRefused):
        await sent(client, caught.value.media_id)


async def test_a_film_x_cannot_process_says_why(x: X):
    client = await x.client()

    with pytest.raises(MediaNotReady, match="format") as caught:
        await client.media.upload(samples.mp4(codecs=(b"hvc1",)))

    assert caught.value.reason == "UnsupportedMedia"


@pytest.mark.parametrize(
    ("route", "when"),
    [
        ("media.init", "before"),
        ("media.init", "after"),
        ("media.append", "before"),
        ("media.append", "after"),
        ("media.finalize", "before"),
        ("media.finalize", "after"),
    ],
)
async def test_a_connection_that_breaks_on_the_way_costs_one_more_try(x: X, route: str, when: str):
    faults(x, ResetRule(match=Match(route=route), when=when, count=1))
    client = await x.client()

    uploaded = await client.media.upload(LARGE)

    assert stored(x, uploaded.media_id_string) == LARGE


async def test_a_connection_that_always_breaks_is_given_up(x: X):
    faults(x, ResetRule(match=Match(route="media.append"), when="before"))
    client = await x.client()

    with pytest.raises(SendUncertain, match=r"media\.append"):
        await client.media.upload(LARGE)

    assert [row.route for row in x.requests].count("media.append") == 3


async def test_a_refusal_is_not_tried_again(x: X):
    faults(x, ErrorStatusRule(match=Match(route="media.append"), code=325, status=400))
    client = await x.client()

    with pytest.raises(MediaRefused) as caught:
        await client.media.upload(LARGE)

    assert (caught.value.status, caught.value.code) == (400, 325)
    assert [row.route for row in x.requests].count("media.append") == 1


@pytest.mark.parametrize(("said", "word"), [(len(LARGE) - 1, "less"), (len(LARGE) + 1, "more")])
async def test_a_stream_that_is_not_as_long_as_it_said_is_not_finished(x: X, said: int, word: str):
    client = await x.client()

    with pytest.raises(InvalidCall, match="not as much as it said") as caught:
        await client.media.upload(Stream(stream(LARGE), said))

    assert (caught.value.limit, caught.value.value) == (said, len(LARGE)), word
    assert "media.finalize" not in [row.route for row in x.requests]


async def test_a_file_that_is_not_there_is_said_so(x: X, tmp_path: Path):
    client = await x.client()

    with pytest.raises(InvalidCall, match=r"none\.png: No such file"):
        await client.media.upload(tmp_path / "none.png")

    assert x.requests == []


async def test_what_is_shared_can_be_sent_twice_and_what_is_not_once(x: X):
    client = await x.client()
    shared = await client.media.upload(samples.png(), Upload(shared=True, alt_text="Grey"))
    single = await client.media.upload(samples.png())

    for _ in range(2):
        await sent(client, shared.media_id_string)
    await sent(client, single.media_id_string)
    with pytest.raises(MediaRefused) as caught:
        await sent(client, single.media_id_string)

    assert caught.value.code == 324
    assert x.simulator.simulation.world.media.media(shared.media_id_string).alt_text == "Grey"


async def test_a_private_picture_is_for_its_participants(x: X):
    client, twin = await x.client(), await x.client("1002")
    uploaded = await client.media.upload(samples.png())
    link = await sent(client, uploaded.media_id_string)
    stranger = await x.client(who=Credentials("k", "s", "t", "ts"))

    assert link.startswith("https://ton.twitter.com/1.1/ton/data/dm/")
    assert await client.media.download(link) == samples.png()
    with pytest.raises(PermissionMissing):
        await twin.media.download(link)
    with pytest.raises(CredentialsRefused):
        await stranger.media.download(link)
    with pytest.raises(NotFound):
        await client.media.download(_renamed(link))


def _renamed(link: str) -> str:
    head, _, name = link.rpartition("/")
    return f"{head}/x{name}"


async def test_only_what_x_asks_a_signature_for_is_signed(x: X):
    client = await x.client()
    uploaded = await client.media.upload(samples.gif())
    link = await sent(client, uploaded.media_id_string)

    await client.media.download(link)

    assert (x.requests[-1].route, x.requests[-1].auth) == ("media.film", "none needed")


async def test_a_download_over_its_cap_leaves_nothing(x: X, tmp_path: Path):
    client = await x.client()
    uploaded = await client.media.upload(LARGE)
    link = await sent(client, uploaded.media_id_string)
    file = tmp_path / "there.png"

    with pytest.raises(AnswerTooLarge) as caught:
        await client.media.download(link, most_bytes=len(LARGE) - 1)
    assert caught.value.limit == len(LARGE) - 1
    with pytest.raises(AnswerTooLarge):
        await client.media.download_to(file, link, most_bytes=1000)
    assert listed(tmp_path) == []

    assert await client.media.download_to(file, link) == len(LARGE)
    assert file.read_bytes() == LARGE
    assert listed(tmp_path) == [file]


async def test_a_download_that_breaks_leaves_what_was_there(x: X, tmp_path: Path):
    client = await x.client()
    uploaded = await client.media.upload(LARGE)
    link = await sent(client, uploaded.media_id_string)
    file = tmp_path / "there.png"
    file.write_bytes(b"before")
    faults(x, ResetRule(match=Match(route="media.private"), when="during"))

    with pytest.raises(XApiUnavailable):
        await client.media.download_to(file, link)

    assert file.read_bytes() == b"before"
    assert listed(tmp_path) == [file]


@pytest.mark.parametrize(
    "body",
    [b"<!doctype html><title>Log in</title>", b'{"errors":[]}', b"", b"GIF", b"%PDF-1.7 and so on"],
)
async def test_what_is_no_media_is_not_handed_on(tmp_path: Path, body: bytes):
    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\nconnection: close\r\n"
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(page, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    link = f"{base}/1.1/ton/data/dm/1/2/a.png"
    async with server, XClient(Credentials("k", "s", "1-t", "ts"), base_url=base) as x:
        with pytest.raises(XApiUnavailable, match="no picture, GIF or video"):
            await x.media.download(link)
        with pytest.raises(XApiUnavailable, match="no picture, GIF or video"):
            await x.media.download_to(tmp_path / "a.png", link)

    assert listed(tmp_path) == []


async def test_an_upload_that_is_cancelled_in_the_middle_ends_there(x: X):
    client = await x.client()
    begun, closed = asyncio.Event(), []

    async def pieces() -> AsyncGenerator[bytes, None]:
        try:
            yield LARGE[: media_rules.CHUNK_BYTES + 1]
            begun.set()
            await asyncio.Event().wait()
        finally:
            closed.append(True)

    async with aclosing(pieces()) as stream, asyncio.TaskGroup() as tasks:
        uploading = tasks.create_task(client.media.upload(Stream(stream, len(LARGE))))
        await begun.wait()
        uploading.cancel()

    routes = [row.route for row in x.requests]
    assert uploading.cancelled()
    assert closed == [True]
    assert "media.finalize" not in routes
    assert (await client.media.upload(samples.png())).media_id_string, "the client goes on"


async def test_a_folder_that_is_not_there_is_said_so(x: X, tmp_path: Path):
    client = await x.client()
    uploaded = await client.media.upload(samples.png())
    link = await sent(client, uploaded.media_id_string)

    with pytest.raises(InvalidCall, match="No such file or directory"):
        await client.media.download_to(tmp_path / "none" / "a.png", link)
