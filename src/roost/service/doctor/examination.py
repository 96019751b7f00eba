"""Every check, in an order in which what is found first explains what is found later."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from roost.errors import SecretsUnreadable, StoreError
from roost.ports import Clock
from roost.service import accounts, stored_accounts, webhook_places
from roost.service.doctor import delivery_checks, local_checks, webhook_checks, x_checks
from roost.service.doctor.delivery_checks import Place
from roost.service.doctor.findings import Finding, Level, fine, skipped
from roost.service.doctor.webhook_checks import Hook
from roost.settings import Account, Settings
from roost.store import control
from roost.xapi.client import XClient
from roost.xapi.transport import Transport


class _Webhook(msgspec.Struct):
    last_delivery_at: str | None = None


class _Status(msgspec.Struct):
    """What is read here of a running application's status."""

    problem: str = ""
    webhooks: dict[str, _Webhook] = {}


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
        effective, readable = await self._effective()
        yield readable
        yield local_checks.database(self.settings)
        status, running = await self._status()
        yield running
        for key in effective.apps:
            async for one in self._app(effective, key, status):
                yield one
        if not effective.apps:
            yield Finding(
                "app.credentials",
                "settings",
                Level.PROBLEM,
                "there is no app",
                "nothing was set up yet",
                "Run: roost setup",
            )

    async def _effective(self) -> tuple[Settings, Finding]:
        """Give the settings with the accounts connected, and whether their key is well."""
        try:
            effective = await stored_accounts.effective(self.settings)
        except StoreError:
            return self.settings, skipped("data.key_file", "tokens", "the database comes first")
        except SecretsUnreadable as error:
            found = local_checks.key_file(self.settings, is_needed=True)
            if found.level is Level.OK:
                found = replace(found, level=Level.PROBLEM, says=str(error), remedy=error.remedy)
            return self.settings, found
        is_needed = len(effective.accounts) > len(self.settings.accounts)
        return effective, local_checks.key_file(self.settings, is_needed=is_needed)

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
        return status, fine("data.application", about, "it runs, and takes transactions")

    async def _app(
        self, effective: Settings, key: str, status: _Status | None
    ) -> AsyncGenerator[Finding]:
        _, speaker = accounts.app_client(effective, key, self.transport)
        keys = await x_checks.app(speaker, key)
        yield keys
        mine = {name: one for name, one in effective.accounts.items() if one.app == key}
        if not mine:
            yield Finding(
                "account.credentials",
                key,
                Level.PROBLEM,
                "the app has no account",
                "none was connected yet",
                "Run: roost accounts add, or connect",
            )
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
        if status is not None:
            at = status.webhooks.get(key, _Webhook()).last_delivery_at
            yield delivery_checks.last_event(key, at, now=self.clock.now())

    async def _delivery(
        self,
        effective: Settings,
        key: str,
        working: Mapping[str, XClient],
        mine: Mapping[str, Account],
    ) -> Sequence[Finding]:
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
            url = (await webhook_places.urls(effective))[key]
        except StoreError:
            return [skipped("webhook.registered", key, "the database comes first")]
        app = effective.apps[key]
        hook = Hook(url, app.consumer_secrets[0].reveal(), effective.x_base_url)
        found = await webhook_checks.examine(hook, self.transport)
        if not working:
            return [*found, skipped("environment", app.env_name, "the accounts come first")]
        place = Place(key, app.env_name, url, next(iter(working.values())))
        registered = await delivery_checks.webhook(place)
        found += registered
        if registered[0].level is not Level.OK:
            return [*found, skipped("subscription", key, "the environment comes first")]
        for name, x in working.items():
            found.append(await delivery_checks.subscription(place, x, name))
        return [
            *found,
            *(
                skipped("subscription", n, "its token comes first")
                for n in mine
                if n not in working
            ),
        ]
