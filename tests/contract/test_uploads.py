"""What `ports.UploadRows` promises."""

from __future__ import annotations

from datetime import timedelta

from roost.model.ids import UserId
from roost.model.uploads import Uploaded

OURS, OTHERS = UserId("11"), UserId("12")
LAMP, DAY, HOUR = "a" * 64, timedelta(days=1), timedelta(hours=1)
AT_X = Uploaded("6003", DAY)


async def take(store, now, *, account: UserId = OURS, digest: str = LAMP) -> bool:
    return await store.transact(
        lambda tx: tx.uploads.take(account, digest, now=now, until=now + HOUR)
    )


async def find(store, account: UserId = OURS):
    return await store.transact(lambda tx: tx.uploads.find(account, LAMP))


async def finish(store, at, uploaded: Uploaded = AT_X) -> None:
    await store.transact(lambda tx: tx.uploads.finish(OURS, LAMP, uploaded, at=at))


async def test_what_one_has_taken_nobody_takes_until_it_has_failed_or_taken_too_long(store, world):
    assert await find(store) is None
    assert await take(store, world.noon)
    assert not await take(store, world.noon)
    assert (await find(store)).is_held(world.noon)
    assert await take(store, world.noon, account=OTHERS), "every account has its own"
    assert await take(store, world.noon, digest="b" * 64), "so has every file"

    assert await take(store, world.noon + HOUR), "whoever had it has not come back"
    again = world.noon + HOUR + timedelta(seconds=5)
    await store.transact(lambda tx: tx.uploads.postpone(OURS, LAMP, again))
    assert not await take(store, again - timedelta(seconds=1))
    assert await take(store, again)
    assert (await find(store)).tries == 3


async def test_what_x_has_is_used_until_x_forgets_it(store, world):
    await take(store, world.noon)
    await finish(store, world.noon)

    found = await find(store)
    assert found.usable(world.noon + DAY - HOUR) == "6003"
    assert not await take(store, world.noon + HOUR), "X has it"
    assert not found.usable(world.noon + DAY)
    assert await take(store, world.noon + DAY)
    assert (await find(store)).tries == 1, "what succeeded is counted anew"


async def test_what_x_does_not_take_any_more_is_forgotten(store, world):
    await take(store, world.noon)
    await finish(store, world.noon)
    await store.transact(lambda tx: tx.uploads.forget(OTHERS, "6003"))
    assert (await find(store)).usable(world.noon)

    await store.transact(lambda tx: tx.uploads.forget(OURS, "6003"))
    assert not (await find(store)).usable(world.noon)
    assert await take(store, world.noon)


async def test_a_file_that_was_given_up_stays_so_for_a_while_or_until_somebody_asks(store, world):
    await take(store, world.noon)
    until = world.noon + HOUR
    await store.transact(lambda tx: tx.uploads.postpone(OURS, LAMP, until, refusal="it is gone"))
    found = await find(store)
    assert (found.refusal, found.tries, found.is_held(world.noon)) == ("it is gone", 0, True)
    assert not await take(store, world.noon)

    await store.transact(lambda tx: tx.uploads.pardon(OTHERS))
    assert not await take(store, world.noon)
    await store.transact(lambda tx: tx.uploads.pardon(OURS))
    assert await take(store, world.noon)
    assert (await find(store)).refusal == ""


async def test_what_a_living_process_has_taken_stays_taken_by_it(store, world):
    await take(store, world.noon)
    n_released = await store.transact(lambda tx: tx.uploads.release_abandoned())
    # SQLite has one process: whoever asks has just begun, so nobody can be at it.
    is_shared = type(store).__name__ == "PostgresStore"
    assert n_released == (0 if is_shared else 1)
    assert await take(store, world.noon) is not is_shared


async def test_a_retry_is_not_shortened_by_releasing(store, world):
    await take(store, world.noon)
    await store.transact(lambda tx: tx.uploads.postpone(OURS, LAMP, world.noon + HOUR))
    assert not await store.transact(lambda tx: tx.uploads.release_abandoned())
    assert not await take(store, world.noon)


async def test_what_a_clock_that_was_fast_has_put_off_can_be_begun(store, world):
    fast = world.noon + 2 * DAY
    await take(store, fast)
    await store.transact(lambda tx: tx.uploads.postpone(OURS, LAMP, fast + HOUR, refusal="gone"))

    assert not (await find(store)).is_held(world.noon)
    assert await take(store, world.noon)
    assert (await find(store)).is_held(world.noon)
    await store.transact(lambda tx: tx.uploads.postpone(OURS, LAMP, world.noon + DAY))
    assert not await take(store, world.noon), "as long as a window of X may last"
