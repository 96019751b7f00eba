"""What a customer may ask of us by law: everything we have of them, and that it is gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from litestar import Controller, delete, get
from litestar.params import FromPath

from roost.desk import customer_panel, shapes, wire, wire_customers, wire_panel
from roost.desk.access import Policy
from roost.desk.parts import DeskStore, Parts, Somebody
from roost.desk.problems import not_found
from roost.model.ids import ConversationId, UserId, conversation_between
from roost.model.messages import Profile
from roost.model.people import PersonId
from roost.ports import Tx
from roost.ports.desk import LineKey
from roost.ports.erasing import Erased

AT_ONCE = 100
"""Messages, or activities, read together."""

CLEANED_WITHIN = timedelta(seconds=5)
"""How long who asks waits for the database's files to be rid of what was erased."""


class CustomerController(Controller):
    """Everything of one customer; for admins."""

    path = "/api/accounts/{account_id:str}/customers/{customer_id:str}"
    tags: Sequence[str] | None = ("customers",)

    @get("", policy=Policy.ADMIN)
    async def export(
        self, parts: Parts, account_id: FromPath[str], customer_id: FromPath[str]
    ) -> wire_customers.CustomerExport:
        """Give everything that is stored of a customer.

        Files that hang on messages are not stored; each message's `media` fetches its own from X.
        """
        return await export(parts.store, UserId(account_id), UserId(customer_id))

    @delete("", policy=Policy.ADMIN, status_code=200)
    async def erase(
        self, parts: Parts, person: Somebody, account_id: FromPath[str], customer_id: FromPath[str]
    ) -> wire_customers.CustomerErased:
        """Erase everything that is stored of a customer; a second time there is nothing left.

        The ids of their messages stay, so that X can deliver none of them again. Copies of the
        database are not touched. `traces` says whether the database's files hold anything of it
        still; asked for again, it is looked again.
        """
        account, customer = UserId(account_id), UserId(customer_id)
        erased = await erase(
            parts.store, account, customer, by=person.person_id, at=parts.clock.now()
        )
        if not (erased.conversations or erased.deliveries):
            parts.known(account)  # one that was removed may have had customers
        return erased


async def export(
    store: DeskStore, account: UserId, customer: UserId
) -> wire_customers.CustomerExport:
    """Give everything that is stored of a customer: whatever erasing them takes out or empties.

    Raises:
        Refused: Nothing is stored of them.
    """
    _check(customer)
    found = await store.transact(lambda tx: tx.erasing.conversations_with(account, customer))
    between = conversation_between(account, customer)
    records = await store.customers.records(account, customer, sorted({*found, between}))
    if not records:
        raise not_found("such customer")
    return wire_customers.CustomerExport(
        account_id=account,
        customer_id=customer,
        profile=await customer_panel.profile(store, account, between, Profile(customer)),
        activities=await _activities(store, account, customer),
        conversations=[await _conversation(store, account, customer, one) for one in found],
        records=records,
    )


async def erase(
    store: DeskStore, account: UserId, customer: UserId, *, by: PersonId | None, at: datetime
) -> wire_customers.CustomerErased:
    """Erase everything that is stored of a customer.

    Args:
        store: Where.
        account: Of ours.
        customer: Their user id.
        by: Who asks; `None` for the command line.
        at: When.

    Raises:
        NotPossible: A message to them is on its way at this moment.
        Refused: X gives no such ids.
    """
    _check(customer)

    async def unit(tx: Tx) -> Erased:
        erased = await tx.erasing.erase(account, customer, by=by, at=at)
        # Live pages forget what they show; the feed, which is kept, does not say of whom.
        await tx.changes.append(account, "erased", conversation_id="", ref="", at=at)
        return erased

    erased = await store.transact(unit)
    return wire_customers.CustomerErased(
        conversations=erased.conversations,
        messages=erased.messages,
        deliveries=erased.deliveries,
        traces=await store.traces.look(within=CLEANED_WITHIN),
    )


def _check(customer: UserId) -> None:
    # It is looked for in what X has delivered: a word that is in all of it is nobody's id.
    if not (customer.isascii() and customer.isdecimal()):
        raise not_found("such customer")


async def _activities(
    store: DeskStore, account: UserId, customer: UserId
) -> list[wire_panel.CustomerActivity]:
    found: list[wire_panel.CustomerActivity] = []
    between, before = conversation_between(account, customer), None
    while True:
        page = await store.customers.history(account, between, before=before, limit=AT_ONCE)
        found += [customer_panel.activity(one) for one in page.activities]
        before = page.before
        if before is None:
            return found


async def _conversation(
    store: DeskStore, account: UserId, customer: UserId, conversation: ConversationId
) -> wire_customers.ExportedConversation:
    summary = await store.desk.summary(account, conversation)
    if summary is None:
        raise not_found("such customer")
    lines: list[wire.Line] = []
    remarks: list[wire.Remark] = []
    outgoing: Sequence[wire.Outgoing] = ()
    before: LineKey | None = None
    while True:
        page = await store.desk.transcript(account, conversation, before=before, limit=AT_ONCE)
        shown = shapes.transcript(page)
        lines[:0], remarks[:0] = shown.lines, shown.remarks
        outgoing = outgoing or shown.outgoing
        before = page.before
        if before is None:
            break
    memories = await store.transact(
        lambda tx: tx.erasing.memories_of(account, customer, conversation)
    )
    return wire_customers.ExportedConversation(
        conversation=shapes.conversation(summary),
        lines=lines,
        remarks=remarks,
        outgoing=outgoing,
        memories=[
            wire_customers.ExportedMemory(
                scope=one.scope, name=one.name, value=one.value.decode(errors="replace")
            )
            for one in memories
        ],
    )
