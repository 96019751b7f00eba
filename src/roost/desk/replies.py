"""What people do in a conversation: take over, answer, hand back. Each once per key."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from litestar import Controller, Request, delete, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, PathParameter, SkipValidation
from litestar.types import AnyCallable

from roost.desk import composing, conversations, drafts, once, shapes, speaking, wire
from roost.desk.access import Policy
from roost.desk.once import Key
from roost.desk.parts import DeskParts, Parts, Somebody
from roost.desk.problems import CONFLICT, Refused, not_found
from roost.engine import answering
from roost.engine.answering import Act
from roost.model import capabilities
from roost.model.capabilities import X_V1
from roost.model.ids import ConversationId, UserId
from roost.model.people import Person
from roost.ports import Tx
from roost.ports.desk import Speaker
from roost.ports.remarks import RequestKey

_TRACE_BYTES = 16

LOOKED_AT = 20
"""Messages among which the customer's last one is looked for."""
_DONE = b"done"
_WITHDRAWN = "withdrawn"
"""What a key stands for under which nothing is to be done any more."""

AnyRequest = Request[object, object, State]
Work = Callable[[Tx, Act], Awaitable[None]]
ReplyKey = Annotated[str, PathParameter(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A change somebody asks for.

    Attributes:
        parts: To do it with.
        request: Under which key, so that it is done once.
        act: Who asks, where and when.
    """

    parts: DeskParts
    request: RequestKey
    act: Act

    async def do(self, work: Work) -> wire.Done:
        """Do it in one transaction, unless it was done under the same key before.

        Raises:
            Refused: The key was used for something else.
        """

        async def unit(tx: Tx) -> bool:
            known = await tx.requests.begin(self.request, at=self.act.at)
            if known is not None:
                return known.fingerprint == self.request.fingerprint
            if not await tx.people.serves(self.act.person_id, self.act.account_id):
                raise not_found("such account")  # as of this moment
            await work(tx, self.act)
            await tx.requests.finish(self.request, _DONE)
            return True

        if not await self.parts.store.transact(unit):
            raise once.key_reused()
        place = self.act.account_id, self.act.conversation_id
        return wire.Done(await conversations.find(self.parts, *place))


async def asked(
    *,
    parts: Parts,
    person: Somebody,
    request: AnyRequest,
    account_id: FromPath[str],
    conversation_id: FromPath[str],
    key: Key,
) -> Asked:
    """Put together what a handler below needs to know of its request."""
    account, conversation = UserId(account_id), ConversationId(conversation_id)
    return Asked(
        parts,
        RequestKey(account, person.person_id, key, await once.fingerprint(request)),
        Act(
            account,
            conversation,
            person.person_id,
            secrets.token_hex(_TRACE_BYTES),
            parts.clock.now(),
        ),
    )


Change = NamedDependency[SkipValidation[Asked]]
"""The type of a handler's parameter called `change`."""


class ReplyController(Controller):
    """Changes to a conversation."""

    path = "/api/conversations/{account_id:str}/{conversation_id:str}"
    tags: Sequence[str] | None = ("conversations",)
    dependencies: Mapping[str, Provide | AnyCallable] | None = {"change": Provide(asked)}

    @post("/replies", policy=Policy.PERSON, status_code=202)
    async def reply(
        self, data: JSONBody[wire.Reply], change: Change, parts: Parts, person: Somebody
    ) -> wire.Done:
        """Queue a message to the customer; whoever answers what no agent has, has it then."""
        message = shapes.outbound(data)
        capabilities.check(message, X_V1)
        if data.speak == "person":
            voice = await composing.voice_of(parts, change.act.account_id, person)
            message = speaking.spoken(message, person.name, voice)
            capabilities.check(message, X_V1)
        after = None if data.after is None else int(data.after)
        hold = parts.undo_for if data.may_undo else timedelta(0)

        async def work(tx: Tx, act: Act) -> None:
            await answering.reply(tx, act, message, after=after, hold=hold)

        done = await change.do(await drafts.sending(parts, change.act, data, work))
        change.parts.on_queued()
        return done

    @delete("/replies/{reply_key:str}", policy=Policy.PERSON, status_code=204)
    async def withdraw(
        self,
        *,
        parts: Parts,
        person: Somebody,
        account_id: FromPath[str],
        conversation_id: FromPath[str],
        reply_key: ReplyKey,
    ) -> None:
        """Make sure that a reply to which no answer came has not been, and will not be, taken.

        `reply_key` is its `Idempotency-Key`, under which it is refused from then on. Where it has
        been taken, the answer is `409 handed_over`, and it is among what is outgoing or sent.
        """
        await conversations.find(parts, account_id, conversation_id)
        request = RequestKey(UserId(account_id), person.person_id, reply_key, _WITHDRAWN)
        now = parts.clock.now()

        async def unit(tx: Tx) -> bool:
            known = await tx.requests.begin(request, at=now)
            return known is None or known.fingerprint == _WITHDRAWN

        if not await parts.store.transact(unit):
            raise Refused(CONFLICT, "handed_over", "It was handed over: it is on its way, or sent.")

    @post("/take-over", policy=Policy.PERSON, status_code=200)
    async def take_over(self, change: Change) -> wire.Done:
        """Have the conversation; what the bot is just deciding about it is dropped."""
        return await change.do(answering.take_over)

    @post("/hand-back", policy=Policy.PERSON, status_code=200)
    async def hand_back(self, change: Change) -> wire.Done:
        """Give the conversation back to the account's bot."""
        return await change.do(answering.hand_back)

    @post("/resolve", policy=Policy.PERSON, status_code=200)
    async def resolve(self, change: Change) -> wire.Done:
        """Be done with the conversation until the customer writes again."""
        return await change.do(answering.resolve)

    @post("/notes", policy=Policy.PERSON, status_code=201)
    async def note(self, data: JSONBody[wire.Note], change: Change) -> wire.Done:
        """Leave a note for colleagues; the customer never sees it."""

        async def work(tx: Tx, act: Act) -> None:
            await answering.note(tx, act, data.text)

        return await change.do(await drafts.noting(change.parts, change.act, data.text, work))

    @post("/typing", policy=Policy.PERSON, status_code=204)
    async def typing(
        self, parts: Parts, account_id: FromPath[str], conversation_id: FromPath[str]
    ) -> None:
        """Show the customer that somebody types a reply, where no bot has the conversation.

        Shown for about three seconds; what is asked for meanwhile, or beyond what X allows, is not
        passed on. The setting `shows_typing` turns it off.
        """
        found = await conversations.find(parts, account_id, conversation_id)
        if found.control != "bot":
            account, conversation = UserId(account_id), ConversationId(conversation_id)
            await parts.showing.typing(account, conversation, UserId(found.customer.user_id))

    @post("/read", policy=Policy.PERSON, status_code=204)
    async def read(
        self,
        parts: Parts,
        person: Somebody,
        account_id: FromPath[str],
        conversation_id: FromPath[str],
    ) -> None:
        """Say that somebody has looked at the conversation.

        Where they have it, the customer is shown that it was read, see the setting `marks_read`.
        """
        account, conversation, now = (
            UserId(account_id),
            ConversationId(conversation_id),
            parts.clock.now(),
        )

        async def unit(tx: Tx) -> bool:
            is_there = await tx.conversations.mark(account, conversation, is_read=True)
            if is_there:
                await tx.changes.append(
                    account, "read", conversation_id=conversation, ref="", at=now
                )
            return is_there

        if not await parts.store.transact(unit, is_durable=False):
            raise not_found("such conversation")
        await _show_read(parts, person, account, conversation)


async def _show_read(
    parts: DeskParts, person: Person, account: UserId, conversation: ConversationId
) -> None:
    """Show the customer that their last message was read, by whoever has the conversation."""
    summary = await parts.store.desk.summary(account, conversation)
    if summary is None or summary.controller_id != person.person_id:
        return
    found = await parts.store.desk.transcript(account, conversation, before=None, limit=LOOKED_AT)
    received = [one for one in found.lines if one.speaker is Speaker.CUSTOMER]
    if received:
        customer = UserId(summary.customer.user_id)
        await parts.showing.read(account, customer, received[-1].message.message_id)
