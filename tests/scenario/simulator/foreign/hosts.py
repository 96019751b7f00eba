"""X's hosts for client libraries in Python, and their steps run as meant and tampered with."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import anyio.to_thread
import pytest
import requests
import urllib3.util.connection
from tests import foreign
from tests.foreign import Authority, Counts, Front, Tally

Steps = Mapping[str, Callable[[], bool]]


@dataclass
class Hosts:
    """The simulator as X's hosts, and a webhook for clients to register."""

    x: object
    front: Front
    hook: object

    async def run(self, steps: Steps) -> Counts:
        """Run steps as they are meant, and once more with every signature tampered with."""
        for name, step in steps.items():
            assert await anyio.to_thread.run_sync(step), name
        accepted = self._tally().accepted
        self.front.is_tampering = True
        self.x.simulator.simulation.records.clear()
        for name, step in steps.items():
            assert not await anyio.to_thread.run_sync(_succeeds, step), f"tampered: {name}"
        return Counts(len(steps), accepted, self._tally().refused)

    def _tally(self) -> Tally:
        return Tally(self.x.simulator.simulation.records.requests.page())


def _succeeds(step: Callable[[], bool]) -> bool:
    with contextlib.suppress(Exception):  # libraries raise what they like
        return step()
    return False


@asynccontextmanager
async def open_hosts(
    x: object, hook: object, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Hosts]:
    """Send whatever Python's libraries ask of X's hosts to a simulator."""
    async with foreign.front_of(x.simulator.asgi, authority) as front:
        connect = urllib3.util.connection.create_connection

        def connect_to_front(address: tuple[str, int], *rest: object, **settings: object):
            assert address[0] in foreign.HOSTS
            return connect(("127.0.0.1", front.port), *rest, **settings)

        monkeypatch.setattr(urllib3.util.connection, "create_connection", connect_to_front)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.ca))
        yield Hosts(x, front, hook)


def verifier_at(address: str) -> str:
    """Open the page a library sends people to, where consent is automatic; what comes back."""
    with requests.get(address, timeout=30, allow_redirects=False) as answer:
        query = parse_qs(urlsplit(answer.headers["location"]).query)
    return query["oauth_verifier"][0]
