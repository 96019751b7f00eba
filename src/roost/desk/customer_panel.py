"""What is known of the customer somebody is talking with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TypeVar, cast

import msgspec
from litestar import Controller, get
from litestar.params import FromPath
from litestar.response import Stream

from roost.desk import cursors, shapes, wire_panel
from roost.desk.access import Policy
from roost.desk.conversations import Cursor, Limit
from roost.desk.media import fetching, shown
from roost.desk.parts import DeskParts, DeskStore, Parts, Somebody
from roost.desk.problems import not_found
from roost.model import activities
from roost.model.activities import AroundKind
from roost.model.ids import ConversationId, UserId, conversation_between
from roost.model.messages import Profile
from roost.model.people import Person
from roost.ports.customers import NOTES_AT_ONCE, PastActivity, PastKey
from roost.ports.desk import Summary
from roost.ports.remarks import Remark
from roost.xapi import told_users
from roost.xapi.told_users import ToldUser

S = TypeVar("S", bound=msgspec.Struct)

_NEVER = datetime.fromtimestamp(0, UTC)


class PanelController(Controller):
    """The customer of a conversation."""

    path = "/api/conversations/{account_id:str}/{conversation_id:str}/customer"
    tags: Sequence[str] | None = ("conversations",)

    @get("", policy=Policy.PERSON)
    async def panel(
        self,
        parts: Parts,
        person: Somebody,
        account_id: FromPath[str],
        conversation_id: FromPath[str],
    ) -> wire_panel.CustomerPanel:
        """Say who a conversation's customer is, and what there has been with them."""
        summary = await _find(parts, account_id, conversation_id)
        customers = parts.store.customers
        contact = await customers.contact(summary.account_id, summary.conversation_id)
        episodes = await customers.episodes(summary.account_id, summary.conversation_id)
        others = await _elsewhere(parts, person, summary)
        return wire_panel.CustomerPanel(
            profile=await profile(parts.store, *_whose(summary)),
            first_at=contact.first_at,
            last_at=None if summary.last_at == _NEVER else summary.last_at,
            received=contact.received,
            sent=contact.sent,
            beginning=_as(wire_panel.Beginning, contact.beginning) if contact.beginning else None,
            episodes=[_as(wire_panel.Episode, one) for one in episodes],
            conversations=[shapes.conversation(one) for one in others],
            notes=await _notes(parts.store, (summary, *others)),
        )

    @get("/history", policy=Policy.PERSON)
    async def history(
        self,
        *,
        parts: Parts,
        account_id: FromPath[str],
        conversation_id: FromPath[str],
        before: Cursor = None,
        limit: Limit = 20,
    ) -> wire_panel.CustomerHistory:
        """List what happened around a customer beside messages: mentions, likes, follows, …."""
        summary = await _find(parts, account_id, conversation_id)
        page = await parts.store.customers.history(
            summary.account_id,
            summary.conversation_id,
            before=cursors.read(before, PastKey, field="before"),
            limit=limit,
        )
        return wire_panel.CustomerHistory(
            activities=[activity(one) for one in page.activities],
            before=cursors.write(page.before),
        )

    @get("/picture", policy=Policy.PERSON)
    async def picture(
        self, parts: Parts, account_id: FromPath[str], conversation_id: FromPath[str]
    ) -> Stream:
        """Give a customer's picture, fetched from X."""
        summary = await _find(parts, account_id, conversation_id)
        found = await _told(parts.store, *_whose(summary))
        url = "" if found is None else found[1].picture_url
        account = parts.known(account_id)
        async with parts.downloads, fetching() as path:
            if not url or not await parts.at_x.fetch_picture(account, url, path):
                raise not_found("picture of this customer")
            return await shown(path)


async def profile(
    store: DeskStore, account: UserId, conversation: ConversationId, customer: Profile
) -> wire_panel.CustomerProfile:
    """Describe a conversation's customer as X last did; by their names where it never has."""
    found = await _told(store, account, conversation, customer)
    if found is None:
        return wire_panel.CustomerProfile(
            user_id=customer.user_id, screen_name=customer.screen_name, name=customer.name
        )
    at, told = found
    return msgspec.convert(
        {
            **asdict(told),
            "user_id": customer.user_id,
            "screen_name": told.screen_name or customer.screen_name,
            "name": told.name or customer.name,
            "has_picture": told.picture_url != "",
            "told_at": at,
        },
        wire_panel.CustomerProfile,
    )


def activity(past: PastActivity) -> wire_panel.CustomerActivity:
    """Say what happened around a customer."""
    event = past.event
    post = activities.post_of(event)
    return wire_panel.CustomerActivity(
        kind=cast("AroundKind", past.kind),
        event_key=event.event_key,
        at=event.at,
        is_ours=activities.is_ours(event),
        post_id="" if post is None else post.post_id,
        author="" if post is None else post.author.screen_name,
        text="" if post is None else post.text,
    )


async def _find(parts: DeskParts, account_id: str, conversation_id: str) -> Summary:
    summary = await parts.store.desk.summary(UserId(account_id), ConversationId(conversation_id))
    if summary is None:
        raise not_found("such conversation")
    return summary


def _whose(summary: Summary) -> tuple[UserId, ConversationId, Profile]:
    return summary.account_id, summary.conversation_id, summary.customer


async def _told(
    store: DeskStore, account: UserId, conversation: ConversationId, customer: Profile
) -> tuple[datetime, ToldUser] | None:
    told = await store.customers.told(account, conversation)
    found = told_users.last_told((one.body for one in told), customer.user_id)
    return None if found is None else (told[found[0]].at, found[1])


async def _elsewhere(parts: DeskParts, person: Person, here: Summary) -> list[Summary]:
    """Give the customer's conversations with the other accounts somebody may serve."""
    customer = UserId(here.customer.user_id)
    found: list[Summary] = []
    for account in parts.accounts_of(person):
        other = UserId(account.account_id)
        if other in {here.account_id, customer}:
            continue
        summary = await parts.store.desk.summary(other, conversation_between(other, customer))
        found += [] if summary is None or summary.last_at == _NEVER else [summary]
    return sorted(found, key=lambda one: one.last_at, reverse=True)


async def _notes(
    store: DeskStore, conversations: Sequence[Summary]
) -> Sequence[wire_panel.CustomerNote]:
    found: list[Remark] = []
    for one in conversations:
        found += await store.customers.notes(one.account_id, one.conversation_id)
    found.sort(key=lambda note: note.at, reverse=True)
    return [_as(wire_panel.CustomerNote, note) for note in found[:NOTES_AT_ONCE]]


def _as(shape: type[S], value: object) -> S:
    """Say something as a shape whose fields are called as its own are."""
    return msgspec.convert(value, shape, from_attributes=True)
