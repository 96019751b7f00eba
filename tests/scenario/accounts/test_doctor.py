"""`roost doctor` against a simulator and a webhook that can be wrong in every way."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from tests import certificates, tls
from tests.scenario.accounts.causes import CAUSES, SAFE_TO_FIX, WARNINGS
from tests.scenario.accounts.patient import Patient, make_database
from tests.scenario.accounts.stage import ACME, APP_ID, SECRETS, TOKENS, staged
from tests.scenario.accounts.ways import Ways, served

from roost.errors import NotPossible, NotSent
from roost.service.doctor import local_checks, webhook_checks
from roost.service.doctor.findings import CHECKS, Level
from roost.service.doctor.webhook_checks import Hook
from roost.settings import Account, App, Secret, Settings
from roost.xapi import hosts
from roost.xapi.transport import Request, Response, aiohttp_transport

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


@pytest.mark.parametrize(
    ("cause", "first"),
    [
        ("key file gone", "the key file comes first"),
        ("key file of another backup", "the key file comes first"),
        ("database with accounts damaged", "the database comes first"),
    ],
)
async def test_accounts_that_cannot_be_read_are_not_called_missing(
    patient: Patient, cause: str, first: str
):
    await CAUSES[cause][0](patient)

    found = await patient.examined()

    (accounts,) = [one for one in found if one.check == "account.credentials"]
    assert (accounts.level, accounts.says) == (Level.SKIPPED, first)
    (bad,) = [one for one in found if one.level is Level.PROBLEM]
    assert bad.remedy not in f"{bad.says} {bad.cause}", "what to do is said once"


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


@dataclass(frozen=True)
class Shown:
    """A certificate that a webhook shows at 127.0.0.1, and who trusts its authority."""

    name: str = "127.0.0.1"
    begins: timedelta = timedelta(days=-1)
    ends: timedelta = timedelta(days=1)
    is_known: bool = True


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        (Shown(), ""),
        (Shown(ends=timedelta(hours=-1)), "certificate has expired"),
        (Shown(begins=timedelta(hours=1)), "certificate is not yet valid"),
        (Shown(name="other.test"), "not valid for '127.0.0.1'"),
        (Shown(is_known=False), "unable to get local issuer certificate"),
    ],
    ids=["right", "expired", "not yet valid", "another name", "nobody's"],
)
async def test_what_is_wrong_with_a_certificate_is_told(tmp_path: Path, shown: Shown, says: str):
    ca = tls.authority(tmp_path)
    context = ca.server_context(shown.name, begins=shown.begins, ends=shown.ends)
    trusted = ssl.create_default_context(cafile=str(ca.path) if shown.is_known else None)
    async with (
        served(Ways("s"), context) as ways,
        aiohttp_transport(authorities=trusted) as transport,
    ):
        found = await webhook_checks.examine(Hook(ways.url + PATH, "s", "http://x"), transport)

    bad = [one for one in found if one.level is Level.PROBLEM]
    print(f"| certificate: {says or 'right'} | {'; '.join(one.says for one in bad) or 'fine'} |")
    if not says:
        assert bad == []
        return
    assert (bad[0].check, says in bad[0].says) == ("webhook.tls", True), bad
    assert "fullchain.pem" in bad[0].remedy


async def test_a_self_signed_certificate_is_told(tmp_path: Path):
    context = certificates.make(tmp_path).server_context()
    async with served(Ways("s"), context) as ways, aiohttp_transport() as transport:
        found = await webhook_checks.examine(Hook(ways.url + PATH, "s", "http://x"), transport)

    assert (found[-1].check, "self-signed certificate" in found[-1].says) == ("webhook.tls", True)


@pytest.mark.parametrize(
    ("took", "level"),
    [
        (0.2, Level.OK),
        (0.99, Level.OK),
        (1.0, Level.WARNING),
        (2.99, Level.WARNING),
        (3.0, Level.PROBLEM),
    ],
)
def test_an_answer_is_judged_by_the_time_x_waits(took: float, level: Level):
    found = webhook_checks.answer_time(Hook("https://bot.example/x", "s", hosts.X_API), took)

    print(f"| answered after {took} s | {found.level.value}: {found.says} |")
    assert (found.check, found.level) == ("webhook.answer_time", level)
    assert f"{took:.1f} s; X waits 3 s" in found.says
    assert bool(found.remedy) == (level is not Level.OK)


class NoNetwork:
    """The way out of a machine that is connected to nothing."""

    async def send(self, request: Request, **how: object) -> Response:
        unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        raise NotSent(f"{request.method}: {unknown}") from unknown

    download = send


async def test_a_machine_without_a_network_is_told_so_once_for_each_app(patient: Patient):
    patient.transport = NoNetwork()
    bad = await patient.bad()
    hook = Hook(f"{patient.ways.url}{PATH}", "s", "http://x")
    webhook = (await webhook_checks.examine(hook, patient.transport))[-1]

    print(f"| no network | {bad[0].check} | {bad[0].says} |")
    print(f"| no DNS for public_url | {webhook.check} | {webhook.says} |")
    assert [one.check for one in bad] == ["app.credentials"]
    assert "its name cannot be looked up" in bad[0].says
    assert "no network" in bad[0].cause
    assert (webhook.check, webhook.says) == (
        "webhook.reachable",
        "the name 127.0.0.1 cannot be looked up",
    )


async def test_a_name_that_dns_does_not_know_is_told():
    """Over the real adapter, whose resolver is told that there is no such name."""
    async with aiohttp_transport() as transport:
        hook = Hook("https://a..b/x", "s", "http://x")
        found = (await webhook_checks.examine(hook, transport))[-1]

    assert found.check == "webhook.reachable"
    assert found.level is Level.PROBLEM


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


async def test_a_subscription_that_was_made_meanwhile_is_no_trouble(patient: Patient):
    CAUSES["never subscribed"][0](patient)
    (found,) = await patient.bad()
    assert found.fix is not None
    await patient.mend()

    assert await found.fix() == "acme is subscribed already"
    assert await patient.bad() == []


def by_the_environment(patient: Patient) -> None:
    """Have the verb find what is examined."""
    app, (acme,) = patient.settings.apps["main"], patient.settings.accounts.values()
    patient.stage.further = {
        "ROOST_DATA": str(patient.settings.data),
        "ROOST_PUBLIC_URL": patient.ways.url,
        "ROOST_APPS__MAIN__WEBHOOK_PATH": str(app.webhook_path),
        "ROOST_ACCOUNTS__ACME__USER_ID": acme.user_id,
        "ROOST_ACCOUNTS__ACME__ACCESS_TOKEN": TOKENS[ACME],
        "ROOST_ACCOUNTS__ACME__ACCESS_TOKEN_SECRET": SECRETS[ACME],
    }


async def test_the_verb_tells_and_mends(patient: Patient):
    by_the_environment(patient)
    patient.world.webhooks.clear()
    patient.world.subscriptions.forget(ACME, APP_ID)

    sick, out, _ = await patient.stage.roost("doctor", "--json")
    mended, told, _ = await patient.stage.roost("doctor", "--fix")

    found = [one["check"] for one in json.loads(out) if one["level"] == "problem"]
    assert (sick, found) == (1, ["webhook.registered", "subscription"])
    assert mended == 0
    assert "fix   registered webhook" in told
    assert told.endswith("nothing is wrong; 1 warning\n")


async def test_what_was_put_right_is_listed_for_machines(patient: Patient):
    by_the_environment(patient)
    patient.world.webhooks.clear()
    database = await make_database(patient)
    database.chmod(0o644)

    code, out, err = await patient.stage.roost("doctor", "--fix", "--json")

    told = json.loads(out)
    done = [(one["check"], one["level"], one["can_be_fixed"]) for one in told[:2]]
    assert done == [("data.folder", "fixed", False), ("webhook.registered", "fixed", False)]
    assert told[0]["says"] == f"made {database} private"
    assert told[0]["cause"], "what it came of is told, too"
    assert told[1]["says"].startswith("registered webhook")
    after = {one["check"]: one["level"] for one in told[2:]}
    assert (after["data.folder"], after["webhook.registered"]) == ("ok", "ok")
    assert (code, err) == (0, "")


async def test_what_could_not_be_put_right_is_listed_and_why(patient: Patient):
    by_the_environment(patient)
    patient.world.webhooks.clear()
    patient.ways.way = "missing"

    code, out, _ = await patient.stage.roost("doctor", "--fix", "--json")

    first = json.loads(out)[0]
    assert (code, first["check"], first["level"]) == (1, "webhook.registered", "unfixed")
    assert first["says"].startswith("webhook.registered could not be put right: ")


async def test_a_file_that_cannot_be_made_private_is_told_of(patient: Patient):
    database = await make_database(patient)
    database.chmod(0o644)
    found = local_checks.folder(patient.settings)
    database.unlink()

    assert found.fix is not None
    with pytest.raises(NotPossible, match="cannot be changed: No such file"):
        await found.fix()
