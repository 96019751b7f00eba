"""How people sort what waits for them: whose it is, until when it can wait, what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from litestar import Controller, post
from litestar.di import Provide
from litestar.params import JSONBody
from litestar.types import AnyCallable

from roost.desk import replies, wire
from roost.desk.access import Policy
from roost.desk.problems import UNPROCESSABLE, FieldError, Refused
from roost.desk.replies import Change
from roost.engine import answering
from roost.engine.answering import Act
from roost.model import moments
from roost.model.ids import UserId
from roost.model.outbound import Addressee
from roost.model.people import PersonId
from roost.ports import Tx


class SortingController(Controller):
    """Changes to a conversation that the customer does not notice."""

    path = "/api/conversations/{account_id:str}/{conversation_id:str}"
    tags: Sequence[str] | None = ("conversations",)
    dependencies: Mapping[str, Provide | AnyCallable] | None = {"change": Provide(replies.asked)}

    @post("/assign", policy=Policy.PERSON, status_code=200)
    async def assign(self, data: JSONBody[wire.Assign], change: Change) -> wire.Done:
        """Give the conversation to somebody who serves the account, or to whoever takes it."""
        if data.person_id is None:
            return await change.do(answering.unassign)
        person = PersonId(data.person_id)

        async def assign(tx: Tx, act: Act) -> None:
            if not await tx.people.serves(person, act.account_id):
                wrong = FieldError("person_id", "names nobody who is let in to serve this account")
                raise Refused(UNPROCESSABLE, "invalid", "There is no such person.", errors=[wrong])
            await answering.assign(tx, act, person)

        return await change.do(assign)

    @post("/snooze", policy=Policy.PERSON, status_code=200)
    async def snooze(self, data: JSONBody[wire.Snooze], change: Change) -> wire.Done:
        """Put the conversation aside until then, or until the customer writes."""
        until, now = data.until, change.act.at
        if until is not None and until <= now:
            wrong = FieldError("until", f"must be later than now, {now.isoformat()}")
            raise Refused(UNPROCESSABLE, "invalid", "That time has passed.", errors=[wrong])
        if until is not None and not moments.may_be_named(until):
            wrong = FieldError("until", f"must be {moments.LIMIT}; found {until.isoformat()}")
            raise Refused(UNPROCESSABLE, "invalid", "That time is too far off.", errors=[wrong])
        return await change.do(lambda tx, act: answering.snooze(tx, act, until))

    @post("/unsnooze", policy=Policy.PERSON, status_code=200)
    async def unsnooze(self, change: Change) -> wire.Done:
        """Bring the conversation back before its time."""
        return await change.do(answering.unsnooze)

    @post("/reopen", policy=Policy.PERSON, status_code=200)
    async def reopen(self, change: Change) -> wire.Done:
        """Have a conversation again that was resolved."""
        return await change.do(answering.reopen)

    @post("/unread", policy=Policy.PERSON, status_code=200)
    async def unread(self, change: Change) -> wire.Done:
        """Have the conversation stand in the lists as unread until somebody looks at it."""
        return await change.do(answering.mark_unread)

    @post("/tags", policy=Policy.PERSON, status_code=200)
    async def tag(self, data: JSONBody[wire.Tags], change: Change) -> wire.Done:
        """Have the conversation carry these tags, exactly or but for what others have changed.

        Nothing is changed where it would carry more than 20 then; tags can be taken off always.
        """
        is_adding = not set(data.tags) <= set(data.before or ())

        async def tag(tx: Tx, act: Act) -> None:
            await answering.tag(tx, act, data.tags, before=data.before)
            # Tags are the conversation's, whoever the customer is.
            where = Addressee(act.account_id, act.conversation_id, UserId(""))
            n_tags = len(await tx.tags.of(where))
            if is_adding and n_tags > wire.MOST_TAGS:
                wrong = FieldError("tags", "too many", limit=wire.MOST_TAGS, value=n_tags)
                raise Refused(UNPROCESSABLE, "invalid", "These are too many tags.", errors=[wrong])

        return await change.do(tag)
