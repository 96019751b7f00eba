"""What deliveries have missed is found, answered once and in order, in virtual time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from tests.scenario.intake.conftest import ACCOUNT, CONFIRM, House

from roost.engine.budgets import Budgets
from roost.errors import RejectedByX
from roost.intake.backfill import NOTHING_LEFT
from roost.model.budgets import LIST, Granted, Purpose
from roost.ports import Tx
from roost.simulator.fault_rules import (
    DropRule,
    ErrorStatusRule,
    Match,
    RateLimitRule,
    UnreachableRule,
)
from roost.store.durable import DurableStore
from roost.store.statements import Query
from roost.store.tables import conversations, events, messages
from roost.xapi import windows

MESSAGES = Match(event="direct_message_events")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def count(store: DurableStore, table) -> int:
    ((n,),) = await store._reading.rows(
        Query[tuple[int]](select(func.count()).select_from(table)), {}
    )
    return n


async def test_history_is_in_the_transcript_and_nobody_is_told(house: House) -> None:
    house.write("long ago")
    house.x.clock.advance(DAY)
    house.x.act("acme", "send_dm", to="2002", text="an old answer")
    house.write("yesterday", by="bob")
    house.x.clock.advance(HOUR)

    await house.start()
    await house.look()
    await house.until(house.is_settled)
    house.write("news")

    await house.until(lambda: house.answers()[1:] == ["re: news"])
    await house.until(house.is_settled)
    assert house.answers("bob") == []
    assert await count(house.store, messages) == 5
    names = await house.store._reading.rows(
        Query[tuple[str, int]](
            select(conversations.c.customer_name, conversations.c.unread).order_by(
                conversations.c.customer_id
            )
        ),
        {},
    )
    assert names == [("Ada Lovelace", 1), ("Bob", 0)], "users are named, history is not unread"


async def test_what_was_written_while_nobody_was_there_is_answered_at_the_next_start(
    house: House,
) -> None:
    await house.start()
    house.write("one")
    await house.until_answered(["one"])
    await house.stop()
    house.write("two", "three")
    house.x.clock.advance(HOUR)

    await house.start()

    await house.until_answered(["one", "two", "three"])
    await house.pass_by(3 * CONFIRM, step=CONFIRM)
    assert await house.open_gaps() == []


async def test_an_outage_ends_and_lists_go_on_though_the_clock_was_two_days_fast(
    house: House,
) -> None:
    await house.start()
    house.write("one")
    await house.until_answered(["one"])
    await house.stop()
    house.clock.by = 2 * DAY
    await house.start()
    await house.pass_by(HOUR / 4)
    await house.stop()
    await house.start()
    await house.look()
    assert len(await house.open_gaps()) == 1, "for a confirming pass, in two days"

    house.clock.by *= 0
    await house.pass_by(3 * CONFIRM, step=CONFIRM)

    assert await house.open_gaps() == []
    house.faults(DropRule(match=MESSAGES, probability=1.0, seed=7))
    house.write("two")
    await house.pass_by(HOUR / 2)
    await house.until_answered(["one", "two"])


@pytest.mark.parametrize(("lost", "n"), [(0.01, 200), (0.5, 60), (1.0, 40)])
async def test_deliveries_that_x_lost_are_found_though_nothing_seemed_amiss(
    house: House, lost: float, n: int
) -> None:
    await house.start()
    house.faults(DropRule(match=MESSAGES, probability=lost, seed=7))
    texts = [str(number) for number in range(n)]
    for begin in range(0, n, 20):
        house.write(*texts[begin : begin + 20])
        await house.pass_by(timedelta(minutes=15))
        await house.until(house.is_settled)
    house.faults()
    await house.pass_by(timedelta(minutes=30))

    await house.until(lambda: len(house.answers()) == n)
    await house.until(house.is_settled)
    assert sorted(house.answers(), key=lambda said: int(said[4:])) == [f"re: {t}" for t in texts]
    assert await count(house.store, messages) == 2 * n
    assert house.calls()["429"] == 0


async def test_a_clock_that_was_fast_until_it_was_put_right_keeps_nothing_from_being_found(
    house: House,
) -> None:
    house.clock.by = 2 * DAY
    await house.start()
    house.write("one")
    await house.until_answered(["one"])
    house.clock.by = timedelta()
    await house.look()
    house.faults(DropRule(match=MESSAGES))

    house.write("lost")
    await house.pass_by(HOUR)

    await house.until_answered(["one", "lost"])
    house.write("while nobody is there")
    await house.stop()
    house.x.clock.advance(HOUR)
    await house.start()
    await house.until_answered(["one", "lost", "while nobody is there"])


async def test_the_same_message_by_list_and_by_webhook_at_once_is_answered_once(
    house: House,
) -> None:
    await house.start()
    await house.until(house.is_settled)
    for number in range(20):
        house.write(f"message {number}")
        await house.continuity.ask([ACCOUNT], since=house.x.clock.now() - DAY)
        await asyncio.gather(house.backfill.step(), asyncio.sleep(0))
    while await house.backfill.step():
        pass

    async def all_are_in() -> bool:
        return await count(house.store, events) >= 40

    await house.until_answered([f"message {number}" for number in range(20)])
    await house.until(all_are_in)
    assert await count(house.store, events) == 40, "each message, and the echo of each answer"


async def test_an_answer_x_did_not_see_brings_the_delivery_again_and_no_second_answer(
    house: House,
) -> None:
    await house.start()

    async def loses_its_answer(scope, receive, send) -> None:
        async def nowhere(message) -> None:
            pass

        await house.intake(scope, receive, nowhere)
        raise ConnectionResetError("the answer was lost")

    house.x.mount("https://bot.test", loses_its_answer)
    house.write("hello")
    await house.until_answered(["hello"])
    house.reachable()
    house.x.clock.advance(timedelta(seconds=10))

    rows = await house.x.delivered(4)
    assert [row.status for row in rows] == [None, None, 200, 200], "message and echo, twice each"
    await house.until_answered(["hello"])


@pytest.mark.parametrize(
    ("away", "n"), [(timedelta(minutes=1), 3), (timedelta(hours=26), 26), (8 * DAY, 130)]
)
async def test_a_webhook_that_was_invalid_is_mended_and_everything_answered_in_order(
    house: House, away: timedelta, n: int
) -> None:
    await house.start()
    house.write("before")
    await house.until_answered(["before"])
    house.unreachable()
    for webhook in house.x.simulation.world.webhooks.values():
        house.x.simulation.world.note_challenge(webhook.webhook_id, valid=False)
    texts = ["before"]
    for number in range(n):
        texts.append(f"while away {number}")
        house.write(texts[-1])
        house.x.clock.advance(away / n)
        if number % 10 == 0:
            with pytest.raises(RejectedByX):
                await house.watchdog.attend(house.app)
            await house.continuity.beat()
    house.reachable()

    await house.look()
    await house.until_answered(texts)
    # A window of listings at most: the second look at them has no more than its part of one.
    await house.pass_by(timedelta(minutes=20))
    house.write("after")

    await house.until_answered([*texts, "after"])
    assert await house.open_gaps() == []
    assert house.calls()["429"] == 0


async def test_a_webhook_somebody_deleted_is_registered_again_with_its_subscriptions(
    house: House,
) -> None:
    await house.start()
    world = house.x.simulation.world
    (webhook,) = world.webhooks.values()
    world.remove_webhook(webhook)
    house.write("nobody was told")

    await house.look()

    (again,) = world.webhooks.values()
    assert (again.url, again.valid) == (house.app.url, True)
    await house.until_answered(["nobody was told"])
    house.write("told")
    await house.until_answered(["nobody was told", "told"])


async def test_a_webhook_of_another_address_is_replaced(house: House) -> None:
    await house.start()
    world = house.x.simulation.world
    (webhook,) = world.webhooks.values()
    world.remove_webhook(webhook)
    house.x.mount("https://elsewhere.test", house.intake)
    client = house.x.client("acme")
    await client.create_webhook(
        "prod", "https://elsewhere.test" + house.app.url.removeprefix("https://bot.test")
    )
    house.write("told to somebody else")

    await house.look()

    assert [one.url for one in world.webhooks.values()] == [house.app.url]
    state = house.health.webhook("main")
    assert state is not None
    assert state.state == "valid"
    await house.until_answered(["told to somebody else"])


async def test_a_webhook_x_has_not_challenged_for_long_is_challenged(house: House) -> None:
    await house.start()
    house.x.simulation.world.rules = house.x.simulation.world.rules.__class__(crc_every_s=864_000)
    before = house.health.last_challenge("main")
    assert before is not None

    await house.pass_by(timedelta(minutes=100), step=timedelta(minutes=50))

    after = house.health.last_challenge("main")
    assert after is not None
    assert after > before


async def test_listing_waits_until_x_allows_it_again_and_asks_not_once_before(
    house: House,
) -> None:
    await house.start()
    await house.until(house.is_settled)
    await house.pass_by(3 * CONFIRM, step=CONFIRM)
    await house.stop()
    limit = RateLimitRule(match=Match(route="dm.events.list"), seconds=900, count=1)
    house.faults(DropRule(match=MESSAGES), limit)
    house.write("missed")
    await house.start()
    asked = sum(house.calls().values())

    await house.pass_by(timedelta(minutes=14), step=timedelta(minutes=2))
    assert sum(house.calls().values()) == asked
    assert house.answers() == []
    await house.pass_by(timedelta(minutes=2), step=timedelta(minutes=2))

    await house.until_answered(["missed"])


async def test_x_that_fails_is_asked_again(house: House) -> None:
    await house.start()
    await house.until(house.is_settled)
    await house.stop()
    failing = ErrorStatusRule(match=Match(route="dm.events.list"), code=130, count=2)
    house.faults(DropRule(match=MESSAGES), failing)
    house.write("missed")
    await house.start()
    assert house.answers() == []

    await house.pass_by(timedelta(minutes=1), step=timedelta(seconds=10))

    await house.until_answered(["missed"])


async def test_what_is_older_than_x_lists_is_reported(house: House) -> None:
    await house.start()
    house.write("known")
    await house.until_answered(["known"])
    await house.stop()
    house.write("lost for ever")
    house.x.clock.advance(31 * DAY)
    house.write("found")

    await house.start()
    await house.until_answered(["found"])
    gaps = await house.store.transact(lambda tx: tx.gaps.open_gaps())
    lost = [gap.unlisted_to for gap in gaps if gap.unlisted_to is not None]
    assert lost != [], "that X keeps nothing older is written down"
    assert house.x.clock.now() - lost[0] - timedelta(days=30) < timedelta(milliseconds=1)


async def test_deliveries_answered_503_leave_a_gap_that_is_closed(house: House) -> None:
    await house.start()
    await house.pass_by(3 * CONFIRM, step=CONFIRM)
    now = house.x.clock.now()
    house.faults(UnreachableRule(match=MESSAGES))
    house.write("X was told 503")
    house.health.refused(ACCOUNT, now)
    assert not house.health.is_arriving(ACCOUNT)

    await house.continuity.beat()

    assert house.health.is_arriving(ACCOUNT)
    assert "answered 503" in await house.open_gaps()
    await house.look()
    await house.until_answered(["X was told 503"])


async def test_a_long_outage_is_listed_with_what_is_not_kept_for_uncertain_sends(
    house: House,
) -> None:
    await house.start()
    await house.until(house.is_settled)
    await house.pass_by(timedelta(minutes=5))
    await house.stop()
    house.x.clock.advance(HOUR)
    house.faults(DropRule(match=MESSAGES))
    texts = [f"missed {number}" for number in range(560)]
    house.write(*texts)
    asked = sum(house.calls().values())

    await house.start()

    limit = windows.LIMITS[LIST].user
    assert sum(house.calls().values()) - asked == limit.most - 5, "a third is kept"
    (waiting,) = await house.store.transact(lambda tx: tx.gaps.open_gaps())
    assert waiting.trouble == NOTHING_LEFT
    assert house.x.clock.now() < waiting.due_at <= house.x.clock.now() + 2 * limit.window
    assert await reconciling(house, 6) == [True] * 5 + [False]
    house.x.clock.advance(waiting.due_at - house.x.clock.now() - timedelta(seconds=1))
    await house.look()
    assert sum(house.calls().values()) - asked == limit.most - 5, "not before the named time"
    assert house.answers() == []
    house.x.clock.advance(timedelta(seconds=1))
    await house.look()
    await house.until_answered(texts)


async def reconciling(house: House, n: int) -> list[bool]:
    """Try to take so many listings for uncertain sends; which of them were granted."""
    now, budgets = house.x.clock.now(), Budgets(windows.LIMITS)

    async def take(tx: Tx) -> bool:
        taken = await budgets.take(tx, ACCOUNT, LIST, Purpose.RECONCILE, now=now)
        return isinstance(taken, Granted)

    return [await house.store.transact(take) for _ in range(n)]
