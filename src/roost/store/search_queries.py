"""What people look for, on any database."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Profile
from roost.ports.searching import FoundCustomer, FoundKey, FoundMessage, FoundPage
from roost.store import encoding, search_rows
from roost.store.search_statements import CUSTOMERS, MESSAGES, CustomerRow, Found, MessageRow
from roost.store.statements import Parameters, Reading

_HIGHEST = 2**63 - 1
_LAST = chr(0x10FFFF)
"""Behind every id."""

R = TypeVar("R", MessageRow, CustomerRow)
F = TypeVar("F", FoundMessage, FoundCustomer)


class Finding(Protocol):
    """How one database looks words up."""

    async def rows(self, found: Found[R], words: Sequence[str], within: Parameters) -> list[R]:
        """Give rows that hold every word, the latest first.

        Args:
            found: What kind.
            words: One of them is the account's.
            within: `account`, `limit`, and `number` and `last`, before which the rows lie.
        """
        ...


class SqliteFinding:
    """Looks words up in FTS5 tables."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def rows(self, found: Found[R], words: Sequence[str], within: Parameters) -> list[R]:
        """Give rows that hold every word; their numbers are each there once."""
        # Words have no quotation marks; between these, nothing is an operator.
        quoted = " ".join(f'"{word}"' for word in words)
        return await self._reading.rows(found.sqlite, {**within, "words": quoted})


class PostgresFinding:
    """Looks words up among the newest rows, then in the index of all."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def rows(self, found: Found[R], words: Sequence[str], within: Parameters) -> list[R]:
        """Give rows that hold every word."""
        wanted: Parameters = {**within, "words": " ".join(words)}
        rows = await self._reading.rows(found.recent, wanted)
        if len(rows) == within["limit"]:
            return rows
        return await self._reading.rows(found.every, wanted)


class StoredSearch:
    """`roost.ports.searching.SearchLookup` on any database. No words find nothing."""

    def __init__(self, finding: Finding) -> None:
        self._finding = finding

    async def messages(
        self,
        accounts: Sequence[UserId],
        words: Sequence[str],
        *,
        after: FoundKey | None,
        limit: int,
    ) -> FoundPage[FoundMessage]:
        """Give up to `limit` messages that hold every word, by one look-up for each account."""
        parts = [
            await self._finding.rows(MESSAGES, *_asked(account, words, after, limit))
            for account in accounts
            if words
        ]
        return _page(parts, limit, lambda row: FoundKey(row[-1], UserId(row[0]), row[5]), _message)

    async def customers(
        self,
        accounts: Sequence[UserId],
        words: Sequence[str],
        *,
        after: FoundKey | None,
        limit: int,
    ) -> FoundPage[FoundCustomer]:
        """Give up to `limit` customers, by one look-up for each account."""
        parts = [
            await self._finding.rows(CUSTOMERS, *_asked(account, words, after, limit))
            for account in accounts
            if words
        ]
        return _page(parts, limit, lambda row: FoundKey(row[-1], UserId(row[0]), row[1]), _customer)


def _asked(
    account: UserId, words: Sequence[str], after: FoundKey | None, limit: int
) -> tuple[list[str], Parameters]:
    number, last = _HIGHEST, _LAST
    if after is not None and account == after.account_id:
        number, last = after.number, after.key
    elif after is not None:
        # Equal numbers are in the order of their accounts, the highest first.
        number, last = after.number, _LAST if account < after.account_id else ""
    within: Parameters = {"account": account, "number": number, "last": last, "limit": limit + 1}
    return [search_rows.of_account(account), *words], within


def _page(
    parts: Sequence[Sequence[R]],
    limit: int,
    key_of: Callable[[R], FoundKey],
    found_of: Callable[[R], F],
) -> FoundPage[F]:
    def place(row: R) -> tuple[int, str, str]:
        key = key_of(row)
        return key.number, key.account_id, key.key

    rows = list(islice(heapq.merge(*parts, key=place, reverse=True), limit + 1))
    page = [found_of(row) for row in rows[:limit]]
    return FoundPage(page, key_of(rows[limit - 1]) if len(rows) > limit else None)


def _message(row: MessageRow) -> FoundMessage:
    return FoundMessage(
        account_id=UserId(row[0]),
        conversation_id=ConversationId(row[1]),
        customer=Profile(row[2], row[3], row[4]),
        message_id=MessageId(row[5]),
        is_received=row[6] == "in",
        at=encoding.moment(row[7]),
        text=row[8],
    )


def _customer(row: CustomerRow) -> FoundCustomer:
    return FoundCustomer(
        account_id=UserId(row[0]),
        conversation_id=ConversationId(row[1]),
        customer=Profile(row[2], row[3], row[4]),
        last_at=encoding.moment(row[5]),
    )
