"""`roost doctor` against a simulator and a webhook that can be wrong in every way."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests import certificates
from tests.scenario.accounts.causes import CAUSES, SAFE_TO_FIX, WARNINGS, Patient
from tests.scenario.accounts.stage import ACME, APP_ID, SECRETS, TOKENS, staged
from tests.scenario.accounts.ways import Ways, served

from roost.service.doctor import webhook_checks
from roost.service.doctor.findings import CHECKS, Level
from roost.service.doctor.webhook_checks import Hook
from roost.settings import Account, App, Secret, Settings
from roost.xapi import hosts
from roost.xapi.transport import aiohttp_transport

PATH = "/x/main/hook"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncGenerator[Patient]:
    """A connection to X in which nothing is wrong, but for the application: it does not run."""
    async with staged(tmp_path, limits="on") as stage:
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
                        webhook_path=PATH,
                    )
                },
                accounts={
                    "acme": Account(
                        user_id=ACME,
                        access_token=Secret(TOKENS[ACME]),
                        access_token_secret=Secret(SECRETS[ACME]),
                        app="main",
                    )
                },
            )
            found = Patient(stage, ways, settings, transport)
            await found.mend()  # which registers and subscribes
            yield found


async def test_where_nothing_is_wrong_it_says_so_of_everything(patient: Patient):
    found = await patient.examined()

    assert [one.check for one in found if one.level is Level.PROBLEM] == []
    assert {one.check: one.level for one in found if one.level is not Level.OK} == {
        "data.application": Level.WARNING
    }
    made = [one.check for one in found]
    assert set(made) | {"last_event", "webhook.tls", "webhook.redirect", "webhook.compression"} == (
        set(CHECKS)
    ), "those are made, too, where there is something to say"


@pytest.mark.parametrize("cause", CAUSES)
async def test_each_cause_is_named_with_what_to_do(patient: Patient, cause: str):
    change, check, says = CAUSES[cause]
    changing = change(patient)
    if changing is not None:
        await changing

    bad = await patient.bad()

    print(f"| {cause} | {bad[0].check} | {bad[0].says} |")
    assert bad[0].check == check, "what is found first is the cause"
    assert says in f"{bad[0].says} {bad[0].about}"
    assert bad[0].cause
    assert bad[0].remedy
    assert not any(secret in repr(bad) for secret in (SECRETS[ACME], "consumer-secret-13090192"))
    assert (bad[0].fix is not None) == (cause in SAFE_TO_FIX)
    if bad[0].fix is not None:
        await patient.mend()
        assert await patient.bad() == []


@pytest.mark.parametrize("cause", WARNINGS)
async def test_what_works_but_not_for_long_is_a_warning(patient: Patient, cause: str):
    change, check, says = WARNINGS[cause]
    changing = change(patient)
    if changing is not None:
        await changing

    found = {one.check: one for one in await patient.examined()}

    assert found[check].level is Level.WARNING
    assert says in found[check].says
    assert found[check].remedy


async def test_a_certificate_that_nobody_knows_is_named(tmp_path: Path):
    context = certificates.make(tmp_path).server_context()
    async with served(Ways("s"), context) as ways, aiohttp_transport() as transport:
        found = await webhook_checks.examine(Hook(ways.url + PATH, "s", "http://x"), transport)

    assert found[-1].check == "webhook.tls"
    assert "certificate" in found[-1].says


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://bot.example/x", "is not https"),
        ("https://bot.example:8443/x", "has a port (8443)"),
        ("https://localhost/x", "is this machine's own"),
    ],
)
async def test_an_address_that_x_never_calls_is_not_called(url: str, says: str):
    async with aiohttp_transport() as transport:
        (found,) = await webhook_checks.examine(Hook(url, "s", hosts.X_API), transport)

    assert (found.check, says in found.says) == ("webhook.address", True)


async def test_the_verb_tells_and_mends(patient: Patient, tmp_path: Path):
    app, (acme,) = patient.settings.apps["main"], patient.settings.accounts.values()
    patient.stage.further = {
        "ROOST_DATA": str(patient.settings.data),
        "ROOST_PUBLIC_URL": patient.ways.url,
        "ROOST_APPS__MAIN__WEBHOOK_PATH": str(app.webhook_path),
        "ROOST_ACCOUNTS__ACME__USER_ID": acme.user_id,
        "ROOST_ACCOUNTS__ACME__ACCESS_TOKEN": TOKENS[ACME],
        "ROOST_ACCOUNTS__ACME__ACCESS_TOKEN_SECRET": SECRETS[ACME],
    }
    patient.world.webhooks.clear()
    patient.world.subscriptions.forget(ACME, APP_ID)

    sick, out, _ = await patient.stage.roost("doctor", "--json")
    mended, told, _ = await patient.stage.roost("doctor", "--fix")

    found = [one["check"] for one in json.loads(out) if one["level"] == "problem"]
    assert (sick, found) == (1, ["webhook.registered", "subscription"])
    assert mended == 0
    assert "fix   registered webhook" in told
    assert told.endswith("nothing is wrong; 1 warnings\n")
