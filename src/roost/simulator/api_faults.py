"""What a fault makes of a call to the API."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from roost.simulator import wrong_ids
from roost.simulator.calls import Answer, Break
from roost.simulator.fault_rules import (
    ApiRule,
    ErrorStatusRule,
    GarbageBodyRule,
    LateApplyRule,
    RateLimitRule,
    ResetRule,
    SlowRule,
    SuspendAppRule,
    TimeoutRule,
    WrongIdRule,
)
from roost.simulator.refusals import Refusal, refusal
from roost.simulator.registry import ApiCall
from roost.simulator.simulation import Simulation
from roost.xapi.errors_table import ERROR_CODES

Respond = Callable[[], Awaitable[Answer]]
"""Carries out a call. Raises `Refusal` where X would refuse."""

REASON = "a fault"

_HTML = "<!DOCTYPE html>\n<html><head><title>X / ?</title></head><body>Over capacity</body></html>"
_FREE_TEXT = "a fault was injected"
_GARBAGE = {"content-type": "text/html;charset=utf-8"}


async def respond(
    simulation: Simulation, fault: ApiRule | None, asked: ApiCall, carry_out: Respond
) -> Answer:
    """Answer a call as a fault has it.

    Raises:
        Refusal: X refuses, of itself or because of the fault.
    """
    match fault:
        case None:
            return await carry_out()
        case ErrorStatusRule():
            await _carry_out_if_after(fault.when, carry_out)
            raise _error(fault)
        case RateLimitRule(seconds=seconds):
            raise _rate_limited(simulation, seconds)
        case SuspendAppRule():
            raise refusal(416, reason=REASON)
        case LateApplyRule(seconds=seconds):
            simulation.background.spawn(_later(simulation, seconds, carry_out))
            raise refusal(130, reason=REASON)
        case WrongIdRule():
            return await wrong_ids.respond(simulation.world, fault, asked, carry_out)
        case _:
            return await _distorted(fault, carry_out)


async def _distorted(
    fault: TimeoutRule | ResetRule | SlowRule | GarbageBodyRule, carry_out: Respond
) -> Answer:
    match fault:
        case TimeoutRule():
            await _carry_out_if_after(fault.when, carry_out)
            return Answer(0, broken=Break.SILENCE)
        case ResetRule(when="during"):
            return replace(await carry_out(), broken=Break.MIDWAY)
        case ResetRule():
            await _carry_out_if_after(fault.when, carry_out)
            return Answer(0, broken=Break.RESET)
        case SlowRule():
            answer = await carry_out()
            # Real time, whatever the clock: what is tried is the patience of a client, which
            # counts in real time.
            await asyncio.sleep(fault.seconds)
            return answer
        case GarbageBodyRule():
            await _carry_out_if_after(fault.when, carry_out)
            return Answer(200, _HTML.encode(), _GARBAGE)


async def _carry_out_if_after(when: str, carry_out: Respond) -> None:
    if when == "after":
        await carry_out()


async def _later(simulation: Simulation, seconds: float, carry_out: Respond) -> None:
    clock = simulation.clock
    await clock.sleep_until(clock.now() + timedelta(seconds=seconds))
    try:
        await carry_out()
    except Refusal as error:
        # The client was told of a failure already; the truth is that it remained one.
        simulation.records.ledger.append("late_refusal", error_code=error.code)


def _error(rule: ErrorStatusRule) -> Refusal:
    text = rule.message
    if text is None:
        template = ERROR_CODES[rule.code].message
        text = template.replace("{reason}", _FREE_TEXT).replace("{name}", _FREE_TEXT)
    return refusal(rule.code, status=rule.status, message=text, reason=REASON)


def _rate_limited(simulation: Simulation, seconds: float) -> Refusal:
    ends_at = simulation.clock.now() + timedelta(seconds=seconds)
    headers = {
        "x-rate-limit-limit": "15",
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": str(int(ends_at.timestamp())),
    }
    return refusal(88, reason=REASON, headers=headers)
