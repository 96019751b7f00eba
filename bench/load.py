"""The load: signed deliveries over keep-alive connections, as fast as answers come or paced.

The stub of X runs in the same process and on the same clock, so that one delivery's way through the
server, from its first byte to the message it causes, is measured without comparing clocks.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from events import Delivery
from matching import Ledger

_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_CLOSES = re.compile(rb"connection:\s*close", re.IGNORECASE)
_ACCEPTED, _BROKEN = 200, 0
DRAIN_WITHIN = 15.0
"""Seconds that answers have to come after the last delivery."""

Make = Callable[[], Delivery]
"""Makes the next delivery."""


@dataclass(slots=True)
class Sample:
    """What was seen. Times are of `time.perf_counter`, latencies in seconds.

    Attributes:
        answers: `(when, latency)` of each HTTP answer.
        turns: `(when, latency)` of each first message sent in answer to a delivery.
        statuses: How many answers of each HTTP status; 0 where the connection broke instead.
        ledger: Deliveries and answers, for matching.
    """

    answers: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    turns: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    statuses: Counter[int] = field(default_factory=Counter[int])
    ledger: Ledger = field(default_factory=Ledger)


class Load:
    """Sends deliveries to one server.

    Args:
        tasks: Where connections are opened.
        port: Of the server, on 127.0.0.1.
        path: Of its webhook.
        make: Makes deliveries.
        wants_turns: Whether a delivery is only over when X has been sent its answer.
        accepted: Told of each delivery that was answered 200, as it is.
    """

    def __init__(
        self,
        tasks: asyncio.TaskGroup,
        *,
        port: int,
        path: str,
        make: Make,
        wants_turns: bool = False,
        accepted: Callable[[Delivery], None] | None = None,
    ) -> None:
        self._accepted = accepted
        self.sample = Sample()
        self._tasks = tasks
        self._port = port
        self._head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n".encode()
        self._make = make
        self._wants_turns = wants_turns
        self._is_closed_loop = False
        self._is_over = False
        self._slots: list[_Slot] = []
        self._idle: deque[_Slot] = deque()
        self._due: deque[float] = deque()
        self._started: dict[int, tuple[float, _Slot]] = {}
        self._quiet = asyncio.Event()

    def answered(self, customer_id: int, message_id: int) -> None:
        """Take note of a message the server sent to X; the stub calls this."""
        if not self.sample.ledger.answer(customer_id, message_id):
            return
        now = time.perf_counter()
        started_at, slot = self._started.pop(message_id, (0.0, None))
        if slot is None:
            return
        self.sample.turns.append((now, now - started_at))
        slot.is_turn_over = True
        self._go_on(slot)

    async def connect(self, connections: int) -> None:
        """Open connections, so that this is not measured."""
        for _ in range(connections):
            slot = _Slot(self)
            await self._open(slot)
            self._slots.append(slot)
        self._idle = deque(self._slots)

    def open(self, slot: _Slot) -> None:
        """Open a slot's connection; what it sends meanwhile waits. Slots call this."""
        if not self._is_over:
            self._tasks.create_task(self._open(slot))

    async def _open(self, slot: _Slot) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: _Wire(slot), "127.0.0.1", self._port)

    async def closed(self, seconds: float) -> None:
        """Keep a delivery in flight on every connection for so long, and wait for what is out."""
        self._is_closed_loop = True
        self._idle.clear()
        for slot in self._slots:
            self._start(slot, time.perf_counter())
        await asyncio.sleep(seconds)
        self._is_closed_loop = False
        await self._drain()

    async def paced(self, per_second: float, seconds: float) -> None:
        """Start a delivery at fixed times, whether or not earlier ones are over.

        Latency counts from the time a delivery was due. One that finds no connection waits.
        """
        begin = time.perf_counter()
        for n in range(int(per_second * seconds)):
            due = begin + n / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self._due.append(due)
            self._start_due()
        await self._drain()

    def close(self) -> None:
        """Close every connection, and open none again."""
        self._is_over = True
        for slot in self._slots:
            slot.close()

    def finished(self, slot: _Slot, status: int) -> None:
        """Take note of an HTTP answer; slots call this."""
        now = time.perf_counter()
        self.sample.statuses[status] += 1
        self.sample.answers.append((now, now - slot.started_at))
        if status == _ACCEPTED:
            delivery = slot.delivery
            self.sample.ledger.deliver(delivery.customer_id, delivery.message_id)
            if self._accepted is not None:
                self._accepted(delivery)
        else:
            slot.is_turn_over = True
        slot.is_acknowledged = True
        self._go_on(slot)

    def _go_on(self, slot: _Slot) -> None:
        is_over = slot.is_acknowledged and (slot.is_turn_over or not self._wants_turns)
        if not is_over:
            return
        if self._is_closed_loop:
            self._start(slot, time.perf_counter())
        else:
            self._idle.append(slot)
            self._start_due()
            self._quiet.set()

    def _start_due(self) -> None:
        while self._due and self._idle:
            self._start(self._idle.popleft(), self._due.popleft())

    def _start(self, slot: _Slot, started_at: float) -> None:
        delivery = self._make()
        if self._wants_turns:
            self._started[delivery.message_id] = started_at, slot
        slot.send(self._head, delivery, started_at)

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(DRAIN_WITHIN):
                while len(self._idle) < len(self._slots):
                    self._quiet.clear()
                    await self._quiet.wait()
        except TimeoutError:
            # What is missing shows in the ledger as lost.
            return


class _Slot:
    """One delivery in flight at a time, over a connection that is opened again when it ends."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._unsent = b""
        self.wire: _Wire | None = None
        self.started_at = 0.0
        self.is_acknowledged = self.is_turn_over = True
        self.delivery = Delivery(0, 0, b"", b"")

    def send(self, head: bytes, delivery: Delivery, started_at: float) -> None:
        self.delivery = delivery
        self.started_at = started_at
        self.is_acknowledged = self.is_turn_over = False
        signature = b"x-twitter-webhooks-signature: %b\r\n" % delivery.signature
        request = b"%bcontent-type: application/json\r\n%bcontent-length: %d\r\n\r\n%b" % (
            head,
            signature if delivery.signature else b"",
            len(delivery.body),
            delivery.body,
        )
        if self.wire is None:
            self._unsent = request
        else:
            self.wire.transport.write(request)

    def opened(self, wire: _Wire) -> None:
        self.wire = wire
        if self._unsent:
            wire.transport.write(self._unsent)
            self._unsent = b""

    def lost(self, wire: _Wire) -> None:
        if self.wire is wire:
            self.reopen()
            if not self.is_acknowledged:
                self._load.finished(self, _BROKEN)

    def answered(self, head: bytes) -> None:
        if _CLOSES.search(head):
            self.reopen()
        self._load.finished(self, int(head[9:12]))

    def reopen(self) -> None:
        if self.wire is not None:
            self.wire.transport.close()
        self.wire = None
        self._load.open(self)

    def close(self) -> None:
        wire, self.wire = self.wire, None
        if wire is not None:
            wire.transport.close()


class _Wire(asyncio.Protocol):
    """One TCP connection of a slot."""

    def __init__(self, slot: _Slot) -> None:
        self._slot = slot
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)
        self._slot.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._slot.lost(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end]
        length = _LENGTH.search(head)
        if len(self._buffer) >= end + 4 + (int(length[1]) if length else 0):
            self._buffer = b""
            self._slot.answered(head)
