"""`roost doctor` against a simulator and a webhook that can be wrong in every way."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace as with_fields
from tests import certificates
from tests.scenario.accounts.stage import ACME, APP_ID, SECRETS, TOKENS, TWIN, Stage, staged
from tests.scenario.accounts.ways import Ways, served

from roost.service import accounts
from roost.service.clock import SystemClock
from roost.service.doctor import webhook_checks
from roost.service.doctor.examination import Examination
from roost.service.doctor.findings import CHECKS, Finding, Level
from roost.service.doctor.webhook_checks import Hook
from roost.settings import Account, App, Secret, Settings
from roost.simulator import granting
from roost.store.key_file import KeyFile
from roost.store.sqlite import SqliteStore
from roost.xapi import hosts
from roost.xapi.transport import Transport, aiohttp_transport

PATH = "/x/main/hook"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Patient:
    """What is examined."""

    stage: Stage
    ways: Ways
    settings: Settings
    transport: Transport
    clock: object = field(default_factory=SystemClock)

    @property
    def world(self):
        return self.stage.simulator.simulation.world

    async def examined(self) -> list[Finding]:
        examination = Examination(self.settings, self.transport, self.clock)
        return [one async for one in examination.findings()]

    async def bad(self) -> list[Finding]:
        return [one for one in await self.examined() if one.level is Level.PROBLEM]

    async def mend(self) -> None:
        for one in await self.bad():
            assert one.fix is not None
            assert await one.fix()

    def app(self, **fields: object) -> None:
        """Change the app of the settings."""
        (app,) = self.settings.apps.values()
        self.settings = with_fields(self.settings, apps={"main": with_fields(app, **fields)})

    def account(self, **fields: object) -> None:
        """Change the account of the settings."""
        (one,) = self.settings.accounts.values()
        self.settings = with_fields(self.settings, accounts={"acme": with_fields(one, **fields)})

    def at_x(self, **fields: object) -> None:
        """Change the account as X has it."""
        self.world.users[ACME] = with_fields(self.world.users[ACME], **fields)


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


async def revoke(patient: Patient) -> None:
    world = patient.world
    granting.revoke(patient.stage.simulator.simulation, world.users[ACME], world.apps[APP_ID])


async def another_program(patient: Patient) -> None:
    async with served(Ways(patient.ways.secret)) as other:
        (webhook,) = patient.world.webhooks.values()
        moved = with_fields(webhook, url=f"{other.url}/x/other")
        patient.world.webhooks[webhook.webhook_id] = moved


async def use_up(patient: Patient) -> None:
    (one,) = patient.settings.accounts.values()
    x = accounts.client_of(patient.settings, one, patient.transport)
    for _ in range(15):
        await x.list_messages()


class Ahead:
    """A clock that is wrong."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self):
        return SystemClock().now() + self._by


async def make_database(patient: Patient) -> Path:
    path = patient.settings.data / "roost.db"
    async with SqliteStore.open(path):
        pass
    return path


async def open_database(patient: Patient) -> None:
    (await make_database(patient)).chmod(0o644)


async def spoil_database(patient: Patient) -> None:
    path = await make_database(patient)
    path.write_bytes(path.read_bytes()[:4096] + b"?" * 8192)


async def open_key(patient: Patient) -> None:
    file = KeyFile(patient.settings.data / "roost.key")
    file.begin()
    file.path.chmod(0o640)


async def turn_key(patient: Patient) -> None:
    file = KeyFile(patient.settings.data / "roost.key")
    file.begin()
    file.turn()


async def close_port(patient: Patient) -> None:
    async with served(Ways("s")) as gone:
        patient.settings = with_fields(patient.settings, public_url=gone.url)


def way(name: str) -> Cause:
    def change(patient: Patient) -> None:
        patient.ways.way = name

    return change


Cause = Callable[[Patient], Awaitable[None] | None]

CAUSES: dict[str, tuple[Cause, str, str]] = {
    "consumer secret of another app": (
        lambda p: p.app(consumer_secrets=(Secret("other"),)),
        "app.credentials",
        "does not take consumer key and secret (code 99)",
    ),
    "consumer key mistyped": (
        lambda p: p.app(consumer_key="nobody"),
        "app.credentials",
        "does not take consumer key and secret",
    ),
    "X away": (
        lambda p: setattr(p, "settings", with_fields(p.settings, x_base_url="http://127.0.0.1:9")),
        "app.credentials",
        "X cannot be asked",
    ),
    "no app": (
        lambda p: setattr(p, "settings", with_fields(p.settings, apps={}, accounts={})),
        "app.credentials",
        "there is no app",
    ),
    "no account": (
        lambda p: setattr(p, "settings", with_fields(p.settings, accounts={})),
        "account.credentials",
        "the app has no account",
    ),
    "token secret of another token": (
        lambda p: p.account(access_token_secret=Secret("other")),
        "account.credentials",
        "does not take the signature (code 32)",
    ),
    "token made anew": (
        lambda p: p.account(access_token=Secret("1001-old")),
        "account.credentials",
        "does not take the access token (code 89)",
    ),
    "token taken back": (revoke, "account.credentials", "does not take the access token (code 89)"),
    "token of somebody else": (
        lambda p: p.account(
            access_token=Secret(TOKENS[TWIN]), access_token_secret=Secret(SECRETS[TWIN])
        ),
        "account.credentials",
        "that of @twin (1002), not of 1001",
    ),
    "permission without Direct Messages": (
        lambda p: p.world.apps.update(
            {APP_ID: with_fields(p.world.apps[APP_ID], access_level="read-write")}
        ),
        "account.permission",
        "the token is read-write",
    ),
    "account suspended": (
        lambda p: p.at_x(suspended=True),
        "account.standing",
        "X lets the account do nothing (code 64)",
    ),
    "account locked": (
        lambda p: p.at_x(locked=True),
        "account.standing",
        "X lets the account do nothing (code 326)",
    ),
    "clock ten minutes ahead": (
        lambda p: setattr(p, "clock", Ahead(timedelta(minutes=10))),
        "clock",
        "X refuses this machine's time (code 135)",
    ),
    "environment's label": (
        lambda p: p.app(env_name="Production"),
        "environment",
        "no environment 'Production'; there are: prod",
    ),
    "no public_url": (
        lambda p: setattr(p, "settings", with_fields(p.settings, public_url=None)),
        "webhook.address",
        "public_url is not set",
    ),
    "nobody listens": (close_port, "webhook.reachable", "no connection can be made"),
    "mute": (way("mute"), "webhook.answer_time", "no answer came"),
    "login page in front": (way("redirect"), "webhook.redirect", "(302) to https://bot.example/l"),
    "compressing proxy": (way("gzip"), "webhook.compression", "compressed (gzip)"),
    "other path": (way("missing"), "webhook.challenge", "it answers 404"),
    "query stripped": (way("strips"), "webhook.challenge", "it answers 400"),
    "application down behind a proxy": (way("broken"), "webhook.challenge", "it answers 502"),
    "another program": (way("page"), "webhook.challenge", "is not JSON with a response_token"),
    "application with another secret": (
        way("other_secret"),
        "webhook.challenge",
        "its response_token is wrong",
    ),
    "body rewritten": (way("rewrites"), "webhook.signature", "as X signs is answered 401"),
    "signatures not checked": (way("forgives"), "webhook.signature", "wrong signature is ans"),
    "webhook deleted": (
        lambda p: p.world.webhooks.clear(),
        "webhook.registered",
        "X has no webhook",
    ),
    "environment used by another program": (
        another_program,
        "webhook.registered",
        "/x/other",
    ),
    "challenge failed once": (
        lambda p: p.world.note_challenge(next(iter(p.world.webhooks)), valid=False),
        "webhook.valid",
        "X calls it invalid",
    ),
    "never subscribed": (
        lambda p: p.world.subscriptions.forget(ACME, APP_ID),
        "subscription",
        "not subscribed to prod",
    ),
    "database open to others": (open_database, "data.folder", "(mode 0644)"),
    "database damaged": (spoil_database, "data.database", "roost.db"),
    "key file open to others": (open_key, "data.key_file", "(mode 0640)"),
}


SAFE_TO_FIX = {
    "webhook deleted",
    "challenge failed once",
    "never subscribed",
    "database open to others",
    "key file open to others",
}


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


WARNINGS: dict[str, tuple[Cause, str, str]] = {
    "clock two minutes behind": (
        lambda p: setattr(p, "clock", Ahead(timedelta(minutes=-2))),
        "clock",
        "s behind X's",
    ),
    "a window used up": (use_up, "account.limits", "/direct_messages/events/list"),
    "keys half changed": (turn_key, "data.key_file", "it holds 2 keys"),
}


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
