"""The machine's time of day without its jumps, put right by what X says the time is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from roost.model import uptime
from roost.xapi import refusals
from roost.xapi.clock import Moved, SystemClock
from roost.xapi.transport import ANSWER_WITHIN, Request, Response, Sink, Transport

_log = structlog.stdlib.get_logger("roost.clock")

FOLLOWED = timedelta(seconds=1)
"""A step of the machine's clock as small as this is followed: so it is kept right."""

_FOLLOWED_PART = 0.001
"""What a clock may run wrong meanwhile. Setting it right slowly stays below 0.0005 of the time."""

BELIEVED = timedelta(seconds=30)
"""As near as this two clocks agree: `Date` has whole seconds, and an answer takes a while."""

_of_this_machine = SystemClock().now
_MOST_WRONG = timedelta(days=3_650)
_SERVER_ERROR = 500


def since_boot() -> float:
    """Give seconds that never jump and, where the system can tell, go on while it sleeps."""
    return time.monotonic() + uptime.asleep()


class SteadyClock:
    """`roost.ports.Clock` that follows the machine's, but no jump of it.

    When somebody sets the machine's clock to another time, this one goes on as it was, counted by
    what never jumps, until X has said what time it is. Where X agrees with the machine, the machine
    is followed again; where it agrees with neither, X's time is taken once it has said so twice.

    Args:
        wall: The machine's time of day.
        monotonic: Seconds that never jump.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = _of_this_machine,
        *,
        monotonic: Callable[[], float] = since_boot,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._base, self._base_at = wall(), monotonic()
        self._is_leaving = False
        self._doubted: timedelta | None = None
        self._moved: list[Moved] = []

    def now(self) -> datetime:
        """Give the time now, in UTC."""
        at, wall = self._monotonic(), self._wall()
        passed = timedelta(seconds=at - self._base_at)
        steady = self._base + passed
        allowed = FOLLOWED if self._is_leaving else FOLLOWED + passed * _FOLLOWED_PART
        if abs(wall - steady) > allowed:
            self._note_jump(wall - steady)
            self._base, self._base_at = steady, at
            return steady
        self._is_leaving = False
        self._base, self._base_at = wall, at
        return wall

    def on_move(self, moved: Moved) -> None:
        """Have a function called whenever the clock was put right by what X says."""
        self._moved.append(moved)

    def hear(self, x_time: datetime) -> None:
        """Take what X says the time is.

        Args:
            x_time: Aware; as exact as an answer's `Date`.
        """
        shown = self.now()
        off = x_time - shown
        if abs(off) <= BELIEVED or abs(off) > _MOST_WRONG:
            self._doubted = None
        elif abs(self._wall() - x_time) <= BELIEVED:
            self._put_right(self._wall(), off)
        elif self._doubted is not None and abs(off - self._doubted) <= BELIEVED:
            self._put_right(x_time, off)
        else:
            self._doubted = off

    def _put_right(self, now: datetime, by: timedelta) -> None:
        self._base, self._base_at = now, self._monotonic()
        self._doubted, self._is_leaving = None, False
        _log.warning("the clock was put right by X's", seconds=by.total_seconds())
        for moved in self._moved:
            moved()

    def _note_jump(self, by: timedelta) -> None:
        if not self._is_leaving:
            _log.warning("the machine's clock has jumped; not followed", seconds=by.total_seconds())
        self._is_leaving = True


class Dated:
    """`roost.xapi.transport.Transport` that lets a clock hear what time X says it is.

    Args:
        transport: The real one.
        clock: Hears the `Date` of every answer that is X's own.
    """

    def __init__(self, transport: Transport, clock: SteadyClock) -> None:
        self._transport = transport
        self._clock = clock

    async def send(self, request: Request, *, answer_within: timedelta = ANSWER_WITHIN) -> Response:
        """Send one request; see `roost.xapi.transport.Transport.send`."""
        answer = await self._transport.send(request, answer_within=answer_within)
        self._hear(answer)
        return answer

    async def download(
        self, request: Request, sink: Sink, *, most_bytes: int, answer_within: timedelta
    ) -> Response:
        """Download; see `roost.xapi.transport.Transport.download`."""
        return await self._transport.download(
            request, sink, most_bytes=most_bytes, answer_within=answer_within
        )

    def _hear(self, answer: Response) -> None:
        if answer.status >= _SERVER_ERROR:
            return  # perhaps of something between us and X, with a clock of its own
        try:
            x_time = refusals.time_in(answer)
        except OverflowError:
            return  # a date that no calendar has: X has answered all the same
        if x_time is not None:
            self._clock.hear(x_time.astimezone(UTC))
