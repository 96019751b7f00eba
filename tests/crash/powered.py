"""What is running when the power is cut: intake, turns and outbox over a real SQLite file.

Run by `tests.crash.power` under the recorder, as `python -m tests.crash.powered FOLDER N SEED`. It
writes to a file of marks, which is recorded like any other, whenever something has been said to
the world that cannot be taken back: a delivery acknowledged, a message about to be sent.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path

import msgspec
from tests.crash import bots

from roost.engine.worker import Worker, WorkerPolicy
from roost.intake.health import Health
from roost.intake.webhook import WebhookApp, WebhookIntake
from roost.model.ids import MessageId, UserId
from roost.model.outbound import OutboxEntry
from roost.ports import SentPage
from roost.service.clock import SystemClock
from roost.service.probes import NoProbe
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore
from roost.xapi import signing

ACCOUNT, SECRET, PATH = UserId("1001"), "a-consumer-secret", "/x/main/power"
FIRST_ID = 1_000_000
DATABASE, MARKS = "roost.db", "marks"


class Marks:
    """What has been said to the world, in order."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)

    def put(self, *words: object) -> None:
        """Write one mark."""
        os.write(self._descriptor, (" ".join(map(str, words)) + "\n").encode())


class MarkingGateway:
    """An X that takes everything, and marks the moment before it hears of it."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks

    async def send(self, entry: OutboxEntry) -> MessageId:
        """Take a message."""
        self._marks.put("send", entry.outbox_id, entry.attempt)
        await asyncio.sleep(0.001)
        return MessageId(str(FIRST_ID * 9 + entry.outbox_id))

    async def sent_page(self, account_id: UserId, *, baseline: int, cursor: str = "") -> SentPage:
        """List nothing: nothing is ever in doubt here."""
        return SentPage([], "")

    async def check(self, account_id: UserId) -> None:
        """Accept every token."""

    async def show(self, account_id: UserId, customer_id: UserId, signal: object) -> None:
        """Show every signal."""

    def learned(self, account_id: UserId, route: str) -> None:
        """Have said nothing of windows."""


def body_of(message_id: int, customer: int) -> bytes:
    """Write a delivery of one message, written now: what is a day old is left to people."""
    written_at = SystemClock().now()
    create = {
        "target": {"recipient_id": ACCOUNT},
        "sender_id": str(customer),
        "message_data": {"text": f"no {message_id}"},
    }
    event = {
        "type": "message_create",
        "id": str(message_id),
        "created_timestamp": str(int(written_at.timestamp() * 1_000)),
        "message_create": create,
    }
    return msgspec.json.encode({"for_user_id": ACCOUNT, "direct_message_events": [event]})


async def deliver(intake: WebhookIntake, marks: Marks, message_id: int, customer: int) -> None:
    """Deliver a message, and mark when it has been acknowledged."""
    body = body_of(message_id, customer)
    signature = signing.signature_of(body, SECRET)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(answer: dict[str, object]) -> None:
        if answer.get("status") == 200:
            marks.put("ack", message_id)

    await intake(
        {
            "method": "POST",
            "path": PATH,
            "query_string": b"",
            "headers": [(signing.SIGNATURE_HEADER, signature)],
        },
        receive,
        send,
    )


async def run(folder: Path, n: int, dice: random.Random) -> None:
    """Deliver so many messages, in bursts, and answer them."""
    marks = Marks(folder / MARKS)
    async with SqliteStore.open(folder / DATABASE) as store:
        await store.register([AppRow("main", "1", "key")], [AccountRow(ACCOUNT, "main", "echo")])
        decider = bots.WithinProcess(bots.REFERENCE, report=lambda error: None)
        await decider.start()
        clock = SystemClock()
        worker = Worker(
            store=store,
            gateway=MarkingGateway(marks),
            deciders={decider.name: decider},
            clock=clock,
            probe=NoProbe(),
            policy=WorkerPolicy(),
        )
        intake = WebhookIntake(
            inbox=store.inbox,
            apps={PATH: WebhookApp("main", (SECRET,))},
            clock=clock,
            probe=NoProbe(),
            on_stored=worker.wake,
            health=Health(),
        )
        await worker.take_over()
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(worker.run())
            done = 0
            while done < n:
                burst = range(done, min(n, done + dice.randrange(1, 9)))
                async with asyncio.TaskGroup() as delivering:
                    for one in burst:
                        customer = 3000 + dice.randrange(20)
                        delivering.create_task(deliver(intake, marks, FIRST_ID + one, customer))
                done = burst.stop
                await asyncio.sleep(dice.choice((0, 0.001, 0.005)))
            await asyncio.sleep(0.05)
            working.cancel()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))))
