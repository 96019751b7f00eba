"""Deliveries acknowledged: against what people write first, and against the bare server.

The product runs whole. Deliveries are for an account that people answer, so they are stored, filed
into conversations and shown, but no bot is asked; `turn.py` measures that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import machine
import report
import sampling
import servers
import uvloop
from events import UNANSWERED, Delivery, signature_of
from measuring import Figure, Plan, measure
from report import Bound, Options, Ratio

_FOREIGN = signature_of(b"another body")

Rounds = Sequence[Mapping[str, Figure]]


async def versus_naive(options: Options) -> tuple[Sequence[Ratio], Rounds]:
    """Compare with Flask and FastAPI at 32 connections (goal 1)."""
    plan = Plan(32, options.seconds, UNANSWERED)
    contenders = {
        "flask": (servers.flask_naive, plan),
        "roost": (options.product, plan),
        "fastapi": (servers.fastapi_wal, plan),
    }
    rounds = await in_turn(contenders, options.rounds)
    return [
        Ratio(
            1,
            "acknowledged/s at 32 connections ÷ naive Flask",
            each(rounds, lambda one: one["roost"].per_second / one["flask"].per_second),
            Bound.AT_LEAST,
            20,
        ),
        Ratio(
            1,
            "acknowledged/s at 32 connections ÷ FastAPI with WAL",
            each(rounds, lambda one: one["roost"].per_second / one["fastapi"].per_second),
            Bound.AT_LEAST,
            6,
        ),
        Ratio(
            1,
            "CPU per event: naive Flask ÷ product",
            each(rounds, lambda one: one["flask"].cpu_us / one["roost"].cpu_us),
            Bound.AT_LEAST,
            12,
        ),
    ], rounds


async def against_floor(options: Options) -> tuple[Sequence[Ratio], Rounds]:
    """Compare with the same server answering 200 to everything (goal 2), and count commits."""
    contenders = {
        f"{name} {n}": (start, Plan(n, options.seconds, UNANSWERED))
        for n in (64, 256)
        for name, start in (("echo", servers.echo), ("roost", servers.roost))
    }
    rounds = await in_turn(contenders, options.rounds)
    ratios = [
        Ratio(
            2,
            f"acknowledged/s at {n} connections ÷ bare echo",
            each(
                rounds,
                lambda one, n=n: one[f"roost {n}"].per_second / one[f"echo {n}"].per_second,
            ),
            Bound.AT_LEAST,
            wanted,
        )
        for n, wanted in ((64, 0.35), (256, 0.50))
    ]
    cpu = each(rounds, lambda one: one["roost 64"].cpu_us / one["echo 64"].cpu_us)
    ratios.append(Ratio(2, "CPU per event: product ÷ bare echo", cpu, Bound.AT_MOST, 3))
    shared = each(rounds, lambda one: one["roost 64"].per_commit)
    ratios.append(Ratio(4, "events per durable commit at 64", shared, Bound.AT_LEAST, 16))
    return ratios, rounds


async def in_turn(
    contenders: Mapping[str, tuple[servers.Start, Plan]], rounds: int
) -> list[dict[str, Figure]]:
    """Measure each contender once a round, one after the other."""
    found: list[dict[str, Figure]] = []
    for n in range(rounds):
        print(f"round {n + 1} of {rounds}")
        figures: dict[str, Figure] = {}
        for name, (start, plan) in contenders.items():
            figures[name] = await measure(start, plan)
            report.tell(name, figures[name])
        found.append(figures)
    return found


def each(rounds: Rounds, ratio: Callable[[Mapping[str, Figure]], float]) -> list[float]:
    """Give a ratio of every round."""
    return [ratio(one) for one in rounds]


def unsigned(delivery: Delivery) -> Delivery:
    """Leave the signature out."""
    return dataclasses.replace(delivery, signature=b"")


def cut(delivery: Delivery) -> Delivery:
    """Cut the signature short."""
    return dataclasses.replace(delivery, signature=delivery.signature[:-8])


def forged(delivery: Delivery) -> Delivery:
    """Take the signature of another body."""
    return dataclasses.replace(delivery, signature=_FOREIGN)


FORGERIES: Mapping[str, Callable[[Delivery], Delivery]] = {
    "no signature": unsigned,
    "short signature": cut,
    "wrong signature": forged,
}


async def refusing(options: Options) -> tuple[Sequence[Ratio], Rounds]:
    """Send what is not signed by X: always 401, nothing stored, and cheaper (goal 11)."""
    good = Plan(32, options.seconds, UNANSWERED)
    contenders = {"signed": (options.product, good)} | {
        name: (options.product, dataclasses.replace(good, change=change, status=401))
        for name, change in FORGERIES.items()
    }
    rounds = await in_turn(contenders, options.rounds)
    return [
        Ratio(
            11,
            f"CPU: {name}, refused ÷ accepted event",
            each(rounds, lambda one, name=name: one[name].cpu_us / one["signed"].cpu_us),
            Bound.AT_MOST,
            1,
        )
        for name in FORGERIES
    ], rounds


PARTS = {"vs": versus_naive, "floor": against_floor, "bad_signature": refusing}


def main() -> None:
    """Parse options and measure."""
    parser = report.parser(__doc__, takes_dsn=True)
    parser.add_argument("--vs", choices=["naive"], nargs="?", const="naive", help="only goal 1")
    parser.add_argument("--floor", action="store_true", help="only goals 2 and 4")
    parser.add_argument("--bad-signature", action="store_true", help="only goal 11")
    parser.add_argument("--profile", action="store_true", help="only sample where time goes")
    arguments = parser.parse_args()
    parts = {
        "vs": arguments.vs is not None,
        "floor": arguments.floor,
        "bad_signature": arguments.bad_signature,
    }
    machine.pin(machine.LOAD_CPU)
    report.begin("Intake")
    with servers.product(arguments.dsn) as product:
        options = report.options_of(arguments, product)
        if arguments.profile:
            plan = Plan(64, options.seconds * 2, UNANSWERED)
            uvloop.run(sampling.profile("intake", plan))
        else:
            uvloop.run(report.measure("intake", PARTS, parts, options))


if __name__ == "__main__":
    main()
