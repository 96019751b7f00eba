"""What `/healthz` and `/readyz` say, whatever the database does."""

from __future__ import annotations

import asyncio
import json

import pytest

from roost.errors import StoreUnavailable
from roost.service import health
from roost.service.health import Health
from roost.service.signals import Stop


async def takes() -> None:
    pass


async def refuses() -> None:
    raise StoreUnavailable("disk full")


async def hangs() -> None:
    await asyncio.Event().wait()


async def answer(check, path, *, stop=None, method="GET"):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path, "method": method}
    await Health(check, stop or Stop())(scope, None, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


async def test_a_process_whose_database_takes_transactions_is_ready():
    assert await answer(takes, "/readyz") == (200, {"ok": True})


@pytest.mark.parametrize(("check", "reason"), [(refuses, "cannot be used"), (hangs, "0.05 s")])
async def test_a_process_without_its_database_is_alive_and_not_ready(monkeypatch, check, reason):
    monkeypatch.setattr(health, "ANSWERS_WITHIN", 0.05)

    status, says = await answer(check, "/readyz")

    assert (status, says["ok"]) == (503, False)
    assert reason in says["reason"]
    assert "disk" not in says["reason"]
    assert await answer(check, "/healthz") == (200, {"ok": True})


async def test_a_process_that_stops_is_not_ready():
    stop = Stop()
    stop.asked.set()

    assert await answer(takes, "/readyz", stop=stop) == (503, {"ok": False, "reason": "stopping"})


async def test_nothing_can_be_posted_to_it():
    assert (await answer(takes, "/readyz", method="POST"))[0] == 405
