"""What is given of a customer: at least what erasing them takes out."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests.contract.conftest import NOON, OURS
from tests.contract.desk_api import desk_over
from tests.contract.test_erasing import CUSTOMER, HERE, SAID, have_to_do_with_everything

from roost.desk import customers
from roost.desk.problems import Refused
from roost.engine import filing
from roost.model.activities import Liked, Mentioned
from roost.model.ids import ConversationId
from roost.model.messages import Profile
from roost.model.people import Role
from roost.model.posts import Post
from roost.store import customer_tables
from roost.store.described import metadata
from roost.store.statements import Query
from roost.testing.clocks import FrozenClock

INDEXES = {"message_words", "customer_words", "tags_in_use", "post_copies"}
"""By them rows of other tables are found, which have what they say."""


async def rows_by_table(store) -> dict[str, list[dict[str, str | None]]]:
    """Give every row of every table as the export writes them."""

    def text(value):
        return value.decode() if isinstance(value, bytes) else None if value is None else str(value)

    async def unit(tx):
        return {
            name: [
                dict(zip(table.columns.keys(), map(text, row), strict=True))
                for row in await tx.erasing._session.rows(Query(select(*table.columns)), {})
            ]
            for name, table in metadata.tables.items()
        }

    return await store.transact(unit)


async def test_whatever_erasing_takes_out_is_in_the_export(store, world):
    await have_to_do_with_everything(store, world)
    naming = f'{{"mentions":["{CUSTOMER}"],"text":"{SAID}"}}'.encode()
    liked = Liked(
        OURS, "like", 901, HERE, Profile(CUSTOMER), NOON, Post("900", Profile(OURS), ""), False
    )
    theirs = Post("905", Profile("23"), "somebody else", mentioned=(OURS, CUSTOMER))
    told = Mentioned(OURS, "905", 905, ConversationId("11-23"), Profile("23"), NOON, theirs)
    for event in (liked, told):
        await store.inbox.put(world.delivery(event, body=naming))
    await store.transact(lambda tx: filing.file_new(tx, limit=100))
    async with desk_over(store, FrozenClock(NOON)) as desk:
        ada = await desk.entered("ada", Role.ADMIN)
        path = f"/api/accounts/{OURS}/customers/{CUSTOMER}"
        before = await rows_by_table(store)

        exported = (await ada.get(path))["records"]
        await ada.call("DELETE", path)

        after = await rows_by_table(store)
        assert (await ada.call("GET", path)).status == 404
    gone = {name: [row for row in rows if row not in after[name]] for name, rows in before.items()}
    touched = {name for name, rows in gone.items() if rows} - INDEXES - {"sessions"}
    assert touched == {table.name for table in customer_tables.IN_CONVERSATION}
    for name in touched:
        assert [row for row in gone[name] if row not in exported[name]] == [], name
    assert [row["content"] for row in exported["drafts"]] == [SAID]
    assert naming.decode() in [row["body"] for row in exported["deliveries"]]


async def test_who_is_only_named_by_others_has_an_export_too(store, world):
    theirs = Post("905", Profile("23"), "somebody else", mentioned=(OURS, CUSTOMER))
    told = Mentioned(OURS, "905", 905, ConversationId("11-23"), Profile("23"), NOON, theirs)
    await store.inbox.put(world.delivery(told, body=f'["{CUSTOMER}"]'.encode()))
    await store.transact(lambda tx: filing.file_new(tx, limit=100))
    async with desk_over(store, FrozenClock(NOON)) as desk:
        ada = await desk.entered("ada", Role.ADMIN)
        path = f"/api/accounts/{OURS}/customers/{CUSTOMER}"
        exported = await ada.get(path)
        assert (exported["conversations"], set(exported["records"])) == (
            [],
            {"deliveries", "events"},
        )

        assert (await ada.call("DELETE", path)).json["deliveries"] == 1
        assert (await ada.call("GET", path)).status == 404


@pytest.mark.parametrize("word", ["id", "text", "٢٢"])
async def test_a_word_of_every_delivery_is_nobody(store, world, word):
    await have_to_do_with_everything(store, world)
    before = await rows_by_table(store)

    for asked in (customers.export(store, OURS, word), erasing(store, word)):
        with pytest.raises(Refused):
            await asked

    assert await rows_by_table(store) == before


async def erasing(store, word):
    return await customers.erase(store, OURS, word, by=None, at=NOON)
