"""What `ports.ErasureRows` promises: content goes, what it was stays."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from roost.engine import filing
from roost.model.activities import Liked, Mentioned, PostDeleted, Posted, Quoted
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Profile
from roost.model.posts import Post, PostReference
from roost.store.described import metadata
from roost.store.statements import Query
from roost.store.tables import events

SECRET = "canary 8151"
OURS = UserId("11")
WE, BOB = Profile("11"), Profile("22", "bob", "Bob")
OUR_POST = Post("900", WE, SECRET)


def posted(world, post: Post = OUR_POST) -> Posted:
    return Posted(OURS, post.post_id, 900, ConversationId("11-11"), WE, world.noon, post)


def deleted(world, post_id: str = "900") -> PostDeleted:
    return PostDeleted(OURS, post_id, 901, ConversationId("11-11"), WE, world.noon)


def quoted(world) -> Quoted:
    post = Post("902", BOB, "look at that", quoted=PostReference("900", "11"))
    return Quoted(OURS, "902", 902, ConversationId("11-22"), BOB, world.noon, post)


def liked(world) -> Liked:
    return Liked(OURS, "like", 903, ConversationId("11-22"), BOB, world.noon, OUR_POST, False)


def mentioned(world) -> Mentioned:
    post = Post("904", BOB, "hello you", mentioned=("11",))
    return Mentioned(OURS, "904", 904, ConversationId("11-22"), BOB, world.noon, post)


async def put(store, world, *told) -> None:
    for event in told:
        body = f'{{"text": "{SECRET} {event.event_key}"}}'.encode()
        await store.inbox.put(world.delivery(event, body=body))


async def file(store) -> None:
    await store.transact(lambda tx: filing.file_new(tx, limit=100))


async def rows_of(store, table) -> list[tuple[object, ...]]:
    return await store.transact(lambda tx: tx.events._session.rows(Query(select(table)), {}))


async def everything(store) -> str:
    """Give all that all tables hold, as one text."""
    found = []
    for table in metadata.tables.values():
        for row in await rows_of(store, table):
            found += [
                bytes(value).decode("utf-8", "replace")
                if isinstance(value, bytes | memoryview)
                else str(value)
                for value in row
            ]
    return "\n".join(found)


async def test_a_deleted_post_is_erased_wherever_it_was_copied(store, world):
    await put(store, world, posted(world), quoted(world), liked(world), mentioned(world))
    await file(store)
    assert (await everything(store)).count(SECRET) == 6  # four deliveries, the Post, the like

    await put(store, world, deleted(world))
    await file(store)

    left = await everything(store)
    assert left.count(SECRET) == 2  # of the mention, which is Bob's, and of the deletion itself
    assert "look at that" in left
    assert "hello you" in left
    assert (await store.counts()).events["done"] == 5


async def test_what_is_delivered_behind_its_deletion_is_erased_too(store, world):
    await put(store, world, deleted(world))
    await file(store)
    await put(store, world, posted(world), quoted(world))
    await file(store)

    assert (await everything(store)).count(SECRET) == 1  # the deletion's own delivery


async def test_both_in_one_round_is_the_same_whichever_comes_first(store, world):
    for event in (deleted(world), posted(world)):
        await store.inbox.put(world.delivery(event, at=world.noon, body=b"{}"))
    await file(store)

    assert SECRET not in await everything(store)


async def test_an_erased_post_that_is_delivered_once_more_stays_erased(store, world):
    await put(store, world, posted(world), deleted(world))
    await file(store)
    n_events = len(await rows_of(store, events))
    again = world.delivery(posted(world), body=SECRET.encode())
    assert await store.inbox.put(again) == 0
    await file(store)

    assert (await everything(store)).count(SECRET) == 1
    assert len(await rows_of(store, events)) == n_events


async def test_a_post_of_somebody_else_is_not_erased(store, world):
    await put(store, world, mentioned(world))
    await file(store)

    assert await store.transact(lambda tx: tx.erasure.erase_post(OURS, "904")) == 0


async def test_a_message_is_erased_from_every_table(store, world):
    await world.receive(store, world.received(7, text=SECRET), world.received(8, text="kept"))
    assert SECRET in await everything(store)

    erase = await store.transact(lambda tx: tx.erasure.erase_message(OURS, MessageId("7")))

    assert erase == "11-22"
    left = await everything(store)
    assert SECRET not in left
    assert "kept" in left
    assert await store.transact(lambda tx: tx.erasure.erase_message(OURS, MessageId("99"))) is None
    again = world.delivery(world.received(7, text=SECRET), at=world.noon + timedelta(hours=1))
    assert await store.inbox.put(again) == 0
