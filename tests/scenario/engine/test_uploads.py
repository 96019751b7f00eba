"""Messages that carry a file: uploaded first, once for all of them, and holding up nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from tests.scenario.engine.conftest import ACCOUNT, Line

from roost.engine import set_aside, uploading
from roost.errors import (
    CredentialsRefused,
    InvalidRequest,
    MediaRefused,
    MediaUnusable,
    RateLimited,
    RejectedByX,
    XApiUnavailable,
)
from roost.model.decisions import Decision, Reply
from roost.model.events import MessageReceived
from roost.model.ids import ConversationId, UserId
from roost.model.media import MediaFile
from roost.model.messages import OutboundMessage
from roost.model.turns import Turn
from roost.model.uploads import Uploaded
from roost.testing.clocks import NOON, FrozenClock

LAMP = MediaFile("/bots/lamp.png", "a" * 64, 100, "image/png")
CAT = MediaFile("/bots/cat.gif", "b" * 64, 100, "image/gif")
DAY = timedelta(days=1)


async def show(turn: Turn) -> tuple[Decision, ...]:
    """Show the cat to whoever asks for it, else the lamp."""
    asked = [one.message.text for one in turn.events if isinstance(one, MessageReceived)]
    file = CAT if "cat" in asked else LAMP
    return (Reply(OutboundMessage("look", media=file)), Reply(OutboundMessage("after")))


@pytest.fixture
def shown(line: Line) -> Line:
    """A line whose bot answers with a picture, and a text after it."""
    line.decider.decides = show
    return line


def media_ids(line: Line) -> list[str]:
    return [entry.message.media_id for entry, _ in line.gateway.taken if entry.message.media]


def pass_by(line: Line, time: timedelta) -> None:
    assert isinstance(line.clock, FrozenClock)
    line.clock.advance(time)
    line.worker.look()


async def outbox(line: Line) -> dict[str, int]:
    return {state: n for state, n in (await line.store.counts()).outbox.items() if n}


async def reason(line: Line) -> str:
    [one] = await line.store.transact(lambda tx: tx.outbox.set_aside())
    return one.reason


async def control(line: Line) -> str:
    row = await line.store.transact(
        lambda tx: tx.conversations.whose(ACCOUNT, ConversationId("1001-2002"))
    )
    return row.control


async def test_a_file_is_uploaded_before_the_message_that_carries_it(shown: Line) -> None:
    await shown.handles("hello")

    assert shown.gateway.uploads == [(ACCOUNT, LAMP)]
    assert shown.gateway.texts == ["look", "after"], "what is said after it comes after it"
    assert media_ids(shown) == ["9001"]


async def test_many_messages_at_once_share_one_upload(shown: Line) -> None:
    async with shown.working():
        for n in range(1, 31):
            await shown.receives(n, "hello", customer=str(2000 + n))
        await shown.until_settled()

    assert len(shown.gateway.uploads) == 1
    assert media_ids(shown) == ["9001"] * 30


async def test_what_x_forgets_after_a_day_is_uploaded_again_and_not_before(shown: Line) -> None:
    async with shown.working():
        for n, wait in enumerate((timedelta(), timedelta(hours=23), timedelta(hours=2)), start=1):
            pass_by(shown, wait)
            await shown.receives(n, "hello", at=shown.clock.now())
            await shown.until_settled()

    assert len(shown.gateway.uploads) == 2
    first, second, third = media_ids(shown)
    assert first == second != third


@pytest.mark.parametrize(
    "failure",
    [
        XApiUnavailable("connection refused"),
        RateLimited("media.init", NOON + timedelta(seconds=1)),
        RejectedByX("media.init", status=401, code=135, message="clock"),
    ],
    ids=["down", "limited", "clock"],
)
async def test_an_upload_that_fails_is_made_again_and_costs_the_message_no_attempt(
    shown: Line, failure
) -> None:
    shown.gateway.upload_failures += [failure]
    async with shown.working():
        await shown.receives(1, "hello")
        await shown.until(lambda: len(shown.gateway.uploads) == 1)
        async with asyncio.timeout(30):
            while len(shown.gateway.uploads) < 2:
                pass_by(shown, timedelta(seconds=1))
                await asyncio.sleep(0.005)  # for the upload that this made due
        await shown.until_settled()

    assert shown.gateway.texts == ["look", "after"]
    assert shown.gateway.attempts[0].attempt == 1


@pytest.mark.parametrize(
    ("failures", "said"),
    [
        ([MediaUnusable(LAMP.path, "is gone")], "/bots/lamp.png is gone"),
        (
            [InvalidRequest("media.init", status=400, code=38, message="no such type")],
            "/bots/lamp.png was not uploaded: media.init: X answered 400, code 38: no such type",
        ),
        (
            [XApiUnavailable("down")] * uploading.MOST_TRIES,
            "/bots/lamp.png was not uploaded: down (20 tries)",
        ),
    ],
    ids=["gone", "refused", "never"],
)
async def test_an_upload_that_is_given_up_leaves_the_conversation_to_people(
    shown: Line, failures: Sequence[Exception], said: str
) -> None:
    shown.gateway.upload_failures += failures
    async with shown.working():
        await shown.receives(1, "hello")
        async with asyncio.timeout(30):
            while shown.gateway.upload_failures or "dead" not in await outbox(shown):
                pass_by(shown, timedelta(minutes=1))
                await asyncio.sleep(0.005)  # for the upload that this made due
        await shown.until_settled()

    assert await outbox(shown) == {"dead": 1, "sent": 1}
    assert await reason(shown) == said
    assert await control(shown) == "queue"
    assert shown.gateway.texts == ["after"]
    assert len(shown.gateway.uploads) == len(failures)


async def test_who_sends_such_a_message_again_has_the_file_uploaded_again(shown: Line) -> None:
    shown.gateway.upload_failures += [MediaUnusable(LAMP.path, "is gone")]
    async with shown.working():
        await shown.receives(1, "hello")
        await shown.until_settled()
        [dead] = await shown.store.transact(lambda tx: tx.outbox.set_aside())
        await shown.store.transact(
            lambda tx: set_aside.resend(tx, ACCOUNT, dead.outbox_id, at=NOON)
        )
        shown.worker.look()
        await shown.until(lambda: "look" in shown.gateway.texts)


async def test_an_upload_that_hangs_holds_up_only_what_carries_its_file(shown: Line) -> None:
    upload, hanging = shown.gateway.upload, asyncio.Event()

    async def hangs(account_id: UserId, file: MediaFile) -> Uploaded:
        if file == LAMP:
            await hanging.wait()
        return await upload(account_id, file)

    shown.gateway.upload = hangs
    async with shown.working():
        await shown.receives(1, "hello")
        await shown.receives(2, "hello", customer="2003")
        await shown.receives(3, "cat", customer="2004")
        await shown.until(lambda: shown.gateway.texts == ["look", "after"])
        assert "look" not in [one.message.text for one in shown.gateway.attempts[2:]]
        hanging.set()
        await shown.until_settled()

    assert len(shown.gateway.uploads) == 2


async def test_a_worker_that_stops_does_not_wait_for_an_upload_and_the_next_begins_it(
    shown: Line,
) -> None:
    begun, upload = asyncio.Event(), shown.gateway.upload

    async def hangs(account_id: UserId, file: MediaFile) -> Uploaded:
        begun.set()
        return await asyncio.Future()

    shown.gateway.upload = hangs
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(shown.worker.run())
        await shown.receives(1, "hello")
        await begun.wait()
        shown.worker.stop()
    assert await outbox(shown) == {"queued": 2}, "nothing is in doubt"

    shown.gateway.upload = upload
    released = await shown.store.transact(lambda tx: tx.uploads.release_abandoned())
    assert released == 1


async def test_an_account_x_does_not_let_in_is_held_back(shown: Line) -> None:
    refused = CredentialsRefused("media.init", status=401, code=32, message="no")
    shown.gateway.upload_failures += [refused]
    shown.gateway.refusals += [refused] * 50
    async with shown.working():
        await shown.receives(1, "hello")

        await shown.until(lambda: len(shown.gateway.checks) > 0)
        account = await shown.store.account(ACCOUNT)
        assert account is not None
        assert account.state == "needs_reauth"

    assert await outbox(shown) == {"queued": 2}, "nothing is lost meanwhile"


async def test_an_upload_that_x_no_longer_takes_is_made_anew(shown: Line) -> None:
    shown.gateway.failures += [MediaRefused("dm.events.new", status=400, code=324, message="no")]
    await shown.handles("hello")

    assert len(shown.gateway.uploads) == 2
    assert shown.gateway.texts == ["look", "after"]


async def test_a_file_that_x_takes_but_not_on_the_message_is_for_people(shown: Line) -> None:
    refusal = MediaRefused("dm.events.new", status=400, code=324, message="no")
    shown.gateway.failures += [refusal] * 3
    await shown.handles("hello")

    assert await outbox(shown) == {"dead": 1, "sent": 1}
    assert await control(shown) == "queue"
    assert len(shown.gateway.uploads) == 3
