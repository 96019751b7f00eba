"""Migrations: what they make, that they can be killed, and what they refuse."""

from __future__ import annotations

import pathlib
import sqlite3
import stat
from contextlib import closing

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from roost.errors import NewerSchema, StoreUnavailable
from roost.service import indexing
from roost.store import schema
from roost.store.described import metadata
from roost.store.sqlite import SqliteStore


def engine_of(path):
    return create_engine(f"sqlite:///{path}", poolclass=NullPool)


def objects_in(path):
    """Give the SQL of every table and index, blanks and order of words aside."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
            " AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
        ).fetchall()
    return {name: sorted(" ".join(part.split()) for part in parts_of(sql)) for name, sql in rows}


def parts_of(sql):
    """Split a table's SQL into its columns; one added later stands behind the constraints."""
    head, _, rest = sql.partition("(")
    return [head, *rest.rstrip().removesuffix(")").split(",")]


def revision_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT version_num FROM alembic_version").fetchall()


def test_the_migrated_schema_is_the_one_described(tmp_path):
    schema.upgrade(tmp_path / "migrated.db")
    with engine_of(tmp_path / "migrated.db").connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": is_not_of_the_search}
        )
        differences = compare_metadata(context, metadata)

    assert differences == []


def is_not_of_the_search(name, kind, _parents):
    """What the search looks words up in is no table that SQLAlchemy can describe.

    The comparison to the letter sees it.
    """
    return not (kind in {"table", "index"} and "_words_found" in name)


def test_the_migrated_schema_is_the_described_one_to_the_letter(tmp_path):
    schema.upgrade(tmp_path / "migrated.db")
    metadata.create_all(engine_of(tmp_path / "described.db"))

    assert objects_in(tmp_path / "migrated.db") == objects_in(tmp_path / "described.db")


def test_every_table_of_customer_data_begins_with_the_account():
    installation = {
        "apps",
        "app_budgets",
        "attempts",
        "feed",
        "people",
        "sessions",
        "links",
        "sign_ins",
        "rejections",
        "api_keys",
        "replays",  # of an app's webhook, and nothing but times
        "indexing",  # how far one pass over every account has come
    }
    numbered_by_the_database = {"changes"}

    for name, table in metadata.tables.items():
        if name not in installation | numbered_by_the_database:
            assert next(iter(table.primary_key.columns)).name == "account_id", name


def test_migrating_twice_changes_nothing(tmp_path):
    path = tmp_path / "roost.db"
    schema.upgrade(path)
    before = path.read_bytes()

    schema.upgrade(path)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_each_database_has_its_own_feed(tmp_path):
    epochs = set()
    for name in ("a.db", "b.db"):
        schema.upgrade(tmp_path / name)
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            epochs.update(connection.execute("SELECT feed_epoch FROM feed").fetchall())

    assert len(epochs) == 2


def test_a_newer_database_is_refused(tmp_path):
    path = tmp_path / "roost.db"
    schema.upgrade(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(NewerSchema):
        schema.upgrade(path)


def test_a_migration_that_fails_leaves_nothing_and_can_be_run_again(tmp_path):
    path = tmp_path / "roost.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE outbox (in_the_way TEXT)")

    with pytest.raises(StoreUnavailable, match="outbox"):
        schema.upgrade(path)
    assert objects_in(path) == {"outbox": ["CREATE TABLE outbox", "in_the_way TEXT"]}
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE outbox")

    schema.upgrade(path)

    assert revision_of(path) == [(schema.newest(),)]


def test_a_database_that_has_a_schema_is_copied_before_it_is_migrated(tmp_path, monkeypatch):
    path = tmp_path / "roost.db"
    scripts = write_two_migrations(tmp_path / "scripts")
    monkeypatch.setattr(schema, "_MIGRATIONS", str(scripts))
    (scripts / "versions" / "v2.py").rename(tmp_path / "v2.py")
    schema.upgrade(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO first VALUES ('kept')")
    (tmp_path / "v2.py").rename(scripts / "versions" / "v2.py")

    schema.upgrade(path)

    copy = tmp_path / "roost.db.schema-1"
    assert revision_of(path) == [("2",)]
    assert revision_of(copy) == [("1",)]
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT * FROM first").fetchall() == [("kept",)]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def write_two_migrations(folder):
    (folder / "versions").mkdir(parents=True)
    source = schema.__file__.replace("schema.py", "migrations/env.py")
    with pathlib.Path(source).open() as env:
        (folder / "env.py").write_text(env.read())
    for revision, before, table in (("1", None, "first"), ("2", "1", "second")):
        (folder / "versions" / f"v{revision}.py").write_text(
            "from alembic import op\nimport sqlalchemy as sa\n"
            f"revision, down_revision = {revision!r}, {before!r}\n"
            f"def upgrade():\n    op.create_table({table!r}, sa.Column('a', sa.Text()))\n"
        )
    return folder


def migrated_to(path, revision):
    config = schema._config()
    with engine_of(path).connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


async def test_messages_and_customers_that_were_there_before_the_search_are_found(tmp_path):
    path = tmp_path / "roost.db"
    migrated_to(path, "0011")
    with closing(sqlite3.connect(path)) as connection, connection:
        for key, value in (("11", "My PARCEL"), ("12", "something else")):
            connection.execute(
                "INSERT INTO messages (account_id, message_id, conversation_id, position,"
                " direction, text, payload, at, source_app_id)"
                " VALUES ('1', ?, '1-2', ?, 'in', ?, x'', 0, '')",
                (key, int(key), value),
            )
        connection.execute(
            "INSERT INTO conversations (account_id, conversation_id, channel, customer_id,"
            " customer_screen_name, customer_name, control, control_reason, epoch, fence, last_at,"
            " last_position, unread, preview)"
            " VALUES ('1', '1-2', 'dm', '2', 'ada', 'Zoë', 'bot', '', 0, 0, 0, 12, 0, '')"
        )

    schema.upgrade(path)
    async with SqliteStore.open(path) as store:
        await indexing.run(store)

    with closing(sqlite3.connect(path)) as connection:
        for table, word, entries in (
            ("message_words", "parcel", [(11,)]),
            ("message_words", "nothing", []),
            ("customer_words", "zo", [(12,)]),
        ):
            sql = f"SELECT rowid FROM {table}_found WHERE {table}_found MATCH ?"
            assert connection.execute(sql, (f'"@1" "{word}"',)).fetchall() == entries
            connection.execute(
                f"INSERT INTO {table}_found ({table}_found) VALUES ('integrity-check')"
            )


def test_the_mark_unread_moves_out_of_the_number_even_where_that_failed_at_first(tmp_path):
    path = tmp_path / "roost.db"
    migrated_to(path, "0028")
    with closing(sqlite3.connect(path)) as connection, connection:
        for n, unread in enumerate((0, 3, 2**20, 2**20 + 3)):
            connection.execute(
                "INSERT INTO conversations (account_id, conversation_id, channel, customer_id,"
                " customer_screen_name, customer_name, control, control_reason, epoch, fence,"
                " last_at, last_position, unread, preview)"
                " VALUES ('1', ?, 'dm', '2', 'ada', 'Ada', 'bot', '', 0, 0, 0, 12, ?, '')",
                (f"c{n}", unread),
            )
        connection.execute(
            "CREATE TRIGGER in_the_way BEFORE UPDATE ON conversations"
            " WHEN OLD.conversation_id = 'c3' BEGIN SELECT RAISE(ABORT, 'in the way'); END"
        )

    with pytest.raises(StoreUnavailable, match="in the way"):
        schema.upgrade(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        left = connection.execute(
            "SELECT unread FROM conversations ORDER BY conversation_id"
        ).fetchall()
        connection.execute("DROP TRIGGER in_the_way")
    schema.upgrade(path)

    assert revision_of(path) == [(schema.newest(),)]
    assert left == [(0,), (3,), (2**20,), (2**20 + 3,)], "nothing was changed by halves"
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT unread, is_marked_unread FROM conversations ORDER BY conversation_id"
        ).fetchall()
    assert rows == [(0, 0), (3, 0), (0, 1), (3, 1)]
