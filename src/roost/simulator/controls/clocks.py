"""The clock: what time it is, and moving it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from litestar import Controller, get, post
from litestar.params import FromQuery, JSONBody

from roost.simulator.clock import SimulatorClock, milliseconds
from roost.simulator.controls.parts import Parts

POLL_FOR = timedelta(seconds=25)
"""How long a call that waits for a change waits at most, in real time."""

_TEN_YEARS_S = 315_360_000


class ClockState(msgspec.Struct, frozen=True):
    """What the clock shows.

    Attributes:
        n: Rises whenever somebody moves, stops or starts it.
        now: Milliseconds since 1970, as a string.
        is_frozen: Whether it stands still.
    """

    n: int
    now: str
    is_frozen: bool


class ClockChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do with the clock; `seconds` is how far to advance it."""

    action: Literal["advance", "freeze", "run"]
    seconds: Annotated[float, msgspec.Meta(ge=0, le=_TEN_YEARS_S)] = 0


class ClockController(Controller):
    """Reading and moving the clock."""

    path = "/_sim/clock"

    @get()
    async def show(self, parts: Parts, after: FromQuery[int | None] = None) -> ClockState:
        """Tell the time; with `after`, once `n` is greater, or after 25 seconds."""
        if after is not None:
            await parts.clock.changed(after, within=POLL_FOR)
        return _state(parts.clock)

    @post(status_code=200)
    async def change(self, parts: Parts, data: JSONBody[ClockChange]) -> ClockState:
        """Advance it, stop it, or let it run."""
        match data.action:
            case "advance":
                parts.clock.advance(timedelta(seconds=data.seconds))
            case "freeze":
                parts.clock.freeze()
            case "run":
                parts.clock.run()
        parts.live.publish("clock", _state(parts.clock))
        return _state(parts.clock)


def _state(clock: SimulatorClock) -> ClockState:
    return ClockState(clock.changes, str(milliseconds(clock.now())), clock.is_frozen)
