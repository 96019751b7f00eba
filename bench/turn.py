"""Turns: from a delivery's first byte to the message that the bot sends in answer to it."""

from __future__ import annotations

from collections.abc import Sequence

import machine
import report
import sampling
import servers
import uvloop
from events import ANSWERED
from intake import Rounds, each, in_turn
from measuring import Plan
from report import Bound, Options, Ratio

PACE = 20.0
"""Deliveries a second where latency is measured: real traffic leaves caches and disk to cool."""


async def against_floor(options: Options) -> tuple[Sequence[Ratio], Rounds]:
    """Compare latencies at one in flight with a disk sync and bare hops (goal 5)."""
    seconds = options.seconds * 2
    rounds = await in_turn(
        {
            "hop": (servers.echo, Plan(4, seconds, ANSWERED, PACE)),
            "sync + hop": (servers.echo, Plan(4, seconds, ANSWERED, PACE, path="/sync")),
            "roost": (options.product, Plan(4, seconds, ANSWERED, PACE, wants_turns=True)),
        },
        options.rounds,
    )
    acks = each(rounds, lambda one: one["roost"].ack_us[0] / one["sync + hop"].ack_us[0])
    turns = each(
        rounds,
        lambda one: one["roost"].turn_us[0] / (one["sync + hop"].ack_us[0] + one["hop"].ack_us[0]),
    )
    return [
        Ratio(5, "ack p50 ÷ (fdatasync + 1 hop)", acks, Bound.AT_MOST, 2.5),
        Ratio(5, "turn p50 ÷ (fdatasync + 2 hops)", turns, Bound.AT_MOST, 3),
    ], rounds


async def versus_naive(options: Options) -> tuple[Sequence[Ratio], Rounds]:
    """Compare turns at 64 in flight with a bot that answers inside the request (goal 6)."""
    plan = Plan(64, options.seconds, ANSWERED, wants_turns=True)
    rounds = await in_turn(
        {"flask bot": (servers.flask_bot, plan), "roost": (options.product, plan)}, options.rounds
    )
    faster = each(rounds, lambda one: one["roost"].per_second / one["flask bot"].per_second)
    verdicts = [one["roost"].verdict for one in rounds]
    return [
        Ratio(6, "turns/s at 64 in flight ÷ naive Flask bot", faster, Bound.AT_LEAST, 12),
        Ratio(6, "lost", [one.lost for one in verdicts], Bound.AT_MOST, 0),
        Ratio(6, "doubled", [one.doubled + one.unasked for one in verdicts], Bound.AT_MOST, 0),
        Ratio(6, "out of id order", [one.out_of_order for one in verdicts], Bound.AT_MOST, 0),
    ], rounds


PARTS = {"vs": versus_naive, "floor": against_floor}


def main() -> None:
    """Parse options and measure."""
    parser = report.parser(__doc__, takes_dsn=True)
    parser.add_argument("--vs", choices=["naive"], nargs="?", const="naive", help="only goal 6")
    parser.add_argument("--floor", action="store_true", help="only goal 5")
    parser.add_argument("--profile", action="store_true", help="only sample where time goes")
    arguments = parser.parse_args()
    parts = {"vs": arguments.vs is not None, "floor": arguments.floor}
    machine.pin(machine.LOAD_CPU)
    report.begin("Turns")
    with servers.product(arguments.dsn) as product:
        options = report.options_of(arguments, product)
        if arguments.profile:
            plan = Plan(64, options.seconds * 2, ANSWERED, wants_turns=True)
            uvloop.run(sampling.profile("turn", plan))
        else:
            uvloop.run(report.measure("turn", PARTS, parts, options))


if __name__ == "__main__":
    main()
