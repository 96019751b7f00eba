"""A machine that sleeps while it is about to send: others may have sent it since."""

from __future__ import annotations

import time

import pytest
from tests.scenario.engine.conftest import Line

from roost.model.ids import MessageId
from roost.model.outbound import OutboxEntry
from roost.xapi import begun_by


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="the system cannot tell")
@pytest.mark.parametrize("seconds", [10, 60])
async def test_what_was_about_to_leave_when_the_machine_fell_asleep_does_not_leave_late(
    line: Line, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    real, send, slept, too_late = time.clock_gettime, line.gateway.send, [0.0], list[bool]()

    def gettime(clock: int) -> float:
        return real(time.CLOCK_MONOTONIC) + (slept[0] if clock == time.CLOCK_BOOTTIME else 0.0)

    async def sleeping(entry: OutboxEntry) -> MessageId:
        slept[0] += seconds
        with begun_by.begun_by(entry.begun_by):
            too_late.append(begun_by.is_too_late())
        return await send(entry)

    monkeypatch.setattr(time, "clock_gettime", gettime)
    monkeypatch.setattr(line.gateway, "send", sleeping)
    await line.handles("hello")

    assert too_late == [seconds > 30], "others look for it after half a minute"
