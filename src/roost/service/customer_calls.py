"""What `roost customers` asks of the process that owns the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import msgspec

from roost.desk import customers
from roost.desk.problems import Refused
from roost.errors import NotPossible
from roost.model.ids import UserId
from roost.ports import Clock
from roost.settings import Settings
from roost.store import control
from roost.store.durable import DurableStore

_PIECE = 1 << 17
"""Characters told at once: each takes up to six bytes, and an answer holds 1 MiB."""


def calls(settings: Settings, store: DurableStore, clock: Clock) -> Mapping[str, control.Call]:
    """Give the calls by name.

    Args:
        settings: Name the accounts there are besides those that were connected.
        store: Holds the customers.
        clock: Tells when one is erased.
    """

    async def known(account_id: str) -> UserId:
        listed = {one.user_id for one in settings.accounts.values()}
        listed |= {one.account_id for one in await store.accounts()}
        if account_id not in listed:
            names = ", ".join(sorted(listed)) or "none"
            raise NotPossible(f"there is no account {account_id}; there are: {names}")
        return UserId(account_id)

    async def export(account_id: str, customer_id: str) -> AsyncIterator[str]:
        account = await known(account_id)
        try:
            found = await customers.export(store, account, UserId(customer_id))
        except Refused as error:
            raise NotPossible(_nothing(account_id, customer_id)) from error
        return _pieces(msgspec.json.encode(found).decode())

    async def erase(account_id: str, customer_id: str) -> Mapping[str, int]:
        account = await known(account_id)
        try:
            erased = await customers.erase(
                store, account, UserId(customer_id), by=None, at=clock.now()
            )
        except Refused as error:
            raise NotPossible(_nothing(account_id, customer_id)) from error
        return msgspec.to_builtins(erased)

    return {"customer_export": export, "customer_erase": erase}


def _nothing(account_id: str, customer_id: str) -> str:
    return f"account {account_id} has nothing of customer {customer_id}"


async def _pieces(text: str) -> AsyncIterator[str]:
    for start in range(0, len(text), _PIECE):
        yield text[start : start + _PIECE]
