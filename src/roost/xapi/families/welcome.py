"""Welcome messages, and the rule that makes one of them the default.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/welcome-messages (archived).
"""

from __future__ import annotations

import re

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from roost.errors import InvalidCall
from roost.model import capabilities
from roost.model.messages import OutboundMessage
from roost.xapi import checks, content, paginators
from roost.xapi.calls import Caller
from roost.xapi.encoding import Call
from roost.xapi.families.messages import list_parameters
from roost.xapi.paginators import Page, Pages
from roost.xapi.wire_welcome import (
    NewMessageData,
    OneWelcomeMessage,
    OneWelcomeMessageRule,
    WelcomeMessage,
    WelcomeMessageList,
    WelcomeMessageRule,
    WelcomeMessageRuleList,
)

LONGEST_NAME = 100
"""Characters of a welcome message's name, which nobody is shown."""

_NAME = re.compile(r"[A-Za-z0-9_ #@-]*")


class WelcomeMessages:
    """`x.welcome_messages`. Every method may raise what `roost.xapi.calls.Caller.call` raises."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def new(self, message: OutboundMessage, *, name: str = "") -> WelcomeMessage:
        """Keep a message for people who open a conversation; shown by a rule or a deep link.

        Args:
            message: Up to 9,990 characters; its media has to be uploaded as shared.
            name: Up to 100 letters, digits, spaces, and `-`, `_`, `#`, `@`; nobody is shown it.

        Raises:
            InvalidMessage: The message breaks a limit of X; nothing was sent.
            InvalidCall: The name does.
            NotOpenToMessages: The account does not take messages from everybody.
        """
        if len(name) > LONGEST_NAME:
            raise InvalidCall("name", "too many characters", limit=LONGEST_NAME, value=len(name))
        if not _NAME.fullmatch(name):
            raise InvalidCall("name", "may hold letters, digits, spaces, and -, _, # and @ only")
        capabilities.check(message, capabilities.X_V1_WELCOME)
        wanted = WelcomeMessage(
            content.message_data(message),
            name=name or UNSET,
            custom_profile_id=message.custom_profile_id or UNSET,
        )
        body = msgspec.json.encode(OneWelcomeMessage(wanted))
        return await self._one(Call("welcome_messages.new", body=body))

    async def show(self, welcome_message_id: str) -> WelcomeMessage:
        """Show one of the user's welcome messages. 15 in 15 minutes."""
        return await self._one(Call("welcome_messages.show", parameters=_id(welcome_message_id)))

    async def page(
        self, *, count: int = checks.LARGEST_PAGE, cursor: str = ""
    ) -> WelcomeMessageList:
        """List the user's welcome messages. 15 in 15 minutes.

        Args:
            count: 1 to 50 a page.
            cursor: `next_cursor` of the page before; `""` for the first.
        """
        call = Call("welcome_messages.list", parameters=list_parameters(count, cursor))
        return await self._caller.fetch(call, WelcomeMessageList)

    def all(self) -> Pages[WelcomeMessage]:
        """Walk everything that `page` lists."""

        async def fetch(cursor: str) -> Page[WelcomeMessage]:
            found = await self.page(cursor=cursor)
            items = [] if found.welcome_messages is UNSET else found.welcome_messages
            return Page(items, paginators.next_cursor(found.next_cursor))

        return Pages(fetch)

    async def update(self, welcome_message_id: str, message: OutboundMessage) -> WelcomeMessage:
        """Put other content in the place of what a welcome message says; its name stays.

        Everything is replaced: what the new content lacks is gone. X takes no other profile here.

        Raises:
            InvalidMessage: The message breaks a limit of X; nothing was sent.
            InvalidCall: It names a custom profile.
        """
        if message.custom_profile_id:
            raise InvalidCall("custom_profile_id", "X takes none here; make a new welcome message")
        capabilities.check(message, capabilities.X_V1_WELCOME)
        body = msgspec.json.encode(NewMessageData(content.message_data(message)))
        parameters = _id(welcome_message_id)
        return await self._one(Call("welcome_messages.update", parameters=parameters, body=body))

    async def delete(self, welcome_message_id: str) -> None:
        """Forget a welcome message, and a rule that names it."""
        parameters = _id(welcome_message_id)
        await self._caller.call(Call("welcome_messages.destroy", parameters=parameters))

    async def _one(self, call: Call) -> WelcomeMessage:
        found = await self._caller.fetch(call, OneWelcomeMessage)
        if found.name is not UNSET and found.welcome_message.name is UNSET:
            return replace(found.welcome_message, name=found.name)
        return found.welcome_message


class WelcomeRules:
    """`x.welcome_rules`. Every method may raise what `roost.xapi.calls.Caller.call` raises."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def new(self, welcome_message_id: str) -> WelcomeMessageRule:
        """Make a welcome message the default; X wants the rule before it deleted first.

        Raises:
            NotOpenToMessages: The account does not take messages from everybody.
        """
        checks.x_id("welcome_message_id", welcome_message_id)
        body = msgspec.json.encode(OneWelcomeMessageRule(WelcomeMessageRule(welcome_message_id)))
        call = Call("welcome_messages.rules.new", body=body)
        return (await self._caller.fetch(call, OneWelcomeMessageRule)).welcome_message_rule

    async def show(self, rule_id: str) -> WelcomeMessageRule:
        """Show a rule. 15 in 15 minutes."""
        call = Call("welcome_messages.rules.show", parameters=_id(rule_id))
        return (await self._caller.fetch(call, OneWelcomeMessageRule)).welcome_message_rule

    async def page(
        self, *, count: int = checks.LARGEST_PAGE, cursor: str = ""
    ) -> WelcomeMessageRuleList:
        """List the user's rules, of which the newest counts. 15 in 15 minutes.

        Args:
            count: 1 to 50 a page.
            cursor: `next_cursor` of the page before; `""` for the first.
        """
        call = Call("welcome_messages.rules.list", parameters=list_parameters(count, cursor))
        return await self._caller.fetch(call, WelcomeMessageRuleList)

    def all(self) -> Pages[WelcomeMessageRule]:
        """Walk everything that `page` lists."""

        async def fetch(cursor: str) -> Page[WelcomeMessageRule]:
            found = await self.page(cursor=cursor)
            items = [] if found.welcome_message_rules is UNSET else found.welcome_message_rules
            return Page(items, paginators.next_cursor(found.next_cursor))

        return Pages(fetch)

    async def delete(self, rule_id: str) -> None:
        """Forget a rule; the welcome message stays."""
        await self._caller.call(Call("welcome_messages.rules.destroy", parameters=_id(rule_id)))

    async def set_default(self, welcome_message_id: str) -> WelcomeMessageRule:
        """Make a welcome message the default in place of any other; nothing where it is.

        Several calls: where the last of them fails, the account has no default until this is
        called again.
        """
        checks.x_id("welcome_message_id", welcome_message_id)
        rules = [rule async for rule in self.all()]
        if [rule.welcome_message_id for rule in rules] == [welcome_message_id]:
            return rules[0]
        for rule in rules:
            if rule.id:
                await self.delete(rule.id)
        return await self.new(welcome_message_id)


def _id(x_id: str) -> list[tuple[str, str]]:
    return [("id", checks.x_id("id", x_id))]
