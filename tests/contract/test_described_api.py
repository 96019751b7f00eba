"""The desk's API against its own description: whatever it is asked, it answers as it says."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import binary, just
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)
from tests.contract.conftest import NOON, OURS
from tests.contract.desk_api import ORIGIN, Browser, DeskApi, desk_over

from roost.model.people import Role
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore
from roost.testing.clocks import FrozenClock
from roost.xapi import media_rules
from roost.xapi.transport import Request

ENDLESS = "GET /api/changes"
"""A stream, which does not end by itself; what it says has tests of its own."""

ENDS_IT = "DELETE /api/session"
"""After it nobody is let in any more."""

EXAMPLES, SEED = 25, 7
WITHIN = timedelta(seconds=60)

# What is asked is often about somebody who is not there, which no description can tell; and here
# everything is asked by somebody who is logged in, whatever else is sent.
BEYOND_THE_DESCRIPTION = [
    positive_data_acceptance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
]

FILE = b"\x89PNG\r\n\x1a\n" + b"\0" * 40

for kind in media_rules.MEDIA_TYPES:
    schemathesis.openapi.media_type(kind, binary() | just(FILE))

KNOWN = {
    "account_id": OURS,
    "account": OURS,
    "owner": OURS,
    "conversation_id": f"{OURS}-22",
    "customer_id": "22",
    "message_id": "50",
    "profile_id": "900",
    "kind": "message_received",
    "key": "50",
    "app": "main",
}
"""What is there; every other time it is asked about, so that more than a 404 is seen."""


@pytest.fixture
async def desk(tmp_path, empty_database, world, lease_clock) -> AsyncGenerator[DeskApi]:
    path = tmp_path / "roost.db"
    path.write_bytes(empty_database.read_bytes())
    async with SqliteStore.open(path, lease_clock=lease_clock) as store:
        await store.register(
            [AppRow("main", "7", "consumer-key")], [AccountRow(OURS, "main", "demo")]
        )
        await world.receive(store, world.received(50, text="hello"))
        async with desk_over(store, FrozenClock(NOON)) as api:
            api.at_x.files["900"] = FILE
            yield api


class Asking:
    """Asks what schemathesis draws, in its own thread; the desk answers in the test's loop."""

    def __init__(self, browser: Browser, loop: asyncio.AbstractEventLoop) -> None:
        self._browser = browser
        self._loop = loop
        self.asked = Counter[str]()
        self.statuses = Counter[int]()
        self.kinds = Counter[str]()

    def every(self, description: dict[str, Any]) -> None:
        """Ask for every operation a number of times."""
        schema = schemathesis.openapi.from_dict(description)
        for found in schema.get_all_operations():
            operation = found.ok()
            if operation.label not in {ENDLESS, ENDS_IT}:
                self._operation(operation)

    def _operation(self, operation: Any) -> None:
        @seed(SEED)
        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: schemathesis.Case) -> None:
            number = self.asked[operation.label]
            if number % 2:
                case.path_parameters = {
                    name: KNOWN.get(name, value)
                    for name, value in (case.path_parameters or {}).items()
                }
            self.asked[operation.label] += 1
            answer = self._answer(case)
            self.statuses[answer.status_code] += 1
            self.kinds[answer.headers.get("content-type", [""])[0]] += 1
            case.validate_response(answer, excluded_checks=BEYOND_THE_DESCRIPTION)

        ask()

    def _answer(self, case: schemathesis.Case) -> Response:
        sent = requests.Request(**case.as_transport_kwargs(base_url=ORIGIN)).prepare()
        body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
        headers = {name.lower(): str(value) for name, value in sent.headers.items()}
        headers.pop("authorization", None)
        headers |= {
            "cookie": self._browser.cookie,
            "x-roost-csrf": self._browser.csrf,
            "origin": ORIGIN,
            "content-length": str(len(body)),  # as a server holds everybody to it
        }
        request = Request(sent.method or "", sent.url or "", headers, body)
        running = asyncio.run_coroutine_threadsafe(
            self._browser.transport.send(request, answer_within=WITHIN), self._loop
        )
        answer = running.result(WITHIN.total_seconds())
        return Response(
            status_code=answer.status,
            headers={name: [value] for name, value in answer.headers.items()},
            content=answer.body,
            request=sent,
            elapsed=0.1,
            verify=False,
        )


@pytest.mark.parametrize("role", list(Role))
async def test_everything_answers_as_it_is_described(desk: DeskApi, role: Role) -> None:
    browser = await desk.entered("sam", role)
    description = await browser.get("/api/openapi.json")
    asking = Asking(browser, asyncio.get_running_loop())

    await asyncio.to_thread(asking.every, description)

    n_operations = sum(len(one) for one in description["paths"].values())
    assert len(asking.asked) == n_operations - 2
    assert asking.statuses[200] > n_operations
    assert asking.kinds["image/png"] > 0, asking.kinds
    assert (await browser.call("GET", "/api/session")).status == 200
