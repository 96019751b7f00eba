"""What a customer may ask of us by law: everything we have of them, and that it is gone."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Controller, delete, get
from litestar.params import FromPath

from roost.desk import shapes, wire, wire_customers
from roost.desk.access import Policy
from roost.desk.parts import DeskParts, Parts, Somebody
from roost.desk.problems import not_found
from roost.model.ids import ConversationId, UserId
from roost.ports.desk import LineKey

AT_ONCE = 100
"""Messages read together."""


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
        account, customer = UserId(account_id), UserId(customer_id)
        found = await parts.store.transact(
            lambda tx: tx.erasing.conversations_with(account, customer)
        )
        if not found:
            raise not_found("such customer")
        return wire_customers.CustomerExport(
            account_id=account_id,
            customer_id=customer_id,
            conversations=[await _conversation(parts, account, customer, one) for one in found],
        )

    @delete("", policy=Policy.ADMIN, status_code=200)
    async def erase(
        self, parts: Parts, person: Somebody, account_id: FromPath[str], customer_id: FromPath[str]
    ) -> wire_customers.CustomerErased:
        """Erase everything that is stored of a customer; a second time there is nothing left.

        The ids of their messages stay, so that X can deliver none of them again. Copies of the
        database are not touched.
        """
        erased = await parts.store.transact(
            lambda tx: tx.erasing.erase(
                UserId(account_id), UserId(customer_id), by=person.person_id, at=parts.clock.now()
            )
        )
        return wire_customers.CustomerErased(
            conversations=erased.conversations,
            messages=erased.messages,
            deliveries=erased.deliveries,
        )


async def _conversation(
    parts: DeskParts, account: UserId, customer: UserId, conversation: ConversationId
) -> wire_customers.ExportedConversation:
    summary = await parts.store.desk.summary(account, conversation)
    if summary is None:
        raise not_found("such customer")
    lines: list[wire.Line] = []
    remarks: list[wire.Remark] = []
    outgoing: Sequence[wire.Outgoing] = ()
    before: LineKey | None = None
    while True:
        page = await parts.store.desk.transcript(
            account, conversation, before=before, limit=AT_ONCE
        )
        shown = shapes.transcript(page)
        lines[:0], remarks[:0] = shown.lines, shown.remarks
        outgoing = outgoing or shown.outgoing
        before = page.before
        if before is None:
            break
    memories = await parts.store.transact(
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
