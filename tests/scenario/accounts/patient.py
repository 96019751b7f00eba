"""What the doctor examines, and what can be done to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace as with_fields
from tests.scenario.accounts.stage import ACME, APP_ID, SECRETS, TOKENS, Stage
from tests.scenario.accounts.ways import Ways, served

from roost.service import account_calls, accounts
from roost.service.account_calls import NewAccount
from roost.service.clock import SystemClock
from roost.service.doctor.examination import Examination
from roost.service.doctor.findings import Finding, Level
from roost.settings import Secret, Settings
from roost.simulator import granting
from roost.simulator.entries import AppEntry, SubscriptionEntry, TokenEntry
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


Cause = Callable[[Patient], Awaitable[None] | None]
"""Makes something wrong with a connection."""


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


def of_app(**fields: object) -> Cause:
    """Change the app as X has it."""

    def change(patient: Patient) -> None:
        patient.world.apps[APP_ID] = with_fields(patient.world.apps[APP_ID], **fields)

    return change


def another_app(patient: Patient) -> None:
    """Have the settings name a token that the account has given to another app."""
    other = TokenEntry(app_id="77", access_token="1001-of-77", access_token_secret="of-77")
    patient.world.apps["77"] = AppEntry(app_id="77", owner_id=ACME)
    user = patient.world.users[ACME]
    patient.world.put_user(with_fields(user, tokens=(*user.tokens, other)))
    patient.account(access_token=Secret("1001-of-77"), access_token_secret=Secret("of-77"))


def keep_token(patient: Patient) -> None:
    """Have the token be from before the app's permission was changed."""
    user = patient.world.users[ACME]
    old = with_fields(user.tokens[0], access_level="read-write")
    patient.world.put_user(with_fields(user, tokens=(old,)))


def subscribe_instead(*, env_name: str = "prod", user_id: str = ACME) -> Cause:
    """Have X deliver something else than what is meant."""

    def change(patient: Patient) -> None:
        of_app(env_names=("prod", "staging"))(patient)
        subscriptions = patient.world.subscriptions
        subscriptions.forget(ACME, APP_ID)
        subscriptions.add(SubscriptionEntry(app_id=APP_ID, env_name=env_name, user_id=user_id))

    return change


def other_tier(patient: Patient) -> None:
    of_app(enterprise_webhooks=0)(patient)
    patient.app(activity_tier="enterprise")


async def close_port(patient: Patient) -> None:
    async with served(Ways("s")) as gone:
        patient.settings = with_fields(patient.settings, public_url=gone.url)


def way(name: str) -> Cause:
    def change(patient: Patient) -> None:
        patient.ways.way = name

    return change
