"""Accounts and apps that X holds back: kept, told once, and resumed without anybody's help."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from tests.scenario.engine.conftest import echo
from tests.scenario.sending.conftest import NEW, Application, Make

from roost.simulator import world_file
from roost.simulator.entries import TokenEntry, UserEntry, WorldFile
from roost.simulator.fault_rules import (
    ErrorStatusRule,
    Match,
    RevokeTokenRule,
    SuspendAppRule,
)

MINUTE = timedelta(minutes=1)
CHECK = "account.verify_credentials"
OTHER = "1500"


@pytest.fixture
def x_world() -> WorldFile:
    """A world in which the app serves a second account, `@other`."""
    world = world_file.built_in()
    other = UserEntry(
        user_id=OTHER, screen_name="other", tokens=(TokenEntry(app_id=world.apps[0].app_id),)
    )
    return replace(world, users=(*world.users, other))


async def held(application: Application, state: str) -> bool:
    return await application.account() == state


async def until_account(application: Application, state: str) -> None:
    await application.until(lambda: held(application, state))


def refusing(code: int, *, count: int | None = None, route: str = "") -> ErrorStatusRule:
    return ErrorStatusRule(match=Match(route=route, user="1001"), count=count, code=code)


async def test_a_revoked_token_holds_its_account_and_no_other(make_application: Make):
    """F55."""
    application = await make_application(accounts=("acme", "other"))
    rule = RevokeTokenRule(match=Match(user="1001"))
    application.x.faults(rule)
    at = application.x.clock.now()
    await application.store.inbox.put(application.delivery("hello", at))
    application.worker.wake()
    await until_account(application, "needs_reauth")
    application.x.act("bob", "send_dm", to="other", text="hi")
    await application.until_outbox(queued=1, sent=1)
    await application.until(lambda: checked(application, 1))

    await application.pass_by(*[MINUTE] * 30)
    sends, checks = application.calls("dm.events.new"), application.calls(CHECK)
    assert sends.count(401) == 1, "one message found out"
    assert 3 <= len(checks) <= 7
    assert set(checks) == {401}
    assert application.messages_of(OTHER) == ["re: hi"]


async def checked(application: Application, n: int) -> bool:
    return len(application.calls(CHECK)) >= n


async def test_an_account_whose_credentials_work_again_resumes_by_itself(application: Application):
    application.faults(refusing(89))
    for name in ("ada", "bob", "cy"):
        application.says(name, "hello")
    await until_account(application, "needs_reauth")
    await application.until(lambda: checked(application, 1))
    application.says("ada", "still there?")
    application.faults()
    await application.pass_by(MINUTE)
    await until_account(application, "connected")
    await application.until_outbox(sent=4)
    assert application.arrived() == ["re: hello", "re: still there?"]


async def test_one_refusal_that_a_check_does_not_confirm_delays_nothing(application: Application):
    application.faults(refusing(89, count=1))
    application.says("ada", "hello")
    await application.until_outbox(sent=1)
    assert application.calls(CHECK) == [200]
    assert await application.account() == "connected"


async def test_a_clock_that_x_finds_wrong_is_no_revoked_token(application: Application):
    application.faults(refusing(135, count=1, route="dm.events.new"))
    application.says("ada", "hello")
    await application.until(lambda: refused(application))
    await application.pass_by(MINUTE)
    await application.until_outbox(sent=1)
    assert application.calls(CHECK) == []
    assert await application.account() == "connected"


async def refused(application: Application) -> bool:
    return 401 in application.calls("dm.events.new")


@pytest.mark.parametrize("code", [64, 226, 326])
async def test_a_suspended_or_locked_account_is_paused_and_nothing_fails(
    application: Application, code: int
):
    """F49."""
    application.faults(refusing(code))
    application.says("ada", "hello")
    await until_account(application, "paused")
    await application.pass_by(*[MINUTE] * 20)
    assert await application.outbox() == {"queued": 1}
    application.faults()
    await application.pass_by(*[MINUTE] * 15)
    await application.until_outbox(sent=1)
    assert application.arrived() == ["re: hello"]


async def test_messages_that_x_refuses_though_the_credentials_work_are_tried_ever_less(
    application: Application,
):
    application.faults(refusing(226, route="dm.events.new"))
    for name in ("ada", "bob", "cy"):
        application.says(name, "hello")
    await until_account(application, "paused")
    before = len(application.calls("dm.events.new"))
    await application.pass_by(*[MINUTE] * 120)
    tries = application.calls("dm.events.new")[before:]
    assert 4 <= len(tries) <= 12, "one message tries, the others wait for it"


@pytest.mark.parametrize(
    "rule",
    [
        SuspendAppRule(),
        ErrorStatusRule(code=87, match=NEW),
        ErrorStatusRule(code=87),
        ErrorStatusRule(code=416, match=NEW),
    ],
)
async def test_an_app_that_x_does_not_serve_pauses_all_its_accounts(
    make_application: Make, rule: ErrorStatusRule | SuspendAppRule
):
    """F57: no storm of retries, and everything goes on once X serves it again."""
    application = await make_application(accounts=("acme", "other"))
    application.strike_with_the_answer(rule)
    for name in ("ada", "bob", "cy"):
        application.says(name, "hello")
        application.x.act(name, "send_dm", to="other", text="hello")
    await application.until(lambda: refusals(application, 1))
    await application.until_quiet()
    at_first = len(application.statuses())
    await application.pass_by(*[MINUTE] * 120)
    assert 1 <= len(application.statuses()) - at_first <= 8
    assert await application.account() == "connected", "the account itself is well"

    application.decider.decides = echo
    application.faults()
    await application.pass_by(*[MINUTE] * 61)
    await application.until_outbox(sent=6)


async def refusals(application: Application, n: int) -> bool:
    return len([status for status in application.statuses() if status in {401, 403}]) >= n


async def test_an_account_that_x_tells_nothing_for_unknown_reasons_is_paused(
    application: Application,
):
    application.faults(ErrorStatusRule(status=403, code=200, message="No."))
    application.says("ada", "hello")
    await application.until_outbox(uncertain=1)
    await application.pass_by(*[MINUTE] * 120)
    assert await application.account() == "paused"
    assert len(application.calls("dm.events.list")) == 1
    assert 2 <= len(application.calls(CHECK)) <= 12


@pytest.mark.parametrize("status", [404, 503])
async def test_what_x_cannot_be_asked_about_for_a_day_waits_for_a_person(
    application: Application, status: int
):
    application.faults(
        ErrorStatusRule(match=NEW, status=503),
        ErrorStatusRule(match=Match(route="dm.events.list"), status=status, code=34),
    )
    application.says("ada", "hello")
    await application.until_outbox(uncertain=1)
    await application.pass_by(*[timedelta(minutes=30)] * 47)
    assert await application.outbox() == {"uncertain": 1}
    for _ in range(30):
        await application.pass_by(timedelta(minutes=30))
        if await application.outbox() == {"parked": 1}:
            break
    await application.until_outbox(parked=1)
    assert await application.control() == "queue"
    (parked,) = await application.store.transact(lambda tx: tx.outbox.set_aside())
    assert "could not be asked" in parked.reason
