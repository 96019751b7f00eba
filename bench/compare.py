"""The product against another checkout of it, side by side: what a change costs or gains."""

from __future__ import annotations

from pathlib import Path

import machine
import report
import servers
import uvloop
from events import ANSWERED, UNANSWERED
from intake import each, in_turn
from measuring import Plan
from report import Bound, Options, Ratio
from turn import PACE


def plans(options: Options) -> dict[str, Plan]:
    """Give what can be compared, by name."""
    seconds = options.seconds
    return {
        "intake": Plan(64, seconds, UNANSWERED),
        "turns": Plan(64, seconds, ANSWERED, wants_turns=True),
        "latency": Plan(4, seconds * 2, ANSWERED, PACE, wants_turns=True),
    }


async def run(other: Path, names: list[str], options: Options) -> None:
    """Measure this checkout and the other in turn."""
    ratios: list[Ratio] = []
    figures: dict[str, object] = {}
    for name in names:
        plan = plans(options)[name]
        contenders = {"other": (servers.roost_of(other), plan), "this": (servers.roost, plan)}
        print(f"\n{name}")
        rounds = await in_turn(contenders, options.rounds)
        figures[name] = rounds
        rate = each(rounds, lambda one: one["this"].per_second / one["other"].per_second)
        cpu = each(rounds, lambda one: one["this"].cpu_us / one["other"].cpu_us)
        ack = each(rounds, lambda one: one["this"].ack_us[0] / one["other"].ack_us[0])
        turn = each(rounds, lambda one: one["this"].turn_us[0] / (one["other"].turn_us[0] or 1))
        ratios += [
            Ratio(0, f"{name}: rate, this ÷ other", rate, Bound.AT_LEAST, 1),
            Ratio(0, f"{name}: CPU, this ÷ other", cpu, Bound.AT_MOST, 1),
            Ratio(0, f"{name}: ack p50, this ÷ other", ack, Bound.AT_MOST, 1),
            Ratio(0, f"{name}: turn p50, this ÷ other", turn, Bound.AT_MOST, 1),
        ]
    report.conclude("compare", ratios, figures)


def main() -> None:
    """Parse options and measure."""
    parser = report.parser(__doc__)
    parser.add_argument("checkout", type=Path, help="another checkout of the product")
    parser.add_argument("--only", choices=["intake", "turns", "latency"], action="append")
    arguments = parser.parse_args()
    names = arguments.only or ["intake", "turns", "latency"]
    machine.pin(machine.LOAD_CPU)
    report.begin(f"This checkout against {arguments.checkout.resolve()}")
    uvloop.run(run(arguments.checkout.resolve(), names, report.options_of(arguments)))


if __name__ == "__main__":
    main()
