"""No secret is anywhere after a run in which much goes wrong: not in files, logs or answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import anyio.to_thread
import pytest
from tests.scenario.accounts import canary_run, searched, within
from tests.scenario.accounts.canary_run import PASSWORDS, Run
from tests.scenario.accounts.searched import DATABASE, Place, Scene
from tests.scenario.accounts.stage import ACME, staged
from tests.scenario.accounts.within import CommandLine

from roost.store import schema
from roost.store.postgresql.store import PostgresStore
from roost.store.registry import AppRow
from roost.store.sqlite import SqliteStore

command_line = within.command_line


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def scene(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    data, temporary = tmp_path / "data", tmp_path / "temporary"
    data.mkdir()
    temporary.mkdir()
    if database == "sqlite":
        return Scene(data, temporary)
    parts = urlsplit(request.getfixturevalue("dsn"))
    login = f"{parts.username}:{PASSWORDS['password of the database']}@"
    dsn = urlunsplit(parts._replace(netloc=login + parts.netloc.rpartition("@")[2]))
    return Scene(data, temporary, dsn, searched.position(dsn))


@pytest.fixture
async def run(scene: Scene, command_line: CommandLine) -> AsyncGenerator[Run]:
    async with staged(scene.data, database=scene.dsn) as stage:
        for name, value in stage.environment.items():
            command_line.environ(name, value)
        await stage.add(ACME)
        yield Run(stage, scene, command_line)


@pytest.mark.parametrize(
    ("database", "log_format"), [("sqlite", "json"), ("postgresql", "console")]
)
async def test_nothing_secret_is_left_or_told(
    run: Run, database: str, log_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run.application(log_format) as process_id:
        await canary_run.live(run, process_id)
        # While it runs, so that what is written ahead of the database is there, too.
        running = await searched.search(run.scene, database, run.secrets)
    await copy_as_a_newer_one_does(run.scene, database, monkeypatch)
    left = await searched.search(run.scene, database, run.secrets)

    for place, n_bytes in left.looked.items():
        n_then = running.looked[place]
        print(f"| {database} | {place} | {n_then} bytes while it ran | {n_bytes} afterwards |")
    assert len(run.secrets) >= 22, sorted(run.secrets)
    assert (running.found, left.found) == ([], [])
    looked = {place: max(n, running.looked[place]) for place, n in left.looked.items()}
    assert {place for place, n in looked.items() if not n} <= {"temporary files"}


async def copy_as_a_newer_one_does(
    scene: Scene, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have the copy made that there is before a migration; in PostgreSQL there is none."""
    if database == "sqlite":
        monkeypatch.setattr(schema, "is_behind", lambda *_, **__: True)
        await anyio.to_thread.run_sync(schema.upgrade, scene.data / DATABASE)


@pytest.mark.parametrize(
    ("database", "place"),
    [
        pytest.param(place.databases[0], place, id=f"{place.databases[0]}-{place.name}")
        for place in searched.PLACES
    ],
)
async def test_what_is_planted_in_a_place_is_found_there(
    scene: Scene, database: str, place: Place
) -> None:
    """Or that nothing was found elsewhere would say nothing."""
    canary = f"canary-{database}-{place.name}".replace(",", "").replace(" ", "-")
    await emptied(scene)
    before = await searched.search(scene, database, {"planted": canary})

    await place.plant(scene, canary)
    after = await searched.search(scene, database, {"planted": canary})

    assert (before.found, place.name in after.where) == ([], True), after


async def emptied(scene: Scene) -> None:
    """Make a database with nothing but an app in it, and whatever there is beside it."""
    opened = (
        SqliteStore.open(scene.data / DATABASE)
        if scene.dsn is None
        else PostgresStore.open(scene.dsn)
    )
    async with opened as store:
        await store.register([AppRow("main", "7", "consumer-key")], [])
