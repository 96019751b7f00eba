"""Bringing a database's schema up to date: one history of migrations for both databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from roost.errors import NewerSchema, StoreUnavailable
from roost.store import disk, whole

_MIGRATIONS = "roost.store:migrations"


def upgrade(path: Path) -> None:
    """Run the migrations a SQLite file lacks. Only its owner may call this.

    Each migration is one transaction, so a killed one leaves nothing behind and the next start goes
    on where it stopped. A database that has a schema is copied first, beside itself, as
    `<path>.schema-<its revision>`.

    Raises:
        NewerSchema: A newer Roost wrote the database. It is left as it was.
        StoreUnavailable: The file is no database, is held by another program, or has no room.
    """
    try:
        _upgrade(path)
    except (DBAPIError, sqlite3.Error, UnicodeDecodeError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if cause is not None and disk.is_damage(cause):
            raise StoreUnavailable(
                f"{path} is damaged ({cause}): nothing was changed in it. Put a backup in"
                " its place with `roost restore FILE`, which keeps it: what is newer is asked for"
                " at X, and nothing is answered twice"
            ) from error
        raise StoreUnavailable(f"{path} cannot be migrated: {error}") from error


def _upgrade(path: Path) -> None:
    engine = _engine(path)
    with engine.connect() as connection:
        current = revision_of(connection)
    if not is_behind(current, name=str(path)):
        return
    if current is not None:
        with closing(sqlite3.connect(path)) as read:
            whole.write(read, path.with_name(f"{path.name}.schema-{current}"))
    with engine.connect() as connection:
        migrate(connection)


def revision_of(connection: Connection) -> str | None:
    """Give the revision of a database's schema; `None` where it has none yet."""
    return MigrationContext.configure(connection).get_current_revision()


def is_behind(current: str | None, *, name: str) -> bool:
    """Tell whether a database of a revision lacks migrations.

    Args:
        current: Its revision.
        name: Of the database, for people.

    Raises:
        NewerSchema: A newer Roost wrote it.
    """
    scripts = ScriptDirectory.from_config(_config())
    newest = scripts.get_current_head()
    if current is not None and current not in {one.revision for one in scripts.walk_revisions()}:
        raise NewerSchema(
            f"{name} has schema {current}, this Roost knows up to {newest}. Run a newer Roost"
        )
    return current != newest


def newest() -> str | None:
    """Give the revision that this Roost brings a database to."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def migrate(connection: Connection) -> None:
    """Run the migrations a database lacks, each in one transaction. None may be open."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    return config


def _engine(path: Path) -> Engine:
    # An error is told to people and logged: without what was being stored.
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    # Left to itself, the driver begins none before a change of the schema, so none is undone.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
