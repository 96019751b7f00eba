"""What `ports.XObjectRows` promises, and what turns get of it."""

from __future__ import annotations

from roost.model.ids import UserId
from roost.model.x_objects import XKind, XObject, x_id_of

OURS, OTHERS = UserId("11"), UserId("12")
GREETING = XObject(XKind.WELCOME, "greeting", "7001", is_default=True)
SALE = XObject(XKind.WELCOME, "sale", "7002")
ASSISTANT = XObject(XKind.PROFILE, "Acme Assistant", "5001")


async def replace(store, world, *objects: XObject, account: UserId = OURS) -> None:
    await store.transact(lambda tx: tx.x_objects.replace(account, objects, at=world.noon))


async def known(store, account: UserId = OURS) -> list[XObject]:
    return [*await store.transact(lambda tx: tx.x_objects.of(account))]


async def test_what_was_seen_at_x_is_given_by_kind_and_name(store, world):
    await replace(store, world, SALE, GREETING, ASSISTANT)

    assert await known(store) == [ASSISTANT, GREETING, SALE]
    assert x_id_of(await known(store), XKind.PROFILE, "Acme Assistant") == "5001"
    assert x_id_of(await known(store), XKind.WELCOME, "Acme Assistant") == ""


async def test_it_takes_the_place_of_all_that_was_known_of_this_account_alone(store, world):
    await replace(store, world, SALE, account=OTHERS)
    await replace(store, world, GREETING, SALE)
    made_anew = XObject(XKind.WELCOME, "greeting", "7003")
    await replace(store, world, made_anew)
    await replace(store, world, made_anew)

    assert await known(store) == [made_anew]
    assert await known(store, OTHERS) == [SALE]
