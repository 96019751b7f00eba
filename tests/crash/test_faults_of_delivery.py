"""Every fault that X's deliveries and challenges can have, in virtual time; then the ledger."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import sqlite3
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.scenario.intake import conftest as scene
from tests.scenario.intake.conftest import ACCOUNT, ORIGIN, House

from roost.intake.health import Health
from roost.intake.webhook import WebhookApp, WebhookIntake
from roost.ports import Delivery
from roost.service.probes import NoProbe
from roost.simulator.fault_rules import (
    DropRule,
    DuplicateRule,
    ErrorStatusRule,
    FaultRule,
    Match,
    ReorderRule,
)
from roost.store.durable import DurableStore
from roost.store.sqlite import SqliteStore
from roost.testing import ledger
from roost.xapi import signing
from roost.xapi.transport import Request, Response

pytestmark = pytest.mark.crash

x_world, x_simulator = scene.x_world, scene.x_simulator
anyio_backend, store, house = scene.anyio_backend, scene.store, scene.house

MESSAGES = Match(event="direct_message_events")
HOUR = timedelta(hours=1)
N = 30


@pytest.fixture
def opening(tmp_path: Path) -> AbstractAsyncContextManager[DurableStore]:
    return SqliteStore.open(tmp_path / "roost.db")


@pytest.fixture
def judged(house: House, tmp_path: Path):
    """Have the ledger say whether all is as it should be."""

    def judge() -> None:
        log = house.x.simulation.records.ledger.text()
        truth = ledger.read(
            log, account_id=ACCOUNT, app_id=house.x.app().app_id, answer=lambda text: f"re: {text}"
        )
        assert ledger.broken(truth, tmp_path / "roost.db") == []
        assert truth.messages

    return judge


async def post(house: House, body: bytes, secret: str = "") -> Response:
    """Deliver a body as X does, signed."""
    signature = signing.signature_of(body, secret or house.x.app().consumer_secret).decode()
    headers = {"x-twitter-webhooks-signature": signature, "content-type": "application/json"}
    return await house.x.transport.send(Request("POST", house.app.url, headers, body))


def bodies(database: Path) -> list[bytes]:
    """Give what has been delivered so far, each once."""
    with closing(sqlite3.connect(database)) as connection:
        return [body for (body,) in connection.execute("SELECT body FROM deliveries") if body]


def written_otherwise(body: bytes, n: int) -> bytes:
    """Write the same delivery with another id, its keys in another order, and other whitespace."""
    said = json.loads(body)
    said["event_uuid"] = f"-{n}00000000000000000"
    turned = dict(reversed(said.items()))
    return json.dumps(turned, indent=n % 3, ensure_ascii=bool(n % 2)).encode()


async def test_fault_f31_a_duplicate_that_is_written_otherwise(house, judged, tmp_path) -> None:
    await house.start()
    texts = [f"größe {n} ✓" for n in range(N)]
    house.write(*texts)
    await house.until_answered(texts)
    answers = [
        (await post(house, written_otherwise(body, n))).status
        for body in bodies(tmp_path / "roost.db")
        for n in range(3)
    ]
    assert len(answers) >= 3 * N
    assert set(answers) == {200}
    await house.until_answered(texts)
    judged()


@pytest.mark.parametrize(
    ("rule", "n"),
    [
        (DropRule(match=MESSAGES, probability=0.01, seed=3), 300),
        (DropRule(match=MESSAGES, probability=0.5, seed=3), 60),
        (DropRule(match=MESSAGES), 30),
    ],
    ids=["fault[F33-1%]", "fault[F33-50%]", "fault[F33-all-for-2h]"],
)
async def test_deliveries_that_x_has_lost(house, judged, rule: FaultRule, n: int) -> None:
    await house.start()
    await house.until(house.is_settled)
    house.faults(rule)
    for number in range(n):
        house.write(f"no {number}")
        if number % 10 == 9:
            await house.pass_by(2 * HOUR / n * 10)
            await house.until(house.is_settled)
    assert house.x.simulation.faults.tallies[0].struck > 0
    house.faults()
    await house.pass_by(HOUR)
    await house.until(lambda: len(house.answers()) >= n)
    await house.until(house.is_settled)
    # What is found later than its successors is answered later, so not in their order.
    assert sorted(house.answers()) == sorted(f"re: no {number}" for number in range(n))
    judged()


async def test_fault_f35_the_same_message_by_delivery_by_list_and_again(house, judged) -> None:
    await house.start()
    await house.until(house.is_settled)
    house.faults(
        DuplicateRule(match=MESSAGES, copies=3),
        ReorderRule(match=MESSAGES, by=5, seconds=5, probability=0.3),
    )
    since = house.x.clock.now() - HOUR
    for n in range(5):
        house.write(*(f"no {n}-{m}" for m in range(10)))
        await house.continuity.ask([ACCOUNT], since=since)
        while await house.backfill.step():
            pass
        house.x.clock.advance(timedelta(minutes=4))
    house.faults()
    await house.pass_by(HOUR)
    await house.until_answered([f"no {n}-{m}" for n in range(5) for m in range(10)])
    judged()


class Lossy:
    """A way on which the answer is lost, every second time, after all has been done."""

    def __init__(self, intake: WebhookIntake) -> None:
        self._intake = intake
        self.n_lost = 0
        self._n = 0

    async def __call__(self, scope, receive, send) -> None:
        self._n += 1
        is_lost = scope["method"] == "POST" and self._n % 2 == 0
        answered: list[dict[str, object]] = []

        async def keep(message: dict[str, object]) -> None:
            answered.append(message)

        await self._intake(scope, receive, keep)
        if is_lost:
            self.n_lost += 1
            raise ConnectionResetError("the answer is lost")
        for message in answered:
            await send(message)


async def test_fault_f36_x_does_not_hear_that_we_have_it(house, judged) -> None:
    await house.start()
    way = Lossy(house.intake)
    house.x.mount(ORIGIN, way)
    texts = [f"no {n}" for n in range(N)]
    house.write(*texts)
    await house.until(lambda: len(house.answers()) >= N)
    house.reachable()
    await house.pass_by(timedelta(minutes=20))
    await house.until_answered(texts)
    assert way.n_lost >= N // 2
    judged()


class Stuck:
    """An inbox whose database takes nothing for now."""

    def __init__(self) -> None:
        self.freed = asyncio.Event()
        self.n_waiting = 0

    async def put(self, _delivery: Delivery) -> int:
        self.n_waiting += 1
        await self.freed.wait()
        return 1


async def test_fault_f39_a_challenge_while_nothing_can_be_stored(house) -> None:
    await house.start()
    secret, stuck = house.x.app().consumer_secret, Stuck()
    intake = WebhookIntake(
        inbox=stuck,
        apps={"/x/f39": WebhookApp("main", (secret,))},
        clock=house.x.clock,
        probe=NoProbe(),
        health=Health(),
        on_stored=lambda: None,
    )
    house.x.mount("https://stuck.test", intake)
    body = b'{"for_user_id":"1001","direct_message_events":[]}'
    headers = {"x-twitter-webhooks-signature": signing.signature_of(body, secret).decode()}
    async with asyncio.TaskGroup() as tasks:
        deliveries = [
            tasks.create_task(
                house.x.transport.send(Request("POST", "https://stuck.test/x/f39", headers, body))
            )
            for _ in range(300)
        ]
        await house.until(lambda: stuck.n_waiting == 300)
        async with asyncio.timeout(1):
            url = "https://stuck.test/x/f39?crc_token=abc"
            answer = await house.x.transport.send(Request("GET", url, {}))
        assert json.loads(answer.body) == {"response_token": response_to("abc", secret)}
        assert not any(one.done() for one in deliveries)
        stuck.freed.set()


def response_to(token: str, secret: str) -> str:
    """Compute what a challenge wants, without the application."""
    digest = hmac.new(secret.encode(), token.encode(), hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode()}"


async def test_fault_f40_three_challenges_at_once_and_odd_tokens(house) -> None:
    await house.start()
    secret = house.x.app().consumer_secret

    async def challenged(token: str) -> Response:
        url = f"{house.app.url}?crc_token={quote(token)}"
        return await house.x.transport.send(Request("GET", url, {}))

    tokens = ("one", "two+/=", "A" * 256)
    answers = await asyncio.gather(*map(challenged, tokens))
    assert [json.loads(answer.body)["response_token"] for answer in answers] == [
        response_to(token, secret) for token in tokens
    ]
    # Whoever may have anything signed has deliveries signed: a token looks like one of X's.
    for odd in ("", "A" * 257, "A" * 1_000_000, "größe", '{"for_user_id":"1"}', "a b", "\0"):
        answer = await challenged(odd)
        assert (answer.status, answer.body) == (400, b""), odd[:20]


@pytest.mark.parametrize("what", ["deleted", "moved"], ids="fault[F42-{}]".format)
async def test_a_webhook_that_somebody_has_changed(house, judged, what: str) -> None:
    await house.start()
    world, client = house.x.simulation.world, house.x.client("acme")
    (webhook,) = world.webhooks.values()
    await client.delete_webhook("prod", webhook.webhook_id)
    if what == "moved":
        house.x.mount("https://elsewhere.test", house.intake)
        await client.create_webhook("prod", "https://elsewhere.test" + house.app.url[len(ORIGIN) :])
    texts = [f"meanwhile {n}" for n in range(N)]
    house.write(*texts)
    assert house.answers() == []

    await house.pass_by(timedelta(minutes=20))

    house.write("after")
    await house.until_answered([*texts, "after"])
    assert [one.url for one in world.webhooks.values()] == [house.app.url]
    assert [one.user_id for one in world.subscriptions] == [ACCOUNT]
    judged()


async def test_fault_f55_a_token_refused_in_the_middle_of_a_batch(house, judged) -> None:
    """Nobody tells of it; that another account's token was taken back meanwhile, X does tell."""
    await house.start()
    texts = [f"no {n}" for n in range(N)]
    house.write(*texts[: N // 2])
    await house.until(lambda: len(house.answers()) >= 3)
    refusal = ErrorStatusRule(match=Match(user=ACCOUNT), code=89)
    house.faults(refusal)
    house.write(*texts[N // 2 :])
    revoked = {"user_event": {"revoke": {"source": {"user_id": "2002"}}}}
    assert (await post(house, json.dumps(revoked).encode())).status == 200
    await house.until(lambda: standing_of(house, "needs_reauth"))
    n_refused = refused_sends(house)
    for _ in range(10):
        house.x.clock.advance(timedelta(seconds=20))
        await asyncio.sleep(0)
    assert refused_sends(house) == n_refused, "no send is tried meanwhile"
    house.faults()
    house.x.clock.advance(HOUR)
    house.worker.look()
    await house.until_answered(texts)
    assert await standing_of(house, "connected")
    judged()


async def standing_of(house: House, state: str) -> bool:
    standing: Mapping[str, str] = await house.store.standing()
    return standing[ACCOUNT].split(":")[0] == state


def refused_sends(house: House) -> int:
    rows = house.x.ledger()
    return sum(row.get("route") == "dm.events.new" and row["status"] == 401 for row in rows)
