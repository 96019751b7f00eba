"""Accounts that are connected while the application runs, on both databases."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.scenario.accounts.stage import (
    ACME,
    SECRETS,
    TOKENS,
    TWIN,
    Stage,
    browser,
    staged,
)

from roost.simulator import granting


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    return request.getfixturevalue("dsn") if request.param == "postgresql" else None


@pytest.fixture
async def stage(database: str | None, tmp_path: Path) -> AsyncGenerator[Stage]:
    async with staged(tmp_path, database=database) as running:
        yield running


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncGenerator[Stage]:
    async with staged(tmp_path) as running:
        yield running


async def link_of(stage: Stage) -> str:
    return str(await stage.ask("account_sign_in", app=None, bot="", name="second"))


async def test_an_account_signs_in_and_is_served_at_once(stage: Stage):
    await stage.add(ACME)
    async with stage.application(), browser() as person:
        stage.says("hello", to=ACME)
        link = await link_of(stage)
        to_x = await person.get(link)
        back = await person.decide(to_x.headers["location"], user_id=TWIN, decision="allow")
        done = await person.get(back.headers["location"])
        await stage.until_answered(ACME, 1)
        stage.says("hello", to=TWIN)
        await stage.until_answered(TWIN, 1)
        states = await stage.states()

    assert (to_x.status, back.status, done.status) == (303, 302, 200)
    assert b"@twin is connected" in done.body
    assert "default-src 'none'" in done.headers["content-security-policy"]
    assert states == {ACME: "connected", TWIN: "connected"}
    left = [one.read_bytes() for one in stage.data.rglob("*") if one.is_file()]
    token = next(iter(stage.simulator.simulation.world.users[TWIN].tokens))
    for canary in (SECRETS[ACME], token.access_token_secret, token.access_token, TOKENS[ACME]):
        assert not any(canary.encode() in content for content in left)


async def test_what_is_paused_waits_and_what_is_removed_is_gone(stage: Stage):
    await stage.add(ACME)
    async with stage.application():
        await stage.ask("account_pause", name="acme")
        stage.says("hello", to=ACME)
        await stage.add(TWIN)
        stage.says("hello", to=TWIN)
        await stage.until_answered(TWIN, 1)
        paused, n_answers = await stage.states(), len(stage.answers(ACME))
        await stage.ask("account_resume", name="acme")
        await stage.until_answered(ACME, 1)
        removed_by = await stage.roost("accounts", "remove", "twin")
        removed = await stage.states()

    assert (paused, n_answers) == ({ACME: "paused", TWIN: "connected"}, 0)
    assert removed[TWIN] == "unlisted"
    assert removed_by == (0, "twin  @twin  1002  removed  (connected here)\n", "")


async def test_a_revoked_account_is_held_at_once_and_goes_on_with_new_tokens(sqlite: Stage):
    await sqlite.add(ACME)
    await sqlite.add(TWIN)
    async with sqlite.application():
        simulation = sqlite.simulator.simulation
        world = simulation.world
        granting.revoke(simulation, world.users[TWIN], world.apps["13090192"])
        await sqlite.until_state(TWIN, "revoked")
        held = await sqlite.states()
        shown = repr(await sqlite.ask("accounts"))

        async with browser() as person:
            to_x = await person.get(await link_of(sqlite))
            back = await person.decide(to_x.headers["location"], user_id=TWIN, decision="allow")
            assert (await person.get(back.headers["location"])).status == 200
        sqlite.says("hello", to=TWIN)
        await sqlite.until_answered(TWIN, 1)

    assert held == {ACME: "connected", TWIN: "revoked"}
    assert "its owner has taken the app's authorization back" in shown


async def test_only_the_browser_that_began_can_end_a_sign_in(sqlite: Stage):
    await sqlite.add(ACME)
    async with sqlite.application(), browser() as person, browser() as other:
        link = await link_of(sqlite)
        to_x = await person.get(link)
        again = await other.get(link)
        back = await person.decide(to_x.headers["location"], user_id=TWIN, decision="allow")
        stolen = await other.get(back.headers["location"])
        done = await person.get(back.headers["location"])
        twice = await person.get(back.headers["location"])
        denied_page = await person.get(await link_of(sqlite))
        denied = await person.decide(denied_page.headers["location"], decision="deny")
        refused = await person.get(denied.headers["location"])
        none = await other.get(f"{sqlite.application_url}/accounts/connect?ticket=none")
        states = await sqlite.states()

    assert (again.status, b"has been used" in again.body) == (400, True)
    assert (stolen.status, b"did not begin" in stolen.body) == (400, True)
    assert (done.status, twice.status, none.status) == (200, 400, 400)
    assert (refused.status, b"was not authorized" in refused.body) == (400, True)
    assert set(states) == {ACME, TWIN}
