"""Accounts that X holds back, and when it is found out that they work again."""

from __future__ import annotations

from datetime import timedelta

from tests.scenario.engine.conftest import ACCOUNT, Line

from roost.engine import accounts
from roost.model.health import AccountState, Hold, Scope

HELD = Hold(Scope.ACCOUNT, AccountState.PAUSED, "code 326")


async def test_an_account_held_by_a_clock_that_was_fast_goes_on_when_that_is_put_right(
    line: Line,
) -> None:
    fast = line.clock.now() + timedelta(days=2)
    await line.store.transact(lambda tx: accounts.hold(tx, ACCOUNT, HELD, at=fast))

    async with line.working():
        await line.until(lambda: len(line.gateway.checks) == 1)
        await line.receives(1, "hello")
        await line.until_settled()

    assert line.gateway.texts == ["re: hello"]
