"""What is kept where X no longer has a custom profile: a message's new words, and who speaks."""

from __future__ import annotations

from tests.contract.conftest import addressee_of

from roost.model.ids import UserId
from roost.model.messages import OutboundMessage, QuickReply
from roost.model.outbound import Lane
from roost.model.people import Person, PersonId, Role
from roost.model.x_objects import XKind, XObject
from roost.ports.composing import Voice

OURS, OTHERS = UserId("11"), UserId("12")
GONE, KEPT = "5001", "5002"
ANN, BEN, CAM = PersonId("p-ann"), PersonId("p-ben"), PersonId("p-cam")


async def put(store, world, claim, *messages: OutboundMessage) -> None:
    async def unit(tx) -> None:
        for one in messages:
            await tx.outbox.put(
                addressee_of(claim), one, lane=Lane.BOT, trace_id="0" * 32, at=world.noon
            )

    await store.transact(unit)


async def test_an_entry_that_is_reworded_says_the_new_words_alone(store, world):
    said = OutboundMessage("hello", (QuickReply("Yes", "y"),), custom_profile_id=GONE, speaker="A")
    signed = OutboundMessage("hello\n\n\u2014 A", (QuickReply("Yes", "y"),))
    claims = [await world.claimed(store, customer=one) for one in ("22", "23")]
    for claim in claims:
        await put(store, world, claim, said)
    entry, other = sorted(await world.start(store), key=lambda one: one.recipient_id)

    async def unit(tx) -> None:
        await tx.outbox.reword(entry, signed)
        await tx.outbox.postpone(entry, world.noon, reason="signed instead")

    await store.transact(unit)

    (again,) = await world.start(store)
    assert (again.outbox_id, again.message) == (entry.outbox_id, signed)
    assert other.message == said
    assert again.attempt == entry.attempt + 1


async def test_one_thing_that_x_no_longer_has_is_forgotten_of_one_account(store, world):
    profile, greeting = XObject(XKind.PROFILE, "A", GONE), XObject(XKind.WELCOME, "hi", GONE)
    for account in (OURS, OTHERS):
        known = [profile, greeting, XObject(XKind.PROFILE, "B", KEPT)]
        await store.transact(
            lambda tx, of=account, all_of_it=known: tx.x_objects.replace(
                of, all_of_it, at=world.noon
            )
        )

    for _ in range(2):
        await store.transact(lambda tx: tx.x_objects.forget(OURS, XKind.PROFILE, GONE))

    left = await store.transact(lambda tx: tx.x_objects.of(OURS))
    assert [(one.kind, one.name) for one in left] == [(XKind.PROFILE, "B"), (XKind.WELCOME, "hi")]
    assert len(await store.transact(lambda tx: tx.x_objects.of(OTHERS))) == 3


async def test_everybody_who_spoke_under_a_profile_signs_and_nobody_else(store, world):
    async def unit(tx) -> None:
        for who in (ANN, BEN, CAM):
            await tx.people.put(Person(who, who, who, Role.AGENT, None), at=world.noon)
        for who, profile in ((ANN, GONE), (BEN, GONE), (CAM, KEPT)):
            await tx.composing.put_voice(OURS, who, Voice(profile, "A"))
        await tx.composing.put_voice(OTHERS, ANN, Voice(GONE, "A"))

    await store.transact(unit)

    for _ in range(2):
        await store.transact(lambda tx: tx.composing.drop_profile(OURS, GONE))

    assert await store.composing.voices(OURS) == {CAM: Voice(KEPT, "A")}
    assert await store.composing.voices(OTHERS) == {ANN: Voice(GONE, "A")}
