"""What can be wrong with a connection to X, each thing done to one in which nothing is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace as with_fields
from tests.scenario.accounts.stage import ACME, APP_ID, SECRETS, TOKENS, TWIN, Stage
from tests.scenario.accounts.ways import Ways, served

from roost.service import account_calls, accounts
from roost.service.account_calls import NewAccount
from roost.service.clock import SystemClock
from roost.service.doctor.examination import Examination
from roost.service.doctor.findings import Finding, Level
from roost.settings import Secret, Settings
from roost.simulator import granting
from roost.store.key_file import KeyFile
from roost.store.sqlite import SqliteStore
from roost.xapi.transport import Transport


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


async def lose_database(patient: Patient) -> None:
    (await make_database(patient)).unlink()


async def open_key(patient: Patient) -> None:
    file = KeyFile(patient.settings.data / "roost.key")
    file.begin()
    file.path.chmod(0o640)


async def turn_key(patient: Patient) -> None:
    file = KeyFile(patient.settings.data / "roost.key")
    file.begin()
    file.turn()


async def connect(patient: Patient) -> KeyFile:
    """Have the account's tokens sealed in the database instead of named by the settings."""
    patient.settings = with_fields(patient.settings, accounts={})
    new = NewAccount(ACME, "acme", TOKENS[ACME], SECRETS[ACME], "main")
    await account_calls.ask(patient.settings, SystemClock(), "account_put", account=asdict(new))
    return KeyFile(patient.settings.data / "roost.key")


async def lose_key(patient: Patient) -> None:
    (await connect(patient)).path.unlink()


async def another_key(patient: Patient) -> None:
    file = await connect(patient)
    file.path.unlink()
    file.begin()


async def spoil_sealed(patient: Patient) -> None:
    await connect(patient)
    await spoil_database(patient)


def other_tier(patient: Patient) -> None:
    known = patient.world.apps[APP_ID]
    patient.world.apps[APP_ID] = with_fields(known, enterprise_webhooks=0)
    patient.app(activity_tier="enterprise")


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
    "trailing slash": (
        way("slash"),
        "webhook.redirect",
        "(301) to https://bot.example/x/main/hook/",
    ),
    "framework that takes no GET": (way("no_method"), "webhook.challenge", "it answers 405"),
    "JSON without response_token": (
        way("no_token"),
        "webhook.challenge",
        "is not JSON with a response_token",
    ),
    "response_token without sha256=": (
        way("bare_token"),
        "webhook.challenge",
        "its response_token is wrong",
    ),
    "premium app asked as enterprise": (
        other_tier,
        "environment",
        "does not show the app's webhooks in the enterprise tier",
    ),
    "environment of another app": (
        lambda p: p.world.apps.update(
            {APP_ID: with_fields(p.world.apps[APP_ID], env_names=("theirs",))}
        ),
        "environment",
        "no environment 'prod'; there are: theirs",
    ),
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
    "database lost": (lose_database, "data.database", "is missing or empty"),
    "key file open to others": (open_key, "data.key_file", "(mode 0640)"),
    "key file gone": (lose_key, "data.key_file", "cannot be used"),
    "key file of another backup": (another_key, "data.key_file", "they are sealed with key"),
    "database with accounts damaged": (spoil_sealed, "data.database", "roost.db"),
}


SAFE_TO_FIX = {
    "webhook deleted",
    "challenge failed once",
    "never subscribed",
    "database open to others",
    "key file open to others",
}


WARNINGS: dict[str, tuple[Cause, str, str]] = {
    "clock two minutes behind": (
        lambda p: setattr(p, "clock", Ahead(timedelta(minutes=-2))),
        "clock",
        "s behind X's",
    ),
    "a window used up": (use_up, "account.limits", "/direct_messages/events/list"),
    "keys half changed": (turn_key, "data.key_file", "it holds 2 keys"),
}
