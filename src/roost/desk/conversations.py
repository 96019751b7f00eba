"""Conversations as people look at them: lists, counts, one of them, its messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, QueryParameter, SkipValidation

from roost.desk import cursors, shapes, wire
from roost.desk.access import Policy
from roost.desk.parts import DeskParts, Parts, Somebody
from roost.desk.problems import UNPROCESSABLE, FieldError, Refused, not_found
from roost.model.ids import ConversationId, UserId
from roost.model.people import Person
from roost.ports.desk import LineKey, PageKey, View

MOST_ROWS = 50
"""Most conversations asked for by name at once."""

Cursor = Annotated[str | None, QueryParameter(max_length=400)]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]


def _accounts(parts: DeskParts, person: Person, wanted: str | None) -> list[UserId]:
    served = [UserId(one.account_id) for one in parts.accounts_of(person)]
    if wanted is None:
        return served
    if wanted not in served:
        raise not_found("such account")
    return [UserId(wanted)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which conversations are to be listed."""

    accounts: Sequence[UserId]
    view: View
    tag: str


async def _asked(
    parts: Parts,
    person: Somebody,
    *,
    view: FromQuery[View] = View.ALL,
    tag: Annotated[str, QueryParameter(max_length=50)] = "",
    account: Annotated[str | None, QueryParameter(max_length=19)] = None,
) -> _Asked:
    return _Asked(_accounts(parts, person, account), view, tag)


class ConversationController(Controller):
    """Conversations with customers, of the accounts the person may serve."""

    path = "/api/conversations"
    tags: Sequence[str] | None = ("conversations",)

    @get("", policy=Policy.PERSON, dependencies={"asked": Provide(_asked)})
    async def page(
        self,
        *,
        parts: Parts,
        person: Somebody,
        asked: NamedDependency[SkipValidation[_Asked]],
        after: Cursor = None,
        limit: Limit = 50,
    ) -> wire.Conversations:
        """List conversations; the customer who has waited longest comes first.

        `all` begins with the latest message instead, `snoozed` with what comes back next, and
        `tagged`, which wants `tag`, with what got that last. `after` takes what the last part gave.
        """
        found = await parts.store.desk.page(
            asked.accounts,
            asked.view,
            person.person_id,
            tag=asked.tag,
            after=cursors.read(after, PageKey, field="after"),
            limit=limit,
        )
        return wire.Conversations(
            conversations=[shapes.conversation(one) for one in found.conversations],
            after=cursors.write(found.after),
        )

    @get("/counts", policy=Policy.PERSON)
    async def counts(
        self,
        parts: Parts,
        person: Somebody,
        account: Annotated[str | None, QueryParameter(max_length=19)] = None,
    ) -> wire.Counts:
        """Count the conversations of each view, up to 1000, and say how late it is here."""
        counted = await parts.store.desk.counts(_accounts(parts, person, account), person.person_id)
        return wire.Counts(
            now=parts.clock.now(),
            mine=counted[View.MINE],
            unassigned=counted[View.UNASSIGNED],
            bot=counted[View.BOT],
            snoozed=counted[View.SNOOZED],
            resolved=counted[View.RESOLVED],
            all=counted[View.ALL],
        )

    @get("/tags", policy=Policy.PERSON)
    async def in_use(self, parts: Parts, person: Somebody) -> wire.TagsInUse:
        """List every tag there is, in their order."""
        return wire.TagsInUse(await parts.store.desk.tags(_accounts(parts, person, None)))

    @get("/rows", policy=Policy.PERSON)
    async def rows(
        self,
        parts: Parts,
        person: Somebody,
        of: Annotated[
            list[str],
            QueryParameter(
                description="`account_id/conversation_id`, up to 50 times", max_items=MOST_ROWS
            ),
        ],
    ) -> wire.Conversations:
        """Give some conversations by name; those that are not there are left out."""
        found: list[wire.Conversation] = []
        for name in of:
            account_id, _, conversation_id = name.partition("/")
            if not conversation_id:
                wrong = FieldError("of", f"{name!r} is not account_id/conversation_id")
                raise Refused(UNPROCESSABLE, "invalid", "The request is not right.", errors=[wrong])
            if person.may_serve(UserId(account_id)):
                summary = await parts.store.desk.summary(
                    UserId(account_id), ConversationId(conversation_id)
                )
                found += [] if summary is None else [shapes.conversation(summary)]
        return wire.Conversations(conversations=found, after=None)

    @get("/{account_id:str}/{conversation_id:str}", policy=Policy.PERSON)
    async def one(
        self, parts: Parts, account_id: FromPath[str], conversation_id: FromPath[str]
    ) -> wire.Conversation:
        """Give one conversation."""
        return await find(parts, account_id, conversation_id)

    @get("/{account_id:str}/{conversation_id:str}/messages", policy=Policy.PERSON)
    async def messages(
        self,
        *,
        parts: Parts,
        account_id: FromPath[str],
        conversation_id: FromPath[str],
        before: Cursor = None,
        limit: Limit = 50,
    ) -> wire.Transcript:
        """Give the newest messages, or those before; with what was done between them."""
        await find(parts, account_id, conversation_id)
        account = UserId(account_id)
        found = await parts.store.desk.transcript(
            account,
            ConversationId(conversation_id),
            before=cursors.read(before, LineKey, field="before"),
            limit=limit,
        )
        voices = await parts.store.composing.voices(account)
        return shapes.transcript(found, voices.values())


async def find(parts: DeskParts, account_id: str, conversation_id: str) -> wire.Conversation:
    """Give a conversation as the API says it.

    Raises:
        Refused: There is none.
    """
    summary = await parts.store.desk.summary(UserId(account_id), ConversationId(conversation_id))
    if summary is None:
        raise not_found("such conversation")
    return shapes.conversation(summary)
