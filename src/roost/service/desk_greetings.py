"""`roost.desk.greetings.GreetingsAtX` over one client per account, and what bots declare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from roost.bot.welcoming import MARK, Declared, Plan
from roost.desk.greetings import Greeting, Greetings, Lacking, Standing, Synced
from roost.errors import NotPossible, SendError, XApiUnavailable
from roost.model.ids import UserId
from roost.model.messages import OutboundMessage
from roost.service import syncing
from roost.service.syncing import AtX, Compared
from roost.xapi import downloads
from roost.xapi.client import XClient
from roost.xapi.wire_media import Media
from roost.xapi.wire_welcome import WelcomeMessage, WelcomeMessageRule

_log = structlog.stdlib.get_logger("roost.desk")

DeclaredBy = Callable[[UserId], Sequence[Declared] | None]
"""Gives what an account's bot declares; `None` where this process runs no such bot."""


class DeskGreetings:
    """Calls X in the accounts' names.

    Args:
        clients: By account.
        declared_by: Knows the bots.
    """

    def __init__(self, clients: Mapping[UserId, XClient], declared_by: DeclaredBy) -> None:
        self._clients = clients
        self._declared_by = declared_by
        self._seen: dict[tuple[UserId, str], Media] = {}

    async def listed(self, account_id: UserId) -> Greetings:
        """Give what X has; see `roost.desk.greetings.GreetingsAtX.listed`."""
        x, declared, problem = self._client(account_id), self._declared_by(account_id), ""
        try:
            found = await syncing.compare(x, account_id, declared or ())
        except NotPossible as error:  # a file that is declared is not there
            declared, problem = None, str(error)
            found = await syncing.compare(x, account_id, ())
        is_known = declared is not None
        shown = [self._greeting(account_id, one) for one in found.kept]
        plan = found.plan
        return Greetings(
            at_x=[_beside(one, found) if is_known else one for one in shown],
            lacking=[Lacking(one.name, one.message, one.is_default) for one in plan.make],
            default=plan.default,
            is_declared_known=is_known,
            problem=problem,
        )

    async def make(self, account_id: UserId, message: OutboundMessage, name: str) -> Greeting:
        """Make one; see `roost.desk.greetings.GreetingsAtX.make`."""
        made = await self._client(account_id).welcome_messages.new(message, name=name)
        return self._read(account_id, made)

    async def change(
        self, account_id: UserId, welcome_id: str, message: OutboundMessage
    ) -> Greeting:
        """Change one; see `roost.desk.greetings.GreetingsAtX.change`."""
        said = replace(message, custom_profile_id="")
        changed = await self._client(account_id).welcome_messages.update(welcome_id, said)
        return self._read(account_id, changed)

    async def remove(self, account_id: UserId, welcome_id: str) -> None:
        """Delete one; see `roost.desk.greetings.GreetingsAtX.remove`."""
        await self._client(account_id).welcome_messages.delete(welcome_id)

    async def set_default(self, account_id: UserId, welcome_id: str) -> str:
        """Show one to everybody; see `roost.desk.greetings.GreetingsAtX.set_default`."""
        x = self._client(account_id)
        # Asked first: of one that is not there nothing is taken away.
        await x.welcome_messages.show(welcome_id)
        rules = await _rules(x)
        if [rule.welcome_message_id for rule in rules] == [welcome_id]:
            return str(rules[0].id)
        try:
            await _delete(x, rules)
            return str((await x.welcome_rules.new(welcome_id)).id)
        except SendError:
            if rules:
                await _bring_back(x, rules[0].welcome_message_id)
            raise

    async def unset_default(self, account_id: UserId) -> None:
        """Show none to everybody; see `roost.desk.greetings.GreetingsAtX.unset_default`."""
        x = self._client(account_id)
        await _delete(x, await _rules(x))

    async def sync(self, account_id: UserId) -> Synced:
        """Bring what is declared to X; see `roost.desk.greetings.GreetingsAtX.sync`."""
        declared = self._declared_by(account_id)
        if declared is None:
            raise NotPossible(f"what the bot of account {account_id} declares is not known here")
        done = await syncing.sync(self._client(account_id), account_id, declared)
        return Synced(done.made, done.changed, done.removed, done.default, done.profiles)

    async def fetch(self, account_id: UserId, welcome_id: str, to: Path) -> bool:
        """Fetch what hangs on one; see `roost.desk.greetings.GreetingsAtX.fetch`."""
        x, place = self._client(account_id), (account_id, welcome_id)
        if place not in self._seen:
            self._read(account_id, await x.welcome_messages.show(welcome_id))
        media = self._seen.get(place)
        if media is None:
            return False
        await x.media.download_to(to, downloads.link(media))
        return True

    def _read(self, account_id: UserId, one: WelcomeMessage) -> Greeting:
        return self._greeting(account_id, syncing.at_x(one, account_id, None))

    def _greeting(self, account_id: UserId, one: AtX) -> Greeting:
        kept, media = one.kept, downloads.media_on(one.raw.message_data)
        place = (account_id, kept.x_id)
        self._seen.pop(place, None)
        if media is not None:
            self._seen[place] = media
        is_ours = kept.name.startswith(MARK)
        return Greeting(
            welcome_id=kept.x_id,
            name=syncing.bare_name(kept.name) if is_ours else kept.name,
            message=replace(
                kept.message,
                media_id=media.id_str if media else "",
                custom_profile_id=kept.profile_id,
            ),
            attachment=media.type if media else "",
            rule_id=one.rule_id,
            standing=Standing.UNKNOWN if is_ours else Standing.BY_HAND,
        )

    def _client(self, account_id: UserId) -> XClient:
        client = self._clients.get(account_id)
        if client is None:
            raise XApiUnavailable(f"account {account_id} has no tokens in the settings")
        return client


def _beside(one: Greeting, found: Compared) -> Greeting:
    """Say how one stands to what is declared."""
    if one.standing is Standing.BY_HAND:
        return one
    changed = _changed(found.plan, one.welcome_id)
    if changed is not None:
        return replace(one, standing=Standing.DIFFERS, declared=changed.message)
    is_stale = any(gone.x_id == one.welcome_id for gone in found.plan.remove)
    return replace(one, standing=Standing.STALE if is_stale else Standing.SAME)


def _changed(plan: Plan, welcome_id: str) -> Declared | None:
    return next((declared for x_id, declared in plan.change if x_id == welcome_id), None)


async def _rules(x: XClient) -> list[WelcomeMessageRule]:
    """Give an account's rules, the one that counts first."""
    found = [one async for one in x.welcome_rules.all()]
    return sorted(found, key=lambda one: int(one.id or 0), reverse=True)


async def _delete(x: XClient, rules: Sequence[WelcomeMessageRule]) -> None:
    for rule in rules:
        if rule.id:
            await x.welcome_rules.delete(rule.id)


async def _bring_back(x: XClient, welcome_id: str) -> None:
    """Make what was the default the default again; where X refuses that too, there is none."""
    try:
        await x.welcome_rules.set_default(welcome_id)
    except SendError as error:
        _log.error("no default welcome message is left", reason=type(error).__name__)
