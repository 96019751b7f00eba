"""Every fault that X can have, one at a time: the ledger finds nothing, whatever it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
import structlog
from tests.crash import striking
from tests.crash.seeds import seed
from tests.crash.striking import Striking

pytestmark = pytest.mark.crash

Rule = Mapping[str, object]


def sending(effect: str, **fields: object) -> Rule:
    """Write a rule for half of all sends."""
    half = {"probability": 0.5, "match": {"route": "dm.events.new"}}
    return {"effect": effect, **half, **fields}


def telling(effect: str, **fields: object) -> Rule:
    """Write a rule for half of all deliveries."""
    half = {"probability": 0.5, "match": {"event": "direct_message_events"}}
    return {"effect": effect, **half, **fields}


LATER = timedelta(hours=1)
SUSPENDED = sending("suspend_app", probability=1)
UNREACHABLE = telling("unreachable", probability=1, count=40)

FAULTS: Mapping[str, tuple[Sequence[Rule], Striking]] = {
    "F30": ([telling("duplicate", copies=20)], Striking()),
    "F30-100": ([telling("duplicate", copies=100)], Striking(n=10)),
    "F32": ([telling("reorder", by=30, seconds=60)], Striking()),
    "F34": ([telling("delay", seconds=120)], Striking()),
    "F34-25min": ([telling("delay", seconds=1_500)], Striking(n=30, ends_after=LATER)),
    "F37": ([telling("split_body", pieces=50)], Striking()),
    "F38": ([], Striking(n=600)),
    "F41": ([UNREACHABLE], Striking()),
    "F44-1s": ([sending("rate_limit", seconds=1)], Striking()),
    "F44-15min": ([sending("rate_limit", seconds=900, count=20)], Striking()),
    "F45-503": ([sending("status", code=130, when="after")], Striking()),
    "F45-500": ([sending("status", code=131, when="after")], Striking()),
    "F45-504": ([sending("status", code=131, status=504, when="after")], Striking()),
    "F46-503": ([sending("status", code=130, when="before")], Striking()),
    "F46-502": ([sending("status", code=131, status=502, when="before")], Striking()),
    "F47-timeout-before": ([sending("timeout", when="before")], Striking()),
    "F47-timeout-after": ([sending("timeout", when="after")], Striking()),
    "F47-reset-before": ([sending("reset", when="before")], Striking()),
    "F47-reset-after": ([sending("reset", when="after")], Striking()),
    "F47-reset-during": ([sending("reset", when="during")], Striking()),
    "F48-1s": ([sending("late_apply", seconds=1)], Striking()),
    "F48-25s": ([sending("late_apply", seconds=25)], Striking()),
    "F48-90s": ([sending("late_apply", seconds=90)], Striking()),
    "F49-151-after": ([sending("status", code=151, when="after")], Striking()),
    "F49-151-before": ([sending("status", code=151, when="before")], Striking()),
    "F49-349": ([sending("status", code=349)], Striking()),
    "F49-150": ([sending("status", code=150)], Striking()),
    "F49-226": ([sending("status", code=226)], Striking()),
    "F50-after": ([sending("garbage_body", when="after")], Striking()),
    "F50-before": ([sending("garbage_body", when="before")], Striking()),
    "F50-earlier-after": ([sending("wrong_id", of="earlier", when="after")], Striking()),
    "F50-earlier-before": ([sending("wrong_id", of="earlier", when="before")], Striking()),
    "F50-elsewhere-after": ([sending("wrong_id", of="elsewhere", when="after")], Striking()),
    "F50-elsewhere-before": ([sending("wrong_id", of="elsewhere", when="before")], Striking()),
    "F50-letter": ([sending("wrong_id", of="letter", when="before")], Striking()),
    "F51-first": ([sending("slow", seconds=20)], Striking()),
    "F51-twice": ([telling("duplicate", copies=1, probability=1)], Striking()),
    "F51-late": (
        [sending("reset", when="after"), telling("delay", seconds=600, probability=0.3)],
        Striking(ends_after=LATER),
    ),
    "F57": ([SUSPENDED], Striking(ends_after=LATER)),
}
"""By number: rules, and how much is written meanwhile."""

ALWAYS = {"F38"}
"""Faults that are the load itself: no rule strikes."""


@pytest.fixture(autouse=True)
def _without_logs() -> None:
    with structlog.testing.capture_logs():
        yield


def _counts(fault: str, number: str) -> bool:
    """Tell whether what the ledger has found is a fault: F44 is about windows (L9), no other is."""
    return number.startswith("F44") or not fault.startswith("L9:")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", FAULTS, ids="fault[{}]".format)
def test_a_fault_of_x_loses_nothing_and_doubles_nothing(number: str) -> None:
    rules, how = FAULTS[number]
    tally = striking.strike(rules, seed(), how)
    print("\n".join(tally.lines()))
    assert [fault for fault in tally.faults if _counts(fault, number)] == []
    assert tally.asked == how.n
    assert sum(tally.struck.values()) >= (0 if number in ALWAYS else 3), "it has struck"
    assert tally.seen["outbox sent"] + tally.seen["outbox dead"] == how.n


@pytest.mark.timeout(300)
def test_fault_f52_a_person_writes_the_same() -> None:
    tally = striking.strike([sending("status", when="before")], 7, Striking(often_by_hand=0.5))
    assert [fault for fault in tally.faults if not fault.startswith("L9:")] == []


@pytest.mark.timeout(300)
def test_fault_f48_beyond_the_window_is_found() -> None:
    """What X applies after it was looked for twice is sent again: the ledger must say so."""
    tally = striking.strike([sending("late_apply", seconds=400)], seed(), Striking())
    print("\n".join(tally.lines()))
    assert any(fault.startswith("L7:") for fault in tally.faults)
