"""An app of the enterprise tier: verbs, doctor and desk treat it as they treat environments."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace
from tests.scenario.accounts import within
from tests.scenario.accounts.patient import Patient
from tests.scenario.accounts.stage import ACME, APP_ID, SECRETS, TOKENS, TWIN, Stage, staged
from tests.scenario.accounts.ways import Ways, served

from roost.errors import NotPossible
from roost.intake.health import Health
from roost.service import parts
from roost.service.clock import SystemClock
from roost.service.desk_connections import DeskConnections
from roost.service.doctor.findings import Level
from roost.settings import Account, App, Secret, Settings
from roost.simulator.entries import WebhookEntry
from roost.xapi.transport import aiohttp_transport

PATH = "/x/main/hook"
command_line = within.command_line


@pytest.fixture
def roost(command_line):
    return command_line


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Stage]:
    """An X whose app is of the enterprise tier, and settings that say so."""
    async with staged(tmp_path) as running:
        apps = running.simulator.simulation.world.apps
        apps[APP_ID] = replace(apps[APP_ID], enterprise_webhooks=3)
        running.further = {
            "ROOST_APPS__MAIN__ACTIVITY_TIER": "enterprise",
            "ROOST_APPS__MAIN__WEBHOOK_PATH": PATH,
        }
        for name, value in {**running.environment, **running.further}.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
async def patient(stage: Stage, tmp_path: Path) -> AsyncGenerator[Patient]:
    """Settings of two accounts, and a webhook that answers; X knows nothing of it yet."""
    app = stage.simulator.simulation.world.apps[APP_ID]
    async with served(Ways(app.consumer_secret)) as ways, aiohttp_transport() as transport:
        settings = Settings(
            data=tmp_path / "data",
            public_url=ways.url,
            x_base_url=stage.url,
            apps={
                "main": App(
                    app_id=APP_ID,
                    consumer_key=app.consumer_key,
                    consumer_secrets=(Secret(app.consumer_secret),),
                    activity_tier="enterprise",
                    webhook_path=PATH,
                )
            },
            accounts={name: _account(who) for name, who in (("acme", ACME), ("twin", TWIN))},
        )
        yield Patient(stage, ways, settings, transport)


def _account(who: str) -> Account:
    return Account(
        user_id=who,
        access_token=Secret(TOKENS[who]),
        access_token_secret=Secret(SECRETS[who]),
        app="main",
    )


def connections(patient: Patient, settings: Settings) -> DeskConnections:
    clients = parts.clients(settings, patient.transport, SystemClock())
    roster = SimpleNamespace(settings=settings, clients=clients)
    return DeskConnections(roster, None, Health(), None, {"main": PATH}, "http://here")


def webhooks(stage: Stage) -> list[WebhookEntry]:
    return list(stage.simulator.simulation.world.webhooks.values())


def subscribed(stage: Stage, webhook: WebhookEntry) -> list[str]:
    return sorted(stage.simulator.simulation.world.subscriptions.users_of(webhook))


def put_another(stage: Stage, url: str = "https://other.example/x/theirs") -> WebhookEntry:
    """Let another program have a webhook of the same app."""
    other = WebhookEntry(webhook_id="77", app_id=APP_ID, env_name="", url=url, created_at=1)
    stage.simulator.simulation.world.webhooks["77"] = other
    return other


async def test_an_account_is_connected_answered_and_removed(stage: Stage, roost):
    other = put_another(stage)
    for who in (ACME, TWIN):
        assert (await roost("accounts", "add", typed=f"{TOKENS[who]}\n{SECRETS[who]}\n"))[0] == 0
    async with stage.application():
        stage.says("hello", to=TWIN)
        await stage.until_answered(TWIN, 1)
        examined = json.loads((await roost("doctor", "--json"))[1])
        (ours,) = (one for one in webhooks(stage) if one.webhook_id != other.webhook_id)
        before = subscribed(stage, ours)
        removed = await roost("accounts", "remove", "twin")

    assert [one for one in examined if one["level"] == "problem"] == []
    assert [one["about"] for one in examined if one["check"] == "environment"] == ["enterprise"]
    assert (before, removed[0]) == ([ACME, TWIN], 0)
    assert (subscribed(stage, ours), subscribed(stage, other)) == ([ACME], [])


async def test_the_verbs_mean_our_webhook_among_those_there_are(stage: Stage, patient, roost):
    put_another(stage)
    for name, value in {
        "ROOST_PUBLIC_URL": patient.ways.url,
        "ROOST_ACCOUNTS__ACME__USER_ID": ACME,
        "ROOST_ACCOUNTS__ACME__ACCESS_TOKEN": TOKENS[ACME],
        "ROOST_ACCOUNTS__ACME__ACCESS_TOKEN_SECRET": SECRETS[ACME],
    }.items():
        roost.environ(name, value)
    url = f"{patient.ways.url}{PATH}"

    nothing = await roost("subscriptions", "check")
    added = await roost("webhook", "add", url)
    (ours,) = (one for one in webhooks(stage) if one.url == url)
    stage.simulator.simulation.world.webhooks[ours.webhook_id] = replace(ours, valid=False)
    said = {
        " ".join(words): await roost(*words)
        for words in (
            ("webhook", "check"),
            ("webhook", "list"),
            ("subscriptions", "add"),
            ("subscriptions", "check"),
            ("subscriptions", "count"),
            ("subscriptions", "list"),
            ("subscriptions", "remove", ACME),
            ("webhook", "delete"),
        )
    }
    left = await roost("webhook", "list", "--json")

    assert (nothing[0], added[0]) == (2, 0)
    assert "enterprise has no webhook of ours" in nothing[2]
    assert {words: code for words, (code, _, _) in said.items() if code} == {}
    assert [err for _, _, err in said.values() if err] == []
    listed = said["webhook list"][1]
    assert listed.startswith("enterprise  ")
    assert f"{ours.webhook_id}  valid  {url}" in listed
    assert said["subscriptions check"][1] == "subscribed\n"
    assert said["subscriptions count"][1] == "1 of 50\n"
    assert said["subscriptions list"][1] == f"{ACME}\n"
    ((only,),) = (one["webhooks"] for one in json.loads(left[1]))
    assert only["id"] == "77"
    assert [one.webhook_id for one in webhooks(stage)] == ["77"]


@pytest.mark.parametrize("words", [("webhook", "check"), ("subscriptions", "add")])
async def test_an_environment_named_to_the_tier_is_refused(stage: Stage, roost, words):
    await roost("accounts", "add", typed=f"{TOKENS[ACME]}\n{SECRETS[ACME]}\n")

    code, _, err = await roost(*words, "--env", "prod")

    assert code == 2
    assert "--env" in err
    assert "app main is of the enterprise tier, which has no environment 'prod'" in err


async def test_doctor_says_what_is_missing_and_mends_it(patient: Patient):
    put_another(patient.stage)

    checks = [one.check for one in await patient.bad()]
    await patient.mend()

    assert checks == ["webhook.registered", "subscription", "subscription"]
    assert await patient.bad() == []
    (ours,) = (one for one in webhooks(patient.stage) if one.webhook_id != "77")
    assert subscribed(patient.stage, ours) == [ACME, TWIN]


async def test_doctor_names_our_webhook_of_before_a_move(patient: Patient):
    put_another(patient.stage, f"https://old.example{PATH}")

    found = {one.check: one for one in await patient.bad()}

    assert found["webhook.registered"].says == f"X delivers to https://old.example{PATH}"
    assert found["webhook.registered"].fix is None


async def test_doctor_names_an_app_that_is_not_of_the_tier(patient: Patient):
    apps = patient.world.apps
    apps[APP_ID] = replace(apps[APP_ID], enterprise_webhooks=0)

    (bad,) = await patient.bad()

    assert (bad.check, bad.about, bad.level) == ("environment", "enterprise", Level.PROBLEM)
    assert 'activity_tier = "premium" under [apps.main]' in bad.remedy


async def test_the_desk_shows_and_mends_our_webhook(patient: Patient):
    other = put_another(patient.stage)
    desk = connections(patient, patient.settings)

    (missing,) = await desk.webhooks()
    with pytest.raises(NotPossible, match="register one first"):
        await desk.subscribe(ACME)
    unknown = await desk.subscribed([ACME])
    await desk.register("main", None)
    await desk.subscribe(ACME)
    await desk.subscribe(ACME)
    (there,) = await desk.webhooks()
    both = await desk.subscribed([ACME, TWIN])
    await desk.validate("main", "")
    await desk.unsubscribe(ACME)
    after = await desk.subscribed([ACME])
    await desk.delete("main", None)

    assert (missing.env_name, missing.label, missing.webhook_id) == ("", "main", "")
    assert unknown == {ACME: False}
    assert (there.registered_url, there.is_valid) == (patient.ways.url + PATH, True)
    assert (there.n_subscribed, there.n_allowed) == (1, 50)
    assert (both, after) == ({ACME: True, TWIN: False}, {ACME: False})
    assert webhooks(patient.stage) == [other]


async def test_the_desk_shows_a_webhook_for_each_environment(patient: Patient):
    apps = patient.world.apps
    apps[APP_ID] = replace(apps[APP_ID], env_names=("prod", "staging"))
    premium = replace(
        patient.settings.apps["main"],
        activity_tier="premium",
        further_env_names=("staging", "Third"),
    )
    twin = replace(patient.settings.accounts["twin"], env_name="staging")
    settings = replace(
        patient.settings,
        apps={"main": premium},
        accounts={**patient.settings.accounts, "twin": twin},
    )
    desk = connections(patient, settings)

    await desk.register("main", "staging")
    await desk.subscribe(TWIN)
    rows = await desk.webhooks()
    both = await desk.subscribed([ACME, TWIN, "99"])

    shown = [(one.label, one.env_name, bool(one.webhook_id), one.is_needed) for one in rows]
    assert shown == [
        ("main", "prod", False, True),
        ("main/staging", "staging", True, True),
        ("main/Third", "Third", False, False),
    ]
    assert [one.problem for one in rows] == ["", "", "X knows no environment Third"]
    assert rows[1].registered_url == f"{patient.ways.url}{PATH}/staging"
    (ours,) = webhooks(patient.stage)
    assert (ours.env_name, patient.world.subscriptions.users_in(APP_ID, "staging")) == (
        "staging",
        [TWIN],
    )
    assert (both[ACME], both[TWIN]) == (False, True)
    assert str(both["99"]) == "account 99 is not served"
    with pytest.raises(NotPossible, match="no app main with an environment prd"):
        await desk.delete("main", "prd")
    with pytest.raises(NotPossible, match="environment main has no webhook"):
        await desk.validate("main", None)
