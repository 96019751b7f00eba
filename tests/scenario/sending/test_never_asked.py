"""What nobody asks X about, because the account or its app does not act, waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.scenario.sending.conftest import ACCOUNT, ADA, NEW, Application

from roost.engine import accounts, set_aside
from roost.errors import NotPossible
from roost.model.health import Health
from roost.model.ids import UserId
from roost.ports import Tx
from roost.simulator.fault_rules import DropRule, ErrorStatusRule, Match, TimeoutRule

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ON_BOTH = pytest.mark.parametrize("opening", ["sqlite", "postgresql"], indirect=True)
NO_ECHO = DropRule(match=Match(event="direct_message_events"))


async def in_doubt(application: Application) -> None:
    """Let a bot's answer fail in a way that leaves it in doubt."""
    application.strike_with_the_answer(TimeoutRule(match=NEW, count=1, when="after"), NO_ECHO)
    application.says("ada", "hello")
    await application.until_outbox(uncertain=1)


async def erase(application: Application) -> int:
    at = application.x.clock.now()
    erased = await application.store.transact(
        lambda tx: tx.erasing.erase(ACCOUNT, UserId(ADA), by=None, at=at)
    )
    return erased.conversations


async def by_its_operator(tx: Tx, application: Application) -> None:
    await accounts.pause(tx, ACCOUNT, at=application.x.clock.now())


async def by_x(tx: Tx, application: Application) -> None:
    application.faults(NO_ECHO, ErrorStatusRule(status=401, code=89))


async def with_its_app(tx: Tx, application: Application) -> None:
    await tx.health.put_app("main", Health("paused"))


@ON_BOTH
@pytest.mark.parametrize("hold", [by_its_operator, by_x, with_its_app])
async def test_what_is_in_doubt_while_an_account_is_held_for_a_day_waits_for_a_person(
    application: Application, hold: Callable[..., object]
):
    await in_doubt(application)
    await application.store.transact(lambda tx: hold(tx, application))

    await application.pass_by(*[HOUR] * 23)
    assert await application.outbox() == {"uncertain": 1}
    with pytest.raises(NotPossible):
        await erase(application)
    await application.pass_by(HOUR, HOUR)

    await application.until_outbox(parked=1)
    assert await application.control() == "queue"
    (parked,) = await application.store.transact(lambda tx: tx.outbox.set_aside())
    assert "could not be asked for a day" in parked.reason
    assert 200 not in application.calls("dm.events.list")
    assert await erase(application) == 1


@ON_BOTH
async def test_what_is_in_doubt_when_an_account_leaves_the_settings_does_not_wait_for_a_day(
    application: Application,
):
    await in_doubt(application)
    await application.store.register([], [])
    await application.pass_by(timedelta(seconds=30))
    assert await application.outbox() == {"uncertain": 1}, "its echo may come still"

    await application.pass_by(MINUTE)

    await application.until_outbox(parked=1)
    (parked,) = await application.store.transact(lambda tx: tx.outbox.set_aside())
    assert "the settings no longer name its account" in parked.reason
    assert await erase(application) == 1


async def test_an_account_that_goes_on_within_the_day_has_x_asked(application: Application):
    await in_doubt(application)
    at = application.x.clock.now()
    await application.store.transact(lambda tx: accounts.pause(tx, ACCOUNT, at=at))
    await application.pass_by(*[HOUR] * 20)
    await application.store.transact(lambda tx: accounts.restart(tx, ACCOUNT, at=at))

    await application.pass_by(HOUR)

    await application.until_outbox(sent=1)
    assert application.calls("dm.events.list") == [200]


async def test_what_x_has_told_of_by_then_is_sent_and_waits_for_nobody(application: Application):
    await in_doubt(application)
    at = application.x.clock.now()
    await application.store.transact(lambda tx: accounts.pause(tx, ACCOUNT, at=at))
    application.faults()
    (entry,) = await application.store.transact(
        lambda tx: tx.outbox.uncertain((ACCOUNT, f"{ACCOUNT}-{ADA}"))
    )
    page = await application.gateway.sent_page(ACCOUNT, baseline=entry.baseline)
    for message in page.messages:
        await application.store.transact(lambda tx, one=message: tx.messages.put(one))

    await application.pass_by(timedelta(hours=25))

    await application.until_outbox(sent=1)


async def test_what_a_person_has_checked_of_a_held_account_waits_for_them_again(
    application: Application,
):
    await in_doubt(application)
    at = application.x.clock.now()
    await application.store.transact(lambda tx: accounts.pause(tx, ACCOUNT, at=at))
    await application.pass_by(timedelta(hours=25))
    await application.until_outbox(parked=1)
    (parked,) = await application.store.transact(lambda tx: tx.outbox.set_aside())

    await application.store.transact(
        lambda tx: set_aside.check(tx, ACCOUNT, parked.outbox_id, at=at)
    )
    await application.pass_by(MINUTE)

    await application.until_outbox(parked=1)
