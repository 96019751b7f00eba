"""Names at X: looked up again as soon as something that was known is gone, and not before."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
from tests.scenario.sending import speakers
from tests.scenario.sending.conftest import ACCOUNT, Application

from roost.model.ids import UserId
from roost.service.x_names import XNames
from roost.simulator.entries import WorldFile
from roost.simulator.fault_rules import ErrorStatusRule, Match

PROFILES = Match(route="custom_profiles.list")


@pytest.fixture
def x_world() -> WorldFile:
    """A world whose account speaks under two custom profiles."""
    return speakers.world_with_two()


@pytest.fixture
async def names(application: Application) -> AsyncGenerator[XNames]:
    """What is known of names, kept in step with X for as long as the test lasts."""
    x = application.x
    made = XNames(application.store, {ACCOUNT: x.client("acme")}, x.clock)
    async with made.running([ACCOUNT]):
        yield made


async def test_x_is_asked_at_once_when_something_known_is_gone(
    application: Application, names: XNames
):
    assert await speakers.known(application) == speakers.NAMES
    speakers.delete(application, speakers.ASSISTANT)
    names.outdated(ACCOUNT)

    async def is_known() -> bool:
        return await speakers.known(application) == speakers.NAMES[1:]

    await application.until(is_known)  # half a minute; without being told it takes a whole one
    assert names.unseen == set()


async def test_what_cannot_be_looked_at_stays_as_it_was_known_and_is_looked_at_again(
    application: Application, names: XNames
):
    application.x.faults(ErrorStatusRule(match=PROFILES, code=131))
    speakers.delete(application, speakers.ASSISTANT)
    names.outdated(ACCOUNT)

    async def is_refused() -> bool:
        return 500 in application.calls("custom_profiles.list")

    await application.until(is_refused)
    assert await speakers.known(application) == speakers.NAMES
    assert names.unseen == {ACCOUNT}

    application.x.faults()
    names.outdated(ACCOUNT)

    async def is_known() -> bool:
        return await speakers.known(application) == speakers.NAMES[1:]

    await application.until(is_known)


async def test_an_account_that_is_served_no_more_is_left_alone(
    application: Application, names: XNames
):
    stranger = UserId("99")
    names.outdated(stranger)

    async def is_looked_at() -> bool:
        return stranger not in names.unseen

    await application.until(is_looked_at)
    assert await speakers.known(application) == speakers.NAMES
