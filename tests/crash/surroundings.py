"""What stands around the engine in virtual time: a store that refuses, a bot that is slow, an X
whose lists forget.
"""

from __future__ import annotations

import asyncio
import random
import zlib
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
from tests import pictures
from tests.crash import bots

from roost.errors import StoreUnavailable
from roost.model.decisions import Decision, Reply
from roost.model.messages import Point
from roost.model.turns import Progress, Turn
from roost.ports import Delivery, Unit
from roost.service.steady_clock import SteadyClock
from roost.store.sqlite import SqliteStore
from roost.testing import virtual_time
from roost.xapi.transport import ANSWER_WITHIN, Request, Response, Transport


class Watched:
    """`roost.ports.Store` whose thread's work takes no virtual time, and which refuses at times.

    Args:
        store: The real one.
        dice: Decides what is refused, as by a disk that is full or a file that is locked.
        refuses: How often, from 0 to 1.
    """

    def __init__(self, store: SqliteStore, dice: random.Random, *, refuses: float) -> None:
        self._store = store
        self._dice = dice
        self._refuses = refuses
        self._loop = virtual_time.running()

    @property
    def inbox(self) -> Watched:
        return self

    async def put(self, delivery: Delivery) -> int:
        self._refuse()
        with self._loop.elsewhere():
            return await self._store.inbox.put(delivery)

    async def transact(self, unit: Unit, *, is_durable: bool = True):
        self._refuse()
        with self._loop.elsewhere():
            return await self._store.transact(unit, is_durable=is_durable)

    def _refuse(self) -> None:
        if self._dice.random() < self._refuses:
            raise StoreUnavailable("refused by the test; nothing was stored")


class Slow(bots.WithinProcess):
    """A bot that at times thinks for so long that somebody else gets its turn meanwhile.

    What it then has to say comes too late. On half of what it says hangs something.
    """

    def __init__(self, dice: random.Random, *, often: float) -> None:
        super().__init__(bots.REFERENCE, report=lambda error: None)
        self.overlaps: list[str] = []
        self._dice = dice
        self._often = often
        self._deciding: dict[tuple[str, str], Turn] = {}

    def lose_leases(self) -> None:
        """Know that every turn under way has lost its lease: another may begin beside it."""
        self._deciding.clear()

    async def decide(self, turn: Turn) -> AsyncGenerator[Progress]:
        key = (turn.account_id, turn.conversation_id)
        if key in self._deciding:
            self.overlaps.append(f"L5: {turn.conversation_id}: two turns at the same time")
        self._deciding[key] = turn
        try:
            if turn.attempt == 1 and self._dice.random() < self._often:
                await asyncio.sleep(self._dice.uniform(1, 25))
            async for progress in super().decide(turn):
                yield replace(progress, decisions=tuple(map(_attach, progress.decisions)))
        finally:
            if self._deciding.get(key) is turn:
                del self._deciding[key]


def _attach(decision: Decision) -> Decision:
    """Hang a picture on one reply in four, and a point on the map on another, by its text."""
    if not isinstance(decision, Reply):
        return decision
    chosen = zlib.crc32(decision.message.text.encode()) % 4
    if chosen == 0:
        return replace(decision, message=replace(decision.message, media_id=pictures.MEDIA_ID))
    if chosen == 1:
        return replace(decision, message=replace(decision.message, point=Point(-122.44, 37.77)))
    return decision


class Machine:
    """The clocks of a machine whose time of day jumps by days (F62); stands for `time`.

    Args:
        dice: Decides where to.

    Attributes:
        n_jumps: How often it has jumped.
    """

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._loop = virtual_time.running()
        self._off = 0.0
        self.n_jumps = 0

    def monotonic_ns(self) -> int:
        """Give the clock that never jumps."""
        return int(self._loop.time() * 1e9)

    def time_ns(self) -> int:
        """Give the time of day, as somebody has set it."""
        return int((BEGUN + self._loop.time() + self._off) * 1e9)

    def now(self) -> datetime:
        """Give the time of day as the application is told it, in UTC."""
        return datetime.fromtimestamp(self.time_ns() / 1e9, UTC)

    def clock(self) -> SteadyClock:
        """Give the application's clock, which goes by this machine's."""
        return SteadyClock(self.now, monotonic=self._loop.time)

    def jump(self) -> None:
        """Have it set to another time, up to two days away."""
        self.n_jumps += 1
        self._off = self._dice.uniform(-172_800, 172_800)


BEGUN = 1_772_366_400
"""Seconds since 1970 when the machine was started."""


class Forgetful:
    """An X whose list lacks its newest message, once in a while and never twice (F54)."""

    def __init__(self, transport: Transport, dice: random.Random, *, often: float) -> None:
        self._transport = transport
        self._dice = dice
        self._often = often
        self._hidden: set[str] = set()

    async def send(self, request: Request, *, answer_within: timedelta = ANSWER_WITHIN) -> Response:
        answer = await self._transport.send(request, answer_within=answer_within)
        if "/direct_messages/events/list.json" not in request.url or answer.status != 200:
            return answer
        page = msgspec.json.decode(answer.body)
        newest = page["events"][0]["id"] if page["events"] else ""
        if not newest or newest in self._hidden or self._dice.random() >= self._often:
            return answer
        self._hidden.add(newest)
        del page["events"][0]
        return Response(answer.status, answer.headers, msgspec.json.encode(page))
