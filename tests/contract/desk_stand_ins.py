"""Stand-ins for what the desk asks of X: files and profiles, welcome messages, connections."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.contract.conftest import OURS, WITHOUT_BOT

from roost.desk.at_x import File
from roost.desk.connections import AppWebhook, Connected, Subscribed
from roost.desk.greetings import Greeting, Greetings, Standing, Synced
from roost.errors import NotFound, NotPossible
from roost.model.ids import UserId
from roost.model.messages import OutboundMessage
from roost.ports.composing import Voice

ORIGIN = "https://desk.example"


class AtXForTests:
    """Keeps what is handed on to X, and gives what a test has put there."""

    def __init__(self) -> None:
        self.uploads: list[tuple[str, bytes]] = []
        self.described: list[tuple[str, str, str]] = []
        self.files: dict[str, bytes] = {}
        self.profiles: list[Voice] = []
        self.fails_with: Exception | None = None

    async def upload(self, account_id: str, file: File) -> str:
        content = b"".join([piece async for piece in file.pieces])
        self._fail()
        assert len(content) == file.total_bytes
        self.uploads.append((account_id, content))
        return str(700 + len(self.uploads))

    async def describe(self, account_id: str, media_id: str, alt_text: str) -> None:
        self._fail()
        self.described.append((account_id, media_id, alt_text))

    async def fetch(self, account_id: str, delivered: bytes, message_id: str, to: Path) -> bool:
        self._fail()
        content = self.files.get(message_id)
        if content is None:
            return False
        await asyncio.to_thread(to.write_bytes, content)
        return True

    async def voices(self, account_id: str) -> list[Voice]:
        self._fail()
        return self.profiles

    async def new_voice(self, account_id: str, name: str, media_id: str) -> Voice:
        self._fail()
        self.profiles.append(Voice(str(900 + len(self.profiles)), name))
        return self.profiles[-1]

    async def drop_voice(self, account_id: str, profile_id: str) -> None:
        self._fail()
        self.profiles = [one for one in self.profiles if one.profile_id != profile_id]

    async def fetch_face(self, account_id: str, profile_id: str, to: Path) -> bool:
        return await self.fetch(account_id, b"", profile_id, to)

    async def fetch_picture(self, account_id: str, url: str, to: Path) -> bool:
        return await self.fetch(account_id, b"", url, to)

    def _fail(self) -> None:
        if self.fails_with is not None:
            raise self.fails_with


class GreetingsForTests:
    """Welcome messages, as X would keep them."""

    def __init__(self) -> None:
        self.kept: dict[str, Greeting] = {}
        self.rules: list[tuple[str, str]] = []
        self.fails_with: Exception | None = None
        self.n_made = 0

    async def listed(self, account_id: str) -> Greetings:
        self._fail()
        return Greetings(list(self.kept.values()), [], "", is_declared_known=True)

    async def make(self, account_id: str, message: OutboundMessage, name: str) -> Greeting:
        self._fail()
        self.n_made += 1
        made = Greeting(str(800 + self.n_made), name, message, "", "", Standing.BY_HAND)
        self.kept[made.welcome_id] = made
        return made

    async def change(self, account_id: str, welcome_id: str, message: OutboundMessage) -> Greeting:
        self.kept[welcome_id] = replace(self._known(welcome_id), message=message)
        return self.kept[welcome_id]

    async def remove(self, account_id: str, welcome_id: str) -> None:
        self._known(welcome_id)
        del self.kept[welcome_id]

    async def set_default(self, account_id: str, welcome_id: str) -> str:
        self._known(welcome_id)
        return f"9{welcome_id}"

    async def unset_default(self, account_id: str) -> None:
        self._fail()

    async def sync(self, account_id: str) -> Synced:
        raise NotPossible("what the bot declares is not known here")

    async def fetch(self, account_id: str, welcome_id: str, to: Path) -> bool:
        return False

    def _known(self, welcome_id: str) -> Greeting:
        self._fail()
        if welcome_id not in self.kept:
            raise NotFound("welcome_messages.show", status=404, code=34, message="no such page")
        return self.kept[welcome_id]

    def _fail(self) -> None:
        if self.fails_with is not None:
            raise self.fails_with


class ConnectionsForTests:
    """What is between us and X, as a test says it is."""

    def __init__(self) -> None:
        self.app_webhook = AppWebhook(
            app="main",
            env_name="prod",
            label="main",
            is_needed=True,
            url="https://bot.example/x/main/1",
            registered_url="",
            webhook_id="",
            is_valid=False,
            challenged_at=None,
            delivered_at=None,
            problem="",
            n_subscribed=0,
            n_allowed=15,
        )
        self.told: set[str] = set()
        self.states = {str(OURS): "connected", str(WITHOUT_BOT): "connected"}
        self.fails_with: Exception | None = None

    async def accounts(self) -> list[Connected]:
        return [
            Connected(UserId(user), f"acme-{user}", "ours", "main", "demo", state, "", "settings")
            for user, state in self.states.items()
        ]

    async def apps_of(self, accounts: Sequence[str]) -> list[str]:
        return ["main"] if {OURS, WITHOUT_BOT} & set(accounts) else []

    async def sign_in(self, app: str | None) -> str:
        self._fail()
        return f"{ORIGIN}/accounts/connect?ticket={app or 'only'}"

    async def pause(self, account_id: str) -> None:
        self.states[self._known(account_id)] = "paused"

    async def resume(self, account_id: str) -> None:
        self.states[self._known(account_id)] = "connected"

    async def webhooks(self) -> list[AppWebhook]:
        return [self.app_webhook]

    async def register(self, app: str, env_name: str | None) -> None:
        self._fail()
        here = self.app_webhook
        self.app_webhook = replace(here, registered_url=here.url, webhook_id="7", is_valid=True)

    async def validate(self, app: str, env_name: str | None) -> None:
        self._fail()
        self.app_webhook = replace(self.app_webhook, is_valid=True)

    async def delete(self, app: str, env_name: str | None) -> None:
        self._fail()
        self.app_webhook = replace(
            self.app_webhook, registered_url="", webhook_id="", is_valid=False
        )

    async def subscribed(self, accounts: Sequence[str]) -> dict[str, Subscribed]:
        return {one: self.fails_with or self._known(one) in self.told for one in accounts}

    async def subscribe(self, account_id: str) -> None:
        self._fail()
        self.told.add(self._known(account_id))

    async def unsubscribe(self, account_id: str) -> None:
        self._fail()
        self.told.discard(self._known(account_id))

    def _known(self, account_id: str) -> str:
        if account_id not in self.states:
            raise NotPossible(f"account {account_id} is not served")
        return account_id

    def _fail(self) -> None:
        if self.fails_with is not None:
            raise self.fails_with
