"""The way out to webhooks: the shared transport, with a world's own names and authorities."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

from roost.errors import SettingsError
from roost.xapi.transport import AiohttpTransport

_CONNECTIONS = 100


class WorldResolver(AbstractResolver):
    """Gives the addresses the world's rules name, and asks the system for all others."""

    def __init__(self, names: Callable[[], Mapping[str, str]]) -> None:
        """Make one.

        Args:
            names: Gives `rules.resolve` as it is when asked.
        """
        self._names = names
        self._system = aiohttp.ThreadedResolver()

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        address = self._names().get(host)
        if address is None:
            return await self._ask_system(host, port, family)
        ip, _, other_port = address.partition(":")
        return [
            ResolveResult(
                hostname=host,
                host=ip,
                port=int(other_port or port),
                family=socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def _ask_system(
        self, host: str, port: int, family: socket.AddressFamily
    ) -> list[ResolveResult]:
        try:
            return await self._system.resolve(host, port, family)
        except UnicodeError as error:  # a name that IDNA cannot write, such as `a..b`
            raise OSError(f"{host!r} is not a host name: {error}") from error

    @override
    async def close(self) -> None:
        await self._system.close()


@asynccontextmanager
async def open_transport(
    names: Callable[[], Mapping[str, str]], *, ca_file: str | None
) -> AsyncGenerator[AiohttpTransport]:
    """Open the transport that deliveries go through.

    Args:
        names: Gives `rules.resolve` as it is when asked.
        ca_file: One more certificate authority to trust, a PEM file.

    Raises:
        SettingsError: The file cannot be read.
    """
    connector = aiohttp.TCPConnector(
        limit=_CONNECTIONS,
        resolver=WorldResolver(names),
        ssl=_trust(ca_file),
        use_dns_cache=False,
    )
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    ) as session:
        yield AiohttpTransport(session)


def _trust(ca_file: str | None) -> ssl.SSLContext | bool:
    if ca_file is None:
        return True
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            "rules.webhook_ca_file", str(error), "Name a PEM file of certificates."
        ) from error
    return context
