"""Public replies in the outbox: kept as they are, known by our own Posts, and in no thread."""

from __future__ import annotations

from tests.contract.conftest import addressee_of

from roost.engine import filing, reconcile
from roost.model.activities import PostDeleted, Posted
from roost.model.budgets import POST
from roost.model.ids import ConversationId, UserId
from roost.model.messages import OutboundMessage, Profile, QuickReply
from roost.model.outbound import Lane
from roost.model.posts import Post, PostReference, PublicReply

OURS = UserId("11")
US = Profile("11", "acme")
REPLY = PublicReply("We are on it.", "400", "https://x.com/messages/compose?recipient_id=11")


def posted(world, key: str, text: str, *, under: str = "400", position: int = 500) -> Posted:
    answered = PostReference(under, "22")
    post = Post(key, US, text, in_reply_to=answered)
    return Posted(OURS, key, position, ConversationId("11-11"), US, world.noon, post)


async def put(store, world, message=REPLY) -> None:
    claim = await world.claimed(store)
    where = addressee_of(claim)
    await store.transact(
        lambda tx: tx.outbox.put(where, message, lane=Lane.BOT, trace_id="0" * 32, at=world.noon)
    )


async def in_doubt(store, world) -> None:
    """Let an attempt to post end without an answer."""
    await put(store, world)
    (entry,) = await world.start(store)
    await store.transact(
        lambda tx: tx.outbox.suspect(entry, reason="no answer", at=entry.attempted_at)
    )


async def file(store, world, *events) -> None:
    await world.put(store, *events)
    await store.transact(lambda tx: filing.file_new(tx, limit=100))


async def states(store) -> dict[str, int]:
    counts = await store.counts()
    return {state: n for state, n in counts.outbox.items() if n}


async def test_a_public_reply_comes_back_as_it_was_put_and_is_never_free(store, world):
    await put(store, world)
    (entry,) = await world.start(store)

    assert (entry.message, entry.route, entry.is_free) == (REPLY, POST, False)


async def test_a_message_that_speaks_of_post_id_is_still_a_message(store, world):
    message = OutboundMessage('"post_id"', (QuickReply("post_id", "post_id"),))
    await put(store, world, message)
    (entry,) = await world.start(store)

    assert entry.message == message


async def test_the_account_s_own_post_settles_what_is_in_doubt(store, world):
    await in_doubt(store, world)
    said = f"@bob We are on it. {REPLY.link}"
    await file(store, world, posted(world, "500", said))

    assert await states(store) == {"sent": 1}


async def test_an_echo_that_came_first_settles_it_as_soon_as_it_is_in_doubt(store, world):
    await put(store, world)
    (entry,) = await world.start(store)
    await file(store, world, posted(world, "500", "We are on it."))
    assert await states(store) == {"sending": 1}

    async def doubt(tx):
        await tx.outbox.suspect(entry, reason="no answer", at=entry.attempted_at)
        return await reconcile.settle_if_known(tx, entry)

    assert await store.transact(doubt)
    assert await states(store) == {"sent": 1}


async def test_another_post_settles_nothing(store, world):
    await in_doubt(store, world)
    await file(
        store,
        world,
        posted(world, "500", "We are on it, too."),
        posted(world, "501", "We are on it.", under="401", position=501),
        posted(world, "399", "We are on it.", position=399),
    )

    assert await states(store) == {"uncertain": 1}


async def test_a_post_is_the_proof_of_one_reply_alone(store, world):
    await in_doubt(store, world)
    await file(store, world, posted(world, "500", "We are on it."))
    found = await store.transact(lambda tx: tx.events.unlinked_posts(OURS, after=400))

    assert found == []


async def test_a_public_reply_is_in_no_transcript(store, world):
    await put(store, world)
    (entry,) = await world.start(store)

    async def finish(tx):
        await tx.messages.put_sent(entry, "500", world.noon)
        await tx.outbox.finish(entry, "500")

    await store.transact(finish)
    page = await store.desk.transcript(OURS, entry.conversation_id, before=None, limit=10)

    assert [line.message.text for line in page.lines] == ["hello"]


async def test_what_is_deleted_at_x_is_erased_from_the_outbox_too(store, world):
    await in_doubt(store, world)
    await file(store, world, posted(world, "500", "We are on it."))
    here = ConversationId("11-11")
    await file(store, world, PostDeleted(OURS, "500", 500, here, US, world.noon))

    answer = await store.activity.answer(OURS, 1)
    assert answer is not None
    assert (answer.text, answer.message_id) == ("", "500")
