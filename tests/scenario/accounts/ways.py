"""A webhook that can be wrong in every way that people have seen."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from roost.errors import InvalidSignature
from roost.xapi import signing


@dataclass
class Ways:
    """A webhook, and what is in front of it."""

    secret: str
    way: str = "right"
    url: str = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *rest = head.split("\r\n")
        method, target, _ = line.split(" ")
        headers = dict(one.lower().split(": ", 1) for one in rest if one)
        signature = next(
            (one[30:] for one in rest if one.lower().startswith("x-twitter-webhooks-signature")), ""
        )
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if self.way != "mute":
            writer.write(self._answer(method, target, signature.strip(), body))
            await writer.drain()
        writer.close()

    def _answer(self, method: str, target: str, signature: str, body: bytes) -> bytes:
        if self.way in _CANNED:
            return _CANNED[self.way]
        if method == "GET":
            return self._told(target.partition("?")[2].encode())
        if self.way == "rewrites":
            body = json.dumps(json.loads(body)).encode()
        if self.way == "recodes":
            body = body.decode("latin-1").encode()
        try:
            signing.verify(body, signature=signature.encode(), consumer_secrets=[self.secret])
        except InvalidSignature:
            return _http(200 if self.way == "forgives" else 401, b"")
        return _http(200, b"")

    def _told(self, query: bytes) -> bytes:
        secret = "another" if self.way == "other_secret" else self.secret
        told = signing.answer_challenge(query, signature=None, consumer_secrets=[secret])
        if self.way == "gzip":
            return _http(200, gzip.compress(told), "content-encoding: gzip")
        if self.way == "bare_token":
            told = told.replace(b"sha256=", b"")
        return _http(200, told)


def _http(status: int, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} x", f"content-length: {len(body)}", "connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


_CANNED = {
    "redirect": _http(302, b"", "location: https://bot.example/login"),
    "missing": _http(404, b""),
    "no_method": _http(405, b""),
    "slash": _http(301, b"", "location: https://bot.example/x/main/hook/"),
    "no_token": _http(200, b'{"ok": true}'),
    "strips": _http(400, b""),
    "broken": _http(502, b""),
    "page": _http(200, b"<html>Log in</html>"),
}


@asynccontextmanager
async def served(ways: Ways, tls: ssl.SSLContext | None = None) -> AsyncGenerator[Ways]:
    server = await asyncio.start_server(ways.talk, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    ways.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    async with server:
        yield ways
