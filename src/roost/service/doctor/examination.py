"""Every check, in an order in which what is found first explains what is found later."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from roost.errors import SecretsUnreadable, SettingsError, StoreError
from roost.ports import Clock
from roost.service import accounts, environments, stored_accounts, webhook_places
from roost.service.doctor import delivery_checks, local_checks, webhook_checks, x_checks
from roost.service.doctor.delivery_checks import Place
from roost.service.doctor.findings import Finding, Level, fine, skipped
from roost.service.doctor.webhook_checks import Hook
from roost.service.environments import Environment
from roost.settings import Account, Settings
from roost.store import control
from roost.xapi import activity
from roost.xapi.client import XClient
from roost.xapi.transport import Transport


class _Webhook(msgspec.Struct):
    last_delivery_at: str | None = None


class _Status(msgspec.Struct):
    """What is read here of a running application's status."""

    problem: str = ""
    workers: int | None = None
    webhooks: dict[str, _Webhook] = {}


@dataclass(frozen=True, slots=True)
class _Read:
    """The settings with the accounts connected, as far as these can be read.

    Attributes:
        settings: Of file, environment and database.
        key: Whether their key is well.
        unread: What has to be put right before connected accounts can be read; `""` for nothing.
    """

    settings: Settings
    key: Finding
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """Looks at everything.

    Attributes:
        settings: Of file and environment.
        transport: The way to X, and to the webhook.
        clock: Says how long ago something was.
    """

    settings: Settings
    transport: Transport
    clock: Clock

    async def findings(self) -> AsyncGenerator[Finding]:
        """Give what is found, one by one. Whatever is wrong is a finding, never an error."""
        yield local_checks.folder(self.settings)
        read = await self._effective()
        yield read.key
        yield local_checks.database(self.settings)
        status, running = await self._status()
        yield running
        for key in read.settings.apps:
            async for one in self._app(read, key, status):
                yield one
        if not read.settings.apps:
            yield Finding(
                "app.credentials",
                "settings",
                Level.PROBLEM,
                "there is no app",
                "nothing was set up yet",
                "Run: roost setup",
            )

    async def _effective(self) -> _Read:
        """Give the settings with the accounts connected, and whether their key is well."""
        try:
            effective = await stored_accounts.effective(self.settings)
        except StoreError:
            first = "the database comes first"
            return _Read(self.settings, skipped("data.key_file", "tokens", first), first)
        except SecretsUnreadable as error:
            found = local_checks.key_file(self.settings, is_needed=True)
            if found.level is Level.OK:
                found = replace(
                    found,
                    level=Level.PROBLEM,
                    says=error.problem,
                    cause="database and key file are of different backups or machines",
                    remedy=error.remedy,
                )
            return _Read(self.settings, found, "the key file comes first")
        is_needed = len(effective.accounts) > len(self.settings.accounts)
        return _Read(effective, local_checks.key_file(self.settings, is_needed=is_needed))

    async def _status(self) -> tuple[_Status | None, Finding]:
        about = str(self.settings.data)
        try:
            answer = await control.ask(self.settings.data / control.SOCKET, "status")
            status = msgspec.convert(answer, _Status)
        except StoreError:
            return None, Finding(
                "data.application",
                about,
                Level.WARNING,
                "no application runs with this data folder",
                "it was not started, or uses other settings",
                "Run: roost serve",
            )
        if status.problem:
            return status, Finding(
                "data.application", about, Level.PROBLEM, status.problem, "see its log"
            )
        if status.workers == 0:
            return status, Finding(
                "data.application",
                about,
                Level.PROBLEM,
                "no worker runs: what comes in is kept, and nobody answers",
                "only `roost serve --role web` runs with this database",
                "Run: roost serve --role worker, with the same database; on any machine",
            )
        return status, fine("data.application", about, "it runs, and takes transactions")

    async def _app(self, read: _Read, key: str, status: _Status | None) -> AsyncGenerator[Finding]:
        effective = read.settings
        _, speaker = accounts.app_client(effective, key, self.transport)
        keys = await x_checks.app(speaker, key)
        yield keys
        mine = {name: one for name, one in effective.accounts.items() if one.app == key}
        if not mine:
            yield _no_account(key, read.unread)
        if keys.level is not Level.OK:
            yield skipped("account.credentials", key, "the app's keys come first")
            return
        working: dict[str, XClient] = {}
        for name, one in mine.items():
            x = accounts.client_of(effective, one, self.transport, self.clock)
            found = await x_checks.account(x, name, one.user_id)
            if not any(each.level is Level.PROBLEM for each in found):
                working[name] = x
            for each in found:
                yield each
        for each in await self._delivery(effective, key, working, mine):
            yield each
        for each in self._last_events(effective, key, status):
            yield each

    def _last_events(
        self, effective: Settings, key: str, status: _Status | None
    ) -> Iterator[Finding]:
        if status is None:
            return
        for env_name in effective.apps[key].environments:
            label = environments.label(effective, key, env_name)
            if label == key or label in status.webhooks:
                at = status.webhooks.get(label, _Webhook()).last_delivery_at
                yield delivery_checks.last_event(label, at, now=self.clock.now())

    async def _delivery(
        self,
        effective: Settings,
        key: str,
        working: Mapping[str, XClient],
        mine: Mapping[str, Account],
    ) -> Sequence[Finding]:
        """Look at every environment of an app that somebody is in, else at its first."""
        if effective.public_url is None:
            return [
                Finding(
                    "webhook.address",
                    key,
                    Level.PROBLEM,
                    "public_url is not set",
                    "X has to be told where this machine is",
                    "Set public_url to the https address under which the world reaches it",
                )
            ]
        try:
            places = [p for p in await webhook_places.every(effective) if p.app_key == key]
            inside = {place: environments.accounts_in(effective, place) for place in places}
        except StoreError:
            return [skipped("webhook.registered", key, "the database comes first")]
        except SettingsError as error:
            cause = "an account was connected in it, and the settings have left it out since"
            return [Finding("environment", key, Level.PROBLEM, str(error), cause, error.remedy)]
        found: list[Finding] = []
        for place, there in inside.items():
            if there or (not mine and place.label == key):
                found += await self._environment(effective, place, working, there)
        return found

    async def _environment(
        self,
        effective: Settings,
        place: Environment,
        working: Mapping[str, XClient],
        inside: Collection[str],
    ) -> Sequence[Finding]:
        app, url = effective.apps[place.app_key], f"{effective.public_url}{place.path}"
        hook = Hook(url, app.consumer_secrets[0].reveal(), effective.x_base_url)
        found = await webhook_checks.examine(hook, self.transport)
        if not working:
            shown = activity.shown(place.env_name)
            return [*found, skipped("environment", shown, "the accounts come first")]
        # Whoever is first of the app owns it, whichever environment that one is in.
        there = Place(place.app_key, place.env_name, url, next(iter(working.values())))
        registered = await delivery_checks.webhook(there)
        found += registered.findings
        if registered.findings[0].level is not Level.OK:
            return [*found, skipped("subscription", place.label, "the environment comes first")]
        for name in inside:
            found.append(
                await delivery_checks.subscription(
                    there, working[name], name, registered.webhook_id
                )
                if name in working
                else skipped("subscription", name, "its token comes first")
            )
        return found


def _no_account(key: str, unread: str) -> Finding:
    if unread:
        return skipped("account.credentials", key, unread)
    return Finding(
        "account.credentials",
        key,
        Level.PROBLEM,
        "the app has no account",
        "none was connected yet",
        "Run: roost accounts add, or connect",
    )
