"""What is erased is gone from every table, and from the files of SQLite."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Integer, LargeBinary, insert, select
from sqlalchemy.sql.sqltypes import BigInteger
from tests.contract.conftest import NOON, OURS, WITHOUT_BOT
from tests.contract.desk_api import desk_over, following

from roost.desk import customers
from roost.engine import answering, filing
from roost.engine.answering import Act
from roost.errors import NotPossible, StaleClaim
from roost.model import searching
from roost.model.activities import Followed, Liked, Mentioned, PostDeleted
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.memories import Memory, Scope
from roost.model.messages import OutboundMessage, Profile
from roost.model.outbound import Addressee
from roost.model.people import PersonId, Role
from roost.model.posts import Post
from roost.ports.composing import DraftKey
from roost.store import cleaning
from roost.store.dialog_tables import dialogs, points
from roost.store.people_tables import requests
from roost.store.statements import Command, Query
from roost.store.tables import events
from roost.testing.clocks import FrozenClock

CUSTOMER, HERE = UserId("220022"), ConversationId("11-220022")
WHERE = Addressee(OURS, HERE, CUSTOMER)
SAID = "xylophone"
"""A word that is in everything the customer has to do with."""


def _some(column):
    """Give a value for a column of the customer's conversation."""
    if column.name in {"account_id", "conversation_id"}:
        return OURS if column.name == "account_id" else HERE
    if isinstance(column.type, LargeBinary):
        return SAID.encode()
    return 0 if isinstance(column.type, BigInteger | Integer) else SAID


async def everything_in(opening) -> str:
    """Give every value of every table as text; in SQLite the bytes of its files."""
    where = opening.args[0]
    if isinstance(where, Path):
        files = sorted(where.parent.glob(f"{where.name}*"))
        content = b"".join(
            file.read_bytes() for file in files if not file.name.endswith(".ballast")
        )
        with closing(sqlite3.connect(where)) as connection:
            content += "".join(connection.iterdump()).encode(errors="replace")
        return content.decode(errors="replace")
    connection = await asyncpg.connect(where)
    try:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname='public'")
        rows = []
        for (name,) in names:
            for record in await connection.fetch(f'SELECT * FROM "{name}"'):
                rows += [
                    one.decode(errors="replace") if isinstance(one, bytes) else str(one)
                    for one in record
                ]
        return "\n".join(rows)
    finally:
        await connection.close()


def bytes_on_disk(opening) -> bytes:
    """Give what is in the files of a database in use; nothing where a server has them.

    Read by another process: to close a file ends all locks that this one has on it.
    """
    where = opening.args[0]
    if not isinstance(where, Path):
        return b""
    names = [where, where.with_name(f"{where.name}-wal")]
    found = subprocess.run(["cat", *map(str, names)], capture_output=True, check=True)
    return found.stdout


def traces_of(opening) -> str:
    """Give where something may be left once nothing keeps it there."""
    return "none" if isinstance(opening.args[0], Path) else "server"


async def have_to_do_with_everything(store, world) -> None:
    """Put the customer and their word into every table that can hold them."""
    body = f'{{"id":"{CUSTOMER}","text":"{SAID}"}}'.encode()
    event = world.received(50, customer=CUSTOMER, text=f"my {SAID}", name=f"Bo {SAID}")
    await store.inbox.put(world.delivery(event, body=body))
    # Deliveries can name people beside the one who wrote.
    await store.inbox.put(world.delivery(world.received(40, customer="24"), body=body))
    await world.file(store)
    act = Act(OURS, HERE, PersonId("sam"), "0" * 32, NOON)

    async def unit(tx) -> None:
        await answering.take_over(tx, act)
        await answering.reply(tx, act, OutboundMessage(f"your {SAID}"))
        await answering.note(tx, act, f"a {SAID}")
        await tx.tags.put(WHERE, SAID, at=NOON)
        await tx.memories.put(WHERE, Memory(Scope.CUSTOMER, "a", SAID.encode()), at=NOON)
        await tx.memories.put(WHERE, Memory(Scope.CONVERSATION, "b", SAID.encode()), at=NOON)
        await tx.timers.set(WHERE, "soon", due_at=NOON, data=SAID, trace_id="")
        await tx.composing.put_draft(DraftKey(OURS, HERE, PersonId("sam")), SAID.encode(), at=NOON)
        for table in (dialogs, points):
            row = {one.name: _some(one) for one in table.columns}
            await tx.erasing._session.run(Command(insert(table)), row)

    await store.transact(unit)


async def test_nothing_of_an_erased_customer_is_left_anywhere(store, world, life, opening):
    await have_to_do_with_everything(store, world)
    await world.receive(store, world.received(60, customer="23", text="somebody else"))
    before = await everything_in(opening)
    assert before.count(SAID) >= 12
    assert CUSTOMER in before

    erased = await store.transact(
        lambda tx: tx.erasing.erase(OURS, CUSTOMER, by=PersonId("ada"), at=NOON)
    )
    again = await store.transact(lambda tx: tx.erasing.erase(OURS, CUSTOMER, by=None, at=NOON))

    await life.end()
    after = await everything_in(opening)
    assert SAID not in after
    assert CUSTOMER not in after
    assert "somebody else" in after
    assert (erased.conversations, erased.messages, erased.deliveries) == (1, 2, 2)
    assert (again.conversations, again.messages, again.deliveries) == (0, 0, 0)


async def test_the_files_in_use_hold_nothing_of_an_erased_customer(store, world, opening):
    await have_to_do_with_everything(store, world)
    is_file = isinstance(opening.args[0], Path)
    assert (SAID.encode() in bytes_on_disk(opening)) is is_file

    async with desk_over(store, FrozenClock(NOON)) as desk:
        ada = await desk.entered("ada", Role.ADMIN)
        erased = await ada.call("DELETE", f"/api/accounts/{OURS}/customers/{CUSTOMER}")
        left = bytes_on_disk(opening)

    assert (erased.json["conversations"], erased.json["traces"]) == (1, traces_of(opening))
    assert SAID.encode() not in left
    assert CUSTOMER.encode() not in left


@pytest.mark.parametrize("opening", ["sqlite"], indirect=True)
async def test_it_is_said_that_a_reader_keeps_them_until_it_does_not(
    store, world, opening, monkeypatch
):
    """Of a server's files nothing is said."""
    where = opening.args[0]
    monkeypatch.setattr(customers, "CLEANED_WITHIN", timedelta(milliseconds=200))
    await have_to_do_with_everything(store, world)
    async with desk_over(store, FrozenClock(NOON)) as desk:
        ada = await desk.entered("ada", Role.ADMIN)
        path = f"/api/accounts/{OURS}/customers/{CUSTOMER}"
        with closing(sqlite3.connect(where, isolation_level=None)) as foreign:
            foreign.execute("BEGIN")
            foreign.execute("SELECT count(*) FROM messages").fetchone()
            erased = await ada.call("DELETE", path)
            assert (erased.json["conversations"], erased.json["traces"]) == (1, "log")
            # Nothing waits for it but the cleaning.
            await store.check()
            assert SAID.encode() in bytes_on_disk(opening)
            foreign.execute("COMMIT")

        assert await store.traces.look(within=timedelta(seconds=20)) == "none"
        assert SAID.encode() not in bytes_on_disk(opening)
        assert (await ada.call("DELETE", path)).json["traces"] == "none"


async def test_a_large_file_is_not_written_anew_and_that_is_said(
    store, world, opening, monkeypatch
):
    monkeypatch.setattr(cleaning, "WRITTEN_ANEW_UP_TO", 1)
    await world.receive(store, world.received(50, customer=CUSTOMER, text=SAID))
    async with desk_over(store, FrozenClock(NOON)) as desk:
        ada = await desk.entered("ada", Role.ADMIN)
        erased = await ada.call("DELETE", f"/api/accounts/{OURS}/customers/{CUSTOMER}")

    is_file = isinstance(opening.args[0], Path)
    assert erased.json["traces"] == ("file" if is_file else "server")


async def test_a_message_and_a_post_that_were_deleted_at_x_leave_the_files_too(
    store, world, opening
):
    ours = Post("900", Profile(OURS), SAID)
    await world.receive(store, world.received(50, text=SAID))
    liked = Liked(OURS, "like", 901, HERE, Profile(CUSTOMER), NOON, ours, False)
    await store.inbox.put(world.delivery(liked, body=SAID.encode()))
    await store.transact(lambda tx: filing.file_new(tx, limit=100))
    assert (SAID.encode() in bytes_on_disk(opening)) is isinstance(opening.args[0], Path)

    await store.transact(lambda tx: tx.erasure.erase_message(OURS, MessageId("50")))
    gone = PostDeleted(OURS, "900", 907, ConversationId("11-11"), Profile(OURS), NOON)
    await store.inbox.put(world.delivery(gone))
    await store.transact(lambda tx: filing.file_new(tx, limit=100))

    assert await store.traces.look(within=timedelta(seconds=20)) == traces_of(opening)
    assert SAID.encode() not in bytes_on_disk(opening)


async def test_what_a_customer_did_outside_conversations_is_erased_too(store, world, life, opening):
    customer = Profile(CUSTOMER, f"bo_{SAID}", f"Bo {SAID}")
    ours = Post("900", Profile(OURS), "our offer")
    theirs = Post("904", customer, f"my {SAID}", mentioned=(OURS,))
    other = Profile("23", "ann", "Ann")
    naming = Post("905", other, "somebody else", mentioned=(OURS, CUSTOMER))
    told = [
        Liked(OURS, "like", 901, HERE, customer, NOON, ours, False),
        Followed(OURS, "follow", 902, HERE, customer, NOON, False),
        Mentioned(OURS, "904", 904, HERE, customer, NOON, theirs),
        Mentioned(OURS, "905", 905, ConversationId("11-23"), other, NOON, naming),
        Followed(OURS, "ann", 906, ConversationId("11-23"), other, NOON, False),
    ]
    for event in told:
        await store.inbox.put(world.delivery(event, body=f'{{"of": "{SAID}"}}'.encode()))
    await store.transact(lambda tx: filing.file_new(tx, limit=100))
    assert await store.desk.summary(OURS, HERE) is None
    assert CUSTOMER in await everything_in(opening)

    await store.transact(lambda tx: tx.erasing.erase(OURS, CUSTOMER, by=None, at=NOON))

    rows = await store.transact(
        lambda tx: tx.erasing._session.rows(
            Query(select(events.c.event_key, events.c.payload, events.c.reason)), {}
        )
    )
    left = {key: (len(payload) > 0, reason) for key, payload, reason in rows}
    assert left["ann"][0]
    assert {left[key] for key in ("like", "follow", "904", "905")} == {(False, "erased")}
    # Our Post, of which the like held a copy, is deleted at X: there is no copy left to empty.
    gone = PostDeleted(OURS, "900", 907, ConversationId("11-11"), Profile(OURS), NOON)
    await store.inbox.put(world.delivery(gone))
    await store.transact(lambda tx: filing.file_new(tx, limit=100))
    await life.end()
    assert CUSTOMER not in await everything_in(opening)


async def test_what_people_asked_for_under_keys_says_nothing_of_an_erased_customer(
    store, world, life, opening
):
    await world.receive(store, world.received(50, customer=CUSTOMER, text="hello"))
    async with desk_over(store, FrozenClock(NOON)) as desk:
        ada = await desk.entered("ada", Role.ADMIN)
        for what in ("replies", "notes"):
            path = f"/api/conversations/{OURS}/{HERE}/{what}"
            answer = await ada.call("POST", path, {"text": SAID}, idempotency_key=what)
            assert answer.status in {201, 202}, answer
        assert SAID in await everything_in(opening)

        erased = await ada.call("DELETE", f"/api/accounts/{OURS}/customers/{CUSTOMER}")

        assert erased.json["messages"] == 2
    rows = await store.transact(
        lambda tx: tx.erasing._session.rows(Query(select(requests.c.answer)), {})
    )
    await life.end()
    left = await everything_in(opening)
    assert [bytes(answer) for (answer,) in rows] == [b"done", b"done"]
    assert SAID not in left
    assert CUSTOMER not in left


async def test_what_x_delivers_again_does_not_come_back(store, world):
    event = world.received(50, customer=CUSTOMER, text=SAID)
    await world.receive(store, event)
    await store.transact(lambda tx: tx.erasing.erase(OURS, CUSTOMER, by=None, at=NOON))

    await world.receive(store, event)

    assert await store.desk.summary(OURS, HERE) is None
    page = await store.search.messages([OURS], searching.looked_for(SAID), after=None, limit=5)
    assert page.found == []
    await world.receive(store, world.received(51, customer=CUSTOMER, text="hello again"))
    assert await store.desk.summary(OURS, HERE) is not None


async def test_others_and_other_accounts_keep_what_they_have(store, world):
    await world.receive(store, world.received(50, customer=CUSTOMER, text=SAID))
    await world.receive(store, world.received(51, customer="22002", text=SAID))
    await world.receive(
        store, world.received(52, customer=CUSTOMER, text=SAID, account=WITHOUT_BOT)
    )

    await store.transact(lambda tx: tx.erasing.erase(OURS, CUSTOMER, by=None, at=NOON))

    page = await store.search.messages(
        [OURS, WITHOUT_BOT], searching.looked_for(SAID), after=None, limit=5
    )
    assert [one.message_id for one in page.found] == ["52", "51"]


async def test_a_turn_that_runs_while_its_customer_is_erased_says_and_stores_nothing(store, world):
    """What it was decided upon is gone; so is the row that its claim was of."""
    old = await world.claimed(store, customer=CUSTOMER)
    await store.transact(lambda tx: tx.erasing.erase(OURS, CUSTOMER, by=None, at=NOON))
    new = await world.claimed(store, customer=CUSTOMER)

    assert new.turn.conversation_id == old.turn.conversation_id
    with pytest.raises(StaleClaim):
        await store.transact(lambda tx: tx.conversations.guard(old))
    assert await store.transact(lambda tx: tx.turns.hold([old])) == {}
    assert await store.transact(lambda tx: tx.turns.hold([new])) == {0: True}


async def in_doubt(store, entry):
    await store.transact(lambda tx: tx.outbox.suspect(entry, reason="timed out", at=NOON))


async def restored(store, entry):
    await store.transact(lambda tx: tx.restoring.mark(NOON))


@pytest.mark.parametrize("happens", [in_doubt, restored])
async def test_nobody_is_erased_while_x_may_have_a_message_under_an_unknown_id(
    store, world, happens
):
    """X would tell of it again: it would be stored as something of which nothing is known."""
    claim = await world.claimed(store, customer=CUSTOMER)
    await world.queue(store, claim, SAID, "and more")
    (entry,) = await world.start(store)
    await happens(store, entry)

    with pytest.raises(NotPossible, match="not known yet whether X has"):
        await store.transact(lambda tx: tx.erasing.erase(OURS, CUSTOMER, by=None, at=NOON))
    assert await store.desk.summary(OURS, HERE) is not None


async def test_nobody_is_erased_while_a_message_to_them_is_on_its_way(store, world):
    claim = await world.claimed(store, customer=CUSTOMER)
    await world.queue(store, claim, SAID)
    (entry,) = await world.start(store)

    with pytest.raises(NotPossible, match="being sent"):
        await store.transact(lambda tx: tx.erasing.erase(OURS, CUSTOMER, by=None, at=NOON))
    assert await store.desk.summary(OURS, HERE) is not None

    await store.transact(lambda tx: tx.messages.put_sent(entry, MessageId("500"), NOON))
    await store.transact(lambda tx: tx.outbox.finish(entry, MessageId("500")))
    await store.transact(lambda tx: tx.erasing.erase(OURS, CUSTOMER, by=None, at=NOON))
    assert await store.desk.summary(OURS, HERE) is None


async def test_admins_export_and_erase_and_nobody_else_does(store, world):
    await have_to_do_with_everything(store, world)
    async with desk_over(store, FrozenClock(NOON)) as desk:
        ada = await desk.entered("ada", Role.ADMIN)
        sam = await desk.entered("sam")
        path = f"/api/accounts/{OURS}/customers/{CUSTOMER}"

        assert [(await sam.call(verb, path)).status for verb in ("GET", "DELETE")] == [403, 403]
        (exported,) = (await ada.get(path))["conversations"]
        assert [line["text"] for line in exported["lines"]] == [f"my {SAID}"]
        assert f"a {SAID}" in [remark["text"] for remark in exported["remarks"]]
        assert [one["text"] for one in exported["outgoing"]] == [f"your {SAID}"]
        assert [one["value"] for one in exported["memories"]] == [SAID, SAID]

        erased = await ada.call("DELETE", path)
        assert (erased.status, erased.json["conversations"]) == (200, 1)
        assert (await ada.call("GET", path)).status == 404
        assert (await ada.call("DELETE", path)).json["conversations"] == 0


async def test_live_pages_are_told_that_somebody_was_erased_and_not_who(store, world):
    async with desk_over(store, FrozenClock(NOON)) as desk:
        await world.receive(store, world.received(50))
        ada = await desk.entered("ada", Role.ADMIN)
        async with following(desk, ada) as stream:
            assert (await stream.event())[0] == "ready"
            await ada.call("DELETE", f"/api/accounts/{OURS}/customers/22")
            kind, _, told = await stream.event()

    assert (kind, told["kind"], told["account_id"]) == ("change", "erased", OURS)
    assert (told["conversation_id"], told["ref"]) == ("", "")
