"""No redirect is followed, whatever a request carries: a token goes where it was sent alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests import samples

from roost.errors import SendError
from roost.model.messages import OutboundMessage
from roost.xapi import Credentials, XClient

HELLO = OutboundMessage("Hello")
STATUSES = (301, 302, 303, 307, 308)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Peer:
    """Answers every request with a status and headers, and keeps the heads."""

    def __init__(self, status: int, location: str = "") -> None:
        self._status, self._location = status, location
        self.heads: list[str] = []
        self.origin = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        head = [f"HTTP/1.1 {self._status} x", "content-length: 0", "connection: close"]
        head += [f"location: {self._location}"] if self._location else []
        writer.write("\r\n".join([*head, "", ""]).encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening(peer: Peer) -> AsyncGenerator[Peer]:
    server = await asyncio.start_server(peer.talk, "127.0.0.1", 0, limit=1 << 16)
    peer.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield peer


def listed(folder: Path) -> list[Path]:
    return list(folder.iterdir())


KINDS: dict[str, tuple[str, Callable[[XClient, str], Awaitable[object]]]] = {
    "json": ("OAuth", lambda x, _: x.messages.send("2", HELLO)),
    "json, put": ("OAuth", lambda x, _: x.welcome_messages.update("1", HELLO)),
    "form": ("OAuth", lambda x, _: x.messages.show_typing("2")),
    "several parts": ("OAuth", lambda x, _: x.media.append("1", 0, b"a")),
    "query": ("OAuth", lambda x, _: x.users.me()),
    "delete": ("OAuth", lambda x, _: x.messages.delete("1")),
    "without a token": ("OAuth", lambda x, _: x.tokens.request()),
    "app, by key and secret": ("Basic", lambda x, _: x.tokens.bearer()),
    "app, by its token": ("Bearer", lambda x, _: x.subscriptions.remove("prod", "2", bearer="b")),
    "webhook": ("OAuth", lambda x, _: x.webhooks.create("prod", "http://bot.test/x")),
    "upload": ("OAuth", lambda x, _: x.media.upload(samples.png())),
    "private media": ("OAuth", lambda x, at: x.media.download(f"{at}/1.1/ton/data/dm/1/2/a.jpg")),
    "public media": ("", lambda x, at: x.media.download(f"{at}/dm_gif/1/a.mp4")),
    "private media to a file": (
        "OAuth",
        lambda x, at: x.media.download_to(Path("a.jpg"), f"{at}/1.1/ton/data/dm/1/2/a.jpg"),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", STATUSES)
async def test_a_redirect_is_an_error_and_nothing_goes_there(
    kind: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scheme, call = KINDS[kind]
    async with (
        listening(Peer(200)) as elsewhere,
        listening(Peer(status, f"{elsewhere.origin}/1.1/elsewhere.json")) as x,
        XClient(Credentials("k", "s", "1-t", "ts"), base_url=x.origin) as client,
    ):
        with pytest.raises(SendError, match=str(status)):
            await call(client, x.origin)

    assert elsewhere.heads == []
    assert x.heads
    assert all(f"\r\nAuthorization: {scheme} " in head for head in x.heads if scheme)
    assert listed(tmp_path) == []
