"""The clocks the application can go by: the machine's, or that of the simulator it talks to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import structlog

from roost.errors import TransportError
from roost.service.steady_clock import SteadyClock
from roost.settings import Settings
from roost.xapi.clock import Moved, SystemClock
from roost.xapi.transport import Request, Transport

__all__ = ["ANSWER_WITHIN", "FollowedClock", "SystemClock", "running"]

_log = structlog.stdlib.get_logger("roost.clock")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ASK_AGAIN_S = 0.2
_MISSED_AFTER_S = 2.0
_OK = 200

ANSWER_WITHIN = timedelta(seconds=40)
"""For one question; the simulator keeps it for 25 seconds where nothing changes."""


class _Shown(msgspec.Struct, frozen=True):
    """What a simulator says of its clock; see `GET /_sim/clock`."""

    n: int
    now: str
    is_frozen: bool


class FollowedClock:
    """`roost.ports.Clock` that shows what a simulator's shows, once that has answered.

    Between two answers it runs on by the machine's monotonic clock, or stands, as the simulator's
    does. It is behind by the time an answer takes, and never ahead, so nothing is early. While the
    simulator is away it goes on as it was; what the next one shows is then taken as it is.

    Args:
        transport: How the simulator is asked.
        url: Where the simulator is.
        monotonic: Seconds.
    """

    def __init__(
        self, transport: Transport, url: str, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._transport = transport
        self._url = f"{url}/_sim/clock"
        self._monotonic = monotonic
        self._base = _EPOCH
        self._base_at = 0.0
        self._is_frozen = True
        self._moved: list[Moved] = []
        self._n: int | None = None
        self._away_since: float | None = None
        self._is_missed = False
        self.is_known = asyncio.Event()

    def now(self) -> datetime:
        """Give the time now, in UTC. To be asked once `is_known` is set."""
        if self._is_frozen:
            return self._base
        return self._base + timedelta(seconds=self._monotonic() - self._base_at)

    def on_move(self, moved: Moved) -> None:
        """Have a function called whenever somebody has moved, stopped or started the clock."""
        self._moved.append(moved)

    async def follow(self) -> None:
        """Keep up with the simulator until cancelled."""
        while True:
            try:
                self._take(await self._ask())
            except (TransportError, msgspec.MsgspecError, ValueError) as error:
                self._lose(error)
                await asyncio.sleep(_ASK_AGAIN_S)

    async def _ask(self) -> _Shown:
        """Ask what the clock shows: at once for the first time, then as soon as it is moved."""
        after = "" if self._n is None else f"?after={self._n}"
        request = Request("GET", self._url + after, {"x-roost-client": "roost"})
        answer = await self._transport.send(request, answer_within=ANSWER_WITHIN)
        if answer.status != _OK:
            raise ValueError(f"{self._url} answered {answer.status}")
        return msgspec.json.decode(answer.body, type=_Shown)

    def _take(self, shown: _Shown) -> None:
        is_moved = shown.n != self._n
        self._base = _EPOCH + timedelta(milliseconds=int(shown.now))
        self._base_at = self._monotonic()
        self._is_frozen = shown.is_frozen
        self._n = shown.n
        self._away_since = None
        if self._is_missed:
            _log.warning("the simulator's clock is followed again", now=self._base.isoformat())
            self._is_missed = False
        self.is_known.set()
        if is_moved:
            for moved in self._moved:
                moved()

    def _lose(self, error: Exception) -> None:
        # A simulator that was started again counts its changes from 0, so it is asked afresh.
        self._n = None
        now = self._monotonic()
        if self._away_since is None:
            self._away_since = now
        elif not self._is_missed and now - self._away_since >= _MISSED_AFTER_S:
            _log.warning("the simulator's clock cannot be followed", reason=str(error))
            self._is_missed = True


@asynccontextmanager
async def running(
    settings: Settings, transport: Transport
) -> AsyncGenerator[SteadyClock | FollowedClock]:
    """Give the clock that the settings name; a simulator's once it has been heard of.

    Args:
        settings: Say which.
        transport: How a simulator is asked.
    """
    if settings.clock == "system":
        yield SteadyClock()
        return
    clock = FollowedClock(transport, settings.x_base_url)
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(clock.follow())
        try:
            await clock.is_known.wait()
            yield clock
        finally:
            following.cancel()
