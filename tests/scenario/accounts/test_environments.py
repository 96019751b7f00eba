"""Several environments of one app: a webhook and subscriptions of its own in each."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.scenario.accounts import within
from tests.scenario.accounts.stage import ACME, APP_ID, SECRETS, TOKENS, TWIN, Stage, staged
from tests.scenario.accounts.ways import Ways, served

from roost import settings
from roost.service import stored_accounts

command_line = within.command_line


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Stage]:
    """An X whose app has three environments, of which the settings name two."""
    async with staged(tmp_path) as running:
        apps = running.simulator.simulation.world.apps
        names = ("prod", "staging", "Third")
        apps[APP_ID] = replace(apps[APP_ID], env_names=names)
        running.further = {"ROOST_APPS__MAIN__FURTHER_ENV_NAMES": "staging,Third"}
        for name, value in {**running.environment, **running.further}.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def roost(command_line):
    """The command line."""
    return command_line


def tokens(who: str) -> str:
    return f"{TOKENS[who]}\n{SECRETS[who]}\n"


def webhooks(stage: Stage) -> dict[str, str]:
    return {one.env_name: one.url for one in stage.simulator.simulation.world.webhooks.values()}


def subscribed(stage: Stage, env_name: str) -> list[str]:
    return sorted(stage.simulator.simulation.world.subscriptions.users_in(APP_ID, env_name))


async def test_each_environment_has_its_address_and_its_accounts(stage: Stage, roost):
    acme = await roost("accounts", "add", typed=tokens(ACME))
    twin = await roost("accounts", "add", "--env", "staging", typed=tokens(TWIN))
    async with stage.application():
        stage.says("hello", to=ACME)
        stage.says("hello", to=TWIN)
        await stage.until_answered(ACME, 1)
        await stage.until_answered(TWIN, 1)
        urls = webhooks(stage)
        who = {name: subscribed(stage, name) for name in ("prod", "staging", "Third")}
        status = json.loads((await roost("status"))[1])["webhooks"]
        checked = await roost("subscriptions", "check", "--account", "twin")
        there = await roost("subscriptions", "check", "--account", "twin", "--env", "prod")
        examined = await roost("doctor", "--json")
        removed = await roost("accounts", "remove", "twin")

    assert (acme[0], twin[0]) == (0, 0)
    assert set(urls) == {"prod", "staging"}, "nobody is in the third"
    assert urls["staging"] == f"{urls['prod']}/staging"
    assert who == {"prod": [ACME], "staging": [TWIN], "Third": []}
    assert {name: one["state"] for name, one in status.items()} == {
        "main": "valid",
        "main/staging": "valid",
        "main/Third": "unknown",
    }
    assert all(status[name]["last_delivery_at"] for name in ("main", "main/staging"))
    assert (checked[1], there[1]) == ("subscribed\n", "not subscribed\n")
    found = [one for one in json.loads(examined[1]) if one["check"] == "environment"]
    assert [one["about"] for one in found] == ["prod", "staging"]
    assert [one for one in json.loads(examined[1]) if one["level"] == "problem"] == []
    assert removed[0] == 0
    assert subscribed(stage, "staging") == []


async def test_an_environment_that_the_settings_do_not_name_is_refused(stage: Stage, roost):
    code, _, err = await roost("accounts", "add", "--env", "Staging", typed=tokens(ACME))

    assert code == 2
    assert "app main has no environment 'Staging'; there are: prod, staging, Third" in err
    assert "further_env_names under [apps.main]" in err


async def test_an_account_whose_environment_was_left_out_is_named(
    stage: Stage, roost, monkeypatch: pytest.MonkeyPatch
):
    await roost("accounts", "add", "--env", "staging", typed=tokens(ACME))
    monkeypatch.delenv("ROOST_APPS__MAIN__FURTHER_ENV_NAMES")
    found = json.loads((await roost("doctor", "--json"))[1])

    (bad,) = [one for one in found if one["check"] == "environment"]
    assert bad["level"] == "problem"
    assert "no environment 'staging'" in bad["says"]
    assert "further_env_names" in bad["remedy"]


async def test_a_database_from_before_there_were_environments_can_be_read(stage: Stage, roost):
    await roost("accounts", "add", typed=tokens(ACME))
    with closing(sqlite3.connect(stage.data / "roost.db")) as connection:
        connection.execute("ALTER TABLE account_tokens DROP COLUMN env_name")
        connection.commit()

    (account,) = (await stored_accounts.effective(settings.load(environ=os.environ))).accounts

    assert account == "acme"


async def test_a_change_of_address_subscribes_everybody_anew_in_each(
    stage: Stage, roost, monkeypatch: pytest.MonkeyPatch
):
    secret = stage.simulator.simulation.world.apps[APP_ID].consumer_secret
    monkeypatch.setenv("ROOST_APPS__MAIN__WEBHOOK_PATH", "/x/main/hook")
    for n, (who, env) in enumerate({ACME: "prod", TWIN: "staging"}.items()):
        of = f"ROOST_ACCOUNTS__A{n}"
        monkeypatch.setenv(f"{of}__USER_ID", who)
        monkeypatch.setenv(f"{of}__ENV_NAME", env)
        monkeypatch.setenv(f"{of}__ACCESS_TOKEN", TOKENS[who])
        monkeypatch.setenv(f"{of}__ACCESS_TOKEN_SECRET", SECRETS[who])
    async with served(Ways(secret)) as before, served(Ways(secret)) as after:
        monkeypatch.setenv("ROOST_PUBLIC_URL", before.url)
        first = await roost("webhook", "connect")
        monkeypatch.setenv("ROOST_PUBLIC_URL", after.url)
        code, out, err = await roost("webhook", "connect")
        again = await roost("webhook", "connect")

    assert (first[0], code, err) == (0, 0, "")
    prod, staging = out.splitlines()
    assert prod.startswith(f"prod  {after.url}/x/main/hook  removed webhook ")
    assert prod.endswith("; subscribed 1001")
    assert staging.startswith(f"staging  {after.url}/x/main/hook/staging  removed webhook ")
    assert staging.endswith("; subscribed 1002")
    assert [one.rpartition("  ")[2] for one in again[1].splitlines()] == ["nothing to do"] * 2
    assert webhooks(stage) == {
        "prod": f"{after.url}/x/main/hook",
        "staging": f"{after.url}/x/main/hook/staging",
    }
    assert (subscribed(stage, "prod"), subscribed(stage, "staging")) == ([ACME], [TWIN])
