"""Faults: which rules stand, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from litestar import Controller, delete, get, put
from litestar.params import JSONBody

from roost.simulator import one_shots
from roost.simulator.controls.parts import Parts
from roost.simulator.fault_rules import FaultRule
from roost.simulator.faults import Faults


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rules that are to stand instead of those before; some happen at once and do not stand."""

    faults: Sequence[FaultRule]


class ShownFault(msgspec.Struct, frozen=True):
    """A rule that stands.

    Attributes:
        effect: Its effect's name.
        seen: How many calls or deliveries it matched.
        struck: How many of them it struck.
    """

    effect: str
    seen: int
    struck: int
    rule: FaultRule


class Shown(msgspec.Struct, frozen=True):
    """The rules that stand, in order."""

    faults: Sequence[ShownFault]


class FaultController(Controller):
    """Looking at the rules and replacing them."""

    path = "/_sim/faults"

    @get()
    async def show(self, parts: Parts) -> Shown:
        """Show the rules that stand."""
        return _shown(parts.faults)

    @put()
    async def replace(self, parts: Parts, data: JSONBody[Wanted]) -> Shown:
        """Let these rules stand instead of those before."""
        one_shots.put(parts, data.faults)
        parts.live.publish("faults", _shown(parts.faults))
        return _shown(parts.faults)

    @delete()
    async def clear(self, parts: Parts) -> None:
        """Take every rule away."""
        parts.faults.clear()
        parts.live.publish("faults", _shown(parts.faults))


def _shown(standing: Faults) -> Shown:
    return Shown(
        [
            ShownFault(tally.rule.effect, tally.seen, tally.struck, tally.rule)
            for tally in standing.tallies
        ]
    )
