"""Welcome messages, for admins: list, write, make the default, link, delete, keep as declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, cast

from litestar import Controller, delete, get, post, put
from litestar.params import FromPath, JSONBody, PathParameter
from litestar.response import Stream

from roost.desk import media, once
from roost.desk import wire_welcomes as wire
from roost.desk.access import Policy
from roost.desk.greetings import Greeting, Lacking
from roost.desk.once import AnyRequest, Key
from roost.desk.parts import Parts
from roost.desk.problems import UNPROCESSABLE, FieldError, Refused, not_found
from roost.desk.shapes import links, options, outbound
from roost.desk.wire_composing import limits_of
from roost.model import capabilities
from roost.model.capabilities import X_V1_WELCOME
from roost.model.ids import UserId
from roost.model.messages import OutboundMessage
from roost.xapi import links as x_links

KEPT_NAMES = "roost#"
"""Begins the names, at X, of what `roost sync` keeps."""

WelcomeId = Annotated[str, PathParameter(pattern="^[0-9]{1,19}$")]


class WelcomeController(Controller):
    """What people are shown who open a conversation with an account."""

    path = "/api/accounts/{account_id:str}"
    tags: Sequence[str] | None = ("welcome messages",)

    @get("/welcome-messages", policy=Policy.ADMIN)
    async def listed(self, parts: Parts, account_id: FromPath[str]) -> wire.WelcomeMessages:
        """Ask X for the account's welcome messages, and put what its bot declares beside them.

        X answers this 15 times in 15 minutes.
        """
        account = parts.known(account_id)
        found = await parts.greetings.listed(account)
        return wire.WelcomeMessages(
            welcome_messages=[_shown(account, one) for one in found.at_x],
            lacking=[_lacking(one) for one in found.lacking],
            declared_default=found.default,
            is_declared_known=found.is_declared_known,
            problem=found.problem,
            limits=limits_of(X_V1_WELCOME),
        )

    @post("/welcome-messages", policy=Policy.ADMIN, status_code=201)
    async def make(
        self,
        *,
        data: JSONBody[wire.NewWelcome],
        parts: Parts,
        request: AnyRequest,
        account_id: FromPath[str],
        key: Key,
    ) -> wire.WelcomeMessage:
        """Make a welcome message; it is shown to whoever opens its link."""
        account, message = parts.known(account_id), _message(data, data.profile_id)
        if data.name.startswith(KEPT_NAMES):
            wrong = FieldError("name", f"{KEPT_NAMES} begins those that `roost sync` keeps")
            raise Refused(UNPROCESSABLE, "invalid", "Choose another name.", errors=[wrong])

        async def work() -> wire.WelcomeMessage:
            return _shown(account, await parts.greetings.make(account, message, data.name))

        named = await once.named(request, account, key)
        return await once.done(parts, named, wire.WelcomeMessage, work)

    @put("/welcome-messages/{welcome_id:str}", policy=Policy.ADMIN)
    async def change(
        self,
        data: JSONBody[wire.ChangedWelcome],
        parts: Parts,
        account_id: FromPath[str],
        welcome_id: WelcomeId,
    ) -> wire.WelcomeContent:
        """Put other content in the place of a welcome message's; links to it go on working.

        What `roost sync` keeps says again what the bot declares once that is run.
        """
        account = parts.known(account_id)
        changed = await parts.greetings.change(account, welcome_id, _message(data))
        message = changed.message
        return wire.WelcomeContent(
            text=message.text,
            quick_replies=options(message),
            buttons=links(message),
            media_id=message.media_id,
            attachment=cast("wire.Kind", changed.attachment),
        )

    @delete("/welcome-messages/{welcome_id:str}", policy=Policy.ADMIN)
    async def remove(self, parts: Parts, account_id: FromPath[str], welcome_id: WelcomeId) -> None:
        """Delete a welcome message, and a rule that makes it the default; its links greet no more.

        Links to it then open the conversation with the default one, if there is one.
        """
        await parts.greetings.remove(parts.known(account_id), welcome_id)

    @get("/welcome-messages/{welcome_id:str}/media", policy=Policy.ADMIN)
    async def media(self, parts: Parts, account_id: FromPath[str], welcome_id: WelcomeId) -> Stream:
        """Give the picture, GIF or video that hangs on a welcome message, fetched from X."""
        account = parts.known(account_id)
        async with parts.downloads, media.fetching() as path:
            if not await parts.greetings.fetch(account, welcome_id, path):
                raise not_found("picture or video on this welcome message")
            return await media.shown(path)

    @put("/welcome-default", policy=Policy.ADMIN)
    async def set_default(
        self, data: JSONBody[wire.DefaultWelcome], parts: Parts, account_id: FromPath[str]
    ) -> wire.DefaultRule:
        """Show a welcome message to everybody, in place of any other.

        X wants the old rule deleted before there is a new one. Where it does not take the new one,
        the old one is brought back.
        """
        account = parts.known(account_id)
        return wire.DefaultRule(await parts.greetings.set_default(account, data.welcome_id))

    @delete("/welcome-default", policy=Policy.ADMIN)
    async def unset_default(self, parts: Parts, account_id: FromPath[str]) -> None:
        """Show none to everybody; their links go on working."""
        await parts.greetings.unset_default(parts.known(account_id))

    @post("/welcome-messages/sync", policy=Policy.ADMIN, status_code=200)
    async def sync(self, parts: Parts, account_id: FromPath[str]) -> wire.SyncedWelcomes:
        """Bring what the account's bot declares to X, as `roost sync` does. Safe to repeat."""
        done = await parts.greetings.sync(parts.known(account_id))
        return wire.SyncedWelcomes(
            made=done.made,
            changed=done.changed,
            removed=done.removed,
            default=done.default,
            profiles=done.profiles,
        )


def _message(data: wire.ChangedWelcome, profile_id: str = "") -> OutboundMessage:
    """Give a welcome message as X is sent it.

    Raises:
        InvalidMessage: A limit of X is broken.
    """
    message = outbound(data, profile_id)
    capabilities.check(message, X_V1_WELCOME)
    return message


def _said(message: OutboundMessage) -> wire.WelcomeSaid:
    return wire.WelcomeSaid(
        text=message.text, quick_replies=options(message), buttons=links(message)
    )


def _lacking(one: Lacking) -> wire.LackingWelcome:
    return wire.LackingWelcome(
        text=one.message.text,
        quick_replies=options(one.message),
        buttons=links(one.message),
        name=one.name,
        is_default=one.is_default,
    )


def _shown(account: UserId, one: Greeting) -> wire.WelcomeMessage:
    message = one.message
    return wire.WelcomeMessage(
        text=message.text,
        quick_replies=options(message),
        buttons=links(message),
        welcome_id=one.welcome_id,
        name=one.name,
        media_id=message.media_id,
        attachment=cast("wire.Kind", one.attachment),
        profile_id=message.custom_profile_id,
        is_default=bool(one.rule_id),
        rule_id=one.rule_id,
        link=x_links.direct_message(account, welcome_message_id=one.welcome_id),
        standing=one.standing,
        declared=None if one.declared is None else _said(one.declared),
    )
