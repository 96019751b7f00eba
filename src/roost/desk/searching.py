"""Messages and customers that hold some words, of the accounts a person may serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter, SkipValidation

from roost.desk import cursors, wire_searching
from roost.desk.access import Policy
from roost.desk.parts import Parts, Somebody
from roost.desk.problems import UNPROCESSABLE, FieldError, Refused, not_found
from roost.desk.wire import Customer
from roost.model import searching
from roost.model.ids import UserId
from roost.model.messages import Profile
from roost.ports.searching import FoundCustomer, FoundKey, FoundMessage

LONGEST = 200
"""Characters that somebody may look for."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is looked for, and where."""

    accounts: Sequence[UserId]
    words: Sequence[str]
    after: FoundKey | None
    limit: int


async def _asked(
    parts: Parts,
    person: Somebody,
    *,
    q: Annotated[
        str,
        QueryParameter(
            min_length=1,
            max_length=LONGEST,
            description="Words, all of which are to be there; case, accents and signs do not count",
        ),
    ],
    account: Annotated[str | None, QueryParameter(max_length=19)] = None,
    after: Annotated[str | None, QueryParameter(max_length=400)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = 20,
) -> _Asked:
    accounts = [UserId(one.account_id) for one in parts.accounts_of(person)]
    if account is not None:
        if account not in accounts:
            raise not_found("such account")
        accounts = [UserId(account)]
    words = searching.looked_for(q)
    if not words:
        wrong = FieldError("q", f"{q!r} has no letter, digit or symbol to look for")
        raise Refused(UNPROCESSABLE, "invalid", "The request is not right.", errors=[wrong])
    return _Asked(accounts, words, cursors.read(after, FoundKey, field="after"), limit)


Asked = NamedDependency[SkipValidation[_Asked]]


class SearchController(Controller):
    """What people look for."""

    path = "/api/search"
    tags: Sequence[str] | None = ("search",)

    @get("/messages", policy=Policy.PERSON, dependencies={"asked": Provide(_asked)})
    async def messages(self, parts: Parts, asked: Asked) -> wire_searching.FoundMessages:
        """Find messages that hold every word of `q`, the latest first."""
        page = await parts.store.search.messages(
            asked.accounts, asked.words, after=asked.after, limit=asked.limit
        )
        wanted = frozenset(asked.words)
        return wire_searching.FoundMessages(
            messages=[_message(one, wanted) for one in page.found],
            after=cursors.write(page.after),
        )

    @get("/customers", policy=Policy.PERSON, dependencies={"asked": Provide(_asked)})
    async def customers(self, parts: Parts, asked: Asked) -> wire_searching.FoundCustomers:
        """Find customers in whose name or screen name every word of `q` is, or begins one."""
        page = await parts.store.search.customers(
            asked.accounts, asked.words, after=asked.after, limit=asked.limit
        )
        return wire_searching.FoundCustomers(
            customers=[_customer(one) for one in page.found], after=cursors.write(page.after)
        )


def _message(found: FoundMessage, wanted: frozenset[str]) -> wire_searching.FoundMessage:
    return wire_searching.FoundMessage(
        account_id=found.account_id,
        conversation_id=found.conversation_id,
        customer=_profile(found.customer),
        message_id=found.message_id,
        is_received=found.is_received,
        at=found.at,
        snippet=[
            wire_searching.SnippetPart(text=part.text, is_match=part.is_match)
            for part in searching.snippet(found.text, wanted)
        ],
    )


def _customer(found: FoundCustomer) -> wire_searching.FoundCustomer:
    return wire_searching.FoundCustomer(
        account_id=found.account_id,
        conversation_id=found.conversation_id,
        customer=_profile(found.customer),
        last_at=found.last_at,
    )


def _profile(customer: Profile) -> Customer:
    return Customer(user_id=customer.user_id, screen_name=customer.screen_name, name=customer.name)
