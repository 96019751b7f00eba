"""What a pass has found is answered in order, and does not wait for the pass's end for ever."""

from __future__ import annotations

from datetime import timedelta

from tests.scenario.intake.conftest import CONFIRM, House

from roost.simulator.fault_rules import DropRule, Match, RateLimitRule

MINUTE = timedelta(minutes=1)
LISTED = Match(route="dm.events.list")
MESSAGES = Match(event="direct_message_events")
N_MISSED = 60
"""More than X gives on a page."""


async def test_what_was_found_is_answered_within_half_an_hour_though_x_gives_no_other_page(
    house: House,
) -> None:
    await house.start()
    await house.until(house.is_settled)
    await house.pass_by(3 * CONFIRM, step=CONFIRM)
    await house.stop()
    # As if others used up every window: of this seed the first is let through and no other.
    refused = RateLimitRule(match=LISTED, seconds=700, probability=0.9, seed=0)
    house.faults(DropRule(match=MESSAGES), refused)
    house.write(*(f"missed {number}" for number in range(N_MISSED - 1)))
    await house.until(lambda: house.x.simulation.faults.tallies[0].struck == N_MISSED - 1)
    house.faults(refused)
    house.write("delivered again")
    await house.start()
    assert house.calls()["429"] == 1, "the second page"

    await house.pass_by(25 * MINUTE, step=MINUTE)
    assert house.answers() == [], "the oldest is not listed yet"
    assert (await house.x.delivered(1))[-1].status == 200, "for X it has been delivered"
    await house.pass_by(5 * MINUTE, step=MINUTE)

    await house.until(lambda: len(house.answers()) >= 50)
    await house.until(house.is_settled)
    newest = [f"re: missed {number}" for number in range(N_MISSED - 50, N_MISSED - 1)]
    assert house.answers() == [*newest, "re: delivered again"]
    assert house.calls()["429"] == 3, "X is not asked before it allows it"
